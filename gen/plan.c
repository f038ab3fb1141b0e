// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the trace to the plan, see gen/plan.h. */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>
#include <lskel/blob.h>

#include "plan.h"
#include "record.h"

int plan_refuse(const struct object *object, const struct call *call, const char *what)
{
	const char *name = call->made == NO_KOBJ ? "" : object->trace.kobjs[call->made].name;

	complain("%s: %s %s: %s can't be part of a skeleton", object->name, call->command->name,
		 name, what);
	return -EOPNOTSUPP;
}

int plan_slot(struct plan *plan, __s32 init)
{
	push(plan->slot_init, plan->slot_cnt) = init;
	return plan->slot_cnt - 1;
}

int plan_constant(struct plan *plan, __u32 word)
{
	if (word)
		return plan_slot(plan, word);
	if (plan->zero == NO_SLOT)
		plan->zero = plan_slot(plan, 0);
	return plan->zero;
}

struct plan_op plan_copy_op(void)
{
	/* Closing what is no fd does nothing. */
	return (struct plan_op){ .cmd = LSKEL_CMD_CLOSE, .slot = NO_SLOT, .kobj = NO_KOBJ };
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
		plan->slots[object->maps[i].kobj] = plan_slot(plan, LSKEL_NO_FD);
	for (__u32 i = 0; i < object->prog_cnt; i++)
		if (object->progs[i].kobj != NO_KOBJ)
			plan->slots[object->progs[i].kobj] = plan_slot(plan, LSKEL_NO_FD);
	for (__u32 i = 0; i < trace->kobj_cnt; i++)
		if (trace->kobjs[i].needed && !trace->kobjs[i].kept)
			plan->slots[i] = plan_slot(plan, LSKEL_NO_FD);
}

/* A map's template is there for the map only. */
static void assign_owners(struct plan *plan, const struct object *object)
{
	const struct trace *trace = &object->trace;
	__u32 owner = 0;

	plan->owners = xcalloc(trace->kobj_cnt, sizeof(*plan->owners));
	for (__u32 i = 0; i < object->map_cnt; i++)
		plan->owners[object->maps[i].kobj] = ++owner;
	for (__u32 i = 0; i < object->prog_cnt; i++, owner++)
		if (object->progs[i].kobj != NO_KOBJ)
			plan->owners[object->progs[i].kobj] = owner + 1;
	for (__u32 i = trace->call_cnt; i-- > 0;) {
		const struct call *call = &trace->calls[i];
		int inner;

		if (!call->needed || call->command->cmd != BPF_MAP_CREATE)
			continue;
		inner = call_arg(call, "inner_map_fd")->kobj;
		if (inner != NO_KOBJ && !plan->owners[inner])
			plan->owners[inner] = plan->owners[call->made];
	}
}

/* Map loads refer to the FD array, so that instructions are the same at every load. */
static void plan_map_loads(const struct plan *plan, struct bpf_insn *insns, __u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++) {
		struct bpf_insn *insn = &insns[i];

		if (!insn_is_map_load(insn))
			continue;
		insn->imm = plan->slots[insn->imm];
	}
}

static void plan_program(struct plan *plan, const struct object *object, const struct call *call,
			 struct plan_op *op)
{
	const struct arg *arg = call_arg(call, "insns");
	struct plan_pointer *pointer;
	struct bpf_insn *insns;

	insns = own(plan, xmemdup(arg->data, arg->len));
	pointer = add_pointer(op, offsetof(union bpf_attr, insns));
	pointer->patched = plan_strip_externs(object, call, insns);
	plan_map_loads(plan, insns, arg->len / sizeof(*insns));
	pointer->data = insns;
	pointer->len = arg->len;

	pointer = add_pointer(op, offsetof(union bpf_attr, fd_array));
	pointer->fd_array = true;
	if (op->size < offsetof(union bpf_attr, fd_array) + sizeof(__u64))
		op->size = offsetof(union bpf_attr, fd_array) + sizeof(__u64);
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
		if (op->copy_cnt == PLAN_COPIES)
			return plan_refuse(object, call, "a third fd in one call");
		op->copies[op->copy_cnt++] = (struct plan_copy){
			.call = call,
			.offset = field->offset,
			.slot = plan->slots[arg->kobj],
		};
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

/* Types, and which member a program is for, are what the run time finds on the target. */
static void plan_struct_ops(struct plan_op *op)
{
	const __u32 size = offsetof(union bpf_attr, value_type_btf_obj_fd) + sizeof(__u32);

	if (op->cmd == BPF_MAP_CREATE) {
		op->attr.btf_vmlinux_value_type_id = 0;
		if (op->size < size)
			op->size = size;
		return;
	}
	op->attr.attach_btf_id = 0;
	op->attr.expected_attach_type = 0;
}

/* An id in the pretend kernel's BTF becomes the search for that type in the target's. */
static int plan_btf_id(struct plan *plan, const struct object *object, const struct call *call,
		       struct plan_op *op)
{
	const struct pretend_type *type;
	struct plan_op copy = plan_copy_op();
	int slot;

