// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel says of loaded programs and maps, as text: see fidelity.h. Maps and the rest. */
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <lskel/sys.h>

#include "fidelity.h"
#include "own_bpffs.h"
#include "util.h"

/* So many elements of a map are looked at. */
#define ELEMENTS_MAX 4096

int fidelity_compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *fidelity_map_name(const struct fidelity *loaded, __u32 id)
{
	static char text[128];
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int fd;

	for (__u32 i = 0; i < loaded->map_cnt; i++)
		if (loaded->maps[i].id == id)
			return loaded->maps[i].name;
	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0 || bpf_map_get_info_by_fd(fd, &info, &len))
		return "?";
	close(fd);
	snprintf(text, sizeof(text), "(%s: type %u key %u value %u max %u flags %#x)", info.name,
		 info.type, info.key_size, info.value_size, info.max_entries, info.map_flags);
	return text;
}

const char *fidelity_prog_name(const struct fidelity *loaded, __u32 id)
{
	for (__u32 i = 0; i < loaded->prog_cnt; i++)
		if (loaded->progs[i].id == id)
			return loaded->progs[i].name;
	return "?";
}

void fidelity_fdinfo(const char *what, const char *name, int fd, FILE *out)
{
	/* The verifier's count of test_cls_redirect_subprogs differs from one load of libbpf's to another (6.12). */
	static const char *const omitted[] = { "pos:",	     "flags:",	       "mnt_id:",   "ino:",
					       "map_id:",    "prog_id:",       "prog_tag:", "run_",
					       "recursion_", "verified_insns:" };
	_cleanup_(free_ptr) char *path = xprintf("/proc/self/fdinfo/%d", fd);
	_cleanup_(close_file) FILE *in = fopen(path, "re");
	char line[256];

	while (in && fgets(line, sizeof(line), in)) {
		bool omit = false;

		for (size_t i = 0; i < ARRAY_SIZE(omitted); i++)
			omit = omit || !strncmp(line, omitted[i], strlen(omitted[i]));
		if (!omit)
			fprintf(out, "%s %s fdinfo %s", what, name, line);
	}
}

/* What a value says without ids, in memory that the caller frees. */
static char *value_text(const struct fidelity *loaded, const struct bpf_map_info *info,
			const void *value, size_t size)
{
	__u32 id;

	memcpy(&id, value, sizeof(id));
	switch (info->type) {
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
		return xprintf("map %s", fidelity_map_name(loaded, id));
	case BPF_MAP_TYPE_PROG_ARRAY:
		return xprintf("program %s", fidelity_prog_name(loaded, id));
	default:
		return xprintf("%#x and more, sum %llx", id, fidelity_checksum(value, size));
	}
}

static char *element_text(const struct fidelity *loaded, const struct bpf_map_info *info,
			  const char *key, const void *value, size_t size)
{
	_cleanup_(free_ptr) char *text = value_text(loaded, info, value, size);
	_cleanup_(free_ptr) char *hex = xcalloc(info->key_size, 2);

	for (__u32 i = 0; i < info->key_size; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)key[i]);
	return xprintf("element %s is %s", hex, text);
}

static bool is_zero(const void *value, size_t len)
{
	const char *data = value;

	while (len && !data[len - 1])
		len--;
	return !len;
}

/* A lookup shows the kernel's pointers of list heads and trees; they are another at each load. */
static void hide_kernel_pointers(__u64 *value, size_t size)
{
	for (size_t i = 0; i < size / sizeof(*value); i++)
		if (value[i] >> 48 == 0xffff && value[i] >> 32 != 0xffffffff)
			value[i] = 1;
}

/*
 * Elements that are not zero, by key: the order in a hash table is random. libbpf's number of CPUs
 * is not to be asked for: after a recording it is that of the pretend kernel.
 */
