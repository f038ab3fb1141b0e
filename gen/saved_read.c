// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading saved blobs, see gen/saved.h. The file may be anybody's: each number is checked before it is used
 * as an offset. Whether what was read makes sense is a matter of gen/verify.h, and whether there was anything
 * else in the file, one of writing it once more.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "attach_kinds.h"
#include "saved.h"
#include "sha256.h"
#include "verify.h"

struct reader {
	struct info *info;
	const char *path;
	const char *data;
	const struct saved_hdr *hdr;
	/* What is referred to follows in the order of the references: how far these have come. */
	__u32 strings;
	__u32 values;
	__u32 rows[TABLE_CNT_ALL];
};

static int __printf(2, 3) refuse(const struct reader *reader, const char *format, ...)
{
	_cleanup_(free_ptr) char *why = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&why, format, args) < 0)
		why = NULL;
	va_end(args);
	complain("%s: %s", reader->path, why ?: "out of memory");
	return -EINVAL;
}

static const char *part_data(const struct reader *reader, int part)
{
	return reader->data + reader->hdr->parts[part].offset;
}

bool saved_is(const void *data, size_t len)
{
	return len >= sizeof(SAVED_MAGIC) - 1 &&
	       !memcmp(data, SAVED_MAGIC, sizeof(SAVED_MAGIC) - 1);
}

static bool column_is_stored(const struct column *column)
{
	return column->kind != COLUMN_PLACE && column->kind != COLUMN_ZERO;
}

/* Words in a row of the file. */
static __u32 row_words(const struct table *table)
{
	__u32 words = 0;

	for (__u32 i = 0; i < table->column_cnt; i++)
		if (table->columns[i].kind == COLUMN_NUMBER)
			words += table->columns[i].size == sizeof(__u64) ? 2 : 1;
		else if (column_is_stored(&table->columns[i]))
			words++;
	return words;
}

static int check_part(const struct reader *reader, int i, __u64 *end)
{
	const struct saved_part *part = &reader->hdr->parts[i];
	__u32 words = i < SAVED_TABLES || !part->rows ? 0 : row_words(&tables[i - SAVED_TABLES]);

	if (part->offset % 8 || part->offset < *end ||
	    (__u64)part->offset + part->size > reader->hdr->file_size - SHA256_SIZE)
		return refuse(reader, "part %d is not inside the file", i);
	if (part->words != words ||
	    (i >= SAVED_TABLES && (__u64)part->rows * words * sizeof(__u32) != part->size))
		return refuse(reader, "part %d has rows of another length than this lskel's", i);
	*end = (__u64)part->offset + part->size;
	return 0;
}

static int check_file(const struct reader *reader, size_t len)
{
	const struct saved_hdr *hdr = reader->hdr;
	unsigned char digest[SHA256_SIZE];
	__u64 end = sizeof(*hdr);
	int err = 0;

	if (len < offsetof(struct saved_hdr, hdr_size))
		return refuse(reader, "a saved blob that is cut short");
	if (hdr->version == __builtin_bswap32(SAVED_VERSION))
		return refuse(reader, "saved on a machine of the other byte order");
	if (hdr->version != SAVED_VERSION)
		return refuse(reader, "version %u of saved blobs; this lskel reads %u",
			      hdr->version, SAVED_VERSION);
	if (len < sizeof(*hdr) + SHA256_SIZE || hdr->hdr_size != sizeof(*hdr) ||
	    hdr->part_cnt != SAVED_PARTS || hdr->file_size != len)
		return refuse(reader, "a saved blob that is cut short, or of another lskel");
	sha256(reader->data, len - SHA256_SIZE, digest);
	if (memcmp(digest, reader->data + len - SHA256_SIZE, SHA256_SIZE))
		return refuse(reader, "damaged: its SHA-256 is not the one at its end");
	for (int i = 0; i < SAVED_PARTS && !err; i++)
		err = check_part(reader, i, &end);
	return err;
}

static int get_string(struct reader *reader, __u32 at, const char **ret)
{
	const struct saved_part *part = &reader->hdr->parts[SAVED_STRINGS];
	const char *strings = part_data(reader, SAVED_STRINGS);

	*ret = NULL;
	if (!at)
		return 0;
	if (at != reader->strings || at >= part->size || strings[part->size - 1])
		return refuse(reader, "a string is not where it should be among the strings");
	*ret = strings + at;
	reader->strings += strlen(*ret) + 1;
	return 0;
}

static int get_rows(struct reader *reader, int table, __u32 first, __u32 cnt, char *rows);

/* Rows that others refer to. */
static int get_others(struct reader *reader, int table, __u32 first, __u32 cnt, void **ret)
{
	const struct saved_part *part = &reader->hdr->parts[SAVED_TABLES + table];

	if (first != reader->rows[table] || cnt > part->rows - first)
		return refuse(reader, "a row refers to rows that are not there");
	reader->rows[table] += cnt;
	*ret = tables_alloc(reader->info, table, cnt);
	return get_rows(reader, table, first, cnt, *ret);
}

