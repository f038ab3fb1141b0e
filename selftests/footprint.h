/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a skeleton leaves behind: open fds of this process, and maps, programs and BTF in the
 * kernel. Take a footprint before, ask what is left afterwards.
 *
 * Other processes use BPF, too: an object counts when its name, or size for BTF, is one that the
 * skeleton's blob gives. The kernel frees objects some time after the last fd is closed, and what a
 * sleepable program holds not before every such program that runs, anyone's, has ended: on a busy
 * machine seconds. This waits.
 */
#ifndef LSKEL_SELFTESTS_FOOTPRINT_H
#define LSKEL_SELFTESTS_FOOTPRINT_H

#include <dirent.h>
#include <stdio.h>
#include <time.h>

#include "blob_copy.h"

#define FOOTPRINT_MAX	   4096
#define FOOTPRINT_WAIT_MS  60000
#define FOOTPRINT_BLIND_MS 2000

struct number_set {
	__u32 cnt;
	__u32 numbers[FOOTPRINT_MAX]; /* ascending */
};

struct footprint {
	struct number_set fds;
	struct number_set maps, progs, btfs;
};

static inline void number_add(struct number_set *set, __u32 number)
{
	__u32 i;

	if (set->cnt == FOOTPRINT_MAX)
		abort();
	for (i = set->cnt++; i && set->numbers[i - 1] > number; i--)
		set->numbers[i] = set->numbers[i - 1];
	set->numbers[i] = number;
}

static inline bool number_is_in(const struct number_set *set, __u32 number)
{
	for (__u32 i = 0; i < set->cnt; i++)
		if (set->numbers[i] == number)
			return true;
	return false;
}

static inline void list_fds(struct number_set *ret)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	ret->cnt = 0;
	if (!dir)
		abort();
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir))
			number_add(ret, (__u32)atoi(entry->d_name));
	closedir(dir);
}

static inline void list_ids(enum bpf_cmd next_id, struct number_set *ret)
{
	union bpf_attr attr = {};

	ret->cnt = 0;
	while (!lskel_sys_bpf(next_id, &attr)) {
		number_add(ret, attr.next_id);
		attr.start_id = attr.next_id;
	}
}

static inline void footprint_take(struct footprint *ret)
{
	list_fds(&ret->fds);
	list_ids(BPF_MAP_GET_NEXT_ID, &ret->maps);
	list_ids(BPF_PROG_GET_NEXT_ID, &ret->progs);
	list_ids(BPF_BTF_GET_NEXT_ID, &ret->btfs);
}

static inline int object_info(int fd, void *info, __u32 size)
{
	union bpf_attr attr = {};

	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = size;
	attr.info.info = lskel_u64(info);
	return lskel_sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

/* Does the blob of @info make an object like this, with @command? */
static inline bool blob_makes(const struct lskel_info *info, enum bpf_cmd command, const char *name,
			      __u32 btf_size)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const char *image = info->image;
	const struct lskel_op *op = (const void *)(image + hdr->op_off);

	for (__u32 i = 0; i < hdr->op_cnt; i++, op++) {
		const union bpf_attr *attr = (const void *)(image + op->attr);

		if (op->cmd != command)
			continue;
		if (command == BPF_BTF_LOAD ?
			    attr->btf_size == btf_size :
			    !strncmp(command == BPF_MAP_CREATE ? attr->map_name : attr->prog_name,
				     name, 15))
			return true;
	}
	return command == BPF_BTF_LOAD ? btf_size == info->btf_size : !strncmp(name, "lskel_", 6);
}

