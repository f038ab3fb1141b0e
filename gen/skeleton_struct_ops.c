// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * struct_ops maps in a skeleton: what of them the application may set, as a struct with the names that a
 * bpftool skeleton has, and their tables.
 */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "skeleton.h"

/* How a member is declared. */
enum shadow {
	SHADOW_NUMBER,
	SHADOW_ENUM,   /* whose enumerators the application need not know */
	SHADOW_PROG,   /* a pointer to a function */
	SHADOW_OPAQUE, /* anything else: bytes that take its place */
};

struct shadow_writer {
	const struct btf *btf;
	struct btf_dump *dump;
	struct bytes decl; /* what btf_dump has written */
	FILE *out;
};

static const struct btf_type *skip_mods(const struct btf *btf, __u32 id, __u32 *ret)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	for (; btf_is_mod(t) || btf_is_typedef(t); t = btf__type_by_id(btf, id))
		id = t->type;
	*ret = id;
	return t;
}

static enum shadow shadow_of(const struct btf *btf, const struct btf_member *m, __u32 *id)
{
	const struct btf_type *t = skip_mods(btf, m->type, id);
	__u32 behind;

	if (!m->name_off)
		return SHADOW_OPAQUE;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return SHADOW_NUMBER;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return t->size & (t->size - 1) || t->size > 8 ? SHADOW_OPAQUE : SHADOW_ENUM;
	case BTF_KIND_PTR:
		return btf_is_func_proto(skip_mods(btf, t->type, &behind)) ? SHADOW_PROG :
									     SHADOW_OPAQUE;
	default:
		return SHADOW_OPAQUE;
	}
}

static char *member_ident(const struct btf *btf, const struct btf_member *m)
{
	char *ident = xstrdup(btf__name_by_offset(btf, m->name_off));

	make_identifier(ident);
	return ident;
}

static int write_member(struct shadow_writer *writer, const struct btf_member *m, __u32 i,
			const struct lskel_struct_ops_member *member)
{
	_cleanup_(free_ptr) char *ident = member_ident(writer->btf, m);
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = ident, .indent_level = 3);
	FILE *out = writer->out;
	__u32 id;
	int err;

	fprintf(out, "\t\t\t");
	switch (shadow_of(writer->btf, m, &id)) {
	case SHADOW_NUMBER:
		err = btf_dump__emit_type_decl(writer->dump, id, &opts);
		if (err) {
			complain(
				"member '%s' of a struct_ops map has a type that can't be written in C",
				ident);
			return err;
		}
		skeleton_write_type(&writer->decl, out);
		break;
	case SHADOW_ENUM:
		fprintf(out, "__%c%u %s", btf_kflag(btf__type_by_id(writer->btf, id)) ? 's' : 'u',
			member->size * 8, ident);
		break;
	case SHADOW_PROG:
		fprintf(out, "struct lskel_prog *%s", ident);
		break;
	case SHADOW_OPAQUE:
		fprintf(out, "char __unsupported_%u[%u]", i, member->size);
		break;
	}
	/* A packed struct, or one with another alignment than its members have. */
	if (btf__align_of(writer->btf, m->type) <= 0 ||
	    member->offset % btf__align_of(writer->btf, m->type))
		fprintf(out, " __attribute__((packed))");
	fprintf(out, ";\n");
	return 0;
}

static int write_shadow(struct shadow_writer *writer, const struct info *info,
			const struct struct_ops_map *ops)
{
	const char *name = btf__name_by_offset(writer->btf, ops->type->name_off);
	const char *ident = info->map_idents[ops->map];
	__u32 at = 0;
	int err = 0;

	fprintf(writer->out, "\t\tstruct %s__%s__%s {\n", info->table.name, ident, name);
	for (__u32 i = 0; i < ops->member_cnt && !err; i++) {
		const struct lskel_struct_ops_member *member = &ops->members[i];

		if (member->offset < at) {
			complain("map '%s': member '%s' of struct %s overlaps another", ident,
				 member->name, name);
			return -EINVAL;
		}
		if (member->offset > at)
			fprintf(writer->out, "\t\t\tchar __padding_%u[%u];\n", i,
				member->offset - at);
		at = member->offset + member->size;
		if (member->size)
			err = write_member(writer, &btf_members(ops->type)[i], i, member);
	}
	if (at < ops->type->size)
		fprintf(writer->out, "\t\t\tchar __padding_end[%u];\n", ops->type->size - at);
	fprintf(writer->out, "\t\t} *%s;\n", ident);
	return err;
}

