// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Global data of another size has the same types as with libbpf, or neither has any. With the loader program and
 * without. What the application sees of other sizes is in test_choices.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "choices.lskel.h"

#include "fidelity.h"
#include "harness.h"

#define OBJECT "build/selftests/choices.bpf.o"

static const struct {
	const char *name;
	__u32 data, bss;
	bool typed; /* the map of data, in both */
	bool in_kernel;
} sizes[] = {
	{ .name = "unchanged", .data = 4, .bss = 8, .typed = true },
	{ .name = "a longer array", .data = 3600, .bss = 8, .typed = true },
	{ .name = "a longer array, loader program",
	  .data = 36,
	  .bss = 8,
	  .typed = true,
	  .in_kernel = true },
	{ .name = "no multiple of the array's type", .data = 3602, .bss = 8 },
	{ .name = "less than one element", .data = 2, .bss = 8 },
	{ .name = "no array at the end", .data = 8, .bss = 16, .typed = true },
};

/* What the kernel tells of a map's types, and all that these refer to. */
struct types {
	__u32 key, value;
	char text[128];
};

static bool get_types(int map_fd, struct types *types)
{
	struct bpf_map_info map = {};
	__u32 len = sizeof(map);
	struct btf *btf;
	int err = bpf_map_get_info_by_fd(map_fd, &map, &len);

	*types = (struct types){ .key = map.btf_key_type_id, .value = map.btf_value_type_id };
	btf = fidelity_btf(map.btf_id);
	snprintf(types->text, sizeof(types->text), "%s",
		 fidelity_types(btf, (__u32[]){ types->key, types->value }, 2));
	btf__free(btf);
	return !err && !btf == !map.btf_id;
}

static bool load_libbpf(size_t i, struct types *data, struct types *bss)
{
	struct bpf_object *obj = bpf_object__open(OBJECT);
	struct bpf_map *map;
	bool ok;

	if (!obj)
		return false;
	map = bpf_object__find_map_by_name(obj, ".data.tail");
	if (sizes[i].data != 4)
		bpf_map__set_value_size(map, sizes[i].data);
	if (sizes[i].bss != 8)
		bpf_map__set_value_size(bpf_object__find_map_by_name(obj, ".bss"), sizes[i].bss);
	bpf_program__set_autoload(bpf_object__find_program_by_name(obj, "last_of_tail"), false);
	ok = !bpf_object__load(obj) && get_types(bpf_map__fd(map), data) &&
	     get_types(bpf_object__find_map_fd_by_name(obj, ".bss"), bss);
	bpf_object__close(obj);
	return ok;
}

static bool load_skeleton(size_t i, struct types *data, struct types *bss)
{
	struct choices *skel = choices__open();
	bool ok;

	if (!skel)
		return false;
	skel->ctx.in_kernel = sizes[i].in_kernel;
	if (sizes[i].data != 4)
		choices__set_value_size(skel, &skel->maps.data_tail, sizes[i].data);
	if (sizes[i].bss != 8)
		choices__set_value_size(skel, &skel->maps.bss, sizes[i].bss);
	skel->progs.last_of_tail.autoload = false;
	ok = !choices__load(skel) && get_types(skel->maps.data_tail.map_fd, data) &&
	     get_types(skel->maps.bss.map_fd, bss);
	if (!ok)
		printf("%s\n", choices__error(skel));
	choices__destroy(skel);
	return ok;
}

static void compare(const char *name, const char *map, const struct types *theirs,
		    const struct types *ours)
{
	char what[128];

	snprintf(what, sizeof(what), "%s: types of %s", name, map);
	check(what,
	      theirs->key == ours->key && theirs->value == ours->value &&
		      !strcmp(theirs->text, ours->text),
	      "libbpf's: key %u, value %u, %s; here: key %u, value %u, %s", theirs->key,
	      theirs->value, theirs->text, ours->key, ours->value, ours->text);
}

int main(void)
{
	static struct types theirs[2], ours[2];

	libbpf_set_print(NULL);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char what[128];

		snprintf(what, sizeof(what), "%s: both load", sizes[i].name);
		if (!check(what,
			   load_libbpf(i, &theirs[0], &theirs[1]) &&
				   load_skeleton(i, &ours[0], &ours[1]),
			   "errno %d", errno))
			continue;
		snprintf(what, sizeof(what), "%s: types or none", sizes[i].name);
		check(what, !!ours[0].value == sizes[i].typed, "value type %u", ours[0].value);
		compare(sizes[i].name, ".data.tail", &theirs[0], &ours[0]);
		compare(sizes[i].name, ".bss", &theirs[1], &ours[1]);
	}
	return harness_failures ? 1 : 0;
}
