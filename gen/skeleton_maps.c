// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Maps in a skeleton: which types its functions for keys and values take (see <lskel/map.h>), and the parts
 * of the run time that what it has calls for.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "skeleton.h"

/* Types within types without names, in damaged BTF without end. */
#define MAX_DEPTH 8

/* What a key or value is for a function that takes a pointer to it. */
struct element {
	char *type;
	bool tagged;		 /* struct NAME or union NAME */
	struct bytes definition; /* of struct foo__MAP__key, or empty */
};

static void element_free(struct element *element)
{
	free(element->type);
	bytes_free(&element->definition);
}

/* Behind what makes no difference to the layout. */
static const struct btf_type *plain_type(const struct btf *btf, __u32 id, bool *is_typedef)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	for (int i = 0; t && (btf_is_mod(t) || btf_is_typedef(t)); i++) {
		*is_typedef |= btf_is_typedef(t);
		t = i < 64 ? btf__type_by_id(btf, t->type) : NULL;
	}
	return t;
}

/* The name of an integer type in C, or NULL. */
static const char *integer_name(__u32 size, bool is_signed)
{
	static const char *const names[2][4] = { { "__u8", "__u16", "__u32", "__u64" },
						 { "__s8", "__s16", "__s32", "__s64" } };

	switch (size) {
	case 1:
		return names[is_signed][0];
	case 2:
		return names[is_signed][1];
	case 4:
		return names[is_signed][2];
	case 8:
		return names[is_signed][3];
	default:
		return NULL;
	}
}

/* The same of any type that is no array, struct or union. */
static const char *scalar_name(const struct btf *btf, const struct btf_type *t)
{
	const char *name = btf__str_by_offset(btf, t->name_off);

	if (btf_is_ptr(t))
		return "__u64";
	if (btf_is_any_enum(t))
		return integer_name(t->size, btf_kflag(t));
	if (btf_is_float(t))
		return t->size == 4 ? "float" : t->size == 8 ? "double" : NULL;
	if (!btf_is_int(t))
		return NULL;
	if (t->size == 1 && (btf_int_encoding(t) & BTF_INT_BOOL))
		return "bool";
	if (t->size == 1 && name && !strcmp(name, "char"))
		return "char";
	return integer_name(t->size, btf_int_encoding(t) & BTF_INT_SIGNED);
}

static void add_text(struct bytes *bytes, char *text)
{
	bytes_add(bytes, text, strlen(text));
	free(text);
}

static bool add_members(struct bytes *out, const struct btf *btf, const struct btf_type *t,
			int depth);

/* Adds "TYPE name[3];". Returns false if it can't be said without types that have names. */
static bool add_member(struct bytes *out, const struct btf *btf, const struct btf_member *member,
		       int depth)
{
	const char *name = btf__str_by_offset(btf, member->name_off), *scalar;
	_cleanup_(bytes_free) struct bytes dims = {};
	bool unused = false;
	const struct btf_type *t = plain_type(btf, member->type, &unused);

	for (int i = 0; t && btf_is_array(t); i++) {
		if (i == MAX_DEPTH)
			return false;
		add_text(&dims, xprintf("[%u]", btf_array(t)->nelems));
		t = plain_type(btf, btf_array(t)->type, &unused);
	}
	bytes_add(&dims, "", 1);
	if (!t || !name)
		return false;
	for (int i = 0; i <= depth; i++)
		bytes_add(out, "\t", 1);
	if (btf_is_composite(t)) {
		/* Without a name, it is no C++. */
		if (!*name)
			bytes_add(out, "__extension__ ", strlen("__extension__ "));
		if (t->name_off || !add_members(out, btf, t, depth + 1))
			return false;
		if (*name)
			bytes_add(out, " ", 1);
		add_text(out, xprintf("%s%s;\n", name, dims.data));
		return true;
	}
	scalar = scalar_name(btf, t);
	if (!scalar || !*name)
		return false;
	add_text(out, xprintf("%s %s%s%s;\n", scalar, name, dims.data,
			      btf_is_ptr(t) || t->size == 8 ? " __attribute__((aligned(8)))" : ""));
	return true;
}

/*
 * Adds "struct { ... }", if a compiler would lay it out as it is in the object; otherwise returns false.
 */