int skeleton_write_struct_ops(const struct info *info, FILE *out)
{
	const struct struct_ops *ops = &info->object->struct_ops;
	struct shadow_writer writer = { .btf = bpf_object__btf(info->object->bpf), .out = out };
	int err = 0;

	if (!ops->cnt)
		return 0;
	writer.dump = btf_dump__new(writer.btf, skeleton_print_type, &writer.decl, NULL);
	if (!writer.dump)
		return -errno;
	fprintf(out, "\tstruct {\n");
	for (__u32 i = 0; i < ops->cnt && !err; i++)
		err = write_shadow(&writer, info, &ops->maps[i]);
	fprintf(out, "\t} struct_ops;\n");
	btf_dump__free(writer.dump);
	bytes_free(&writer.decl);
	return err;
}

static void write_map_tables(const struct info *info, const struct lskel_struct_ops_info *ops,
			     FILE *out)
{
	const char *name = info->table.name, *ident = info->map_idents[ops->map];

	fprintf(out, "static const char %s__%s__value[] =", name, ident);
	skeleton_write_string(ops->value, ops->size, out);
	fprintf(out, ";\n\n");
	if (!ops->member_cnt)
		return;
	fprintf(out, "static const struct lskel_struct_ops_member %s__%s__members[] = {\n", name,
		ident);
	for (__u32 i = 0; i < ops->member_cnt; i++) {
		const struct lskel_struct_ops_member *member = &ops->members[i];

		fprintf(out, "\t{ ");
		skeleton_write_quoted(member->name, out);
		fprintf(out, ", %u, %u, %u, ", member->offset, member->size, member->kind);
		if (member->prog == LSKEL_NO_PROG)
			fprintf(out, "LSKEL_NO_PROG },\n");
		else
			fprintf(out, "%u },\n", member->prog);
	}
	fprintf(out, "};\n\n");
}

void skeleton_write_struct_ops_tables(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;
	const char *name = table->name;

	for (__u32 i = 0; i < table->struct_ops_cnt; i++)
		write_map_tables(info, &table->struct_ops[i], out);
	fprintf(out, "static const struct lskel_struct_ops_info %s__struct_ops[] = {\n", name);
	for (__u32 i = 0; i < table->struct_ops_cnt; i++) {
		const struct lskel_struct_ops_info *ops = &table->struct_ops[i];
		const char *ident = info->map_idents[ops->map];

		fprintf(out,
			"\t{ %u, offsetof(struct %s, struct_ops.%s), offsetof(struct %s, links.%s_fd), "
			"%u, ",
			ops->map, name, ident, name, ident, ops->by_link);
		skeleton_write_quoted(ops->type, out);
		fprintf(out, ", %s__%s__value, %u, ", name, ident, ops->size);
		if (ops->member_cnt)
			fprintf(out, "%s__%s__members, %u },\n", name, ident, ops->member_cnt);
		else
			fprintf(out, "NULL, 0 },\n");
	}
	fprintf(out,
		"};\n\n"
		"static const struct lskel_struct_ops_calls %s__struct_ops_calls = {\n"
		"\tlskel_struct_ops_open, lskel_struct_ops_prepare, lskel_struct_ops_fill,\n"
		"\tlskel_struct_ops_finish, lskel_struct_ops_attach, lskel_struct_ops_detach,\n"
		"\tlskel_struct_ops_close,\n};\n\n",
		name);
}

void skeleton_write_struct_ops_asserts(const struct info *info, FILE *out)
{
	const struct struct_ops *ops = &info->object->struct_ops;
	const struct btf *btf = bpf_object__btf(info->object->bpf);
	__u32 id;

	for (__u32 i = 0; i < ops->cnt; i++) {
		const struct struct_ops_map *map = &ops->maps[i];
		const char *ident = info->map_idents[map->map];

		for (__u32 j = 0; j < map->member_cnt; j++) {
			const struct btf_member *m = &btf_members(map->type)[j];
			_cleanup_(free_ptr) char *member = member_ident(btf, m);

			if (shadow_of(btf, m, &id) != SHADOW_OPAQUE)
				fprintf(out,
					"\tLSKEL_ASSERT(__builtin_offsetof(__typeof__(*s->struct_ops.%s), %s) == %u, "
					"\"unexpected place of '%s'\");\n",
					ident, member, map->members[j].offset, member);
		}
	}
}
