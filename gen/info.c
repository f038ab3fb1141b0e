// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From object, plan and blob to the tables, see gen/info.h. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <lskel/blob.h>

#include "info.h"
#include "loader.h"
#include "prune_btf.h"
#include "tables.h"
#include "targets.h"

static char *identifier(const char *name)
{
	char *ident = isdigit((unsigned char)*name) ? xprintf("_%s", name) : xstrdup(name);

	make_identifier(ident);
	return ident;
}

/* "my_obj.rodata.str" is skel->rodata_str, as bpftool has it. */
static char *map_identifier(const struct bpf_map *map)
{
	static const char *const sections[] = { ".data", ".rodata", ".bss", ".kconfig" };
	const char *name = bpf_map__name(map);
	size_t size;

	if (bpf_map__type(map) == BPF_MAP_TYPE_ARENA && bpf_map__initial_value(map, &size) && size)
		return xstrdup("arena");
	for (size_t i = 0; i < ARRAY_SIZE(sections) && bpf_map__is_internal(map); i++) {
		const char *p = strstr(name, sections[i]);

		if (p)
			return identifier(p + 1);
	}
	return identifier(name);
}

static int compare_idents(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_unique(char **idents, __u32 cnt, const char *what)
{
	_cleanup_(free_ptr) char **sorted = xmemdup(idents, cnt * sizeof(*idents));

	qsort(sorted, cnt, sizeof(*sorted), compare_idents);
	for (__u32 i = 1; i < cnt; i++)
		if (!strcmp(sorted[i - 1], sorted[i])) {
			complain("two %s of the skeleton would be called '%s'", what, sorted[i]);
			return -EEXIST;
		}
	return 0;
}

/* Both have a function foo__NAME__attach() and an fd in links. */
static int check_attached(const struct info *info)
{
	const struct struct_ops *ops = &info->object->struct_ops;

	for (__u32 i = 0; i < ops->cnt; i++)
		for (__u32 j = 0; j < info->object->prog_cnt; j++)
			if (!strcmp(info->map_idents[ops->maps[i].map], info->prog_idents[j])) {
				complain("a struct_ops map and a program of the skeleton would "
					 "be called '%s'",
					 info->prog_idents[j]);
				return -EEXIST;
			}
	return 0;
}

static int name_members(struct info *info)
{
	const struct object *object = info->object;
	int err;

	info->map_idents = xcalloc(object->map_cnt, sizeof(*info->map_idents));
	info->prog_idents = xcalloc(object->prog_cnt, sizeof(*info->prog_idents));
	for (__u32 i = 0; i < object->map_cnt; i++)
		info->map_idents[i] = map_identifier(object->maps[i].map);
	for (__u32 i = 0; i < object->prog_cnt; i++)
		info->prog_idents[i] = identifier(bpf_program__name(object->progs[i].prog));
	err = check_unique(info->map_idents, object->map_cnt, "maps");
	if (!err)
		err = check_unique(info->prog_idents, object->prog_cnt, "programs");
	return err ?: check_attached(info);
}

static __u32 map_flags(const struct object_map *map)
{
	if (map->off)
		return LSKEL_MAP_OFF;
	switch (bpf_map__type(map->map)) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		return map->sized_by_cpus ? LSKEL_MAP_CPUS : 0;
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return LSKEL_MAP_PAGES;
	case BPF_MAP_TYPE_ARENA:
		return LSKEL_MAP_ARENA;
	default:
		return 0;
	}
}

static __u32 prog_flags(const struct object_prog *prog)
{
	return (prog->usdt ? LSKEL_PROG_USDT : 0) | (prog->off ? LSKEL_PROG_OFF : 0) |
	       (target_is_missing(prog->prog) ? LSKEL_PROG_TARGET : 0) |
	       (target_names_module(prog->prog) ? LSKEL_PROG_MODULE : 0) |
	       (bpf_program__type(prog->prog) == BPF_PROG_TYPE_STRUCT_OPS ? LSKEL_PROG_STRUCT_OPS :
									    0);
}

static void fill_maps(struct info *info)
{
	const struct object *object = info->object;

	info->maps = xcalloc(object->map_cnt, sizeof(*info->maps));
	for (__u32 i = 0; i < object->map_cnt; i++) {
		const struct object_map *map = &object->maps[i];

		info->maps[i] = (struct lskel_map_info){
			.name = bpf_map__name(map->map),
			.slot = info->plan.slots[map->kobj],
			.attr = info->blob.kobjs[map->kobj].attr,
			.flags = map_flags(map),
			.pin_path = map->pin_path,
		};
	}
}

