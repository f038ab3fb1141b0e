/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A skeleton in memory: made from its tables, and taken down with everything that it owns. Getting it
 * into the kernel is in <lskel/load.h>.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_OPEN_H
#define LSKEL_OPEN_H

#include <stddef.h>
#include <lskel/attach_kind.h>
#include <lskel/blob.h>
#include <lskel/skel.h>
#include <lskel/sys.h>

/* A pointer into a skeleton, given one of the offsets in its tables. */
#define lskel_at(type, skel, offset) ((type *)(void *)((char *)(skel) + (offset)))

static inline int lskel_fail(struct lskel_ctx *ctx, enum lskel_stage stage, __u32 at, int err)
{
	ctx->failure.stage = stage;
	ctx->failure.at = at;
	ctx->failure.err = err;
	return err;
}

static inline void lskel_forget_failure(struct lskel_ctx *ctx)
{
	free(ctx->failure.log);
	free(ctx->failure.detail);
	free(ctx->failure.message);
	memset(&ctx->failure, 0, sizeof(ctx->failure));
}

static inline void lskel_close(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

/* Map number @i of a skeleton, and program. */
static inline struct lskel_map *lskel_map_at(const struct lskel_info *info, void *skel, __u32 i)
{
	return lskel_at(struct lskel_map, skel, info->maps[i].desc);
}

static inline struct lskel_prog *lskel_prog_at(const struct lskel_info *info, void *skel, __u32 i)
{
	return lskel_at(struct lskel_prog, skel, info->progs[i].desc);
}

/* The size of global data in this skeleton. */
static inline __u32 lskel_data_size(const struct lskel_info *info, void *skel,
				    const struct lskel_data_info *data)
{
	__u32 chosen = lskel_map_at(info, skel, data->map)->value_size;

	return chosen ? chosen : data->size;
}

/* The length of a mapping of @size bytes. */
static inline size_t lskel_map_len(__u32 size)
{
	size_t page = lskel_page_size();

	return ((size_t)size + page - 1) / page * page;
}

static inline void *lskel_map_memory(__u32 size)
{
	return mmap(NULL, lskel_map_len(size), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | LSKEL_MAP_ANONYMOUS, -1, 0);
}

static inline const struct lskel_blob_hdr *lskel_image_hdr(const struct lskel_info *info)
{
	return (const struct lskel_blob_hdr *)info->image;
}

static inline const void *lskel_image_at(const struct lskel_info *info, __u32 offset)
{
	return (const char *)info->image + offset;
}

/* The attr at @offset of the stored image, as long as its operation says; the rest is zero. */
static inline union bpf_attr lskel_image_attr(const struct lskel_info *info, __u32 offset)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const char *image = (const char *)info->image;
	const struct lskel_op *op = (const struct lskel_op *)(const void *)(image + hdr->op_off);
	union bpf_attr attr;
	__u32 i;

	memset(&attr, 0, sizeof(attr));
	for (i = 0; i < hdr->op_cnt; i++)
		if (op[i].attr == offset)
			memcpy(&attr, image + offset,
			       op[i].size < sizeof(attr) ? op[i].size : sizeof(attr));
	return attr;
}

/* Whether @op searches the kernel: LSKEL_CMD_FIND_*. */
static inline int lskel_is_search(const struct lskel_op *op)
{
	__u32 cmd = op->cmd & 63;

	return cmd == LSKEL_CMD_FIND_BTF || cmd == LSKEL_CMD_FIND_SYM;
}

/* Makes ctx->found, where nothing is known, unless it is there. Returns 0 or -ENOMEM. */
static inline int lskel_make_found(const struct lskel_info *info, struct lskel_ctx *ctx)
{
	if (!ctx->found)
		ctx->found = (struct lskel_found *)calloc(lskel_image_hdr(info)->op_cnt + 1,
							  sizeof(*ctx->found));
	return ctx->found ? 0 : -ENOMEM;
}