static bool add_members(struct bytes *out, const struct btf *btf, const struct btf_type *t,
			int depth)
{
	const struct btf_member *member = btf_members(t);
	__u64 end = 0, align = 1;

	if (depth > MAX_DEPTH || !btf_vlen(t))
		return false;
	add_text(out, xprintf("%s {\n", btf_is_union(t) ? "union" : "struct"));
	for (__u32 i = 0; i < btf_vlen(t); i++, member++) {
		__s64 size = btf__resolve_size(btf, member->type);
		int want = btf__align_of(btf, member->type);
		__u64 at = btf_member_bit_offset(t, i) / 8;

		if (size < 0 || want <= 0 || btf_member_bitfield_size(t, i) ||
		    btf_member_bit_offset(t, i) % 8 ||
		    at != (btf_is_union(t) ? 0 : (end + want - 1) / want * want))
			return false;
		if (!add_member(out, btf, member, depth))
			return false;
		end = at + size > end ? at + size : end;
		align = (__u64)want > align ? (__u64)want : align;
	}
	for (int i = 0; i < depth; i++)
		bytes_add(out, "\t", 1);
	bytes_add(out, "}", 1);
	return (end + align - 1) / align * align == t->size;
}

/* A struct or union: its name, or its definition under a name of ours. */
static void describe_composite(struct element *ret, const struct btf *btf, const struct btf_type *t,
			       const char *ours)
{
	const char *word = btf_is_union(t) ? "union" : "struct";
	const char *name = btf__str_by_offset(btf, t->name_off);
	_cleanup_(bytes_free) struct bytes members = {};

	if (name && *name) {
		ret->type = xprintf("%s %s", word, name);
		ret->tagged = true;
	} else if (ours && add_members(&members, btf, t, 0)) {
		bytes_add(&members, "", 1);
		ret->type = xprintf("%s %s", word, ours);
		add_text(&ret->definition,
			 xprintf("%s %s%s;\n\n", word, ours, members.data + strlen(word)));
	}
}

/* @ours: a name for a struct that has none. */
static struct element describe(const struct btf *btf, __u32 id, __u32 size, const char *ours)
{
	struct element ret = {};
	bool is_typedef = false, is_array = false;
	const struct btf_type *t = NULL;
	const char *scalar;

	/* What was given a size by libbpf, or by the application, has no type that fits. */
	if (btf && id && btf__resolve_size(btf, id) == (__s64)size)
		t = plain_type(btf, id, &is_typedef);
	for (int i = 0; t && btf_is_array(t); i++) {
		is_array = true;
		t = i < MAX_DEPTH ? plain_type(btf, btf_array(t)->type, &is_typedef) : NULL;
	}
	if (t && btf_is_composite(t)) {
		/* An application that shares "typedef struct { ... } NAME;" passes that. */
		describe_composite(&ret, btf, t, is_typedef || is_array ? NULL : ours);
	} else if (t) {
		scalar = scalar_name(btf, t);
		ret.type = scalar ? xstrdup(scalar) : NULL;
	}
	if (!ret.type)
		ret.type = xstrdup("void");
	return ret;
}

enum map_form { MAP_OTHER, MAP_KEYS, MAP_PERCPU, MAP_QUEUE };

static enum map_form form_of(const struct bpf_map *map)
{
	if (bpf_map__is_internal(map) || !bpf_map__value_size(map))
		return MAP_OTHER;
	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_BLOOM_FILTER:
		return MAP_QUEUE;
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
		return MAP_PERCPU;
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
	case BPF_MAP_TYPE_ARENA:
	case BPF_MAP_TYPE_STRUCT_OPS:
		return MAP_OTHER;
	default:
		return bpf_map__key_size(map) ? MAP_KEYS : MAP_OTHER;
	}
}

static bool has_functions(const struct info *info)
{
	if (info->types)
		return info->types->maps && *info->types->maps;
	for (__u32 i = 0; info->object && i < info->table.map_cnt; i++)
		if (form_of(info->object->maps[i].map) != MAP_OTHER)
			return true;
	return false;
}

bool skeleton_has(const struct info *info, enum skeleton_part part)
{
	static const __u32 types[] = {
		[SKELETON_RINGBUF] = BPF_MAP_TYPE_RINGBUF,
		[SKELETON_USER_RINGBUF] = BPF_MAP_TYPE_USER_RINGBUF,
		[SKELETON_PERFBUF] = BPF_MAP_TYPE_PERF_EVENT_ARRAY,
	};
	const struct lskel_info *table = &info->table;

	if (part == SKELETON_MAPS)
		return has_functions(info);
	for (__u32 i = 0; i < table->map_cnt; i++) {
		__u32 type; /* of union bpf_attr, for MAP_CREATE */

		memcpy(&type, (const char *)table->image + table->maps[i].attr, sizeof(type));
		if (type == types[part])
			return true;
	}
	return false;
}

static void write_declaration(const struct element *element, FILE *out)
{
	if (element->tagged)
		fprintf(out, "#ifndef __cplusplus\n%s;\n#endif\n", element->type);
	else if (element->definition.len)
		fprintf(out, "%.*s", (int)element->definition.len, element->definition.data);
}

