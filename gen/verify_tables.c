// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tables of a skeleton, for gen/verify.c: what the run time goes by when it fills a blob, so each of
 * their numbers has to mean what it says in this blob.
 */
#include <string.h>

#include "extern_types.h"
#include "verify_impl.h"
#include <lskel/kconfig.h>

#define MAP_FLAGS (LSKEL_MAP_CPUS | LSKEL_MAP_PAGES | LSKEL_MAP_OFF | LSKEL_MAP_ARENA)
#define PROG_FLAGS                                                                                 \
	(LSKEL_PROG_USDT | LSKEL_PROG_OFF | LSKEL_PROG_STRUCT_OPS | LSKEL_PROG_TARGET |            \
	 LSKEL_PROG_MODULE)

/* Names of maps and programs become names of files where these are pinned. */
static bool is_name(const char *s)
{
	return s && *s && verify_is_printable(s) && !strchr(s, '/') && strcmp(s, ".") &&
	       strcmp(s, "..");
}

static bool is_text(const char *s)
{
	return !s || verify_is_printable(s);
}

/* Whether the object number @owner, from 1, is made by @cmd with the attr at @attr in @slot. */
static bool is_made(const struct verify *v, __u32 cmd, __u32 slot, __u32 attr, __u32 owner)
{
	const struct lskel_op *op;

	if (slot >= v->hdr->fd_cnt || !v->makers[slot])
		return false;
	op = &v->ops[v->makers[slot] - 1];
	return op->cmd == cmd && op->attr == attr && op->owner == owner;
}

static int check_map(const struct verify *v, __u32 i)
{
	const struct lskel_map_info *map = &v->info->maps[i];

	if (!is_name(map->name) || !is_text(map->pin_path))
		return verify_refuse(v, "map %u has no proper name or path", i);
	if (map->slot != i || !is_made(v, BPF_MAP_CREATE, map->slot, map->attr, i + 1))
		return verify_refuse(v, "map '%s' is not what the operation of slot %u creates",
				     map->name, map->slot);
	if (map->flags & ~(__u32)MAP_FLAGS)
		return verify_refuse(v, "map '%s' has the unknown flags 0x%x", map->name,
				     map->flags);
	return 0;
}

static int check_where(const struct verify *v, const struct lskel_prog_info *prog)
{
	if (!prog->where)
		return 0;
	if (!is_text(prog->where->func) || !is_text(prog->where->path))
		return verify_refuse(v, "program '%s' has no proper place to be attached",
				     prog->name);
	return 0;
}

static int check_prog(const struct verify *v, __u32 i)
{
	const struct lskel_prog_info *prog = &v->info->progs[i];

	if (!is_name(prog->name) || !prog->section || !is_text(prog->section))
		return verify_refuse(v, "program %u has no proper name or section", i);
	if (prog->flags & ~(__u32)PROG_FLAGS)
		return verify_refuse(v, "program '%s' has the unknown flags 0x%x", prog->name,
				     prog->flags);
	if (prog->slot == LSKEL_NOT_LOADED && prog->attr == LSKEL_NOT_LOADED &&
	    prog->flags & LSKEL_PROG_OFF)
		return check_where(v, prog);
	if (!is_made(v, BPF_PROG_LOAD, prog->slot, prog->attr, v->info->map_cnt + i + 1))
		return verify_refuse(v, "program '%s' is not what the operation of slot %u loads",
				     prog->name, prog->slot);
	return check_where(v, prog);
}

/* Each owner has one map or program, so that operations are left out with the one that they are for. */
static int check_makers(const struct verify *v)
{
	for (__u32 i = 0; i < v->hdr->op_cnt; i++) {
		const struct lskel_op *op = &v->ops[i];
		__u32 prog = op->owner - v->info->map_cnt - 1;

		if (op->cmd == BPF_PROG_LOAD &&
		    (op->owner <= v->info->map_cnt || op->owner == LSKEL_OWNER_USERS ||
		     v->info->progs[prog].attr != op->attr))
			return verify_refuse_op(v, op, "it loads a program that is in no table");
		if (op->cmd == BPF_MAP_CREATE && (!op->owner || op->owner > v->info->map_cnt))
			return verify_refuse_op(v, op, "it creates a map that is for no other");
	}
	return 0;
}