static inline void lskel_drop_found(const struct lskel_info *info, struct lskel_ctx *ctx)
{
	__u32 i, j, cnt = ctx->found ? lskel_image_hdr(info)->op_cnt : 0;

	for (i = 0; i < cnt; i++) {
		int fd = ctx->found[i].fd;

		for (j = i; j < cnt && fd; j++)
			if (ctx->found[j].fd == fd)
				ctx->found[j].fd = 0;
		lskel_close(&fd);
	}
	free(ctx->found);
	ctx->found = NULL;
}

static inline void lskel_drop_fds(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->map_cnt; i++)
		lskel_close(&lskel_map_at(info, skel, i)->map_fd);
	for (i = 0; i < info->prog_cnt; i++)
		lskel_close(&lskel_prog_at(info, skel, i)->prog_fd);
}

/* Forgets what programs are for, where that is not in the blob: of all, or if it was found by load(). */
static inline void lskel_drop_targets(const struct lskel_info *info, void *skel, bool all)
{
	__u32 i;

	for (i = 0; i < info->prog_cnt; i++) {
		struct lskel_prog *prog = lskel_prog_at(info, skel, i);

		if (!all && !prog->target_is_found)
			continue;
		lskel_close(&prog->target_fd);
		prog->target_btf_id = 0;
		prog->target_is_found = false;
	}
}

static inline void lskel_drop_data(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->data_cnt; i++) {
		void **addr = lskel_at(void *, skel, info->data[i].pointer);

		if (*addr && *addr != lskel_map_at(info, skel, info->data[i].map)->arena)
			munmap(*addr, lskel_map_len(lskel_data_size(info, skel, &info->data[i])));
		*addr = NULL;
	}
}

/* Whether a load that failed has dropped it. */
static inline int lskel_lost_data(const struct lskel_info *info, void *skel)
{
	return info->data_cnt && !*lskel_at(void *, skel, info->data[0].pointer);
}

static inline void lskel_drop_arenas(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->map_cnt; i++) {
		struct lskel_map *map = lskel_map_at(info, skel, i);

		if (map->arena)
			munmap(map->arena, map->arena_len);
		map->arena = NULL;
	}
}

/* Takes @link back, which is in no list, and frees it. */
static inline void lskel_free_link(struct lskel_link *link)
{
	lskel_close(&link->fd);
	if (link->undo)
		link->undo(link);
	lskel_close(&link->target_fd);
	lskel_close(&link->prog_fd);
	lskel_close(&link->replaced_fd);
	free(link->data);
	free(link);
}

static inline void lskel_list_link(struct lskel_ctx *ctx, struct lskel_link *link)
{
	link->next = ctx->links;
	ctx->links = link;
}

static inline void lskel_unlist_link(struct lskel_ctx *ctx, const struct lskel_link *link)
{
	struct lskel_link **at = &ctx->links;

	while (*at && *at != link)
		at = &(*at)->next;
	if (*at)
		*at = link->next;
}

/* What attach() has kept of program number @i besides the fd in skel->links, or NULL. */
static inline struct lskel_link *lskel_rest_of_link(const struct lskel_ctx *ctx, __u32 i)
{
	struct lskel_link *link = ctx->links;

	while (link && (link->fd || link->prog != i || !link->attached_by_section))
		link = link->next;
	return link;
}

/* Takes back what attach() has attached of program number @i. */
static inline void lskel_detach_prog(const struct lskel_info *info, void *skel, __u32 i)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_link *rest = lskel_rest_of_link(ctx, i);

	if (rest) {
		lskel_unlist_link(ctx, rest);
		lskel_free_link(rest);
	}
	lskel_close(lskel_at(int, skel, info->progs[i].link));
}

/* The same for struct_ops map number @i, which stays registered without, even when the process has ended. */
static inline void lskel_detach_map(const struct lskel_info *info, void *skel, __u32 i)
{
	int *fd = lskel_at(int, skel, info->struct_ops[i].link);
	const __u32 key = 0;

	if (*fd > 0 && !info->struct_ops[i].by_link)
		lskel_sys_map_delete(*fd, &key);
	lskel_close(fd);
}

