// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Slicing: which calls of a trace have a share in what the loaded object consists of. The rest,
 * libbpf's probes of kernel features above all, falls away.
 */
#include "trace.h"

static bool changes_needed_kobj(const struct trace *trace, const struct call *call)
{
	int target;

	switch (call->command->cmd) {
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_DELETE_ELEM:
	case BPF_MAP_FREEZE:
		target = call_arg(call, "map_fd")->kobj;
		break;
	case BPF_PROG_BIND_MAP:
	case BPF_LINK_CREATE:
	case BPF_RAW_TRACEPOINT_OPEN:
		target = call_arg(call, "prog_fd")->kobj;
		break;
	default:
		return false;
	}
	return target != NO_KOBJ && trace->kobjs[target].needed;
}

static void need_maps_of_insns(struct trace *trace, const struct arg *arg)
{
	const struct bpf_insn *insns = arg->data;

	for (__u32 i = 0; i < arg->len / sizeof(*insns); i++)
		if (insn_is_map_load(&insns[i]))
			trace->kobjs[insns[i].imm].needed = true;
}

void trace_slice(struct trace *trace)
{
	for (__u32 i = 0; i < trace->kobj_cnt; i++)
		trace->kobjs[i].needed = trace->kobjs[i].kept;

	/* A call only refers to what earlier calls made, so one pass from the end is enough. */
	for (__u32 i = trace->call_cnt; i-- > 0;) {
		struct call *call = &trace->calls[i];

		call->needed = call->made != NO_KOBJ ? trace->kobjs[call->made].needed :
						       changes_needed_kobj(trace, call);
		if (!call->needed)
			continue;
		for (__u32 j = 0; j < call->command->field_cnt; j++) {
			struct arg *arg = &call->args[j];

			if (arg->kobj != NO_KOBJ)
				trace->kobjs[arg->kobj].needed = true;
			if (call->command->fields[j].kind == FIELD_INSNS)
				need_maps_of_insns(trace, arg);
		}
	}
}
