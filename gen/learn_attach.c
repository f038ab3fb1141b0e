// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How a program is attached is not looked up in a table of section names: libbpf attaches it in the
 * pretend kernel, and what it asks for there is what the skeleton will do.
 */
#include <errno.h>
#include <string.h>
#include <lskel/skel.h>

#include "object.h"
#include "util.h"

/* What the run time can do of @call, which made a link. */
static struct attach attach_of_call(const struct call *call)
{
	struct attach attach = { .cmd = LSKEL_ATTACH_UNSUPPORTED };
	const struct arg *name;

	if (call->command->cmd == BPF_RAW_TRACEPOINT_OPEN) {
		name = call_arg(call, "name");
		attach.cmd = BPF_RAW_TRACEPOINT_OPEN;
		attach.target = name->data ? xstrdup(name->data) : NULL;
	} else if (!call->attr.link_create.flags && !call->attr.link_create.target_fd) {
		attach.cmd = BPF_LINK_CREATE;
		attach.type = call->attr.link_create.attach_type;
	}
	return attach;
}

struct attach attach_learn(struct trace *trace, struct bpf_program *prog)
{
	__u32 before = trace->call_cnt;
	struct bpf_link *link;

	link = bpf_program__attach(prog);
	if (!link && errno == EOPNOTSUPP)
		return (struct attach){ .cmd = LSKEL_ATTACH_NONE };
	bpf_link__destroy(link);

	/* The last: feature probes that come before it make links, too. */
	for (__u32 i = trace->call_cnt; link && i-- > before;) {
		struct call *call = &trace->calls[i];

		if (call->made != NO_KOBJ && trace->kobjs[call->made].kind == KOBJ_LINK) {
			call->needed = true;
			return attach_of_call(call);
		}
	}
	return (struct attach){ .cmd = LSKEL_ATTACH_UNSUPPORTED };
}