/* Number @i of skel->links: those of programs, then those of struct_ops maps. */
static inline int *lskel_link_member(const struct lskel_info *info, void *skel, __u32 i)
{
	return lskel_at(int, skel,
			i < info->prog_cnt ? info->progs[i].link :
					     info->struct_ops[i - info->prog_cnt].link);
}

static inline void lskel_detach_member(const struct lskel_info *info, void *skel, __u32 i)
{
	if (i < info->prog_cnt)
		lskel_detach_prog(info, skel, i);
	else
		lskel_detach_map(info, skel, i - info->prog_cnt);
}

/* Takes back all that attach() and attach_to() have attached and that is not disowned, the last first. */
static inline LSKEL_COLD void lskel_detach(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;

	if (info->struct_ops_calls)
		info->struct_ops_calls->detach(info, skel);
	while (ctx->links) {
		struct lskel_link *link = ctx->links;

		lskel_unlist_link(ctx, link);
		lskel_free_link(link);
	}
	for (i = info->prog_cnt; i-- > 0;)
		lskel_close(lskel_at(int, skel, info->progs[i].link));
}

/* Detaches, unmaps data, closes what is open and frees @skel; does nothing for NULL. */
static inline LSKEL_COLD void lskel_destroy(const struct lskel_info *info, void *skel)
{
	if (!skel)
		return;
	lskel_detach(info, skel);
	lskel_drop_data(info, skel);
	lskel_drop_arenas(info, skel);
	lskel_drop_fds(info, skel);
	if (info->struct_ops_calls)
		info->struct_ops_calls->close(info, skel);
	lskel_drop_targets(info, skel, true);
	lskel_forget_failure((struct lskel_ctx *)skel);
	free(((struct lskel_ctx *)skel)->pin_paths);
	free(((struct lskel_ctx *)skel)->cache);
	free(((struct lskel_ctx *)skel)->usdt);
	lskel_close(&((struct lskel_ctx *)skel)->token_fd);
	free(skel);
}

/*
 * Returns a skeleton whose global data has its initial values and may be changed, or NULL with
 * errno set. Makes no system call but mmap().
 */
static inline LSKEL_COLD void *lskel_open(const struct lskel_info *info)
{
	void *skel = calloc(1, info->skel_size);
	__u32 i;

	if (!skel)
		return NULL;
	for (i = 0; i < info->map_cnt; i++) {
		lskel_map_at(info, skel, i)->autocreate = !(info->maps[i].flags & LSKEL_MAP_OFF);
		lskel_map_at(info, skel, i)->reuse_fd = -1;
		lskel_map_at(info, skel, i)->pin_path = info->maps[i].pin_path;
	}
	for (i = 0; i < info->prog_cnt; i++)
		lskel_prog_at(info, skel, i)->autoload = !(info->progs[i].flags & LSKEL_PROG_OFF);
	for (i = 0; i < info->data_cnt; i++) {
		const struct lskel_data_info *data = &info->data[i];
		__u32 stored = lskel_image_hdr(info)->image_size;
		void *addr;

		addr = lskel_map_memory(data->size);
		if (addr == MAP_FAILED) {
			int err = errno;

			lskel_destroy(info, skel);
			errno = err;
			return NULL;
		}
		*lskel_at(void *, skel, data->pointer) = addr;
		/* What lies behind the stored image is zero, as the new mapping is. */
		if (data->value < stored)
			memcpy(addr, (const char *)info->image + data->value, data->size);
	}
	if (info->struct_ops_calls && info->struct_ops_calls->open(info, skel)) {
		lskel_destroy(info, skel);
		errno = ENOMEM;
		return NULL;
	}
	return skel;
}

#endif /* LSKEL_OPEN_H */
