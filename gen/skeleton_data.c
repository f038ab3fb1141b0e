// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Global data in a skeleton: from the BTF of a data section to a C struct with the same layout, with
 * the member names that a bpftool skeleton has.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "skeleton.h"

/* Of the declaration of one variable: more than anybody wants to compile. */
#define MAX_LINES 100000

void skeleton_print_type(void *ctx, const char *format, va_list args)
{
	char *s = NULL;
	int len = vasprintf(&s, format, args);

	if (len > 0)
		bytes_add(ctx, s, len);
	free(s);
}

/* <stdbool.h> makes bool good C and C++ alike. */
void skeleton_write_type(struct bytes *decl, FILE *out)
{
	static const char word[] = "_Bool";
	const char *p, *found;

	bytes_add(decl, "", 1);
	for (p = decl->data; (found = strstr(p, word)); p = found + strlen(word)) {
		char before = found == decl->data ? ' ' : found[-1], after = found[strlen(word)];
		bool whole = !isalnum((unsigned char)before) && before != '_' &&
			     !isalnum((unsigned char)after) && after != '_';

		fprintf(out, "%.*s%s", (int)(found - p), p, whole ? "bool" : word);
	}
	fprintf(out, "%s", p);
	decl->len = 0;
}

/* The DATASEC of @map: named like the section, of which the map's name has at least the end. */
static const struct btf_type *datasec_of_map(const struct btf *btf, const struct bpf_map *map)
{
	const char *name = bpf_map__type(map) == BPF_MAP_TYPE_ARENA ?
				   ".addr_space.1" :
				   strchr(bpf_map__name(map), '.');
	__s32 id = btf && name ? btf__find_by_name_kind(btf, name, BTF_KIND_DATASEC) : -ENOENT;

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

/* Static variables of functions are called "function.variable". */
static char *variable_ident(const struct btf *btf, const struct btf_type *var)
{
	char *ident = xstrdup(btf__str_by_offset(btf, var->name_off));

	make_identifier(ident);
	return ident;
}

static bool is_member(const struct btf *btf, const struct btf_var_secinfo *info)
{
	return btf_var(btf__type_by_id(btf, info->type))->linkage != BTF_VAR_STATIC;
}

struct writer {
	const struct btf *btf;
	struct btf_dump *dump;
	struct bytes decl; /* what btf_dump has written */
	FILE *out;
	__u32 offset; /* where the struct ends so far */
	int pads;
	bool strip_mods;
};

static void write_padding(struct writer *writer, __u32 offset, int align)
{
	/* As if for a 32-bit machine: too much padding is right everywhere, too little is not. */
	if (align > 4)
		align = 4;
	if ((writer->offset + align - 1) / align * align != offset)
		fprintf(writer->out, "\t\tchar __pad%d[%u];\n", writer->pads++,
			offset - writer->offset);
}

/* Lines of padding that btf_dump, which counts bits in an int, writes in @t. */
static __u64 padding_of(const struct btf *btf, const struct btf_type *t)
{
	__u64 end = 0, padding = 0;

	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u64 at = btf_member_bit_offset(t, i);
		__s64 size = btf__resolve_size(btf, btf_members(t)[i].type);

		if (size > INT32_MAX / 8)
			return MAX_LINES;
		padding += at > end ? at - end : 0;
		end = at + (size > 0 ? size * 8 : 0);
	}
	padding += t->size * 8ULL > end ? t->size * 8ULL - end : 0;
	return padding / 64;
}

/*
 * A type without a name is written in full where it occurs, its members each on a line. In damaged
 * BTF these never end, for it may contain itself or be mostly padding. @lines: how many may be left.
 */
static bool can_be_written(const struct btf *btf, __u32 id, __s64 *lines)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	__u32 i;

	for (; t && (*lines)-- > 0; t = btf__type_by_id(btf, id)) {
		if (btf_is_array(t))
			id = btf_array(t)->type;
		else if (btf_is_mod(t) || btf_is_ptr(t))
			id = t->type;
		else
			break;
	}
	if (!t || *lines < 0)
		return false;
	if (btf_is_func_proto(t)) {
		for (i = 0; i < btf_vlen(t); i++)
			if (!can_be_written(btf, btf_params(t)[i].type, lines))
				return false;
		return can_be_written(btf, t->type, lines);
	}
	if (!btf_is_composite(t) || t->name_off)
		return true;
	*lines -= padding_of(btf, t);
	for (i = 0; i < btf_vlen(t) && *lines >= 0; i++)
		if (!can_be_written(btf, btf_members(t)[i].type, lines))
			return false;
	return *lines >= 0;
}

