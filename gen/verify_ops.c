// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The operations of a blob, for gen/verify.c: which commands, where their attrs and results are, what they
 * copy where, and where they lead.
 */
#include <string.h>
#include <bpf/btf.h>

#include "verify_impl.h"
#include <lskel/sys.h>

#define SINK   offsetof(struct lskel_blob_hdr, sink)
#define STATUS offsetof(struct lskel_blob_hdr, status)

static bool is_find(const struct lskel_op *op)
{
	return op->cmd == LSKEL_CMD_FIND_BTF || op->cmd == LSKEL_CMD_FIND_SYM;
}

static int set_role(struct verify *v, const struct lskel_op *op, int slot, enum role role)
{
	__s32 init =
		role == ROLE_MAP || role == ROLE_PROG || role == ROLE_BTF || role == ROLE_MODULE ?
			LSKEL_NO_FD :
			0;

	if (slot < 0 || slot >= (int)v->hdr->fd_cnt)
		return verify_refuse_op(v, op, "its result is no slot of the FD array");
	if (v->roles[slot] != ROLE_CONSTANT && v->roles[slot] != role)
		return verify_refuse_op(v, op, "slot %d is for something else", slot);
	if (v->slots[slot] != init)
		return verify_refuse_op(v, op, "slot %d is not empty before it", slot);
	v->roles[slot] = role;
	if (!v->makers[slot])
		v->makers[slot] = op - v->ops + 1;
	return 0;
}

static enum role role_of(__u32 cmd)
{
	switch (cmd) {
	case BPF_MAP_CREATE:
		return ROLE_MAP;
	case BPF_PROG_LOAD:
		return ROLE_PROG;
	case BPF_BTF_LOAD:
		return ROLE_BTF;
	default:
		return ROLE_CONSTANT;
	}
}

/* As much of the attr as the run time may write to: with a token, the last is that one's fd. */
static __u32 least_size(__u32 cmd)
{
	switch (cmd) {
	case BPF_MAP_CREATE:
		return LSKEL_MAP_TOKEN_FD + sizeof(__u32);
	case BPF_PROG_LOAD:
		return LSKEL_PROG_TOKEN_FD + sizeof(__u32);
	case BPF_BTF_LOAD:
		return LSKEL_BTF_TOKEN_FD + sizeof(__u32);
	case BPF_MAP_UPDATE_ELEM:
		return offsetof(union bpf_attr, flags) + sizeof(__u64);
	default:
		return sizeof(__u32);
	}
}

/* A second try has the attr of the first. */
static int claim_attr(struct verify *v, const struct lskel_op *op)
{
	__u32 first;
	int err;

	if (op->attr % 8 || op->size % 4 || (__u64)op->attr + op->size > (__u64)v->hdr->mask + 1 ||
	    op->size > sizeof(union bpf_attr) || op->size < least_size(op->cmd))
		return verify_refuse_op(v, op, "its attr (at %u, %u bytes) is not one", op->attr,
					op->size);
	first = op->attr < v->len && v->marks[op->attr / sizeof(__u32)] == MARK_ATTR ?
			v->op_at[op->attr / sizeof(__u32)] :
			0;
	if (first && v->ops[first - 1].attr == op->attr && v->ops[first - 1].size == op->size &&
	    v->ops[first - 1].cmd == op->cmd && v->ops[first - 1].result == op->result)
		return 0;
	err = verify_claim(v, op->attr, op->size, MARK_ATTR, false, "an attr");
	for (__u32 i = 0; i < op->size && !err; i += sizeof(__u32))
		v->op_at[(op->attr + i) / sizeof(__u32)] = op - v->ops + 1;
	return err;
}

static int check_command(struct verify *v, const struct lskel_op *op)
{
	enum role role = role_of(op->cmd);
	int err = claim_attr(v, op);

	if (err)
		return err;
	if (role != ROLE_CONSTANT)
		return set_role(v, op, verify_slot(v, op->result), role);
	if (op->result != STATUS)
		return verify_refuse_op(v, op, "its result goes to %u", op->result);
	return 0;
}

