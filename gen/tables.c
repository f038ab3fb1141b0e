// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/tables.h. */
#include <string.h>

#include "tables.h"
#include <lskel/extern_types.h>
#include <lskel/kconfig.h>
#include <lskel/struct_ops.h>
#include <lskel/target.h>

#define COLUMN(type, member, kind)                                                                 \
	{                                                                                          \
#member, offsetof(struct type, member), sizeof(((struct type *)0)->member), kind   \
	}
#define ROWS(type, member, cnt)                                                                    \
#member, sizeof(struct type), offsetof(struct lskel_info, member),                         \
		offsetof(struct lskel_info, cnt)

/*
 * If one of these fails, <lskel/skel.h> has a new member: add a column (or a table) for it below, so that it
 * is stored, read and verified. What makes blobs unreadable for older lskels is a new SAVED_VERSION.
 */
_Static_assert(sizeof(struct lskel_map_info) == 32, "column missing");
_Static_assert(sizeof(struct lskel_prog_info) == 56, "column missing");
_Static_assert(sizeof(struct lskel_data_info) == 20, "column missing");
_Static_assert(sizeof(struct lskel_bind_info) == 8, "column missing");
_Static_assert(sizeof(struct lskel_old_info) == 12, "column missing");
_Static_assert(sizeof(struct lskel_kconfig_info) == 24, "column missing");
_Static_assert(sizeof(struct lskel_extern_info) == 32, "column missing");
_Static_assert(sizeof(struct lskel_struct_ops_info) == 56, "column missing");
_Static_assert(sizeof(struct lskel_struct_ops_member) == 24, "column missing");
_Static_assert(sizeof(struct lskel_where) == 168, "column missing");
/* The forms of lskel_info.relocated are no table: info_relocate() makes them from the image. */
_Static_assert(sizeof(struct lskel_info) == 240, "table missing");

static const struct column map_columns[] = {
	COLUMN(lskel_map_info, name, COLUMN_STRING),
	COLUMN(lskel_map_info, desc, COLUMN_PLACE),
	COLUMN(lskel_map_info, slot, COLUMN_NUMBER),
	COLUMN(lskel_map_info, attr, COLUMN_NUMBER),
	COLUMN(lskel_map_info, flags, COLUMN_NUMBER),
	COLUMN(lskel_map_info, pin_path, COLUMN_STRING),
};

static const struct column prog_columns[] = {
	COLUMN(lskel_prog_info, name, COLUMN_STRING),
	COLUMN(lskel_prog_info, section, COLUMN_STRING),
	COLUMN(lskel_prog_info, desc, COLUMN_PLACE),
	COLUMN(lskel_prog_info, link, COLUMN_PLACE),
	COLUMN(lskel_prog_info, slot, COLUMN_NUMBER),
	COLUMN(lskel_prog_info, attr, COLUMN_NUMBER),
	COLUMN(lskel_prog_info, flags, COLUMN_NUMBER),
	COLUMN(lskel_prog_info, attach_type, COLUMN_NUMBER),
	COLUMN(lskel_prog_info, kind, COLUMN_KIND),
	COLUMN(lskel_prog_info, where, COLUMN_WHERE),
};

static const struct column data_columns[] = {
	COLUMN(lskel_data_info, map, COLUMN_NUMBER),
	COLUMN(lskel_data_info, pointer, COLUMN_PLACE),
	COLUMN(lskel_data_info, value, COLUMN_NUMBER),
	COLUMN(lskel_data_info, size, COLUMN_NUMBER),
	COLUMN(lskel_data_info, readonly, COLUMN_NUMBER),
};

static const struct column bind_columns[] = {
	COLUMN(lskel_bind_info, prog, COLUMN_NUMBER),
	COLUMN(lskel_bind_info, map, COLUMN_NUMBER),
};

static const struct column old_columns[] = {
	COLUMN(lskel_old_info, pointer, COLUMN_NUMBER),
	COLUMN(lskel_old_info, target, COLUMN_NUMBER),
	COLUMN(lskel_old_info, btf_size, COLUMN_NUMBER),
};

static const struct column kconfig_columns[] = {
	COLUMN(lskel_kconfig_info, name, COLUMN_STRING),
	COLUMN(lskel_kconfig_info, offset, COLUMN_NUMBER),
	COLUMN(lskel_kconfig_info, size, COLUMN_NUMBER),
	COLUMN(lskel_kconfig_info, type, COLUMN_NUMBER),
	COLUMN(lskel_kconfig_info, is_signed, COLUMN_NUMBER),
	COLUMN(lskel_kconfig_info, is_weak, COLUMN_NUMBER),
};

