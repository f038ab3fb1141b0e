// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The attrs of a blob, for gen/verify.c: that nothing of this process is in them, what their pointers
 * point at, and the instructions of programs. Which fields there are, gen/commands.h knows.
 */
#include <string.h>

#include "verify_impl.h"

#define FD_ARRAY offsetof(union bpf_attr, fd_array)

/* The kernel's limits: MAX_BPF_STACK for keys, 128 for license strings. */
#define MAX_KEY	    512
#define MAX_LICENSE 128

static bool is_pointer(const struct attr_field *field)
{
	switch (field->kind) {
	case FIELD_STRING:
	case FIELD_ARRAY:
	case FIELD_INSNS:
	case FIELD_KEY:
	case FIELD_VALUE:
		return true;
	default:
		return false;
	}
}

static bool has_pointer_at(const struct lskel_op *op, __u32 offset)
{
	const struct command *command = command_find(op->cmd);

	if (offset + sizeof(__u64) > op->size)
		return false;
	if (op->cmd == BPF_PROG_LOAD && offset == FD_ARRAY)
		return true;
	for (__u32 i = 0; i < command->field_cnt; i++)
		if (command->fields[i].offset == offset)
			return is_pointer(&command->fields[i]);
	return false;
}

int verify_relocs(struct verify *v)
{
	const __u32 *relocs = (const void *)(v->image + v->hdr->reloc_off);

	for (__u32 i = 0; i < v->hdr->reloc_cnt; i++) {
		__u32 at = relocs[i], word = at / sizeof(__u32);
		const struct lskel_op *op;

		if (at % 8 || at >= v->len || v->marks[word] != MARK_ATTR)
			return verify_refuse(v, "pointer %u of the list (at %u) is in no attr", i,
					     at);
		op = &v->ops[v->op_at[word] - 1];
		if (!has_pointer_at(op, at - op->attr))
			return verify_refuse_op(v, op, "there is no pointer at %u of its attr",
						at - op->attr);
		v->marks[word] = v->marks[word + 1] = MARK_POINTER;
	}
	return 0;
}

/* Where the pointer at @field points, or 0. */
static int get_pointer(const struct verify *v, const struct lskel_op *op, __u32 field,
		       const char *name, __u64 *ret)
{
	*ret = 0;
	if (field + sizeof(*ret) > op->size)
		return 0;
	memcpy(ret, v->image + op->attr + field, sizeof(*ret));
	if (!*ret != (v->marks[(op->attr + field) / sizeof(__u32)] != MARK_POINTER))
		return verify_refuse_op(
			v, op, "'%s' is an address, and not in the list of pointers", name);
	if (*ret > v->hdr->size)
		return verify_refuse_op(v, op, "'%s' points behind the blob", name);
	return 0;
}

static int check_string(struct verify *v, const struct lskel_op *op, const char *name, __u64 at)
{
	size_t room = at < v->len ? v->len - at : 0, len;

	room = room < MAX_LICENSE ? room : MAX_LICENSE;
	len = at ? strnlen(v->image + (room ? at : 0), room) : 0;
	if (!at || len == room || !verify_is_printable(v->image + at))
		return verify_refuse_op(v, op, "'%s' is no string", name);
	return verify_claim(v, at, len + 1, MARK_DATA, true, name);
}

/* One way to refer to a map: by its slot. */
static bool is_map_slot(const struct verify *v, __s32 slot)
{
	return slot >= 0 && (__u32)slot < v->hdr->fd_cnt && v->roles[slot] == ROLE_MAP;
}

