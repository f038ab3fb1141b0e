/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the recorder (gen/record.c) and its copies of arguments (gen/record_args.c) share; nobody else includes it. */
#ifndef LSKEL_GEN_RECORD_IMPL_H
#define LSKEL_GEN_RECORD_IMPL_H

#include "record.h"

static inline bool record_is_kind(const struct trace *trace, int kobj, enum kobj_kind kind)
{
	return kobj != NO_KOBJ && trace->kobjs[kobj].kind == kind;
}

/* What map @kobj was created with. */
static inline const union bpf_attr *record_map_attr(const struct trace *trace, int kobj)
{
	return &trace->calls[trace->kobjs[kobj].creator].attr;
}

/* libbpf's probe_uprobe_multi_link(): so that it finds what it looks for. */
static inline bool record_is_uprobe_multi_probe(const struct call *call)
{
	return call->command->cmd == BPF_LINK_CREATE &&
	       call->attr.link_create.attach_type == BPF_TRACE_UPROBE_MULTI;
}

/* Whether @fd is the pretend token. */
bool record_is_token(int fd);

/*
 * Makes @arg what @field of @call's attr refers to: a copy, or the object behind a pretend fd of @trace. Returns 0, or
 * what the kernel would say, a negative errno.
 */
int record_copy_arg(const struct trace *trace, struct call *call, const struct attr_field *field,
		    struct arg *arg);

#endif /* LSKEL_GEN_RECORD_IMPL_H */