static const struct column extern_columns[] = {
	COLUMN(lskel_extern_info, name, COLUMN_STRING),
	COLUMN(lskel_extern_info, types, COLUMN_STRING),
	COLUMN(lskel_extern_info, words, COLUMN_STRING),
	COLUMN(lskel_extern_info, op, COLUMN_NUMBER),
	COLUMN(lskel_extern_info, weak, COLUMN_NUMBER),
};

static const struct column struct_ops_columns[] = {
	COLUMN(lskel_struct_ops_info, map, COLUMN_NUMBER),
	COLUMN(lskel_struct_ops_info, pointer, COLUMN_PLACE),
	COLUMN(lskel_struct_ops_info, link, COLUMN_PLACE),
	COLUMN(lskel_struct_ops_info, by_link, COLUMN_NUMBER),
	COLUMN(lskel_struct_ops_info, type, COLUMN_STRING),
	COLUMN(lskel_struct_ops_info, value, COLUMN_BYTES),
	COLUMN(lskel_struct_ops_info, size, COLUMN_NUMBER),
	COLUMN(lskel_struct_ops_info, members, COLUMN_ROWS),
	COLUMN(lskel_struct_ops_info, member_cnt, COLUMN_NUMBER),
};

static const struct column member_columns[] = {
	COLUMN(lskel_struct_ops_member, name, COLUMN_STRING),
	COLUMN(lskel_struct_ops_member, offset, COLUMN_NUMBER),
	COLUMN(lskel_struct_ops_member, size, COLUMN_NUMBER),
	COLUMN(lskel_struct_ops_member, kind, COLUMN_NUMBER),
	COLUMN(lskel_struct_ops_member, prog, COLUMN_NUMBER),
};

/* Of which gen/attach_kinds.c sets some, and gen/skeleton_attach.c writes them. */
static const struct column where_columns[] = {
	COLUMN(lskel_where, func, COLUMN_STRING),
	COLUMN(lskel_where, path, COLUMN_STRING),
	COLUMN(lskel_where, offset, COLUMN_NUMBER),
	COLUMN(lskel_where, ref_ctr, COLUMN_NUMBER),
	COLUMN(lskel_where, pid, COLUMN_ZERO),
	COLUMN(lskel_where, funcs, COLUMN_ZERO),
	COLUMN(lskel_where, offsets, COLUMN_ZERO),
	COLUMN(lskel_where, ref_ctrs, COLUMN_ZERO),
	COLUMN(lskel_where, cookies, COLUMN_ZERO),
	COLUMN(lskel_where, cnt, COLUMN_ZERO),
	COLUMN(lskel_where, cookie, COLUMN_ZERO),
	COLUMN(lskel_where, fd, COLUMN_ZERO),
	COLUMN(lskel_where, ifindex, COLUMN_ZERO),
	COLUMN(lskel_where, attach_type, COLUMN_NUMBER),
	COLUMN(lskel_where, flags, COLUMN_NUMBER),
	COLUMN(lskel_where, replace_fd, COLUMN_ZERO),
	COLUMN(lskel_where, relative_fd, COLUMN_ZERO),
	COLUMN(lskel_where, relative_id, COLUMN_ZERO),
	COLUMN(lskel_where, revision, COLUMN_ZERO),
	COLUMN(lskel_where, parent, COLUMN_ZERO),
	COLUMN(lskel_where, handle, COLUMN_ZERO),
	COLUMN(lskel_where, priority, COLUMN_ZERO),
	COLUMN(lskel_where, family, COLUMN_ZERO),
	COLUMN(lskel_where, hook, COLUMN_ZERO),
	COLUMN(lskel_where, order, COLUMN_ZERO),
	COLUMN(lskel_where, iter, COLUMN_ZERO),
	COLUMN(lskel_where, iter_len, COLUMN_ZERO),
};

#define COLUMNS(columns) ARRAY_SIZE(columns), columns