static int check_symbol(struct verify *v, const struct lskel_op *op)
{
	const __u64 end = (__u64)op->attr + offsetof(struct lskel_symbol, name) + op->size;
	const struct lskel_symbol *symbol = (const void *)(v->image + op->attr);
	struct bpf_insn call, offset;
	int err;

	if (op->attr % 8 || end > v->len || op->attr > v->hdr->mask || !op->size ||
	    op->size > LSKEL_ATTR_MAX)
		return verify_refuse_op(v, op, "its symbol is not inside the blob");
	err = verify_claim(v, op->attr, end - op->attr, MARK_SYMBOL, false, "a symbol");
	if (err)
		return err;
	if (strnlen(symbol->name, op->size) != op->size - 1 || !verify_is_printable(symbol->name) ||
	    op->size == 1)
		return verify_refuse_op(v, op, "its symbol's name is not one");
	memcpy(&call, &symbol->call, sizeof(symbol->call));
	memcpy(&offset, &symbol->offset, sizeof(symbol->offset));
	if ((symbol->call && (call.code != (BPF_JMP | BPF_CALL) ||
			      call.src_reg != BPF_PSEUDO_KFUNC_CALL || call.dst_reg || call.off)) ||
	    offset.code || offset.src_reg || offset.dst_reg || offset.off < 0 ||
	    (__u32)offset.off >= v->hdr->fd_cnt || symbol->missing > 4095 ||
	    symbol->kind > BTF_KIND_ENUM64 || !symbol->kind != (op->cmd == LSKEL_CMD_FIND_SYM))
		return verify_refuse_op(v, op, "its symbol is malformed");
	return 0;
}

static int check_find(struct verify *v, const struct lskel_op *op)
{
	bool address = op->cmd == LSKEL_CMD_FIND_SYM;
	int slot = verify_slot(v, op->result), err = check_symbol(v, op);

	err = err ?: set_role(v, op, slot, ROLE_ID);
	err = err ?: set_role(v, op, slot + 1, address ? ROLE_ADDRESS : ROLE_MODULE);
	return err ?: set_role(v, op, slot + 2, address ? ROLE_ADDRESS : ROLE_CALL);
}

static int check_owner(const struct verify *v, const struct lskel_op *op)
{
	if (op->owner > (__u64)v->info->map_cnt + v->info->prog_cnt &&
	    op->owner != LSKEL_OWNER_USERS)
		return verify_refuse_op(v, op, "it is for map or program %u, which is not there",
					op->owner);
	if (op->owner == LSKEL_OWNER_USERS && !is_find(op))
		return verify_refuse_op(v, op, "only searches are for those that use them");
	return 0;
}

static int check_ways(const struct verify *v, const struct lskel_op *op)
{
	const __u32 end = v->hdr->op_off + v->hdr->op_cnt * sizeof(*op);
	const __u32 at = v->hdr->op_off + (op - v->ops) * sizeof(*op);

	for (int i = 0; i < 2; i++) {
		__u32 next = op->next[i];

		if (next == LSKEL_DONE || next == LSKEL_FAILED)
			continue;
		if (next <= at || next >= end || (next - at) % sizeof(*op))
			return verify_refuse_op(
				v, op, "it leads to %u, which is no later operation", next);
	}
	return 0;
}

int verify_ops(struct verify *v)
{
	int err = 0;

	for (__u32 i = 0; i < v->hdr->op_cnt && !err; i++) {
		const struct lskel_op *op = &v->ops[i];

		if (is_find(op))
			err = check_find(v, op);
		else if (op->cmd < 64 && LSKEL_ALLOWED_CMDS >> op->cmd & 1)
			err = check_command(v, op);
		else if (op->cmd != LSKEL_CMD_CLOSE)
			err = verify_refuse_op(v, op, "command %u is not allowed", op->cmd);
		err = err ?: check_owner(v, op) ?: check_ways(v, op);
	}
	return err;
}

