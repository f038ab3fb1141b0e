// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tables in a generated header, for gen/header.c: initializers, read by the columns of gen/tables.h. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "attach_kinds.h"
#include "header_impl.h"
#include <lskel/relocated.h>

/* Takes a C string literal as lskel writes them, and appends it. */
static bool take_literal(struct header *h, struct bytes *out)
{
	const char *p = h->at;

	if (*p != '"')
		return false;
	for (p++; *p && *p != '"' && *p != '\n';) {
		char c = *p++;

		if (c == '\\' && *p >= '0' && *p <= '7') {
			c = 0;
			for (int i = 0; i < 3 && *p >= '0' && *p <= '7'; i++)
				c = c * 8 + *p++ - '0';
		} else if (c == '\\') {
			c = *p ? *p++ : 0;
		}
		bytes_add(out, &c, 1);
	}
	if (*p != '"')
		return false;
	h->at = p + 1;
	return true;
}

/* Takes the literals that follow, one a line. What they say is aligned for everything, and the info's. */
static int take_bytes(struct header *h, const void **ret, size_t *ret_len)
{
	struct bytes bytes = {};

	while (isspace((unsigned char)*h->at))
		h->at++;
	while (take_literal(h, &bytes))
		while (isspace((unsigned char)*h->at))
			h->at++;
	if (!bytes.data)
		bytes.data = xcalloc(1, 1);
	*ret = info_own(h->info, bytes.data);
	*ret_len = bytes.len;
	return *h->at == ';' ? 0 : header_refuse(h, h->at, "here should be the end of a string");
}

static int take_array(struct header *h, const char *part, const void **ret, size_t *ret_len)
{
	const char *at =
		header_after(h->at, "static const char %s__%s[] __attribute__((aligned(8))) =",
			     h->info->table.name, part);

	if (!at)
		return header_refuse(h, h->at, "'%s__%s' is missing", h->info->table.name, part);
	h->at = at;
	return take_bytes(h, ret, ret_len);
}

static int take_number(struct header *h, const struct column *column, void *row)
{
	unsigned long long value;
	char *end;

	if (header_take(h, "LSKEL_NOT_LOADED") || header_take(h, "LSKEL_NO_PROG")) {
		column_set(column, row, UINT32_MAX);
		return 0;
	}
	errno = 0;
	value = strtoull(h->at, &end, 10);
	if (!isdigit((unsigned char)*h->at) || errno || !column_set(column, row, value))
		return header_refuse(h, h->at, "here should be a number: %s", column->name);
	h->at = end;
	header_take(h, "ULL");
	return 0;
}

static int take_string(struct header *h, const struct column *column, const char **ret)
{
	struct bytes bytes = {};

	*ret = NULL;
	if (header_take(h, "NULL"))
		return 0;
	if (!take_literal(h, &bytes)) {
		bytes_free(&bytes);
		return header_refuse(h, h->at, "here should be a string: %s", column->name);
	}
	bytes_add(&bytes, "", 1);
	*ret = info_own(h->info, bytes.data);
	return 0;
}

static int take_place(struct header *h)
{
	const char *end = header_take(h, "offsetof(") ? strpbrk(h->at, ")\n") : NULL;

	if (!end || *end != ')')
		return header_refuse(h, h->at, "here should be a place in the skeleton");
	h->at = end + 1;
	return 0;
}

static int take_kind(struct header *h, const struct lskel_attach_kind **ret)
{
	const struct attach_kind *kind;

	if (header_take(h, "NULL"))
		return 0;
	kind = header_take(h, "&") ? header_take_kind(h) : NULL;
	if (!kind)
		return header_refuse(h, h->at, "here should be a kind of attaching");
	*ret = kind->kind;
	return 0;
}

static int take_row(struct header *h, int table, void *row);

