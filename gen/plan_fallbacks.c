// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The planner's part for libbpf's fallbacks, which gen/learn.c has found: what is done instead when the
 * kernel refuses an operation, and what the run time puts in its place on older kernels.
 */
#include <lskel/blob.h>

#include "plan.h"

/*
 * Plans copies that make the attr of @call @other, as far as words of it are not pointers; all of them
 * except, where @last is given, the last few, which are added to that operation.
 */
static void plan_attr_copies(struct plan *plan, const struct call *call,
			     const union bpf_attr *other, struct plan_op *last)
{
	struct plan_op op = plan_copy_op();

	for (__u32 i = 0; i < call->command->field_cnt; i++) {
		const struct attr_field *field = &call->command->fields[i];
		__u32 word;

		if (field->size != sizeof(word) ||
		    attr_get(&call->attr, field) == attr_get(other, field))
			continue;
		/* An fd or id of the host differs between recordings, and only none means something. */
		word = attr_get(other, field);
		if (word && (field->kind == FIELD_FD || field->kind == FIELD_BTF_ID))
			continue;
		if (op.copy_cnt == PLAN_COPIES) {
			push(plan->ops, plan->op_cnt) = op;
			op.copy_cnt = 0;
		}
		op.copies[op.copy_cnt++] = (struct plan_copy){
			.call = call,
			.offset = field->offset,
			.slot = plan_constant(plan, word),
		};
	}
	if (!last) {
		if (op.copy_cnt)
			push(plan->ops, plan->op_cnt) = op;
		return;
	}
	memcpy(last->copies, op.copies, sizeof(op.copies));
	last->copy_cnt = op.copy_cnt;
}

/* A map without its BTF types, if the kernel does not take it with them. */
static void plan_second_try(struct plan *plan, const struct call *call)
{
	__u32 first = plan->op_cnt - 1;
	struct plan_op again = plan->ops[first];

	if (!call->without_types)
		return;
	if (!call->attr.btf_key_type_id && !call->attr.btf_value_type_id)
		return;
	again.copy_cnt = 0;
	again.pointer_cnt = 0;
	again.again = first;
	plan->ops[first].otherwise = plan->op_cnt;
	plan_attr_copies(plan, call, call->without_types, &again);
	push(plan->ops, plan->op_cnt) = again;
	plan->ops[first].then = plan->op_cnt;
}

/* Maps and programs without BTF, if the kernel takes it neither as it is nor as for older kernels. */
static void plan_without_btf(struct plan *plan, const struct trace *trace, const struct call *call)
{
	__u32 btf_load = plan->op_cnt - 1, last = btf_load;
	struct plan_op no_fd = plan_copy_op(), old = plan->ops[btf_load];

	if (call->old.data) {
		old.attr.btf_size = call->old.len;
		old.pointers[0].data = call->old.data;
		old.pointers[0].len = call->old.len;
		plan->ops[btf_load].otherwise = last = plan->op_cnt;
		push(plan->ops, plan->op_cnt) = old;
	}
	for (__u32 i = 0; i < trace->call_cnt; i++)
		if (trace->calls[i].needed && trace->calls[i].without_btf)
			plan_attr_copies(plan, &trace->calls[i], trace->calls[i].without_btf, NULL);
	if (plan->op_cnt > last + 1) {
		no_fd.copies[0] = (struct plan_copy){
			.to_slot = true,
			.offset = plan->ops[btf_load].slot,
			.slot = plan_constant(plan, 0),
		};
		no_fd.copy_cnt = 1;
		plan->ops[last].otherwise = last + 1;
		push(plan->ops, plan->op_cnt) = no_fd;
	}
	plan->ops[btf_load].then = plan->ops[last].then = plan->op_cnt;
}

static void add_old(struct plan *plan, const struct call *call, __u32 op, __u16 field)
{
	push(plan->olds, plan->old_cnt) = (struct plan_old){
		.op = op,
		.field = field,
		.data = call->old.data,
		.len = call->old.len,
	};
}

void plan_fallbacks(struct plan *plan, const struct trace *trace, const struct call *call)
{
	__u32 op = plan->op_cnt - 1;

	switch (call->command->cmd) {
	case BPF_MAP_CREATE:
		plan_second_try(plan, call);
		break;
	case BPF_BTF_LOAD:
		if (call->old.data)
			add_old(plan, call, op, offsetof(union bpf_attr, btf));
		plan_without_btf(plan, trace, call);
		break;
	case BPF_PROG_LOAD:
		if (call->old.data)
			add_old(plan, call, op, offsetof(union bpf_attr, func_info));
		break;
	default:
		break;
	}
}
