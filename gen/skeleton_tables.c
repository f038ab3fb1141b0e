// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tables of a skeleton, as constants of C: data, and a row for each map, program and so on. What takes more than a row
 * is in gen/skeleton_attach.c, skeleton_struct_ops.c and skeleton_relocated.c.
 */
#include "skeleton.h"
#include <lskel/kconfig.h>
#include <lskel/open.h>

static void write_map_table(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;

	fprintf(out, "static const struct lskel_map_info %s__maps[] = {\n", table->name);
	for (__u32 i = 0; i < table->map_cnt; i++) {
		const struct lskel_map_info *map = &table->maps[i];

		fprintf(out, "\t{ ");
		skeleton_write_quoted(map->name, out);
		fprintf(out, ", offsetof(struct %s, maps.%s), %u, %u, %u, ", table->name,
			info->map_idents[i], map->slot, map->attr, map->flags);
		skeleton_write_quoted(map->pin_path, out);
		fprintf(out, " },\n");
	}
	fprintf(out, "};\n\n");
}

static void write_slot(__u32 slot, FILE *out)
{
	if (slot == LSKEL_NOT_LOADED)
		fprintf(out, "LSKEL_NOT_LOADED, ");
	else
		fprintf(out, "%u, ", slot);
}

static void write_prog_table(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;

	fprintf(out, "static const struct lskel_prog_info %s__progs[] = {\n", table->name);
	for (__u32 i = 0; i < table->prog_cnt; i++) {
		const struct lskel_prog_info *prog = &table->progs[i];

		fprintf(out, "\t{ ");
		skeleton_write_quoted(prog->name, out);
		fprintf(out, ", ");
		skeleton_write_quoted(prog->section, out);
		fprintf(out, ", offsetof(struct %s, progs.%s), offsetof(struct %s, links.%s_fd), ",
			table->name, info->prog_idents[i], table->name, info->prog_idents[i]);
		write_slot(prog->slot, out);
		write_slot(prog->attr, out);
		fprintf(out, "%u, ", prog->flags);
		skeleton_write_attach(info, i, out);
		fprintf(out, " },\n");
	}
	fprintf(out, "};\n\n");
}

static void write_data_table(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;

	fprintf(out, "static const struct lskel_data_info %s__data[] = {\n", table->name);
	for (__u32 i = 0; i < table->data_cnt; i++) {
		const struct lskel_data_info *data = &table->data[i];

		fprintf(out, "\t{ %u, offsetof(struct %s, %s), %u, %u, %u },\n", data->map,
			table->name, info->map_idents[data->map], data->value, data->size,
			data->readonly);
	}
	fprintf(out, "};\n\n");
}

static void write_bind_table(const struct lskel_info *table, FILE *out)
{
	fprintf(out, "static const struct lskel_bind_info %s__binds[] = {\n", table->name);
	for (__u32 i = 0; i < table->bind_cnt; i++)
		fprintf(out, "\t{ %u, %u },\n", table->binds[i].prog, table->binds[i].map);
	fprintf(out, "};\n\n");
}

static void write_old_table(const struct lskel_info *table, FILE *out)
{
	fprintf(out, "static const struct lskel_old_info %s__olds[] = {\n", table->name);
	for (__u32 i = 0; i < table->old_cnt; i++)
		fprintf(out, "\t{ %u, %u, %u },\n", table->olds[i].pointer, table->olds[i].target,
			table->olds[i].btf_size);
	fprintf(out, "};\n\n");
}

static void write_kconfig_table(const struct lskel_info *table, FILE *out)
{
	fprintf(out, "static const struct lskel_kconfig_info %s__kconfigs[] = {\n", table->name);
	for (__u32 i = 0; i < table->kconfig_cnt; i++) {
		const struct lskel_kconfig_info *kconfig = &table->kconfigs[i];

		fprintf(out, "\t{ ");
		skeleton_write_quoted(kconfig->name, out);
		fprintf(out, ", %u, %u, %u, %u, %u },\n", kconfig->offset, kconfig->size,
			kconfig->type, kconfig->is_signed, kconfig->is_weak);
	}
	fprintf(out, "};\n\n");
}

