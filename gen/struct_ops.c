// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/struct_ops.h. */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "externs.h"
#include "record.h"
#include "struct_ops.h"
#include "util.h"

static bool is_struct_ops(const struct bpf_map *map)
{
	return bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS;
}

/* What @id is behind typedefs, const and the like. image_check() has seen that this ends. */
static const struct btf_type *skip_mods(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (btf_is_mod(t) || btf_is_typedef(t))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/*
 * libbpf shows the address of a struct bpf_program where the object has that of the program. Returns its
 * index, or LSKEL_NO_PROG.
 */
static __u32 prog_of_pointer(const struct bpf_object *bpf, const void *p)
{
	struct bpf_program *prog;
	__u32 i = 0;

	bpf_object__for_each_program(prog, bpf) {
		if (prog == p)
			return i;
		i++;
	}
	return LSKEL_NO_PROG;
}

static int collect_member(struct struct_ops_map *ops, const struct bpf_object *bpf,
			  const struct bpf_map *map, __u32 i)
{
	const struct btf *btf = bpf_object__btf(bpf);
	const struct btf_member *m = &btf_members(ops->type)[i];
	const struct btf_type *t = skip_mods(btf, m->type);
	const char *name = btf__name_by_offset(btf, m->name_off);
	struct lskel_struct_ops_member member = {
		.name = name,
		.offset = btf_member_bit_offset(ops->type, i) / 8,
		.size = btf__resolve_size(btf, m->type),
		.kind = btf_kind(t),
		.prog = LSKEL_NO_PROG,
	};
	void *p;

	if (btf_member_bitfield_size(ops->type, i)) {
		complain(
			"map '%s': member '%s' of struct %s is a bitfield; libbpf has none of these "
			"in struct_ops",
			bpf_map__name(map), name, ops->type_name);
		return -EOPNOTSUPP;
	}
	if (btf_is_ptr(t)) {
		memcpy(&p, ops->value + member.offset, sizeof(p));
		member.prog = prog_of_pointer(bpf, p);
		if (member.prog != LSKEL_NO_PROG)
			memset(ops->value + member.offset, 0, sizeof(p));
	}
	ops->members[i] = member;
	return 0;
}

static int collect_map(struct struct_ops_map *ops, const struct bpf_object *bpf,
		       const struct bpf_map *map)
{
	const struct btf *btf = bpf_object__btf(bpf);
	const char *name;
	const void *value;
	size_t size;
	int err = 0;

	ops->link = bpf_map__map_flags(map) & BPF_F_LINK;
	ops->type = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	name = btf__name_by_offset(btf, ops->type->name_off);
	ops->type_name = xprintf("%.*s", (int)essential_len(name), name);
	value = bpf_map__initial_value(map, &size);
	ops->value = xmemdup(value, size);
	ops->member_cnt = btf_vlen(ops->type);
	ops->members = xcalloc(ops->member_cnt, sizeof(*ops->members));
	for (__u32 i = 0; i < ops->member_cnt && !err; i++)
		err = collect_member(ops, bpf, map, i);
	return err;
}

int struct_ops_collect(struct struct_ops *ops, const struct bpf_object *bpf, const char *path)
{
	const struct bpf_map *map;
	__u32 i = 0;
	int err = 0;

	*ops = (struct struct_ops){};
	bpf_object__for_each_map(map, bpf) {
		if (is_struct_ops(map) && !err) {
			struct struct_ops_map *added = &push(ops->maps, ops->cnt);

			*added = (struct struct_ops_map){ .map = i };
			err = collect_map(added, bpf, map);
		}
		i++;
	}
	if (err)
		complain("%s: a struct_ops map can't be part of a skeleton", path);
	return err;
}

void struct_ops_free(struct struct_ops *ops)
{
	for (__u32 i = 0; i < ops->cnt; i++) {
		free(ops->maps[i].type_name);
		free(ops->maps[i].value);
		free(ops->maps[i].members);
	}
	free(ops->maps);
	*ops = (struct struct_ops){};
}

/*
 * Leaves only the first use of each program in the value that libbpf shows: it insists that the others
 * are of the same type, which is for the target to decide. @used: one for each program.
 */
static void claim_programs(const struct bpf_object *bpf, const struct bpf_map *map, bool *used)
{
	const struct btf *btf = bpf_object__btf(bpf);
	const struct btf_type *type = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	char *value = bpf_map__initial_value(map, NULL);

	for (__u32 i = 0; i < btf_vlen(type); i++) {
		void **at = (void *)(value + btf_member_bit_offset(type, i) / 8), *p;
		__u32 prog;

		if (!btf_is_ptr(skip_mods(btf, btf_members(type)[i].type)))
			continue;
		memcpy(&p, at, sizeof(p));
		prog = prog_of_pointer(bpf, p);
		if (prog == LSKEL_NO_PROG)
			continue;
		if (used[prog])
			memset(at, 0, sizeof(p));
		used[prog] = true;
	}
}

/* A program that no map uses yet may be chosen by the application. libbpf wants it to have a target. */
static void give_targets(struct bpf_object *bpf, const bool *used)
{
	struct bpf_program *prog;
	__u32 i = 0;

	bpf_object__for_each_program(prog, bpf)
		if (!used[i++] && bpf_program__type(prog) == BPF_PROG_TYPE_STRUCT_OPS)
			bpf_program__set_attach_target(prog, 0, "unused");
}

void struct_ops_record(struct bpf_object *bpf)
{
	_cleanup_(free_ptr) __u32 *types = NULL;
	_cleanup_(free_ptr) bool *used = NULL;
	struct bpf_program *prog;
	struct bpf_map *map;
	__u32 cnt = 0;

	bpf_object__for_each_program(prog, bpf)
		push(used, cnt) = false;
	cnt = 0;
	bpf_object__for_each_map(map, bpf) {
		if (!is_struct_ops(map))
			continue;
		bpf_map__set_autocreate(map, true);
		claim_programs(bpf, map, used);
		push(types, cnt) = bpf_map__btf_value_type_id(map);
	}
	pretend_btf_struct_ops(types, cnt);
	/* Without a map to choose them, libbpf may say what it thinks of them. */
	if (used && cnt)
		give_targets(bpf, used);
}

static bool fits(const struct btf *btf, const struct btf_type *t)
{
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		__s64 size = btf__resolve_size(btf, m->type);

		if (size < 0 || btf_member_bit_offset(t, i) / 8 + size > t->size)
			return false;
	}
	return true;
}

static bool is_struct_ops_section(const char *name)
{
	name += *name == '?';
	return !strcmp(name, ".struct_ops") || !strcmp(name, ".struct_ops.link");
}

int struct_ops_check(const struct image *image)
{
	const struct btf *btf = image->btf;

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *sec = btf__type_by_id(btf, id);
		const struct btf_var_secinfo *vars = btf_var_secinfos(sec);

		if (!btf_is_datasec(sec) ||
		    !is_struct_ops_section(btf__name_by_offset(btf, sec->name_off)))
			continue;
		for (__u32 i = 0; i < btf_vlen(sec); i++) {
			const struct btf_type *t = skip_mods(btf, vars[i].type);

			t = btf_is_var(t) ? skip_mods(btf, t->type) : t;
			if (btf_is_struct(t) && t->size <= INT32_MAX &&
			    vars[i].offset <= INT32_MAX && fits(btf, t))
				continue;
			complain("%s: BTF: variable %u of section %s has a malformed type",
				 image->path, i, btf__name_by_offset(btf, sec->name_off));
			return -EINVAL;
		}
	}
	return 0;
}
