/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables of struct lskel_info, described: which columns a row has and what they mean. Whoever stores a
 * skeleton (gen/saved.c) or reads one (gen/saved_read.c, gen/header.c) goes by this and knows no column by
 * name. A new column of <lskel/skel.h> gets a line in gen/tables.c, where the compiler asks for it.
 */
#ifndef LSKEL_GEN_TABLES_H
#define LSKEL_GEN_TABLES_H

#include "info.h"

enum column_kind {
	COLUMN_NUMBER, /* of 1, 2, 4 or 8 bytes */
	COLUMN_STRING, /* or NULL */
	COLUMN_PLACE, /* offset in the skeleton: follows from the other tables, see tables_finish() */
	COLUMN_BYTES, /* pointer to as many bytes as the next column says */
	COLUMN_ROWS,  /* pointer to as many rows of TABLE_MEMBERS as the next column says */
	COLUMN_KIND, /* pointer to a kind of attaching, or NULL: its name, see gen/attach_kinds.h */
	COLUMN_WHERE, /* pointer to a row of TABLE_WHERES, or NULL */
	COLUMN_ZERO,  /* of the application only: always 0 or NULL in tables */
};

struct column {
	const char *name;
	__u16 offset; /* in the row */
	__u8 size;
	__u8 kind;
};

enum {
	TABLE_MAPS,
	TABLE_PROGS,
	TABLE_DATA,
	TABLE_BINDS,
	TABLE_OLDS,
	TABLE_KCONFIGS,
	TABLE_STRUCT_OPS,
	TABLE_EXTERNS,
	TABLE_CNT,
	/* Not of their own, but referred to by rows: of struct_ops maps, of programs. */
	TABLE_MEMBERS = TABLE_CNT,
	TABLE_WHERES,
	TABLE_CNT_ALL,
};

struct table {
	const char *name; /* as in a header: foo__NAME */
	__u16 row_size;
	__u16 rows; /* offsets in struct lskel_info: of the pointer to the rows ... */
	__u16 cnt;  /* ... and of their number */
	__u16 column_cnt;
	const struct column *columns;
};

extern const struct table tables[TABLE_CNT_ALL];

/* Of TABLE_CNT tables. */
const void *table_rows(const struct lskel_info *info, int table);
__u32 table_cnt(const struct lskel_info *info, int table);

/* The value of a number, and storing one: false if it does not fit. */
__u64 column_get(const struct column *column, const void *row);
bool column_set(const struct column *column, void *row, __u64 value);

/* For a reader: makes the table of @info @cnt zeroed rows, which info_free() frees. */
void *tables_alloc(struct info *info, int table, __u32 cnt);

/*
 * Completes tables: gives the members of the skeleton their places, in the order that struct foo has them
 * (see gen/skeleton.c), and refers to the functions of the run time that the tables need.
 */
void tables_finish(struct info *info, bool needs_config_file);

#endif /* LSKEL_GEN_TABLES_H */