static void write_extern_table(const struct lskel_info *table, FILE *out)
{
	fprintf(out, "static const struct lskel_extern_info %s__externs[] = {\n", table->name);
	for (__u32 i = 0; i < table->extern_cnt; i++) {
		const struct lskel_extern_info *row = &table->externs[i];

		fprintf(out, "\t{ ");
		skeleton_write_quoted(row->name, out);
		fprintf(out, ", ");
		skeleton_write_quoted(row->types, out);
		fprintf(out, ", ");
		skeleton_write_quoted(row->words, out);
		fprintf(out, ", %u, %u },\n", row->op, row->weak);
	}
	fprintf(out, "};\n\n");
}

/* "foo__maps, 3", or what stands for an array that is not there. */
static void write_table_ref(const char *name, const char *part, __u32 cnt, FILE *out)
{
	if (cnt)
		fprintf(out, "\t%s__%s, %u,\n", name, part, cnt);
	else
		fprintf(out, "\tNULL, 0,\n");
}

bool skeleton_needs_config_file(const struct info *info)
{
	return info->table.resolve_kconfig == lskel_kconfig_resolve_file;
}

static const char *kconfig_function(const struct info *info)
{
	if (!info->table.kconfig_cnt)
		return "NULL";
	return skeleton_needs_config_file(info) ? "lskel_kconfig_resolve_file" :
						  "lskel_kconfig_resolve";
}

void skeleton_write_tables(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;
	const char *name = table->name;

	/* ISO C has compilers accept 4095 characters at least; those that matter take any number. */
	fprintf(out, "#pragma GCC diagnostic push\n"
		     "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n");
	skeleton_write_bytes(name, "image", table->image, lskel_image_hdr(table)->image_size, out);
	skeleton_write_bytes(name, "insns", table->insns, table->insn_cnt * sizeof(struct bpf_insn),
			     out);
	skeleton_write_bytes(name, "btf", table->btf, table->btf_size, out);
	skeleton_write_bytes(name, "func_info", table->func_info,
			     table->func_info_cnt * sizeof(struct bpf_func_info), out);
	fprintf(out, "#pragma GCC diagnostic pop\n\n");

	if (table->map_cnt)
		write_map_table(info, out);
	skeleton_write_wheres(info, out);
	if (table->prog_cnt)
		write_prog_table(info, out);
	if (table->data_cnt)
		write_data_table(info, out);
	if (table->bind_cnt)
		write_bind_table(table, out);
	if (table->old_cnt)
		write_old_table(table, out);
	if (table->kconfig_cnt)
		write_kconfig_table(table, out);
	if (table->struct_ops_cnt)
		skeleton_write_struct_ops_tables(info, out);
	if (table->extern_cnt)
		write_extern_table(table, out);
	if (table->relocated)
		skeleton_write_relocated(info, out);

	fprintf(out, "static const struct lskel_info %s__info = {\n", name);
	fprintf(out, "\t\"%s\", sizeof(struct %s),\n\t%s__image,\n", name, name, name);
	fprintf(out, "\t%s__insns, %u,\n", name, table->insn_cnt);
	fprintf(out, "\t%s__btf, %u,\n", name, table->btf_size);
	fprintf(out, "\t%s__func_info, %u,\n", name, table->func_info_cnt);
	write_table_ref(name, "maps", table->map_cnt, out);
	write_table_ref(name, "progs", table->prog_cnt, out);
	write_table_ref(name, "data", table->data_cnt, out);
	write_table_ref(name, "binds", table->bind_cnt, out);
	write_table_ref(name, "olds", table->old_cnt, out);
	write_table_ref(name, "kconfigs", table->kconfig_cnt, out);
	fprintf(out, "\t%u, %s,\n", table->kconfig_data, kconfig_function(info));
	write_table_ref(name, "struct_ops", table->struct_ops_cnt, out);
	if (table->struct_ops_cnt)
		fprintf(out, "\t&%s__struct_ops_calls,\n", name);
	else
		fprintf(out, "\tNULL,\n");
	fprintf(out, "\t%s,\n", table->find_targets ? "lskel_find_targets" : "NULL");
	write_table_ref(name, "externs", table->extern_cnt, out);
	fprintf(out, "\t%s,\n", table->extern_cnt ? "lskel_find_externs" : "NULL");
	if (table->relocated)
		fprintf(out, "\t&%s__relocated,\n", name);
	else
		fprintf(out, "\tNULL,\n");
	fprintf(out, "};\n\n");
}