const struct table tables[TABLE_CNT_ALL] = {
	{ ROWS(lskel_map_info, maps, map_cnt), COLUMNS(map_columns) },
	{ ROWS(lskel_prog_info, progs, prog_cnt), COLUMNS(prog_columns) },
	{ ROWS(lskel_data_info, data, data_cnt), COLUMNS(data_columns) },
	{ ROWS(lskel_bind_info, binds, bind_cnt), COLUMNS(bind_columns) },
	{ ROWS(lskel_old_info, olds, old_cnt), COLUMNS(old_columns) },
	{ ROWS(lskel_kconfig_info, kconfigs, kconfig_cnt), COLUMNS(kconfig_columns) },
	{ ROWS(lskel_struct_ops_info, struct_ops, struct_ops_cnt), COLUMNS(struct_ops_columns) },
	{ ROWS(lskel_extern_info, externs, extern_cnt), COLUMNS(extern_columns) },
	{ "members", sizeof(struct lskel_struct_ops_member), 0, 0, COLUMNS(member_columns) },
	{ "where", sizeof(struct lskel_where), 0, 0, COLUMNS(where_columns) },
};

static const struct lskel_struct_ops_calls struct_ops_calls = {
	lskel_struct_ops_open,	 lskel_struct_ops_prepare, lskel_struct_ops_fill,
	lskel_struct_ops_finish, lskel_struct_ops_attach,  lskel_struct_ops_detach,
	lskel_struct_ops_close,
};

const void *table_rows(const struct lskel_info *info, int table)
{
	return *(const void *const *)((const char *)info + tables[table].rows);
}

__u32 table_cnt(const struct lskel_info *info, int table)
{
	return *(const __u32 *)((const char *)info + tables[table].cnt);
}

__u64 column_get(const struct column *column, const void *row)
{
	const char *at = (const char *)row + column->offset;

	switch (column->size) {
	case 1:
		return *(const __u8 *)at;
	case 2:
		return *(const __u16 *)at;
	case 4:
		return *(const __u32 *)at;
	default:
		return *(const __u64 *)at;
	}
}

bool column_set(const struct column *column, void *row, __u64 value)
{
	char *at = (char *)row + column->offset;

	switch (column->size) {
	case 1:
		*(__u8 *)at = value;
		break;
	case 2:
		*(__u16 *)at = value;
		break;
	case 4:
		*(__u32 *)at = value;
		break;
	default:
		*(__u64 *)at = value;
	}
	return column_get(column, row) == value;
}

void *tables_alloc(struct info *info, int table, __u32 cnt)
{
	void *rows = info_own(info, xcalloc(cnt, tables[table].row_size));

	if (table < TABLE_CNT) {
		*(void **)((char *)&info->table + tables[table].rows) = rows;
		*(__u32 *)((char *)&info->table + tables[table].cnt) = cnt;
	}
	return rows;
}

/*
 * The members of the skeleton follow each other like in the struct that a skeleton writer declares: context,
 * maps, pointers to what of struct_ops maps may be set, programs, links of programs and of struct_ops maps,
 * pointers to data.
 */
static void place(struct lskel_info *table)
{
	struct lskel_map_info *maps = (void *)table->maps;
	struct lskel_prog_info *progs = (void *)table->progs;
	struct lskel_data_info *data = (void *)table->data;
	struct lskel_struct_ops_info *struct_ops = (void *)table->struct_ops;
	__u32 at = sizeof(struct lskel_ctx), i;

	for (i = 0; i < table->map_cnt; i++, at += sizeof(struct lskel_map))
		maps[i].desc = at;
	for (i = 0; i < table->struct_ops_cnt; i++, at += sizeof(void *))
		struct_ops[i].pointer = at;
	for (i = 0; i < table->prog_cnt; i++, at += sizeof(struct lskel_prog))
		progs[i].desc = at;
	for (i = 0; i < table->prog_cnt; i++, at += sizeof(int))
		progs[i].link = at;
	for (i = 0; i < table->struct_ops_cnt; i++, at += sizeof(int))
		struct_ops[i].link = at;
	at = (at + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	for (i = 0; i < table->data_cnt; i++, at += sizeof(void *))
		data[i].pointer = at;
	table->skel_size = at;
}

void tables_finish(struct info *info, bool needs_config_file)
{
	struct lskel_info *table = &info->table;

	place(table);
	if (table->kconfig_cnt)
		table->resolve_kconfig =
			needs_config_file ? lskel_kconfig_resolve_file : lskel_kconfig_resolve;
	if (table->extern_cnt)
		table->find_externs = lskel_find_externs;
	if (table->struct_ops_cnt)
		table->struct_ops_calls = &struct_ops_calls;
	for (__u32 i = 0; i < table->prog_cnt; i++)
		if (table->progs[i].flags & LSKEL_PROG_MODULE)
			table->find_targets = lskel_find_targets;
}