	if ((op->cmd == BPF_MAP_CREATE && op->attr.map_type == BPF_MAP_TYPE_STRUCT_OPS) ||
	    (op->cmd == BPF_PROG_LOAD && op->attr.prog_type == BPF_PROG_TYPE_STRUCT_OPS)) {
		plan_struct_ops(op);
		return 0;
	}
	if (op->cmd != BPF_PROG_LOAD || !call->attr.attach_btf_id)
		return 0;
	op->attr.attach_btf_id = 0;
	if (call->attr.attach_prog_fd) {
		op->attr.attach_prog_fd = 0; /* the run time has to know */
		return 0;
	}
	type = pretend_btf_type(call->attr.attach_btf_id);
	if (!type)
		return plan_refuse(object, call, "a target other than a function of the kernel");

	slot = plan_find(plan, type->name, type->kind, NULL);
	if (slot < 0)
		return slot;
	copy.owner = op->owner;
	copy.copies[0] = (struct plan_copy){
		.call = call,
		.offset = offsetof(union bpf_attr, attach_btf_id),
		.slot = slot,
	};
	copy.copies[1] = (struct plan_copy){
		.call = call,
		.offset = offsetof(union bpf_attr, attach_btf_obj_fd),
		.slot = slot + 1,
	};
	copy.copy_cnt = 2;
	push(plan->ops, plan->op_cnt) = copy;
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

	op.owner = op.kobj == NO_KOBJ ? 0 : plan->owners[op.kobj];
	if (!(LSKEL_ALLOWED_CMDS >> op.cmd & 1))
		return plan_refuse(object, call, "a command that a loader program may not execute");
	for (__u32 i = 0; i < call->command->field_cnt && !err; i++)
		err = plan_field(plan, object, call, i, &op);
	if (!err && op.cmd == BPF_PROG_LOAD)
		plan_program(plan, object, call, &op);
	if (!err)
		err = plan_btf_id(plan, object, call, &op);
	if (err)
		return err;
	plan->op_of_call[call - object->trace.calls] = plan->op_cnt;
	push(plan->ops, plan->op_cnt) = op;
	plan_fallbacks(plan, &object->trace, call);
	return 0;
}

static void plan_close(struct plan *plan, int slot, __u32 owner)
{
	struct plan_op close = plan_copy_op();

	close.slot = slot;
	close.owner = owner;
	push(plan->ops, plan->op_cnt) = close;
}

/* What is created is closed again: everything after a failure, after success what isn't kept. */
static void plan_clean_up(struct plan *plan, const struct trace *trace)
{
	plan->work_cnt = plan->op_cnt;
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1)
			plan->fail = plan->op_cnt;
		for (__u32 i = 0; i < trace->kobj_cnt; i++)
			if (plan->slots[i] != NO_SLOT && (pass == 1 || !trace->kobjs[i].kept))
				plan_close(plan, plan->slots[i], plan->owners[i]);
		/* The BTF of a module, which the search for a symbol may have opened. */
		for (__u32 i = 0; i < plan->symbol_cnt; i++)
			if (plan->symbols[i].kind)
				plan_close(plan, plan->symbols[i].slot + 1, 0);
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

static void plan_values(struct plan *plan, const struct object *object)
{
	for (__u32 i = 0; i < object->map_cnt; i++) {
		const struct object_map *map = &object->maps[i];

		if (map->arena_data)
			push(plan->values, plan->value_cnt) = (struct plan_value){
				.kobj = map->kobj,
				.data = map->arena_data,
				.len = map->arena_size,
			};
	}
}

int plan_make(struct plan *plan, const struct object *object)
{
	const struct trace *trace = &object->trace;
	int err;

	*plan = (struct plan){ .zero = NO_SLOT };
	plan->op_of_call = xcalloc(trace->call_cnt, sizeof(*plan->op_of_call));
	assign_slots(plan, object);
	assign_owners(plan, object);
	err = plan_externs(plan, object);
	for (__u32 i = 0; i < trace->call_cnt && !err; i++) {
		const struct call *call = &trace->calls[i];

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
		}
	}
	plan_values(plan, object);
	plan_clean_up(plan, trace);
	return err;
}

void plan_free(struct plan *plan)
{
	for (__u32 i = 0; i < plan->owned_cnt; i++)
		free(plan->owned[i]);
	free(plan->owned);
	free(plan->binds);
	free(plan->values);
	free(plan->olds);
	free(plan->slots);
	free(plan->owners);
	free(plan->slot_init);
	free(plan->symbols);
	free(plan->op_of_call);
	free(plan->ops);
	*plan = (struct plan){};
}