static int get_bytes(struct reader *reader, __u32 at, __u32 size, const void **ret)
{
	const struct saved_part *part = &reader->hdr->parts[SAVED_VALUES];

	if (at != reader->values || size > part->size - at)
		return refuse(reader, "a value is not inside the values");
	reader->values += size;
	*ret = part_data(reader, SAVED_VALUES) + at;
	return 0;
}

static int get_kind(struct reader *reader, __u32 word, const struct lskel_attach_kind **ret)
{
	const struct attach_kind *kind;
	const char *ident;
	int err = get_string(reader, word, &ident);

	if (err || !ident)
		return err;
	kind = attach_kind_find(ident);
	if (!kind)
		return refuse(reader, "this lskel does not know how a program is attached");
	*ret = kind->kind;
	return 0;
}

/* @next: the word behind, which for pointers is the number of what is pointed at. */
static int get_column(struct reader *reader, const struct column *column, __u32 word, __u32 next,
		      char *row)
{
	void *at = row + column->offset;

	switch (column->kind) {
	case COLUMN_STRING:
		return get_string(reader, word, at);
	case COLUMN_KIND:
		return get_kind(reader, word, at);
	case COLUMN_WHERE:
		return word ? get_others(reader, TABLE_WHERES, word - 1, 1, at) : 0;
	case COLUMN_BYTES:
		return get_bytes(reader, word, next, at);
	case COLUMN_ROWS:
		return get_others(reader, TABLE_MEMBERS, word, next, at);
	default:
		return column_set(column, row, word) ?
			       0 :
			       refuse(reader, "a number does not fit into '%s'", column->name);
	}
}

static int get_rows(struct reader *reader, int table, __u32 first, __u32 cnt, char *rows)
{
	const struct table *t = &tables[table];
	__u32 words = row_words(t);
	const __u32 *word = (const void *)part_data(reader, SAVED_TABLES + table);
	int err = 0;

	word += (size_t)first * words;
	for (; cnt && !err; cnt--, rows += t->row_size)
		for (__u32 j = 0; j < t->column_cnt && !err; j++) {
			const struct column *column = &t->columns[j];

			if (!column_is_stored(column))
				continue;
			if (column->kind == COLUMN_NUMBER && column->size == sizeof(__u64)) {
				column_set(column, rows, (__u64)word[1] << 32 | word[0]);
				word += 2;
				continue;
			}
			err = get_column(reader, column, *word, j + 1 < t->column_cnt ? word[1] : 0,
					 rows);
			word++;
		}
	return err;
}

static int get_tables(struct reader *reader)
{
	const struct saved_hdr *hdr = reader->hdr;
	struct info *info = reader->info;
	struct lskel_info *table = &info->table;
	int err = get_string(reader, hdr->name, &table->name);

	if (!err && !table->name)
		return refuse(reader, "it has no name");
	table->image = part_data(reader, SAVED_IMAGE);
	info->image_len = hdr->parts[SAVED_IMAGE].size;
	table->insns = part_data(reader, SAVED_INSNS);
	table->insn_cnt = hdr->parts[SAVED_INSNS].size / sizeof(struct bpf_insn);
	table->btf = part_data(reader, SAVED_BTF);
	table->btf_size = hdr->parts[SAVED_BTF].size;
	table->func_info = part_data(reader, SAVED_FUNC_INFO);
	table->func_info_cnt = hdr->parts[SAVED_FUNC_INFO].size / sizeof(struct bpf_func_info);
	table->kconfig_data = hdr->kconfig_data;
	for (int i = 0; i < TABLE_CNT && !err; i++) {
		__u32 cnt = hdr->parts[SAVED_TABLES + i].rows;

		err = get_rows(reader, i, 0, cnt, tables_alloc(info, i, cnt));
	}
	return err;
}

/* What saved_write() makes of it has to be what was read. */
static int check_same(const struct reader *reader)
{
	_cleanup_(bytes_free) struct bytes again = {};

	saved_write(reader->info, &again);
	if (again.len != reader->hdr->file_size || memcmp(again.data, reader->data, again.len))
		return refuse(reader, "there is something in it that lskel does not write");
	return 0;
}

int saved_read(struct info *info, const char *path, void *data, size_t len)
{
	struct reader reader = {
		.info = info, .path = path, .data = data, .hdr = data, .strings = 1
	};
	int err;

	*info = (struct info){};
	info_own(info, data);
	err = check_file(&reader, len) ?: get_tables(&reader);
	if (err)
		return err;
	tables_finish(info, reader.hdr->flags & SAVED_CONFIG_FILE);
	return verify(info, path) ?: check_same(&reader);
}
