// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The planner's part for kernel symbols: what is looked for by name on the target, and how what is found
 * gets into the instructions that use it.
 *
 * The instructions that are stored are those for a kernel without the weak symbols. When a symbol is
 * found, the words that differ are copied over them; when a weak one is not, these copies are skipped.
 */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>
#include <lskel/blob.h>

#include "plan.h"
#include "record.h"

#define LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

/* One instruction that refers to a kernel symbol. */
struct use {
	const struct extern_symbol *symbol;
	bool is_call;
};

static bool use_of_type(__u32 id, struct use *ret)
{
	const struct pretend_type *type = pretend_btf_type(id);

	ret->symbol = type ? type->symbol : NULL;
	return ret->symbol;
}

/* Whether @insn refers to a kernel symbol, and to which. */
static bool find_use(const struct object *object, const struct bpf_insn *insn, struct use *ret)
{
	*ret = (struct use){};
	if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL) {
		ret->is_call = true;
		return use_of_type(insn->imm, ret);
	}
	if (insn->code != LD_IMM64)
		return false;
	if (insn->src_reg == BPF_PSEUDO_BTF_ID)
		return use_of_type(insn->imm, ret);
	if (insn->src_reg)
		return false;
	ret->symbol =
		extern_at(&object->externs, (__u64)(__u32)insn[1].imm << 32 | (__u32)insn->imm);
	return ret->symbol;
}

static __u32 first_word(const struct bpf_insn *insn)
{
	__u32 word;

	memcpy(&word, insn, sizeof(word));
	return word;
}

/* Flavors of one type are the same. */
static bool is_same(const struct extern_symbol *a, const struct extern_symbol *b)
{
	return a == b || (a && b && a->kind == b->kind && !strcmp(a->name, b->name) &&
			  (a->kind == EXTERN_TYPELESS || !strcmp(a->types, b->types)));
}

int plan_find(struct plan *plan, const char *name, __u32 kind, const struct extern_symbol *wanted)
{
	struct plan_symbol symbol = {
		.name = name,
		.kind = kind,
		.target = !wanted,
		.missing = kind && wanted ? EINVAL : ESRCH,
		.symbol = wanted,
	};
	struct bpf_insn call = { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL };
	struct bpf_insn offset = {};
	struct plan_op op = {
		.cmd = kind ? LSKEL_CMD_FIND_BTF : LSKEL_CMD_FIND_SYM,
		.symbol = plan->symbol_cnt,
		.kobj = NO_KOBJ,
		.owner = wanted ? 0 : LSKEL_OWNER_USERS,
	};

	for (__u32 i = 0; i < plan->symbol_cnt; i++) {
		if (plan->symbols[i].kind != kind || strcmp(plan->symbols[i].name, name) ||
		    !is_same(plan->symbols[i].symbol, wanted))
			continue;
		/* Who may do without it does not matter when somebody else can't. */
		if (wanted && !wanted->weak)
			plan->ops[plan->symbols[i].op].otherwise = 0;
		return plan->symbols[i].slot;
	}

	if (strlen(name) >= LSKEL_ATTR_MAX) {
		complain("the name of kernel symbol '%s' is too long for a loader program", name);
		return -ENAMETOOLONG;
	}
	symbol.op = plan->op_cnt;
	symbol.slot = op.slot = plan_slot(plan, 0);
	plan_slot(plan, kind ? LSKEL_NO_FD : 0);
	plan_slot(plan, 0);
	if (kind == BTF_KIND_FUNC) {
		offset.off = symbol.slot + 1;
		symbol.call = first_word(&call);
		symbol.offset = first_word(&offset);
	}
	push(plan->symbols, plan->symbol_cnt) = symbol;
	push(plan->ops, plan->op_cnt) = op;
	return symbol.slot;
}

static void add_copy(struct plan_op *op, const struct call *call, __u32 offset, int slot)
{
	op->copies[op->copy_cnt++] = (struct plan_copy){
		.call = call,
		.insns = true,
		.offset = offset,
		.slot = slot,
	};
}

