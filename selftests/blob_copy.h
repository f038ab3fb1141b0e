/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A skeleton's tables with a blob that may be changed: how tests make a load fail at one operation,
 * or ask the loader program for what it must not do.
 */
#ifndef LSKEL_SELFTESTS_BLOB_COPY_H
#define LSKEL_SELFTESTS_BLOB_COPY_H

#include <stdbool.h>

#include <lskel/lskel.h>

struct blob_copy {
	struct lskel_info info; /* as of the skeleton, but for the image */
	char *image;
};

static inline void blob_copy_make(struct blob_copy *copy, const struct lskel_info *info)
{
	__u32 size = lskel_image_hdr(info)->image_size;

	copy->info = *info;
	copy->image = malloc(size);
	if (!copy->image)
		abort();
	memcpy(copy->image, info->image, size);
	copy->info.image = copy->image;
}

static inline void blob_copy_free(struct blob_copy *copy)
{
	free(copy->image);
}

static inline struct lskel_blob_hdr *blob_hdr(const struct blob_copy *copy)
{
	return (struct lskel_blob_hdr *)copy->image;
}

static inline struct lskel_op *blob_op(const struct blob_copy *copy, __u32 i)
{
	return (struct lskel_op *)(copy->image + blob_hdr(copy)->op_off) + i;
}

static inline union bpf_attr *blob_attr(const struct blob_copy *copy, const struct lskel_op *op)
{
	return (union bpf_attr *)(copy->image + op->attr);
}

/* Closing an fd at the end goes on at the same place in any case. */
static inline bool blob_op_can_fail(const struct lskel_op *op)
{
	return op->next[0] != op->next[1];
}

/* Whether a replay in which operation @failing (or none: -1) fails comes to operation @i. */
static inline bool blob_op_is_executed(const struct blob_copy *copy, __u32 i, int failing)
{
	__u32 pos = blob_hdr(copy)->pos;

	while (pos > LSKEL_FAILED) {
		__u32 now = (pos - blob_hdr(copy)->op_off) / (__u32)sizeof(struct lskel_op);

		if (now == i)
			return true;
		pos = blob_op(copy, now)->next[(int)now == failing];
	}
	return false;
}

/* Whether the load fails when @op does; otherwise there is something else to try, or to leave out. */
static inline bool blob_op_is_fatal(const struct blob_copy *copy, const struct lskel_op *op)
{
	__u32 pos = op->next[1];

	while (pos > LSKEL_FAILED)
		pos = ((struct lskel_op *)(copy->image + pos))->next[0];
	return pos == LSKEL_FAILED;
}

/* The operation whose failure leads to @i, or -1: that does not take a failure. */
static inline int blob_op_is_alternative_of(const struct blob_copy *copy, __u32 i)
{
	if (blob_op_is_executed(copy, i, -1))
		return -1;
	for (__u32 j = 0; j < i; j++)
		if (!blob_op_is_fatal(copy, blob_op(copy, j)) &&
		    blob_op_is_executed(copy, i, (int)j))
			return (int)j;
	return -1;
}

/* The program whose target is what @find looks for, or the name that it looks for. */
static inline const char *blob_target_of(const struct blob_copy *copy, const struct lskel_op *find)
{
	const struct lskel_info *info = &copy->info;
	const __u32 btf_id = offsetof(union bpf_attr, attach_btf_id);

	for (__u32 i = 0; i < info->prog_cnt; i++)
		if (find[1].copy[0].dst == info->progs[i].attr + btf_id)
			return info->progs[i].name;
	return ((struct lskel_symbol *)(copy->image + find->attr))->name;
}

/* The map, program or symbol that @op is about, as messages call it; NULL: none that has a name. */
static inline const char *blob_op_object(const struct blob_copy *copy, const struct lskel_op *op)
{
	const struct lskel_info *info = &copy->info;
	__u32 fd_off = blob_hdr(copy)->fd_off;
	/* A map that is made goes to a slot; one that is changed comes from it. */
	__u32 slot = ((op->cmd == BPF_MAP_CREATE ? op->result : op->copy[0].src) - fd_off) / 4;

	if (op->cmd == LSKEL_CMD_FIND_BTF || op->cmd == LSKEL_CMD_FIND_SYM)
		return blob_target_of(copy, op);
	if (op->cmd == LSKEL_CMD_CLOSE || op->cmd == BPF_BTF_LOAD)
		return NULL;
	for (__u32 i = 0; i < info->prog_cnt; i++)
		if (info->progs[i].attr == op->attr)
			return info->progs[i].name;
	for (__u32 i = 0; i < info->map_cnt; i++)
		if (info->maps[i].slot == slot)
			return info->maps[i].name;
	return NULL;
}

#endif /* LSKEL_SELFTESTS_BLOB_COPY_H */
