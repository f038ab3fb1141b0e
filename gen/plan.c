// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the trace to the plan, see gen/plan.h. */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>
#include <lskel/blob.h>

#include "plan.h"
#include "record.h"

static int refuse(const struct object *object, const struct call *call, const char *what)
{
	const char *name = call->made == NO_KOBJ ? "" : object->trace.kobjs[call->made].name;

	complain("%s: %s %s: %s can't be part of a skeleton", object->name, call->command->name,
		 name, what);
	return -EOPNOTSUPP;
}

static void *own(struct plan *plan, void *p)
{
	push(plan->owned, plan->owned_cnt) = p;
	return p;
}

static struct plan_pointer *add_pointer(struct plan_op *op, __u16 field)
{
	struct plan_pointer *pointer = &op->pointers[op->pointer_cnt++];

	pointer->field = field;
	pointer->slot = NO_SLOT;
	return pointer;
}

/* Slots: maps and programs of the object first, in its order, then what is for the load only. */
static void assign_slots(struct plan *plan, const struct object *object)
{
	const struct trace *trace = &object->trace;

	plan->slots = xcalloc(trace->kobj_cnt, sizeof(*plan->slots));
	for (__u32 i = 0; i < trace->kobj_cnt; i++)
		plan->slots[i] = NO_SLOT;
	for (__u32 i = 0; i < object->map_cnt; i++)
		plan->slots[object->maps[i].kobj] = plan->slot_cnt++;
	for (__u32 i = 0; i < object->prog_cnt; i++)
		if (object->progs[i].kobj != NO_KOBJ)
			plan->slots[object->progs[i].kobj] = plan->slot_cnt++;
	for (__u32 i = 0; i < trace->kobj_cnt; i++)
		if (trace->kobjs[i].needed && !trace->kobjs[i].kept)
			plan->slots[i] = plan->slot_cnt++;
}

/* Map loads refer to the FD array, so that instructions are the same at every load. */
static int plan_insns(const struct plan *plan, struct bpf_insn *insns, __u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++) {
		struct bpf_insn *insn = &insns[i];

		if (insn_is_map_load(insn)) {
			insn->imm = plan->slots[insn->imm];
			insn->src_reg = insn->src_reg == BPF_PSEUDO_MAP_FD ?
						BPF_PSEUDO_MAP_IDX :
						BPF_PSEUDO_MAP_IDX_VALUE;
		} else if (insn->code == (BPF_JMP | BPF_CALL) &&
			   insn->src_reg == BPF_PSEUDO_KFUNC_CALL) {
			return -EOPNOTSUPP;
		} else if (insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
			   insn->src_reg == BPF_PSEUDO_BTF_ID) {
			return -EOPNOTSUPP;
		}
		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
	}
	return 0;
}

static int plan_program(struct plan *plan, const struct object *object, const struct call *call,
			struct plan_op *op)
{
	const struct arg *arg = call_arg(call, "insns");
	__u32 cnt = arg->len / sizeof(struct bpf_insn);
	struct plan_pointer *pointer;
	struct bpf_insn *insns;

	insns = own(plan, xmemdup(arg->data, arg->len));
	if (plan_insns(plan, insns, cnt))
		return refuse(object, call, "a kernel function or variable");

	pointer = add_pointer(op, offsetof(union bpf_attr, insns));
	pointer->data = insns;
	pointer->len = arg->len;
	if (plan->slot_cnt) {
		pointer = add_pointer(op, offsetof(union bpf_attr, fd_array));
		pointer->fd_array = true;
		if (op->size < offsetof(union bpf_attr, fd_array) + sizeof(__u64))
			op->size = offsetof(union bpf_attr, fd_array) + sizeof(__u64);
	}
	return 0;
}

/* One field of a call: what is a pointer, an fd or an id of the host does not stay in the attr. */
static int plan_field(const struct plan *plan, const struct object *object, const struct call *call,
		      __u32 i, struct plan_op *op)
{
	const struct attr_field *field = &call->command->fields[i];
	const struct arg *arg = &call->args[i];
	struct plan_pointer *pointer;

	switch (field->kind) {
	case FIELD_FD:
		memset((char *)&op->attr + field->offset, 0, field->size);
		if (arg->kobj == NO_KOBJ)
			return 0;
		if (op->fd_cnt == PLAN_FDS)
			return refuse(object, call, "a third fd in one call");
		op->fds[op->fd_cnt++] = (struct plan_fd){ field->offset, plan->slots[arg->kobj] };
		return 0;
	case FIELD_STRING:
	case FIELD_ARRAY:
	case FIELD_KEY:
	case FIELD_VALUE:
		memset((char *)&op->attr + field->offset, 0, field->size);
		if (!arg->data && arg->kobj == NO_KOBJ)
			return 0;
		pointer = add_pointer(op, field->offset);
		pointer->data = arg->data;
		pointer->len = arg->len;
		pointer->shared = field->kind == FIELD_STRING || field->kind == FIELD_KEY;
		if (arg->kobj != NO_KOBJ)
			pointer->slot = plan->slots[arg->kobj];
		return 0;
	case FIELD_INSNS:
		memset((char *)&op->attr + field->offset, 0, field->size);
		return 0;
	default:
		return 0;
	}
}