/* Copies what was found for @use, in the slots from @slot, into instruction @i of @call. */
static void plan_use(struct plan *plan, const struct call *call, __u32 i, const struct use *use,
		     int slot)
{
	const struct bpf_insn *insns = call_arg(call, "insns")->data;
	const __u32 at = i * sizeof(*insns), imm = at + offsetof(struct bpf_insn, imm);
	const bool typed = use->symbol->kind != EXTERN_TYPELESS;
	struct plan_op op = plan_copy_op();

	if (use->is_call) {
		add_copy(&op, call, at, slot + 2);
		add_copy(&op, call, imm, slot);
	} else if (typed) {
		add_copy(&op, call, imm, slot);
		add_copy(&op, call, imm + sizeof(*insns), slot + 1);
	} else {
		add_copy(&op, call, imm, slot + 1);
		add_copy(&op, call, imm + sizeof(*insns), slot + 2);
	}
	push(plan->ops, plan->op_cnt) = op;

	/* Without the symbol it would be an ordinary constant. */
	if (use->symbol->weak && typed && !use->is_call) {
		op = plan_copy_op();
		add_copy(&op, call, at, plan_constant(plan, first_word(&insns[i])));
		push(plan->ops, plan->op_cnt) = op;
	}
}

/* Plans all uses of @wanted. */
static int plan_uses(struct plan *plan, const struct object *object,
		     const struct extern_symbol *wanted)
{
	__u32 find = plan->op_cnt;
	int slot = plan_find(plan, wanted->name, extern_btf_kind(wanted), wanted);

	if (slot < 0)
		return slot;
	if (find == plan->op_cnt)
		return 0; /* done, at its first use */
	for (__u32 c = 0; c < object->trace.call_cnt; c++) {
		const struct call *call = &object->trace.calls[c];
		const struct bpf_insn *insns;
		struct use use;

		if (!call->needed || call->command->cmd != BPF_PROG_LOAD)
			continue;
		insns = call_arg(call, "insns")->data;
		for (__u32 i = 0; i < call->attr.insn_cnt; i++) {
			if (find_use(object, &insns[i], &use) && is_same(use.symbol, wanted))
				plan_use(plan, call, i, &use, slot);
			i += insns[i].code == LD_IMM64;
		}
	}
	if (wanted->weak)
		plan->ops[find].otherwise = plan->op_cnt;
	return 0;
}

static int plan_call_uses(struct plan *plan, const struct object *object, const struct call *call)
{
	const struct bpf_insn *insns = call_arg(call, "insns")->data;
	struct use use;
	int err = 0;

	for (__u32 i = 0; i < call->attr.insn_cnt && !err; i++) {
		if (find_use(object, &insns[i], &use))
			err = plan_uses(plan, object, use.symbol);
		i += insns[i].code == LD_IMM64;
	}
	/* Modules' kfuncs refer to a slot by an offset of 16 bits. */
	if (plan->slot_cnt > INT16_MAX)
		return plan_refuse(object, call, "more than 32767 slots with kernel symbols");
	return err;
}

int plan_externs(struct plan *plan, const struct object *object)
{
	int err = 0;

	/*
	 * libbpf wants the strong ones to be there, and variables to be of their type, used or not. Of those with a
	 * type it says so first.
	 */
	for (__u32 i = 0; i < 2 * object->externs.cnt && !err; i++) {
		const struct extern_symbol *symbol =
			&object->externs.symbols[i % object->externs.cnt];
		bool typed = symbol->kind != EXTERN_TYPELESS;

		if ((!symbol->weak || symbol->kind == EXTERN_VAR) &&
		    typed == (i < object->externs.cnt))
			err = plan_uses(plan, object, symbol);
	}
	for (__u32 i = 0; i < object->trace.call_cnt && !err; i++) {
		const struct call *call = &object->trace.calls[i];

		if (call->needed && call->command->cmd == BPF_PROG_LOAD)
			err = plan_call_uses(plan, object, call);
	}
	return err;
}

bool plan_strip_externs(const struct object *object, const struct call *call,
			struct bpf_insn *insns)
{
	bool found = false;
	struct use use;

	for (__u32 i = 0; i < call->attr.insn_cnt; i++) {
		struct bpf_insn *insn = &insns[i];
		bool wide = insn->code == LD_IMM64;

		if (find_use(object, insn, &use)) {
			found = true;
			if (use.symbol->weak) {
				memcpy(insn, &call->without_weak[i], sizeof(*insn) * (1 + wide));
			} else {
				insn->imm = 0;
				if (wide)
					insn[1].imm = 0;
			}
		}
		i += wide;
	}
	return found;
}
