// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Writing saved blobs, see gen/saved.h. */
#include <string.h>

#include "attach_kinds.h"
#include "saved.h"
#include "sha256.h"
#include <lskel/kconfig.h>
#include <lskel/open.h>

_Static_assert(sizeof(struct saved_hdr) == 296, "as Documentation/saved-blob.md has it");

struct writer {
	struct bytes strings;
	struct bytes values;
	struct bytes tables[TABLE_CNT_ALL];
	__u32 rows[TABLE_CNT_ALL];
};

/* Number 0 is NULL. */
static __u32 put_string(struct writer *writer, const char *s)
{
	return s ? bytes_add(&writer->strings, s, strlen(s) + 1) : 0;
}

static void put_rows(struct writer *writer, int table, const void *rows, __u32 cnt);

/* Returns the number of the first of @cnt rows that others refer to. */
static __u32 put_others(struct writer *writer, int table, const void *rows, __u32 cnt)
{
	__u32 first = writer->rows[table];

	put_rows(writer, table, rows, cnt);
	return first;
}

static void put_word(struct bytes *out, __u32 word)
{
	bytes_add(out, &word, sizeof(word));
}

static void put_column(struct writer *writer, const struct column *column, const void *row,
		       struct bytes *out)
{
	const void *pointer = NULL;

	if (column->size == sizeof(pointer) && column->kind != COLUMN_NUMBER)
		pointer = *(const void *const *)((const char *)row + column->offset);
	switch (column->kind) {
	case COLUMN_NUMBER:
		put_word(out, column_get(column, row));
		if (column->size == sizeof(__u64))
			put_word(out, column_get(column, row) >> 32);
		break;
	case COLUMN_STRING:
		put_word(out, put_string(writer, pointer));
		break;
	case COLUMN_KIND:
		put_word(out, put_string(writer, pointer ? attach_kind_ident(pointer) : NULL));
		break;
	case COLUMN_WHERE:
		put_word(out, pointer ? put_others(writer, TABLE_WHERES, pointer, 1) + 1 : 0);
		break;
	case COLUMN_BYTES:
		put_word(out, bytes_add(&writer->values, pointer, column_get(column + 1, row)));
		break;
	case COLUMN_ROWS:
		put_word(out,
			 put_others(writer, TABLE_MEMBERS, pointer, column_get(column + 1, row)));
		break;
	}
}

static void put_rows(struct writer *writer, int table, const void *rows, __u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++) {
		const char *row = (const char *)rows + (size_t)i * tables[table].row_size;

		for (__u32 j = 0; j < tables[table].column_cnt; j++)
			put_column(writer, &tables[table].columns[j], row, &writer->tables[table]);
		writer->rows[table]++;
	}
}

static struct saved_part put_part(struct bytes *out, size_t start, const void *data, size_t len)
{
	struct saved_part part = { .size = len };

	bytes_add(out, NULL, -(out->len - start) & 7);
	part.offset = bytes_add(out, data, len) - start;
	return part;
}

static void put_tables(struct writer *writer, struct saved_hdr *hdr, struct bytes *out,
		       size_t start)
{
	for (int i = 0; i < TABLE_CNT_ALL; i++) {
		struct saved_part *part = &hdr->parts[SAVED_TABLES + i];

		*part = put_part(out, start, writer->tables[i].data, writer->tables[i].len);
		part->rows = writer->rows[i];
		part->words = part->rows ? part->size / part->rows / sizeof(__u32) : 0;
		bytes_free(&writer->tables[i]);
	}
}

void saved_write(const struct info *info, struct bytes *out)
{
	const struct lskel_info *table = &info->table;
	struct saved_hdr hdr = {
		.magic = SAVED_MAGIC,
		.version = SAVED_VERSION,
		.hdr_size = sizeof(hdr),
		.part_cnt = SAVED_PARTS,
		.kconfig_data = table->kconfig_data,
	};
	struct writer writer = {};
	size_t start = out->len;
	unsigned char digest[SHA256_SIZE];

	if (table->resolve_kconfig == lskel_kconfig_resolve_file)
		hdr.flags |= SAVED_CONFIG_FILE;
	bytes_add(&writer.strings, "", 1);
	hdr.name = put_string(&writer, table->name);
	for (int i = 0; i < TABLE_CNT; i++)
		put_rows(&writer, i, table_rows(table, i), table_cnt(table, i));

	bytes_add(out, NULL, sizeof(hdr));
	hdr.parts[SAVED_STRINGS] = put_part(out, start, writer.strings.data, writer.strings.len);
	hdr.parts[SAVED_IMAGE] =
		put_part(out, start, table->image, lskel_image_hdr(table)->image_size);
	hdr.parts[SAVED_INSNS] =
		put_part(out, start, table->insns, table->insn_cnt * sizeof(struct bpf_insn));
	hdr.parts[SAVED_BTF] = put_part(out, start, table->btf, table->btf_size);
	hdr.parts[SAVED_FUNC_INFO] = put_part(out, start, table->func_info,
					      table->func_info_cnt * sizeof(struct bpf_func_info));
	hdr.parts[SAVED_VALUES] = put_part(out, start, writer.values.data, writer.values.len);
	put_tables(&writer, &hdr, out, start);
	bytes_add(out, NULL, -(out->len - start) & 7);
	hdr.file_size = out->len - start + sizeof(digest);
	memcpy(out->data + start, &hdr, sizeof(hdr));
	sha256(out->data + start, out->len - start, digest);
	bytes_add(out, digest, sizeof(digest));
	bytes_free(&writer.strings);
	bytes_free(&writer.values);
}