/* An id in the pretend kernel's BTF becomes an operation that finds it in the target's. */
static int plan_btf_id(struct plan *plan, const struct object *object, const struct call *call,
		       struct plan_op *op)
{
	__u32 target = plan->op_cnt + 1; /* that of the call, right behind the search */
	const struct pretend_type *type;

	if (call->command->cmd == BPF_MAP_CREATE && call->attr.btf_vmlinux_value_type_id)
		return refuse(object, call, "a value of a kernel type");
	if (call->command->cmd != BPF_PROG_LOAD || !call->attr.attach_btf_id)
		return 0;
	type = pretend_btf_type(call->attr.attach_btf_id);
	if (!type || call->attr.attach_prog_fd)
		return refuse(object, call, "a target other than a function of the kernel");

	op->attr.attach_btf_id = 0;
	push(plan->ops, plan->op_cnt) = (struct plan_op){
		.cmd = LSKEL_CMD_FIND_BTF,
		.type = type,
		.target = target,
		.kobj = call->made,
		.slot = NO_SLOT,
	};
	return 0;
}

static int plan_call(struct plan *plan, const struct object *object, const struct call *call)
{
	struct plan_op op = {
		.cmd = call->command->cmd,
		.attr = call->attr,
		.size = call->size,
		.kobj = call->made != NO_KOBJ ? call->made : call_arg(call, "map_fd")->kobj,
		.slot = call->made != NO_KOBJ ? plan->slots[call->made] : NO_SLOT,
	};
	int err = 0;

	if (!(LSKEL_ALLOWED_CMDS >> op.cmd & 1))
		return refuse(object, call, "a command that a loader program may not execute");
	for (__u32 i = 0; i < call->command->field_cnt && !err; i++)
		err = plan_field(plan, object, call, i, &op);
	if (!err && op.cmd == BPF_PROG_LOAD)
		err = plan_program(plan, object, call, &op);
	if (!err)
		err = plan_btf_id(plan, object, call, &op);
	if (!err)
		push(plan->ops, plan->op_cnt) = op;
	return err;
}

/* What is created is closed again: everything after a failure, after success what isn't kept. */
static void plan_clean_up(struct plan *plan, const struct trace *trace)
{
	__u32 work_cnt = plan->op_cnt;

	plan->work_cnt = work_cnt;
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1)
			plan->fail = plan->op_cnt;
		for (__u32 i = 0; i < work_cnt; i++) {
			const struct plan_op *op = &plan->ops[i];
			struct plan_op close = {
				.cmd = LSKEL_CMD_CLOSE,
				.slot = op->slot,
				.kobj = op->kobj,
			};

			if (op->slot != NO_SLOT && (pass == 1 || !trace->kobjs[op->kobj].kept))
				push(plan->ops, plan->op_cnt) = close;
			/* A module's BTF, which the search for a target may have opened. */
			close = (struct plan_op){
				.cmd = LSKEL_CMD_CLOSE,
				.slot = NO_SLOT,
				.target = op->target,
				.kobj = op->kobj,
			};
			if (op->cmd == LSKEL_CMD_FIND_BTF)
				push(plan->ops, plan->op_cnt) = close;
		}
	}
}

static bool uses_map(const struct trace *trace, int prog, int map)
{
	const struct arg *arg = call_arg(&trace->calls[trace->kobjs[prog].creator], "insns");
	const struct bpf_insn *insns = arg->data;

	for (__u32 i = 0; i < arg->len / sizeof(*insns); i++)
		if (insn_is_map_load(&insns[i]) && insns[i].imm == map)
			return true;
	return false;
}

/* What a program uses it is bound to already: the kernel would return 0 and do nothing. */
static void plan_bind(struct plan *plan, const struct trace *trace, const struct call *call)
{
	int prog = call_arg(call, "prog_fd")->kobj, map = call_arg(call, "map_fd")->kobj;

	if (!uses_map(trace, prog, map))
		push(plan->binds, plan->bind_cnt) = (struct plan_bind){ prog, map };
}

int plan_make(struct plan *plan, const struct object *object)
{
	const struct trace *trace = &object->trace;

	*plan = (struct plan){};
	assign_slots(plan, object);
	for (__u32 i = 0; i < trace->call_cnt; i++) {
		const struct call *call = &trace->calls[i];
		int err;

		if (!call->needed)
			continue;
		switch (call->command->cmd) {
		case BPF_LINK_CREATE:
		case BPF_RAW_TRACEPOINT_OPEN:
			/* Of learning how to attach: not part of the load. */
			continue;
		case BPF_PROG_BIND_MAP:
			plan_bind(plan, trace, call);
			continue;
		default:
			err = plan_call(plan, object, call);
			if (err)
				return err;
		}
	}
	plan_clean_up(plan, trace);
	return 0;
}

void plan_free(struct plan *plan)
{
	for (__u32 i = 0; i < plan->owned_cnt; i++)
		free(plan->owned[i]);
	free(plan->owned);
	free(plan->binds);
	free(plan->slots);
	free(plan->ops);
	*plan = (struct plan){};
}
