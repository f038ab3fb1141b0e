// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The trace as a data structure, see gen/trace.h. */
#include <stdlib.h>

#include "trace.h"

void trace_free(struct trace *trace)
{
	for (__u32 i = 0; i < trace->call_cnt; i++) {
		struct call *call = &trace->calls[i];

		for (__u32 j = 0; j < call->command->field_cnt; j++)
			free(call->args[j].data);
		free(call->args);
		free(call->without_weak);
		free(call->without_btf);
		free(call->without_types);
		free(call->old.data);
	}
	for (__u32 i = 0; i < trace->kobj_cnt; i++)
		free(trace->kobjs[i].name);
	free(trace->calls);
	free(trace->kobjs);
	*trace = (struct trace){};
}

struct arg *call_arg(const struct call *call, const char *name)
{
	return &call->args[command_field(call->command, name) - call->command->fields];
}

bool insn_is_map_load(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
	       (insn->src_reg == BPF_PSEUDO_MAP_IDX || insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE);
}