static int write_variable(struct writer *writer, const struct btf_var_secinfo *info)
{
	const struct btf_type *var = btf__type_by_id(writer->btf, info->type);
	_cleanup_(free_ptr) char *ident = variable_ident(writer->btf, var);
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = ident, .indent_level = 2,
		    .strip_mods = writer->strip_mods);
	__s64 lines = MAX_LINES;
	int align, err;
	bool packed;

	if (!can_be_written(writer->btf, var->type, &lines)) {
		complain("global variable '%s' has a type that can't be written in C", ident);
		return -EINVAL;
	}
	align = btf__align_of(writer->btf, var->type);
	if (info->offset < writer->offset || align <= 0) {
		complain("global variable '%s' has no place in a struct (at %u, %u are taken)",
			 ident, info->offset, writer->offset);
		return -EINVAL;
	}
	/* Declared with less alignment than its type has, which BTF does not tell. */
	packed = info->offset % align;
	write_padding(writer, info->offset, packed ? 1 : align);
	fprintf(writer->out, "\t\t");
	err = btf_dump__emit_type_decl(writer->dump, var->type, &opts);
	if (err) {
		complain("global variable '%s' has a type that can't be written in C", ident);
		return err;
	}
	skeleton_write_type(&writer->decl, writer->out);
	fprintf(writer->out, "%s;\n", packed ? " __attribute__((packed))" : "");
	writer->offset = info->offset + info->size;
	return 0;
}

static int write_struct(struct writer *writer, const struct lskel_info *table, const char *ident,
			const struct bpf_map *map)
{
	const struct btf_type *sec = datasec_of_map(writer->btf, map);
	const struct btf_var_secinfo *vars = sec ? btf_var_secinfos(sec) : NULL;
	int err = 0;

	writer->offset = 0;
	writer->pads = 0;
	writer->strip_mods = strcmp(ident, "kconfig") != 0;
	fprintf(writer->out, "\tstruct %s__%s {\n", table->name, ident);
	for (__u32 i = 0; vars && i < btf_vlen(sec) && !err; i++)
		if (is_member(writer->btf, &vars[i]))
			err = write_variable(writer, &vars[i]);
	if (!writer->offset)
		fprintf(writer->out, "\t\tchar __data[%u];\n", bpf_map__value_size(map));
	fprintf(writer->out, "\t} *%s;\n", ident);
	return err;
}

int skeleton_write_data(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;
	struct writer writer = { .btf = bpf_object__btf(info->object->bpf), .out = out };
	int err = 0;

	if (writer.btf) {
		writer.dump = btf_dump__new(writer.btf, skeleton_print_type, &writer.decl, NULL);
		if (!writer.dump)
			return -errno;
	}
	for (__u32 i = 0; i < table->data_cnt && !err; i++) {
		__u32 map = table->data[i].map;

		err = write_struct(&writer, table, info->map_idents[map],
				   info->object->maps[map].map);
	}
	btf_dump__free(writer.dump);
	bytes_free(&writer.decl);
	return err;
}

void skeleton_write_asserts(const struct info *info, FILE *out)
{
	const struct btf *btf = bpf_object__btf(info->object->bpf);
	const struct lskel_info *table = &info->table;

	for (__u32 i = 0; i < table->data_cnt; i++) {
		__u32 map = table->data[i].map;
		const struct btf_type *sec = datasec_of_map(btf, info->object->maps[map].map);
		const struct btf_var_secinfo *vars = sec ? btf_var_secinfos(sec) : NULL;

		for (__u32 j = 0; vars && j < btf_vlen(sec); j++) {
			const struct btf_type *var = btf__type_by_id(btf, vars[j].type);
			_cleanup_(free_ptr) char *ident = variable_ident(btf, var);
			__s64 size = btf__resolve_size(btf, var->type);

			if (is_member(btf, &vars[j]) && size >= 0)
				fprintf(out,
					"\tLSKEL_ASSERT(sizeof(s->%s->%s) == %lld, "
					"\"unexpected size of '%s'\");\n"
					"\tLSKEL_ASSERT(__builtin_offsetof(__typeof__(*s->%s), %s) == %u, "
					"\"unexpected place of '%s'\");\n",
					info->map_idents[map], ident, (long long)size, ident,
					info->map_idents[map], ident, vars[j].offset, ident);
		}
	}
}