static void describe_content(const struct fidelity *loaded, const struct fidelity_map *map,
			     const struct bpf_map_info *info, FILE *out)
{
	size_t size = ((size_t)info->value_size + 7) / 8 * 8 * lskel_possible_cpus();
	_cleanup_(free_ptr) __u64 *value = xcalloc(1, size + 8);
	_cleanup_(free_ptr) char *key = xcalloc(1, info->key_size + 8);
	_cleanup_(free_ptr) char **lines = NULL;
	__u32 cnt = 0;

	for (int i = 0; i < ELEMENTS_MAX; i++) {
		if (bpf_map_get_next_key(map->fd, i ? key : NULL, key))
			break;
		memset(value, 0, size);
		if (bpf_map_lookup_elem(map->fd, key, value) || is_zero(value, size))
			continue;
		hide_kernel_pointers(value, size);
		push(lines, cnt) = element_text(loaded, info, key, value, size);
	}
	if (cnt)
		qsort(lines, cnt, sizeof(*lines), fidelity_compare_strings);
	for (__u32 i = 0; i < cnt; i++) {
		fprintf(out, "map %s %s\n", map->name, lines[i]);
		free(lines[i]);
	}
}

void fidelity_describe_map(const struct fidelity *loaded, const struct fidelity_map *map, FILE *out)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	struct btf *btf;

	if (bpf_map_get_info_by_fd(map->fd, &info, &len)) {
		fprintf(out, "map %s gives no information (errno %d)\n", map->name, errno);
		return;
	}
	fprintf(out, "map %s is '%s', type %u, key %u, value %u, max_entries %u\n", map->name,
		info.name, info.type, info.key_size, info.value_size, info.max_entries);
	fprintf(out, "map %s flags %#x, extra %llu, ifindex %u, numa node %u\n", map->name,
		info.map_flags, (unsigned long long)info.map_extra, info.ifindex, map->numa_node);
	fprintf(out, "map %s BTF key %u, value %u, kernel value %u\n", map->name,
		info.btf_key_type_id, info.btf_value_type_id, info.btf_vmlinux_value_type_id);
	btf = fidelity_btf(info.btf_id);
	fprintf(out, "map %s BTF %s\n", map->name,
		fidelity_types(btf, (__u32[]){ info.btf_key_type_id, info.btf_value_type_id }, 2));
	btf__free(btf);
	fidelity_fdinfo("map", map->name, map->fd, out);
	if (map->arena)
		fprintf(out, "map %s variables %llx\n", map->name,
			(unsigned long long)fidelity_checksum(map->arena, map->arena_data));
	if (info.type == BPF_MAP_TYPE_ARENA || info.type == BPF_MAP_TYPE_STRUCT_OPS)
		return;
	describe_content(loaded, map, &info, out);
}

static void fill_ids(struct fidelity *loaded)
{
	for (__u32 i = 0; i < loaded->map_cnt; i++) {
		struct bpf_map_info info = {};
		__u32 len = sizeof(info);

		if (!bpf_map_get_info_by_fd(loaded->maps[i].fd, &info, &len))
			loaded->maps[i].id = info.id;
	}
	for (__u32 i = 0; i < loaded->prog_cnt; i++) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);

		if (!bpf_prog_get_info_by_fd(loaded->progs[i].fd, &info, &len))
			loaded->progs[i].id = info.id;
	}
}

/*
 * The maps that are pinned, each way in a BPF file system of its own. Takes the pins away, so that what is left
 * behind afterwards is not theirs.
 */
static void describe_pins(const struct fidelity *loaded, FILE *out)
{
	glob_t found = {};

	glob(BPFFS "/*", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct bpf_map_info info = {};
		__u32 len = sizeof(info);
		int fd = bpf_obj_get(found.gl_pathv[i]);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len))
			fprintf(out, "pin %s is map %s\n", found.gl_pathv[i],
				fidelity_map_name(loaded, info.id));
		close(fd);
		unlink(found.gl_pathv[i]);
	}
	globfree(&found);
}

void fidelity_describe(struct fidelity *loaded, FILE *out)
{
	fill_ids(loaded);
	fprintf(out, "%u maps, %u programs\n", loaded->map_cnt, loaded->prog_cnt);
	for (__u32 i = 0; i < loaded->map_cnt; i++)
		fidelity_describe_map(loaded, &loaded->maps[i], out);
	for (__u32 i = 0; i < loaded->prog_cnt; i++)
		fidelity_describe_prog(loaded, &loaded->progs[i], out);
	describe_pins(loaded, out);
}