/* Whether an operation fills the map from there. */
static bool is_filled_from(const struct verify *v, const struct lskel_data_info *data)
{
	for (__u32 i = 0; i < v->hdr->op_cnt; i++)
		if (v->ops[i].cmd == BPF_MAP_UPDATE_ELEM && v->ops[i].owner == data->map + 1)
			return verify_attr(v, &v->ops[i]).value == data->value;
	return false;
}

static int check_data(const struct verify *v, __u32 i)
{
	const struct lskel_data_info *data = &v->info->data[i];
	__u64 end = (__u64)data->value + data->size;
	const struct lskel_map_info *map;
	union bpf_attr attr;

	if (data->map >= v->info->map_cnt || data->readonly > 1)
		return verify_refuse(v, "data %u is of no map", i);
	map = &v->info->maps[data->map];
	attr = verify_attr(v, &v->ops[v->makers[map->slot] - 1]);
	for (__u32 j = 0; j < i; j++)
		if (v->info->data[j].map == data->map)
			return verify_refuse(v, "map '%s' has its data twice", map->name);
	if (!data->size || data->value < sizeof(*v->hdr) ||
	    end > (data->value < v->len ? v->len : v->hdr->size) ||
	    (!(map->flags & LSKEL_MAP_ARENA) && data->size != attr.value_size))
		return verify_refuse(v,
				     "the data of map '%s' (at %u, %u bytes) is not inside the "
				     "blob",
				     map->name, data->value, data->size);
	/* The application's values take the place of what is there. */
	if (!(map->flags & LSKEL_MAP_ARENA) && !is_filled_from(v, data))
		return verify_refuse(
			v, "the data of map '%s' is not the one that it is filled with", map->name);
	return 0;
}

static int check_bind(const struct verify *v, __u32 i)
{
	const struct lskel_bind_info *bind = &v->info->binds[i];

	if (bind->prog >= v->info->prog_cnt || bind->map >= v->info->map_cnt)
		return verify_refuse(v, "pair %u of program and map is not there", i);
	return 0;
}

/* What stands in the place of BTF or func_info. */
static int check_old(struct verify *v, __u32 i)
{
	const struct lskel_old_info *old = &v->info->olds[i];
	const __u32 word = old->pointer / sizeof(__u32);
	const struct lskel_op *op;
	union bpf_attr attr;
	__u64 len;
	bool is_btf;

	if (old->pointer % 8 || old->pointer >= v->len || v->marks[word] != MARK_POINTER)
		return verify_refuse(v, "what is for older kernels (%u) is for no pointer", i);
	op = &v->ops[v->op_at[word] - 1];
	attr = verify_attr(v, op);
	is_btf =
		op->cmd == BPF_BTF_LOAD && old->pointer == op->attr + offsetof(union bpf_attr, btf);
	len = is_btf ? old->btf_size : (__u64)attr.func_info_cnt * attr.func_info_rec_size;
	if (!len || (!is_btf && (old->btf_size || op->cmd != BPF_PROG_LOAD ||
				 old->pointer != op->attr + offsetof(union bpf_attr, func_info))))
		return verify_refuse_op(v, op, "what it is on older kernels is malformed");
	return verify_claim(v, old->target, len, MARK_DATA, true, "what is for older kernels");
}

static int check_kconfig(const struct verify *v, __u32 i)
{
	const struct lskel_kconfig_info *kconfig = &v->info->kconfigs[i];
	const struct lskel_data_info *data = &v->info->data[v->info->kconfig_data];
	bool fits;

	switch (kconfig->type) {
	case LSKEL_KCONFIG_BOOL:
	case LSKEL_KCONFIG_CHAR:
		fits = kconfig->size == 1;
		break;
	case LSKEL_KCONFIG_TRISTATE:
		fits = kconfig->size == 4;
		break;
	case LSKEL_KCONFIG_INT:
		fits = kconfig->size == 1 || kconfig->size == 2 || kconfig->size == 4 ||
		       kconfig->size == 8;
		break;
	case LSKEL_KCONFIG_STRING:
		fits = kconfig->size;
		break;
	default:
		fits = false;
	}
	if (!kconfig->name || !*kconfig->name || !is_text(kconfig->name) || !fits ||
	    (__u64)kconfig->offset + kconfig->size > data->size || kconfig->is_signed > 1 ||
	    kconfig->is_weak > 1)
		return verify_refuse(v, "kernel configuration %u is malformed", i);
	return 0;
}