/* The arrays that rows refer to are in the order of the rows. */
static int go_to(struct header *h, const char *type, const char *ident, const char *behind)
{
	const char *at =
		ident ? header_after(h->referred, "\nstatic const %s %s%s", type, ident, behind) :
			NULL;

	if (!at)
		return header_refuse(h, h->at, "this refers to what is not there");
	h->at = h->referred = at;
	return 0;
}

static int take_where(struct header *h, void **ret)
{
	const char *ident, *back;
	int err;

	if (header_take(h, "NULL"))
		return 0;
	ident = header_take(h, "&") ? header_take_ident(h) : NULL;
	back = h->at;
	err = go_to(h, "struct lskel_where", ident, " = {\n");
	if (err)
		return err;
	*ret = tables_alloc(h->info, TABLE_WHERES, 1);
	err = take_row(h, TABLE_WHERES, *ret);
	h->at = err ? h->at : back;
	return err;
}

/* @next: how many there are, behind ", ". */
static __u32 peek_count(const struct header *h)
{
	return strncmp(h->at, ", ", 2) ? 0 : strtoul(h->at + 2, NULL, 10);
}

static int take_value(struct header *h, const void **ret)
{
	const char *ident = header_take_ident(h), *back = h->at;
	__u32 cnt = peek_count(h);
	size_t len;
	int err;

	err = go_to(h, "char", ident, "[] =") ?: take_bytes(h, ret, &len);
	if (!err && len != cnt)
		err = header_refuse(h, back, "the value has %zu bytes, not %u", len, cnt);
	h->at = err ? h->at : back;
	return err;
}

static int take_rows(struct header *h, int table, __u32 cnt, void *rows)
{
	int err = 0;

	for (__u32 i = 0; i < cnt && !err; i++) {
		if (!header_take(h, "\t{ "))
			return header_refuse(h, h->at, "here should be a row: %s",
					     tables[table].name);
		err = take_row(h, table, (char *)rows + (size_t)i * tables[table].row_size);
		if (!err && !header_take(h, " },\n"))
			err = header_refuse(h, h->at, "here should be the end of a row");
	}
	return err;
}

/* Rows until "};". */
static __u32 count_rows(const struct header *h)
{
	const char *at = h->at;
	__u32 cnt = 0;

	while (!strncmp(at, "\t{ ", 3) && (at = strchr(at, '\n'))) {
		at++;
		cnt++;
	}
	return cnt;
}

static int take_members(struct header *h, void **ret)
{
	const char *ident, *back;
	__u32 cnt;
	int err;

	if (header_take(h, "NULL"))
		return 0;
	ident = header_take_ident(h);
	cnt = peek_count(h);
	back = h->at;
	err = go_to(h, "struct lskel_struct_ops_member", ident, "[] = {\n");
	if (err)
		return err;
	if (count_rows(h) != cnt)
		return header_refuse(h, h->at, "there are %u members, not %u", count_rows(h), cnt);
	*ret = tables_alloc(h->info, TABLE_MEMBERS, cnt);
	err = take_rows(h, TABLE_MEMBERS, cnt, *ret);
	h->at = err ? h->at : back;
	return err;
}

static int take_column(struct header *h, const struct column *column, void *row)
{
	void *at = (char *)row + column->offset;

	switch (column->kind) {
	case COLUMN_STRING:
		return take_string(h, column, at);
	case COLUMN_PLACE:
		return take_place(h);
	case COLUMN_KIND:
		return take_kind(h, at);
	case COLUMN_WHERE:
		return take_where(h, at);
	case COLUMN_BYTES:
		return take_value(h, at);
	case COLUMN_ROWS:
		return take_members(h, at);
	case COLUMN_ZERO:
		if (header_take(h, "0") || header_take(h, "NULL"))
			return 0;
		return header_refuse(h, h->at, "here should be 0 or NULL: %s", column->name);
	default:
		return take_number(h, column, row);
	}
}

