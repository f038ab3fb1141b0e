/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loading a skeleton: replays its blob, takes the fds out of it, and does what a loader program may
 * not. Everything that differs between skeletons comes from its struct lskel_info. Attaching is in
 * <lskel/attach.h>, messages in <lskel/error.h>.
 *
 * Since: lskel 0.1
 */
#ifndef LSKEL_LOAD_H
#define LSKEL_LOAD_H

#include <lskel/replay.h>

/* Takes the fds that a successful replay made. */
static inline void lskel_take_fds(const struct lskel_info *info, void *skel,
				  const struct lskel_replay *replay)
{
	const int *fds = (const int *)(void *)(replay->blob + lskel_image_hdr(info)->fd_off);
	__u32 i;

	for (i = 0; i < info->map_cnt; i++)
		lskel_at(struct lskel_map, skel, info->maps[i].desc)->map_fd =
			fds[info->maps[i].slot];
	for (i = 0; i < info->prog_cnt; i++) {
		const struct lskel_prog_info *prog = &info->progs[i];

		lskel_at(struct lskel_prog, skel, prog->desc)->prog_fd =
			prog->slot == LSKEL_NOT_LOADED ? -1 : fds[prog->slot];
	}
}

/* What the kernel does not let a loader program do: PROG_BIND_MAP, and mmap() of course. */
static inline int lskel_finish(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;
	int err;

	for (i = 0; i < info->bind_cnt; i++) {
		const struct lskel_bind_info *bind = &info->binds[i];

		err = lskel_sys_prog_bind_map(
			lskel_at(struct lskel_prog, skel, info->progs[bind->prog].desc)->prog_fd,
			lskel_at(struct lskel_map, skel, info->maps[bind->map].desc)->map_fd);
		if (err)
			return lskel_fail(ctx, LSKEL_STAGE_BIND, i, err);
	}
	for (i = 0; i < info->data_cnt; i++) {
		const struct lskel_data_info *data = &info->data[i];
		int prot = data->readonly ? PROT_READ : PROT_READ | PROT_WRITE;
		void *addr = *lskel_at(void *, skel, data->pointer);

		addr = mmap(addr, lskel_data_map_len(data), prot, MAP_SHARED | MAP_FIXED,
			    lskel_at(struct lskel_map, skel, info->maps[data->map].desc)->map_fd,
			    0);
		if (addr == MAP_FAILED) {
			err = lskel_fail(ctx, LSKEL_STAGE_DATA, i, -errno);
			/* Some of it shows maps by now, and would keep them alive. */
			lskel_drop_data(info, skel);
			return err;
		}
	}
	return 0;
}

static inline int lskel_lost_data(const struct lskel_info *info, void *skel)
{
	return info->data_cnt && !*lskel_at(void *, skel, info->data[0].pointer);
}

/*
 * Creates the maps and loads the programs of @skel. Returns 0, or a negative errno, which is also in
 * errno; then nothing is left in the kernel and lskel_error() tells what happened. A skeleton is
 * loaded once; one whose load failed can be destroyed or, with other settings, loaded again (unless its
 * global data could not be mapped: then that is gone, too).
 */
static inline int lskel_load(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_replay replay = { -1, -1, -1, NULL, 0 };
	int low[3] = { -1, -1, -1 }, i, err;

	lskel_forget_failure(ctx);
	if (ctx->loaded || lskel_lost_data(info, skel)) {
		errno = EINVAL;
		return lskel_fail(ctx, LSKEL_STAGE_USE, LSKEL_USE_LOAD, -EINVAL);
	}
	/* What malloc() gave, or an earlier log, is not the verifier's. */
	if (ctx->log_level && ctx->log_buf && ctx->log_size)
		*(char *)(unsigned long)ctx->log_buf = '\0';
	err = info->resolve_kconfig ? info->resolve_kconfig(info, skel) : 0;
	if (!err)
		err = lskel_prepare(info, ctx, &replay, low);
	if (!err)
		err = lskel_replay_blob(info, skel, &replay);
	if (!err)
		lskel_take_fds(info, skel, &replay);

	if (replay.blob)
		munmap(replay.blob, lskel_image_hdr(info)->size);
	lskel_close(&replay.prog_fd);
	lskel_close(&replay.btf_fd);
	lskel_close(&replay.map_fd);

	if (!err) {
		err = lskel_finish(info, skel);
		if (err)
			lskel_drop_fds(info, skel);
	}
	for (i = 0; i < 3; i++)
		if (low[i] >= 0)
			close(low[i]);
	ctx->loaded = !err;
	if (err)
		errno = -err;
	else
		lskel_forget_failure(ctx);
	return err;
}

/* Returns a loaded skeleton, or NULL with errno set. */
static inline void *lskel_open_and_load(const struct lskel_info *info)
{
	void *skel = lskel_open(info);
	int err;

	if (!skel)
		return NULL;
	err = lskel_load(info, skel);
	if (err) {
		lskel_destroy(info, skel);
		errno = -err;
		return NULL;
	}
	return skel;
}

#endif /* LSKEL_LOAD_H */