static int check_member(const struct verify *v, const struct lskel_struct_ops_info *ops,
			const struct lskel_struct_ops_member *member)
{
	if (!member->name || !is_text(member->name) ||
	    (__u64)member->offset + member->size > ops->size)
		return verify_refuse(v, "a member of struct_ops '%s' is not inside it", ops->type);
	if (member->prog != LSKEL_NO_PROG &&
	    (member->prog >= v->info->prog_cnt || member->size != sizeof(void *) ||
	     !(v->info->progs[member->prog].flags & LSKEL_PROG_STRUCT_OPS)))
		return verify_refuse(v, "member '%s' of struct_ops '%s' is set to no such program",
				     member->name, ops->type);
	return 0;
}

static int check_struct_ops(const struct verify *v, __u32 i)
{
	const struct lskel_struct_ops_info *ops = &v->info->struct_ops[i];
	int err = 0;

	if (ops->map >= v->info->map_cnt || !ops->type || !is_text(ops->type) || ops->by_link > 1 ||
	    verify_attr(v, &v->ops[v->makers[v->info->maps[ops->map].slot] - 1]).map_type !=
		    BPF_MAP_TYPE_STRUCT_OPS)
		return verify_refuse(v, "struct_ops %u is no such map", i);
	for (__u32 j = 0; j < i; j++)
		if (v->info->struct_ops[j].map == ops->map)
			return verify_refuse(v, "map '%s' is struct_ops twice",
					     v->info->maps[ops->map].name);
	for (__u32 j = 0; j < ops->member_cnt && !err; j++)
		err = check_member(v, ops, &ops->members[j]);
	return err;
}

/* Whether a replay that goes on from there, and in which nothing fails, ends well. Operations lead forward. */
static bool ends_well(const struct verify *v, __u32 next)
{
	while (next > LSKEL_FAILED)
		next = v->ops[(next - v->hdr->op_off) / sizeof(*v->ops)].next[0];
	return next == LSKEL_DONE;
}

/* Rows are for searches of what the object declares, one each; only a weak one goes on without. */
static int check_extern(const struct verify *v, __u32 i)
{
	const struct lskel_extern_info *row = &v->info->externs[i];
	__u32 at = row->op - v->hdr->op_off;
	const struct lskel_op *op = &v->ops[at / sizeof(*op)];

	if (!row->name || !*row->name || !is_text(row->name) || !row->types ||
	    !extern_types_are_sound(row->types) || !row->words || !is_text(row->words) ||
	    row->weak > 1)
		return verify_refuse(v, "extern %u is malformed", i);
	if (row->op < v->hdr->op_off || at % sizeof(*op) || at / sizeof(*op) >= v->hdr->op_cnt ||
	    op->cmd != LSKEL_CMD_FIND_BTF || op->owner)
		return verify_refuse(v, "extern '%s' is not what an operation searches for",
				     row->name);
	if (row->weak != ends_well(v, op->next[1]))
		return verify_refuse_op(v, op, "it is not for an extern that is weak like that");
	if (extern_row_of_op(v->info, row->op) != row)
		return verify_refuse_op(v, op, "it searches for two externs");
	return 0;
}

static int check_name(const struct verify *v)
{
	const char *p = v->info->name;

	for (; *p == '_' || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
	       (p > v->info->name && *p >= '0' && *p <= '9');
	     p++)
		;
	if (*p || p == v->info->name)
		return verify_refuse(v, "its name is no C identifier");
	return 0;
}

int verify_tables(struct verify *v)
{
	const struct lskel_info *info = v->info;
	int err = check_name(v);

	for (__u32 i = 0; i < info->map_cnt && !err; i++)
		err = check_map(v, i);
	for (__u32 i = 0; i < info->prog_cnt && !err; i++)
		err = check_prog(v, i);
	err = err ?: check_makers(v);
	for (__u32 i = 0; i < info->data_cnt && !err; i++)
		err = check_data(v, i);
	for (__u32 i = 0; i < info->bind_cnt && !err; i++)
		err = check_bind(v, i);
	for (__u32 i = 0; i < info->old_cnt && !err; i++)
		err = check_old(v, i);
	if (!err && (info->kconfig_cnt ? info->kconfig_data >= info->data_cnt : info->kconfig_data))
		err = verify_refuse(v, "there is no map for the kernel's configuration");
	for (__u32 i = 0; i < info->kconfig_cnt && !err; i++)
		err = check_kconfig(v, i);
	for (__u32 i = 0; i < info->struct_ops_cnt && !err; i++)
		err = check_struct_ops(v, i);
	for (__u32 i = 0; i < info->extern_cnt && !err; i++)
		err = check_extern(v, i);
	return err;
}
