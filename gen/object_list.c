// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The programs and maps of an opened object, and which objects of the trace they are once it is loaded, see
 * gen/object.h. How it is loaded is in gen/object.c.
 */
#include <errno.h>
#include <string.h>

#include "object.h"
#include "record.h"
#include "util.h"

static void list_programs(struct object *object)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, object->bpf)
		push(object->progs, object->prog_cnt) = (struct object_prog){
			.prog = prog,
			.kobj = NO_KOBJ,
			.usdt = bpf_program__expected_attach_type(prog) == BPF_TRACE_UPROBE_MULTI,
			.off = !bpf_program__autoload(prog),
		};
}

static void list_maps(struct object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->bpf) {
		const char *pin_path = bpf_map__pin_path(map);
		struct object_map entry = {
			.map = map,
			.kobj = NO_KOBJ,
			.sized_by_cpus = bpf_map__type(map) == BPF_MAP_TYPE_PERF_EVENT_ARRAY &&
					 !bpf_map__max_entries(map),
			.off = !bpf_map__autocreate(map),
			.pin_path = pin_path ? xstrdup(pin_path) : NULL,
		};
		const void *data;

		if (bpf_map__type(map) == BPF_MAP_TYPE_ARENA) {
			data = bpf_map__initial_value(map, &entry.arena_size);
			if (data)
				entry.arena_data = xmemdup(data, entry.arena_size);
		}
		push(object->maps, object->map_cnt) = entry;
	}
}

void object_list(struct object *object)
{
	list_programs(object);
	list_maps(object);
}

void object_unlist(struct object *object)
{
	for (__u32 i = 0; i < object->map_cnt; i++) {
		free(object->maps[i].arena_data);
		free(object->maps[i].pin_path);
	}
	for (__u32 i = 0; i < object->prog_cnt; i++)
		where_free(&object->progs[i].attach.where);
	free(object->progs);
	free(object->maps);
	object->progs = NULL;
	object->maps = NULL;
	object->prog_cnt = object->map_cnt = 0;
}

static void keep(struct trace *trace, int kobj, const char *name)
{
	trace->kobjs[kobj].kept = true;
	trace->kobjs[kobj].name = xstrdup(name);
}

static int complain_left_out(const struct object *object, const char *what, const char *name)
{
	complain("%s: libbpf left out %s '%s'", object->name, what, name);
	return -ENOENT;
}

int object_find_kobjs(struct object *object)
{
	struct trace *trace = &object->trace;

	for (__u32 i = 0; i < object->map_cnt; i++) {
		struct object_map *map = &object->maps[i];

		map->kobj = record_kobj(trace, bpf_map__fd(map->map));
		if (map->kobj == NO_KOBJ)
			return complain_left_out(object, "map", bpf_map__name(map->map));
		keep(trace, map->kobj, bpf_map__name(map->map));
	}
	for (__u32 i = 0; i < object->prog_cnt; i++) {
		struct object_prog *prog = &object->progs[i];

		prog->kobj = record_kobj(trace, bpf_program__fd(prog->prog));
		/* Other programs have that from their section, before the load. */
		prog->usdt = !prog->usdt && bpf_program__expected_attach_type(prog->prog) ==
						    BPF_TRACE_UPROBE_MULTI;
		if (prog->kobj != NO_KOBJ)
			keep(trace, prog->kobj, bpf_program__name(prog->prog));
		else if (bpf_program__autoload(prog->prog))
			return complain_left_out(object, "program", bpf_program__name(prog->prog));
	}
	return 0;
}

void object_name_temporaries(struct object *object)
{
	const struct trace *trace = &object->trace;

	for (__u32 i = 0; i < trace->kobj_cnt; i++) {
		struct kobj *kobj = &trace->kobjs[i];
		const struct call *creator = &trace->calls[kobj->creator];

		if (kobj->name)
			continue;
		if (kobj->kind == KOBJ_BTF)
			kobj->name = xstrdup("btf");
		else if (kobj->kind == KOBJ_MAP)
			kobj->name = xprintf("template of %s", creator->attr.map_name);
		else if (kobj->kind == KOBJ_LINK)
			kobj->name = xstrdup("link");
		else
			kobj->name = xstrdup(creator->attr.prog_name);
	}
}