static int check_wide(const struct verify *v, const struct lskel_op *op,
		      const struct bpf_insn *insns, __u32 i, __u32 cnt)
{
	const struct bpf_insn *insn = &insns[i];

	if (i + 1 == cnt || insn[1].code || insn[1].dst_reg || insn[1].src_reg || insn[1].off)
		return verify_refuse_op(v, op, "instruction %u is only half of one", i);
	switch (insn->src_reg) {
	case 0:
		return 0;
	case BPF_PSEUDO_MAP_IDX:
	case BPF_PSEUDO_MAP_IDX_VALUE:
		if (is_map_slot(v, insn->imm))
			return 0;
		return verify_refuse_op(v, op, "instruction %u refers to slot %d, which is no map",
					i, insn->imm);
	case BPF_PSEUDO_BTF_ID:
		if (!insn->imm && !insn[1].imm)
			return 0;
		return verify_refuse_op(v, op, "instruction %u has an id of some kernel's BTF", i);
	case BPF_PSEUDO_FUNC:
		return 0;
	default:
		return verify_refuse_op(v, op, "instruction %u refers to an fd (%d)", i, insn->imm);
	}
}

static int check_insns(struct verify *v, const struct lskel_op *op, __u64 at, __u32 cnt)
{
	const struct bpf_insn *insns = (const void *)(v->image + at);
	int err = verify_claim(v, at, (__u64)cnt * sizeof(*insns), MARK_INSNS, false, "a program");

	if (!err && (at % 8 || !cnt))
		return verify_refuse_op(v, op, "its instructions are not where they can be");
	for (__u32 i = 0; i < cnt && !err; i++) {
		const struct bpf_insn *insn = &insns[i];

		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			err = check_wide(v, op, insns, i++, cnt);
		} else if (insn->code == (BPF_JMP | BPF_CALL) &&
			   insn->src_reg == BPF_PSEUDO_KFUNC_CALL && (insn->imm || insn->off)) {
			err = verify_refuse_op(
				v, op, "instruction %u has a function's id of some kernel's BTF",
				i);
		}
	}
	return err;
}

/* The MAP_CREATE of the map that an operation on a map is about, or NULL. */
static const struct lskel_op *map_of(const struct verify *v, const struct lskel_op *op)
{
	for (int i = 0; i < 2; i++) {
		int slot = verify_slot(v, op->copy[i].src);

		if (op->copy[i].dst == op->attr + offsetof(union bpf_attr, map_fd) && slot >= 0 &&
		    v->roles[slot] == ROLE_MAP)
			return &v->ops[v->makers[slot] - 1];
	}
	return NULL;
}

static int check_key(struct verify *v, const struct lskel_op *op, const struct lskel_op *map,
		     __u64 at)
{
	__u32 size = verify_attr(v, map).key_size;

	if (!at || !size || size > MAX_KEY)
		return verify_refuse_op(v, op, "there is no key");
	return verify_claim(v, at, size, MARK_DATA, true, "a key");
}

/* A value is that of a slot, or bytes, which may lie behind the image if they are 0. */
static int check_value(struct verify *v, const struct lskel_op *op, const struct lskel_op *map,
		       __u64 at)
{
	__u32 size = verify_attr(v, map).value_size;
	int slot = at <= UINT32_MAX ? verify_slot(v, at) : -1;

	if (slot >= 0) {
		if (size == sizeof(__s32) &&
		    (v->roles[slot] == ROLE_MAP || v->roles[slot] == ROLE_PROG))
			return 0;
		return verify_refuse_op(v, op, "its value is slot %d, which it can't be", slot);
	}
	if (at && at % 8 == 0 && at >= v->len && at + size <= v->hdr->size && size)
		return 0;
	if (!at || at % 8 || !size)
		return verify_refuse_op(v, op, "there is no value");
	return verify_claim(v, at, size, MARK_DATA, false, "a value");
}

static __u32 attr_word(const union bpf_attr *attr, __u32 offset)
{
	__u32 word;

	memcpy(&word, (const char *)attr + offset, sizeof(word));
	return word;
}

static int check_array(struct verify *v, const struct lskel_op *op, const union bpf_attr *attr,
		       const struct attr_field *field, __u64 at)
{
	__u32 cnt = attr_word(attr, field->count_offset);
	__u32 size = field->elem_size ? field->elem_size : attr_word(attr, field->elem_offset);

	if (!at) {
		if (cnt)
			return verify_refuse_op(v, op, "'%s' is not there, but counted",
						field->name);
		return 0;
	}
	if (!cnt || !size || size > 4096)
		return verify_refuse_op(v, op, "'%s' has no elements", field->name);
	return verify_claim(v, at, (__u64)cnt * size, MARK_DATA, false, field->name);
}