/* A constant or what was made may be closed; an id, or a number that happens to be in a slot, not. */
static int check_close(const struct verify *v, const struct lskel_op *op)
{
	int slot = verify_slot(v, op->attr);

	if (op->size != 1 || op->result != SINK)
		return verify_refuse_op(v, op, "it does more than to close");
	if (op->attr == SINK)
		return 0;
	if (slot < 0 || (v->roles[slot] != ROLE_MAP && v->roles[slot] != ROLE_PROG &&
			 v->roles[slot] != ROLE_BTF && v->roles[slot] != ROLE_MODULE))
		return verify_refuse_op(v, op, "it closes what no operation has opened");
	return 0;
}

/* The field of an attr that is the word at @offset, or NULL. */
static const struct attr_field *field_at(const struct verify *v, __u32 offset)
{
	const struct lskel_op *op = &v->ops[v->op_at[offset / sizeof(__u32)] - 1];
	const struct command *command = command_find(op->cmd);

	for (__u32 i = 0; i < command->field_cnt; i++)
		if (command->fields[i].offset == offset - op->attr)
			return &command->fields[i];
	return NULL;
}

/* Into an fd's place goes an fd, or 0 for none. */
static int check_copy_to_attr(const struct verify *v, const struct lskel_op *op, __u32 dst, int src)
{
	const struct attr_field *field = field_at(v, dst);
	enum role role = v->roles[src];

	if (!field || field->size != sizeof(__u32))
		return verify_refuse_op(v, op, "it copies to %u, which is no word of an attr", dst);
	switch (field->kind) {
	case FIELD_FD:
	case FIELD_TARGET_FD:
		if (role == ROLE_MAP || role == ROLE_PROG || role == ROLE_BTF ||
		    role == ROLE_MODULE || (role == ROLE_CONSTANT && !v->slots[src]))
			return 0;
		break;
	case FIELD_BTF_ID:
		if (role == ROLE_ID || (role == ROLE_CONSTANT && !v->slots[src]))
			return 0;
		break;
	default:
		if (role == ROLE_CONSTANT)
			return 0;
	}
	return verify_refuse_op(v, op, "it copies slot %d to '%s', where it does not belong", src,
				field->name);
}

static int check_copy(const struct verify *v, const struct lskel_op *op, __u32 dst, __u32 src)
{
	int from = verify_slot(v, src), to = verify_slot(v, dst);

	if (dst == SINK && src == SINK)
		return 0;
	if (from < 0)
		return verify_refuse_op(v, op, "it copies from %u, which is no slot", src);
	if (dst % sizeof(__u32) || dst > v->hdr->mask || dst >= v->len)
		return verify_refuse_op(v, op, "it copies to %u, which is not below the mask", dst);
	/* That of BTF which the kernel does not take. */
	if (to >= 0 && v->roles[to] == ROLE_BTF && v->roles[from] == ROLE_CONSTANT &&
	    !v->slots[from])
		return 0;
	switch (v->marks[dst / sizeof(__u32)]) {
	case MARK_ATTR:
		return check_copy_to_attr(v, op, dst, from);
	case MARK_INSNS:
		if (v->roles[from] != ROLE_MAP && v->roles[from] != ROLE_PROG &&
		    v->roles[from] != ROLE_BTF)
			return 0;
		return verify_refuse_op(v, op, "it copies an fd into instructions");
	default:
		return verify_refuse_op(v, op, "it copies to %u, where nothing may be changed",
					dst);
	}
}

int verify_copies(struct verify *v)
{
	int err = 0;

	for (__u32 i = 0; i < v->hdr->op_cnt && !err; i++) {
		const struct lskel_op *op = &v->ops[i];

		if (op->cmd == LSKEL_CMD_CLOSE)
			err = check_close(v, op);
		for (int j = 0; j < 2 && !err; j++)
			err = check_copy(v, op, op->copy[j].dst, op->copy[j].src);
	}
	return err;
}