static void fill_struct_ops(struct info *info)
{
	const struct struct_ops *ops = &info->object->struct_ops;

	info->struct_ops = xcalloc(ops->cnt, sizeof(*info->struct_ops));
	for (__u32 i = 0; i < ops->cnt; i++)
		info->struct_ops[i] = (struct lskel_struct_ops_info){
			.map = ops->maps[i].map,
			.by_link = ops->maps[i].link,
			.type = ops->maps[i].type_name,
			.value = ops->maps[i].value,
			.size = ops->maps[i].type->size,
			.members = ops->maps[i].members,
			.member_cnt = ops->maps[i].member_cnt,
		};
}

static const struct lskel_attach_kind *attach_kind(const struct attach *attach)
{
	if (!attach->automatic)
		return NULL;
	if (!attach->kind)
		return attach_kind_find("lskel_kind_unknown")->kind;
	return attach->invalid ? attach_kind_find("lskel_kind_invalid")->kind : attach->kind->kind;
}

/* NULL: nowhere in particular. */
static const struct lskel_where *attach_where(const struct attach *attach)
{
	static const struct lskel_where nowhere;

	if (!attach->automatic || attach->invalid ||
	    !memcmp(&attach->where, &nowhere, sizeof(nowhere)))
		return NULL;
	return &attach->where;
}

static void fill_progs(struct info *info)
{
	const struct object *object = info->object;

	info->progs = xcalloc(object->prog_cnt, sizeof(*info->progs));
	info->prog_kinds = xcalloc(object->prog_cnt, sizeof(*info->prog_kinds));
	info->prog_targets = xcalloc(object->prog_cnt, sizeof(*info->prog_targets));
	for (__u32 i = 0; i < object->prog_cnt; i++) {
		const struct object_prog *prog = &object->progs[i];
		bool loaded = prog->kobj != NO_KOBJ;

		info->progs[i] = (struct lskel_prog_info){
			.name = bpf_program__name(prog->prog),
			.section = bpf_program__section_name(prog->prog),
			.slot = loaded ? (__u32)info->plan.slots[prog->kobj] : LSKEL_NOT_LOADED,
			.attr = loaded ? info->blob.kobjs[prog->kobj].attr : LSKEL_NOT_LOADED,
			.flags = prog_flags(prog),
			.attach_type = prog->attach.type,
			.kind = attach_kind(&prog->attach),
			.where = attach_where(&prog->attach),
		};
		info->prog_kinds[i] = prog->attach.kind;
		info->prog_targets[i] = target_is_possible(prog->prog);
	}
}

static void fill_data(struct info *info)
{
	const struct object *object = info->object;
	__u32 cnt = 0;

	for (__u32 i = 0; i < object->map_cnt; i++) {
		const struct object_map *map = &object->maps[i];
		__u32 flags = bpf_map__map_flags(map->map);

		if (!map->arena_data &&
		    (!bpf_map__is_internal(map->map) || !(flags & BPF_F_MMAPABLE)))
			continue;
		push(info->data, cnt) = (struct lskel_data_info){
			.map = i,
			.value = info->blob.kobjs[map->kobj].value,
			.size = map->arena_data ? map->arena_size : bpf_map__value_size(map->map),
			.readonly = !!(flags & BPF_F_RDONLY_PROG),
		};
	}
	info->table.data_cnt = cnt;
}

static void fill_olds(struct info *info)
{
	const struct plan *plan = &info->plan;

	info->olds = xcalloc(plan->old_cnt, sizeof(*info->olds));
	for (__u32 i = 0; i < plan->old_cnt; i++) {
		bool is_btf = plan->ops[plan->olds[i].op].cmd == BPF_BTF_LOAD;
		const struct blob_old *old = &info->blob.olds[i];

		info->olds[i] = (struct lskel_old_info){
			.pointer = old->pointer,
			.target = old->target,
			.btf_size = is_btf ? old->len : 0,
		};
	}
}