/* Puts a description of the object into @text and returns whether it is of @info's making. */
static inline bool is_ours(const struct lskel_info *info, enum bpf_cmd command, enum bpf_cmd by_id,
			   __u32 id, char *text, size_t size)
{
	union bpf_attr attr = { .map_id = id };
	int fd = lskel_sys_bpf(by_id, &attr);
	struct bpf_map_info map = {};
	struct bpf_prog_info prog = {};
	struct bpf_btf_info btf = {};
	bool ours = false;

	if (fd < 0)
		return false;
	if (command == BPF_MAP_CREATE && !object_info(fd, &map, sizeof(map))) {
		snprintf(text, size, "map %u '%s'", id, map.name);
		ours = blob_makes(info, command, map.name, 0);
	} else if (command == BPF_PROG_LOAD && !object_info(fd, &prog, sizeof(prog))) {
		snprintf(text, size, "program %u '%s'", id, prog.name);
		ours = blob_makes(info, command, prog.name, 0);
	} else if (command == BPF_BTF_LOAD && !object_info(fd, &btf, sizeof(btf))) {
		snprintf(text, size, "BTF %u of %u bytes", id, btf.btf_size);
		ours = blob_makes(info, command, NULL, btf.btf_size);
	}
	close(fd);
	return ours;
}

static inline bool id_is_left(const struct number_set *before, const struct number_set *after,
			      const struct lskel_info *info, enum bpf_cmd command,
			      enum bpf_cmd by_id, char *text, size_t size)
{
	for (__u32 i = 0; i < after->cnt; i++)
		if (!number_is_in(before, after->numbers[i]) &&
		    is_ours(info, command, by_id, after->numbers[i], text, size))
			return true;
	return false;
}

/* Returns NULL, or how the fds of this process differ from those @before. */
static inline const char *fds_left(const struct footprint *before)
{
	static struct number_set fds;
	static char text[64];

	list_fds(&fds);
	for (__u32 i = 0; i < fds.cnt; i++)
		if (!number_is_in(&before->fds, fds.numbers[i])) {
			snprintf(text, sizeof(text), "fd %u", fds.numbers[i]);
			return text;
		}
	return fds.cnt == before->fds.cnt ? NULL : "fewer fds than there were";
}

/* Whether all ids of @after that were not there @before are gone. Nothing is opened for that. */
static inline bool ids_are_gone(const struct number_set *before, const struct number_set *after,
				enum bpf_cmd next_id)
{
	static struct number_set now;

	list_ids(next_id, &now);
	for (__u32 i = 0; i < after->cnt; i++)
		if (!number_is_in(before, after->numbers[i]) &&
		    number_is_in(&now, after->numbers[i]))
			return false;
	return true;
}

/*
 * Waits for what is new to go. It is not looked at meanwhile: a PROG_ARRAY whose last fd is closed while the
 * kernel is about to empty it, as after a GET_FD_BY_ID, stays forever (prog_array_map_clear() takes a reference for
 * work that is queued already; seen on Linux 6.18).
 */
static inline bool footprint_is_gone(const struct footprint *before, const struct footprint *after)
{
	for (int ms = 0; ms < FOOTPRINT_BLIND_MS; ms++) {
		if (ids_are_gone(&before->progs, &after->progs, BPF_PROG_GET_NEXT_ID) &&
		    ids_are_gone(&before->maps, &after->maps, BPF_MAP_GET_NEXT_ID) &&
		    ids_are_gone(&before->btfs, &after->btfs, BPF_BTF_GET_NEXT_ID))
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return false;
}

/* Returns NULL, or one thing that @info's skeleton left since @before. */
static inline const char *footprint_left(const struct footprint *before,
					 const struct lskel_info *info)
{
	static struct footprint after;
	static char text[64];

	if (fds_left(before))
		return fds_left(before);
	/* What comes into being while this waits is another process's. */
	footprint_take(&after);
	if (footprint_is_gone(before, &after))
		return NULL;
	for (int ms = 0; ms < FOOTPRINT_WAIT_MS; ms++) {
		if (!id_is_left(&before->progs, &after.progs, info, BPF_PROG_LOAD,
				BPF_PROG_GET_FD_BY_ID, text, sizeof(text)) &&
		    !id_is_left(&before->maps, &after.maps, info, BPF_MAP_CREATE,
				BPF_MAP_GET_FD_BY_ID, text, sizeof(text)) &&
		    !id_is_left(&before->btfs, &after.btfs, info, BPF_BTF_LOAD,
				BPF_BTF_GET_FD_BY_ID, text, sizeof(text)))
			return NULL;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return text;
}

#endif /* LSKEL_SELFTESTS_FOOTPRINT_H */
