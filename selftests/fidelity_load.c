// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The two ways to load an object, see fidelity.h. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <lskel/error.h>
#include <lskel/load.h>

#include "fidelity.h"
#include "footprint.h"
#include "info.h"
#include "target_kernel.h"

/* For what the verifier says, of which only what is used takes memory; the end is shown. */
#define LOG_SIZE (256U << 20)
#define LOG_TAIL (64U << 10)

/*
 * Many objects leave the size of a map to the application. Both ways set one, which for a ring
 * buffer has to be rounded up; 0 is none.
 */
static __u32 entries_to_set(__u32 type, __u32 max_entries)
{
	if (max_entries)
		return 0;
	switch (type) {
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return 5000;
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
	case BPF_MAP_TYPE_BLOOM_FILTER:
		return 7;
	default:
		return 0;
	}
}

int fidelity_only = -1;

int fidelity_program_cnt(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *prog;
	int cnt = 0;

	if (!object)
		return 0;
	bpf_object__for_each_program(prog, object)
		cnt++;
	bpf_object__close(object);
	return cnt;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

static void describe_libbpf(struct bpf_object *object, FILE *out)
{
	struct fidelity loaded = {};
	struct bpf_program *prog;
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		struct fidelity_map entry = {
			.name = bpf_map__name(map),
			.fd = bpf_map__fd(map),
			.numa_node = fidelity_attr_of_fd(bpf_map__fd(map))->numa_node,
		};

		if (bpf_map__type(map) == BPF_MAP_TYPE_ARENA)
			entry.arena = bpf_map__initial_value(map, &entry.arena_data);
		push(loaded.maps, loaded.map_cnt) = entry;
	}
	bpf_object__for_each_program(prog, object) {
		int fd = bpf_program__fd(prog);

		push(loaded.progs, loaded.prog_cnt) = (struct fidelity_prog){
			.name = bpf_program__name(prog),
			.section = bpf_program__section_name(prog),
			.fd = fd < 0 ? -1 : fd,
			.flags = fidelity_attr_of_fd(fd)->prog_flags,
			.attach_type = fidelity_attr_of_fd(fd)->expected_attach_type,
		};
	}
	fidelity_describe(&loaded, out);
	if (fidelity_attaches)
		fidelity_attach_by_libbpf(object, &loaded, out);
	free(loaded.maps);
	free(loaded.progs);
}

void fidelity_by_libbpf(const char *path, const char *name, FILE *out)
{
	/* Else libbpf verifies again and again, until the log fits into a buffer that grows. */
	_cleanup_(free_ptr) char *log = xcalloc(1, LOG_SIZE);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = name, .kernel_log_buf = log,
		    .kernel_log_size = LOG_SIZE);
	struct bpf_object *object;
	struct bpf_map *map;
	int err;

	libbpf_set_print(quiet);
	object = bpf_object__open_file(path, &opts);
	err = object ? 0 : -errno;
	bpf_object__for_each_map(map, object) {
		__u32 entries = entries_to_set(bpf_map__type(map), bpf_map__max_entries(map));

		if (entries)
			bpf_map__set_max_entries(map, entries);
	}
	if (fidelity_only >= 0) {
		struct bpf_program *prog;
		int i = 0;

		bpf_object__for_each_program(prog, object)
			bpf_program__set_autoload(prog, i++ == fidelity_only);
	}
	err = err ?: fidelity_set_libbpf_targets(object);
	err = err ?: bpf_object__load(object);
	if (err) {
		fprintf(out, FIDELITY_HEAD, FIDELITY_FAILED, -err);
		fputs(log + (strlen(log) > LOG_TAIL ? strlen(log) - LOG_TAIL : 0), stderr);
	} else {
		fprintf(out, FIDELITY_HEAD, FIDELITY_LOADED, 0);
		describe_libbpf(object, out);
	}
	bpf_object__close(object);
}

/* What the application sees of global data must be what programs see. */
static void check_data(const struct lskel_info *info, void *skel, FILE *out)
{
	for (__u32 i = 0; i < info->data_cnt; i++) {
		const struct lskel_data_info *data = &info->data[i];
		const struct lskel_map_info *map = &info->maps[data->map];
		_cleanup_(free_ptr) void *value = xcalloc(1, data->size);
		__u32 key = 0;

		if (map->flags & LSKEL_MAP_ARENA)
			continue;
		if (bpf_map_lookup_elem(lskel_at(struct lskel_map, skel, map->desc)->map_fd, &key,
					value) ||
		    memcmp(value, *lskel_at(void *, skel, data->pointer), data->size))
			fprintf(out, "map %s is not what the skeleton shows\n", map->name);
	}
}