static int check_pointer(struct verify *v, const struct lskel_op *op, const union bpf_attr *attr,
			 const struct attr_field *field)
{
	const struct lskel_op *map;
	__u64 at;
	int err = get_pointer(v, op, field->offset, field->name, &at);

	if (err)
		return err;
	switch (field->kind) {
	case FIELD_STRING:
		return check_string(v, op, field->name, at);
	case FIELD_INSNS:
		return check_insns(v, op, at, attr->insn_cnt);
	case FIELD_ARRAY:
		return check_array(v, op, attr, field, at);
	default:
		map = map_of(v, op);
		if (!map)
			return verify_refuse_op(v, op, "it is not about a map of the blob");
		return field->kind == FIELD_KEY ? check_key(v, op, map, at) :
						  check_value(v, op, map, at);
	}
}

/* What is neither data of the object nor comes by a copy has to be 0. */
static int check_field(struct verify *v, const struct lskel_op *op, const union bpf_attr *attr,
		       const struct attr_field *field)
{
	const char *at = (const char *)attr + field->offset;

	if (is_pointer(field))
		return check_pointer(v, op, attr, field);
	switch (field->kind) {
	case FIELD_FD:
	case FIELD_TARGET_FD:
	case FIELD_BTF_ID:
	case FIELD_HOST:
		if (attr_get(attr, field))
			return verify_refuse_op(v, op,
						"'%s' is %llu, which is of some process or "
						"kernel",
						field->name, attr_get(attr, field));
		return 0;
	case FIELD_CHARS:
		if (strnlen(at, field->size) == field->size || !verify_is_printable(at))
			return verify_refuse_op(v, op, "'%s' is no name", field->name);
		return 0;
	default:
		return 0;
	}
}

/* No field that this lskel does not know of. */
static int check_rest(const struct verify *v, const struct lskel_op *op)
{
	const struct command *command = command_find(op->cmd);
	char attr[sizeof(union bpf_attr)] = {};

	memcpy(attr, v->image + op->attr, op->size);
	for (__u32 i = 0; i < command->field_cnt; i++)
		memset(attr + command->fields[i].offset, 0, command->fields[i].size);
	if (op->cmd == BPF_PROG_LOAD)
		memset(attr + FD_ARRAY, 0, sizeof(__u64));
	for (__u32 i = 0; i < op->size; i++)
		if (attr[i])
			return verify_refuse_op(v, op, "its attr has an unknown field (at %u)", i);
	return 0;
}

static int check_fd_array(const struct verify *v, const struct lskel_op *op)
{
	__u64 at;
	int err = get_pointer(v, op, FD_ARRAY, "fd_array", &at);

	if (!err && at != v->hdr->fd_off)
		return verify_refuse_op(v, op, "its fd_array is not the blob's");
	return err;
}

static int check_attr(struct verify *v, const struct lskel_op *op)
{
	const struct command *command = command_find(op->cmd);
	union bpf_attr attr = verify_attr(v, op);
	int err = check_rest(v, op);

	for (__u32 i = 0; i < command->field_cnt && !err; i++)
		err = check_field(v, op, &attr, &command->fields[i]);
	if (!err && op->cmd == BPF_PROG_LOAD)
		err = check_fd_array(v, op);
	if (!err && op->cmd == BPF_MAP_FREEZE && !map_of(v, op))
		err = verify_refuse_op(v, op, "it is not about a map of the blob");
	return err;
}

int verify_attrs(struct verify *v)
{
	int err = 0;

	for (__u32 i = 0; i < v->hdr->op_cnt && !err; i++) {
		const struct lskel_op *op = &v->ops[i];

		if (command_find(op->cmd) && v->op_at[op->attr / sizeof(__u32)] == i + 1)
			err = check_attr(v, op);
	}
	return err;
}