static int take_row(struct header *h, int table, void *row)
{
	const struct table *t = &tables[table];
	int err = 0;

	for (__u32 i = 0; i < t->column_cnt && !err; i++) {
		while (i ? *h->at == ',' || isspace((unsigned char)*h->at) :
			   isspace((unsigned char)*h->at))
			h->at++;
		err = take_column(h, &t->columns[i], row);
	}
	return err;
}

static int take_table(struct header *h, int table)
{
	const char *at =
		header_after(h->at, " %s__%s[] = {\n", h->info->table.name, tables[table].name);
	__u32 cnt;

	if (!at)
		return 0;
	h->at = at;
	cnt = count_rows(h);
	return take_rows(h, table, cnt, tables_alloc(h->info, table, cnt));
}

/* Forms that are relocated ahead of the load: bytes, which gen/verify_core.c looks at. */
static int take_relocated(struct header *h)
{
	struct info *info = h->info;
	const char *name = info->table.name;
	const void *hash, *forms;
	size_t hash_len, forms_len;
	int err;

	if (!header_after(h->at, "static const struct lskel_relocated_info %s__relocated = {\n",
			  name))
		return 0;
	err = take_array(h, "hash", &hash, &hash_len) ?: take_array(h, "forms", &forms, &forms_len);
	if (err)
		return err;
	if (hash_len != sizeof(info->hash))
		return header_refuse(h, h->at, "the hash has %zu bytes", hash_len);
	memcpy(info->hash, hash, hash_len);
	bytes_add(&info->forms, forms, forms_len);
	info->relocated = (struct lskel_relocated_info){
		.hash = info->hash,
		.forms = info->forms.data,
		.forms_size = forms_len,
		.choose = lskel_choose_relocated,
		.apply = lskel_apply_relocated,
	};
	info->table.relocated = &info->relocated;
	info->cache = header_after(h->at, "\nLSKEL_DEFINE_CACHE(%s)\n", name);
	return 0;
}

/* Numbers of the last table that are no lengths. */
static int take_info(struct header *h, bool *ret_config_file)
{
	struct lskel_info *table = &h->info->table;
	const char *at =
		header_after(h->at, "static const struct lskel_info %s__info = {\n", table->name);

	if (!at)
		return header_refuse(h, h->at, "there is no '%s__info'", table->name);
	h->at = at;
	/* Name and size, image, loader program; then as many tables as there are lines before this one. */
	for (int i = 0; i < 5 + TABLE_KCONFIGS + 1; i++) {
		at = strchr(h->at, '\n');
		if (!at)
			return header_refuse(h, h->at, "the last table is cut short");
		h->at = at + 1;
	}
	while (isspace((unsigned char)*h->at))
		h->at++;
	table->kconfig_data = strtoul(h->at, NULL, 10);
	at = strstr(h->at, "lskel_kconfig_resolve_file");
	*ret_config_file = at && !memchr(h->at, '\n', at - h->at);
	return 0;
}

int header_read_tables(struct header *h)
{
	struct lskel_info *table = &h->info->table;
	size_t insns, btf, func_info;
	bool config_file = false;
	int err;

	err = take_array(h, "image", &table->image, &h->info->image_len);
	err = err ?: take_array(h, "insns", &table->insns, &insns);
	err = err ?: take_array(h, "btf", &table->btf, &btf);
	err = err ?: take_array(h, "func_info", &table->func_info, &func_info);
	if (err)
		return err;
	table->insn_cnt = insns / sizeof(struct bpf_insn);
	table->btf_size = btf;
	table->func_info_cnt = func_info / sizeof(struct bpf_func_info);
	for (int i = 0; i < TABLE_CNT && !err; i++)
		err = take_table(h, i);
	err = err ?: take_relocated(h) ?: take_info(h, &config_file);
	if (err)
		return err;
	if (table->map_cnt != h->map_cnt || table->prog_cnt != h->prog_cnt)
		return header_refuse(h, h->at,
				     "struct %s has not the maps and programs of the tables",
				     table->name);
	tables_finish(h->info, config_file);
	return 0;
}