static void write_element(const struct element *element, __u32 size, FILE *out)
{
	fprintf(out, element->tagged ? ", LSKEL_TAGGED(%s), %u" : ", %s, %u", element->type, size);
}

/*
 * The type that a map's declaration has for "key" or "value". libbpf forgets it where the kernel does not take
 * it, as of queues.
 */
static __u32 declared_type(const struct btf *btf, const struct btf_type *t, const char *what)
{
	for (__u32 i = 0; t && btf_is_struct(t) && i < btf_vlen(t); i++) {
		const struct btf_member *member = &btf_members(t)[i];
		const char *name = btf__str_by_offset(btf, member->name_off);

		if (name && !strcmp(name, what)) {
			t = btf__type_by_id(btf, member->type);
			return t && btf_is_ptr(t) ? t->type : 0;
		}
	}
	return 0;
}

/* Where the declarations of maps are: SEC(".maps"). They are in the order of the maps, or nearly so. */
struct declarations {
	const struct btf *btf;
	const struct btf_type *section; /* or NULL */
	__u32 next;
};

static struct declarations declarations(const struct btf *btf)
{
	__s32 id = btf ? btf__find_by_name_kind(btf, ".maps", BTF_KIND_DATASEC) : -ENOENT;

	return (struct declarations){ btf, id < 0 ? NULL : btf__type_by_id(btf, (__u32)id), 0 };
}

/* The struct that @map is declared with, or NULL. */
static const struct btf_type *find_declaration(struct declarations *decls,
					       const struct bpf_map *map)
{
	__u32 cnt = decls->section ? btf_vlen(decls->section) : 0;
	bool unused = false;

	for (__u32 i = 0; i < cnt; i++) {
		__u32 at = (decls->next + i) % cnt;
		const struct btf_type *var =
			btf__type_by_id(decls->btf, btf_var_secinfos(decls->section)[at].type);
		const char *name = var ? btf__str_by_offset(decls->btf, var->name_off) : NULL;

		if (!name || strcmp(name, bpf_map__name(map)))
			continue;
		decls->next = at + 1;
		return plain_type(decls->btf, var->type, &unused);
	}
	return NULL;
}

static void write_map(const struct info *info, __u32 i, struct declarations *decls, FILE *out)
{
	static const char *const macros[] = {
		[MAP_KEYS] = "LSKEL_DEFINE_MAP",
		[MAP_PERCPU] = "LSKEL_DEFINE_PERCPU_MAP",
		[MAP_QUEUE] = "LSKEL_DEFINE_QUEUE",
	};
	const char *name = info->table.name, *ident = info->map_idents[i];
	const struct btf *btf = decls->btf;
	const struct bpf_map *map = info->object->maps[i].map;
	const struct btf_type *t = find_declaration(decls, map);
	_cleanup_(free_ptr) char *key_name = xprintf("%s__%s__key", name, ident);
	_cleanup_(free_ptr) char *value_name = xprintf("%s__%s__value", name, ident);
	_cleanup_(element_free) struct element key =
		describe(btf, declared_type(btf, t, "key"), bpf_map__key_size(map), key_name);
	_cleanup_(element_free) struct element value =
		describe(btf, declared_type(btf, t, "value"), bpf_map__value_size(map), value_name);
	enum map_form form = form_of(map);

	if (form != MAP_QUEUE)
		write_declaration(&key, out);
	write_declaration(&value, out);
	fprintf(out, "%s(%s, %s", macros[form], name, ident);
	if (form != MAP_QUEUE)
		write_element(&key, bpf_map__key_size(map), out);
	write_element(&value, bpf_map__value_size(map), out);
	fprintf(out, ")\n");
	if (form != MAP_QUEUE && key.definition.len)
		fprintf(out, "LSKEL_ASSERT(sizeof(%s) == %u, \"unexpected size\");\n", key.type,
			bpf_map__key_size(map));
	if (value.definition.len)
		fprintf(out, "LSKEL_ASSERT(sizeof(%s) == %u, \"unexpected size\");\n", value.type,
			bpf_map__value_size(map));
}

void skeleton_write_map_functions(const struct info *info, FILE *out)
{
	struct declarations decls;

	if (!has_functions(info))
		return;
	if (info->types) {
		fputs(info->types->maps, out);
		return;
	}
	decls = declarations(bpf_object__btf(info->object->bpf));
	fprintf(out, "/* Keys and values of maps. */\n");
	for (__u32 i = 0; i < info->table.map_cnt; i++)
		if (form_of(info->object->maps[i].map) != MAP_OTHER)
			write_map(info, i, &decls, out);
	fprintf(out, "\n");
}