/* In the order of their names, as libbpf looks for them. */
static int compare_externs(const void *a, const void *b)
{
	const struct lskel_extern_info *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void fill_externs(struct info *info)
{
	const struct lskel_blob_hdr *hdr = (const void *)info->blob.image.data;
	const struct plan *plan = &info->plan;
	__u32 cnt = 0;

	for (__u32 i = 0; i < plan->symbol_cnt; i++) {
		const struct extern_symbol *symbol = plan->symbols[i].symbol;
		__u32 op = plan->symbols[i].op;

		if (!symbol || !symbol->types)
			continue;
		push(info->externs, cnt) = (struct lskel_extern_info){
			.name = symbol->declared,
			.types = symbol->types,
			.words = symbol->words,
			.op = hdr->op_off + op * (__u32)sizeof(struct lskel_op),
			.weak = !!plan->ops[op].otherwise,
		};
	}
	if (cnt)
		qsort(info->externs, cnt, sizeof(*info->externs), compare_externs);
	info->table.extern_cnt = cnt;
}

static __u32 map_of_kobj(const struct object *object, int kobj)
{
	__u32 i = 0;

	while (object->maps[i].kobj != kobj)
		i++;
	return i;
}

static __u32 prog_of_kobj(const struct object *object, int kobj)
{
	__u32 i = 0;

	while (object->progs[i].kobj != kobj)
		i++;
	return i;
}

static void fill_binds(struct info *info)
{
	const struct plan *plan = &info->plan;

	info->binds = xcalloc(plan->bind_cnt, sizeof(*info->binds));
	for (__u32 i = 0; i < plan->bind_cnt; i++)
		info->binds[i] = (struct lskel_bind_info){
			.prog = prog_of_kobj(info->object, plan->binds[i].prog),
			.map = map_of_kobj(info->object, plan->binds[i].map),
		};
}

static void fill_kconfig(struct info *info)
{
	const struct kconfigs *kconfigs = &info->object->kconfigs;
	struct lskel_info *table = &info->table;

	if (!kconfigs->cnt)
		return;
	table->kconfigs = kconfigs->infos;
	table->kconfig_cnt = kconfigs->cnt;
	while (strcmp(info->map_idents[info->data[table->kconfig_data].map], "kconfig"))
		table->kconfig_data++;
}

static void fill_root(struct info *info)
{
	const struct loader *loader =
		loader_choose(info->blob.finds_types, info->blob.finds_symbols);
	struct lskel_info *table = &info->table;

	info->insns = loader_link(loader, info->blob.mask);
	table->name = info->object->name;
	table->image = info->blob.image.data;
	info->image_len = info->blob.image.len;
	table->insns = info->insns;
	table->insn_cnt = loader->insn_cnt;
	table->btf = loader->btf;
	table->btf_size = loader->btf_size;
	table->func_info = loader->func_info;
	table->func_info_cnt = loader->func_info_cnt;
	table->maps = info->maps;
	table->map_cnt = info->object->map_cnt;
	table->progs = info->progs;
	table->prog_cnt = info->object->prog_cnt;
	table->data = info->data;
	table->binds = info->binds;
	table->bind_cnt = info->plan.bind_cnt;
	table->olds = info->olds;
	table->old_cnt = info->plan.old_cnt;
	table->struct_ops = info->struct_ops;
	table->struct_ops_cnt = info->object->struct_ops.cnt;
	table->externs = info->externs;
	fill_kconfig(info);
}

int info_make(struct info *info, struct object *object)
{
	int err;

	*info = (struct info){ .object = object };
	prune_btf(&object->trace);
	err = name_members(info) ?: plan_make(&info->plan, object);
	err = err ?: blob_make(&info->blob, &info->plan, &object->trace);
	if (err)
		return err;
	fill_maps(info);
	fill_struct_ops(info);
	fill_progs(info);
	fill_data(info);
	fill_binds(info);
	fill_olds(info);
	fill_externs(info);
	fill_root(info);
	tables_finish(info, object->kconfigs.needs_file);
	return 0;
}

void *info_own(struct info *info, void *p)
{
	push(info->owned, info->owned_cnt) = p;
	return p;
}

static void free_strings(char **strings, __u32 cnt)
{
	for (__u32 i = 0; strings && i < cnt; i++)
		free(strings[i]);
	free(strings);
}

void info_free(struct info *info)
{
	if (info->object) {
		free_strings(info->map_idents, info->object->map_cnt);
		free_strings(info->prog_idents, info->object->prog_cnt);
		free(info->prog_kinds);
		free(info->prog_targets);
	}
	for (__u32 i = 0; i < info->owned_cnt; i++)
		free(info->owned[i]);
	free(info->owned);
	free(info->maps);
	free(info->progs);
	free(info->data);
	free(info->binds);
	free(info->olds);
	free(info->externs);
	free(info->struct_ops);
	free(info->insns);
	bytes_free(&info->forms);
	blob_free(&info->blob);
	plan_free(&info->plan);
	*info = (struct info){};
}