static size_t arena_data(const struct lskel_info *info, __u32 map)
{
	for (__u32 i = 0; i < info->data_cnt; i++)
		if (info->data[i].map == map && info->maps[map].flags & LSKEL_MAP_ARENA)
			return info->data[i].size;
	return 0;
}

static void describe_lskel(const struct lskel_info *info, void *skel, FILE *out)
{
	_cleanup_(free_ptr) char *image = xmemdup(info->image, lskel_image_hdr(info)->image_size);
	struct lskel_info patched = *info;
	struct fidelity loaded = {};
	int uprobe_multi = -1;

	if (info->struct_ops_calls)
		info->struct_ops_calls->fill(info, skel, image);
	patched.image = image;
	for (__u32 i = 0; i < info->map_cnt; i++) {
		const struct lskel_map *map = lskel_map_at(info, skel, i);

		push(loaded.maps, loaded.map_cnt) = (struct fidelity_map){
			.name = info->maps[i].name,
			.fd = map->map_fd,
			.numa_node = lskel_image_attr(info, info->maps[i].attr).numa_node,
			.arena = map->arena,
			.arena_data = arena_data(info, i),
		};
	}
	for (__u32 i = 0; i < info->prog_cnt; i++) {
		union bpf_attr attr = lskel_image_attr(&patched, info->progs[i].attr);

		if (info->progs[i].attr != LSKEL_NOT_LOADED)
			lskel_patch_prog(&info->progs[i], lskel_prog_at(info, skel, i),
					 (struct lskel_ctx *)skel, &uprobe_multi, &attr);
		push(loaded.progs, loaded.prog_cnt) = (struct fidelity_prog){
			.name = info->progs[i].name,
			.section = info->progs[i].section,
			.fd = lskel_at(struct lskel_prog, skel, info->progs[i].desc)->prog_fd,
			.flags = attr.prog_flags,
			.attach_type = attr.expected_attach_type,
		};
	}
	fidelity_describe(&loaded, out);
	check_data(info, skel, out);
	if (fidelity_attaches)
		fidelity_attach_by_lskel(info, skel, &loaded, out);
	free(loaded.maps);
	free(loaded.progs);
}

static void set_entries(const struct lskel_info *info, void *skel)
{
	for (__u32 i = 0; i < info->map_cnt; i++) {
		union bpf_attr attr = lskel_image_attr(info, info->maps[i].attr);

		lskel_at(struct lskel_map, skel, info->maps[i].desc)->max_entries =
			entries_to_set(attr.map_type, attr.max_entries);
	}
}

static void load_skeleton(const struct info *made, FILE *out)
{
	const struct lskel_info *info = &made->table;
	static struct footprint before;
	char *error = NULL;
	const char *left;
	void *skel;
	int err;

	footprint_take(&before);
	skel = lskel_open(info);
	if (skel)
		set_entries(info, skel);
	for (__u32 i = 0; skel && fidelity_only >= 0 && i < info->prog_cnt; i++)
		lskel_prog_at(info, skel, i)->autoload = (int)i == fidelity_only;
	err = skel ? fidelity_set_lskel_targets(made, skel) : -errno;
	err = err ?: lskel_load(info, skel);
	fprintf(out, FIDELITY_HEAD, err ? FIDELITY_FAILED : FIDELITY_LOADED, -err);
	if (!err && info->relocated && !((struct lskel_ctx *)skel)->relocated)
		fprintf(out, "the relocated form was not used\n");
	if (!err)
		describe_lskel(info, skel, out);
	else
		error = xstrdup(skel ? lskel_error(info, skel) : "lskel_open");
	lskel_destroy(info, skel);

	left = footprint_left(&before, info);
	if (left) {
		rewind(out);
		fprintf(out, FIDELITY_HEAD, FIDELITY_LEAKED, -err);
		fprintf(stderr, "left behind: %s\n", left);
	}
	if (error)
		fprintf(stderr, "%s\n", error);
	free(error);
}

static void by_skeleton(const char *path, const char *name, bool relocated, FILE *out)
{
	char *kernel = RUNNING_KERNEL;
	struct object object;
	struct info info = {};
	int err;

	err = object_load(&object, path, name) ?: info_make(&info, &object);
	if (!err && relocated)
		err = info_relocate(&info, &kernel, 1, false);
	if (err)
		fprintf(out, FIDELITY_HEAD, FIDELITY_REFUSED, -err);
	else if (relocated && !info.table.relocated)
		fprintf(out, FIDELITY_HEAD, FIDELITY_NOTHING, 0);
	else
		load_skeleton(&info, out);
	info_free(&info);
	object_free(&object);
}

void fidelity_by_lskel(const char *path, const char *name, FILE *out)
{
	by_skeleton(path, name, false, out);
}

void fidelity_by_relocated(const char *path, const char *name, FILE *out)
{
	by_skeleton(path, name, true, out);
}
