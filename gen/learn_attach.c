// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whether a program is attached by its section is not looked up in a table: libbpf attaches it in the
 * pretend kernel, or says that it does not. How the run time does it, gen/attach_kinds.c knows.
 */
#include <errno.h>
#include <string.h>

#include "object.h"
#include "util.h"

/* Where the program's section says, as the kind has it. */
static int learn_where(struct attach *attach, const struct bpf_program *prog)
{
	const char *target = strchr(bpf_program__section_name(prog), '/');

	if (!attach->kind || !attach->kind->parse)
		return 0;
	return attach->kind->parse(prog, target ? target + 1 : NULL, &attach->where);
}

/* The last link that libbpf made: feature probes that come before it make links, too. */
static struct call *last_link(struct trace *trace, __u32 before)
{
	for (__u32 i = trace->call_cnt; i-- > before;) {
		struct call *call = &trace->calls[i];

		if (call->made != NO_KOBJ && trace->kobjs[call->made].kind == KOBJ_LINK)
			return call;
	}
	return NULL;
}

struct attach attach_learn(struct trace *trace, struct bpf_program *prog)
{
	struct attach attach = { .kind = attach_kind_of(prog) };
	__u32 before = trace->call_cnt;
	struct bpf_link *link;
	struct call *call;
	int err;

	attach.type = bpf_program__expected_attach_type(prog);
	link = bpf_program__attach(prog);
	attach.automatic = link || errno != EOPNOTSUPP;
	bpf_link__destroy(link);
	if (!attach.automatic)
		return attach;
	call = last_link(trace, before);
	if (call) {
		call->needed = true;
		if (call->command->cmd == BPF_LINK_CREATE)
			attach.type = call->attr.link_create.attach_type;
	}
	err = learn_where(&attach, prog);
	attach.automatic = err != SAYS_NOTHING;
	attach.invalid = err < 0;
	return attach;
}
