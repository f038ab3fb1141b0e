/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loading a skeleton: replays its blob, takes the fds out of it, and does what a loader program may
 * not. Everything that differs between skeletons comes from its struct lskel_info. Attaching is in
 * <lskel/attach.h>, messages in <lskel/error.h>.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_LOAD_H
#define LSKEL_LOAD_H

#include <lskel/pin.h>
#include <lskel/token.h>

/* Takes the fds that a successful replay made. */
static inline void lskel_take_fds(const struct lskel_info *info, void *skel,
				  const struct lskel_replay *replay)
{
	const int *fds = (const int *)(void *)(replay->blob + lskel_image_hdr(info)->fd_off);
	__u32 i;

	for (i = 0; i < info->map_cnt; i++)
		lskel_map_at(info, skel, i)->map_fd = fds[info->maps[i].slot];
	for (i = 0; i < info->prog_cnt; i++) {
		__u32 slot = info->progs[i].slot;

		lskel_prog_at(info, skel, i)->prog_fd = slot == LSKEL_NOT_LOADED ? -1 : fds[slot];
	}
}

/* Looks at what the application chose, before anything is done in the kernel. */
static inline int lskel_check_choices(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;

	for (i = 0; i < info->prog_cnt; i++) {
		const struct lskel_prog *prog = lskel_prog_at(info, skel, i);

		if (!prog->autoload)
			continue;
		if (info->progs[i].attr == LSKEL_NOT_LOADED)
			return lskel_fail(ctx, LSKEL_STAGE_AUTOLOAD, i, -EOPNOTSUPP);
		if (info->progs[i].flags & LSKEL_PROG_TARGET && !prog->target_btf_id)
			return lskel_fail(ctx, LSKEL_STAGE_TARGET, i, -EINVAL);
	}
	/* What malloc() gave, or an earlier log, is not the verifier's. */
	if (ctx->log_level && ctx->log_buf && ctx->log_size)
		*(char *)(unsigned long)ctx->log_buf = '\0';
	for (i = 0; i < info->prog_cnt; i++) {
		struct lskel_prog *prog = lskel_prog_at(info, skel, i);

		if (prog->log_level && prog->log_buf && prog->log_size)
			*prog->log_buf = '\0';
	}
	return 0;
}

/* Maps an arena, @entries pages, at @map_extra or, if that is 0, anywhere. */
static inline int lskel_map_arena(struct lskel_map *map, __u32 entries, __u64 map_extra, int flags)
{
	size_t len = (size_t)entries * lskel_page_size();
	void *addr = mmap((void *)(unsigned long)map_extra, len, PROT_READ | PROT_WRITE,
			  MAP_SHARED | flags, map->map_fd, 0);

	if (addr == MAP_FAILED)
		return -errno;
	map->arena = addr;
	map->arena_len = len;
	return 0;
}

/*
 * The verifier has to know where an arena is mapped, so that is done before the replay. Initial values go
 * into it at once.
 */
static inline int lskel_make_arena(const struct lskel_info *info, void *skel, __u32 i)
{
	struct lskel_map *map = lskel_map_at(info, skel, i);
	union bpf_attr attr = lskel_image_attr(info, info->maps[i].attr);
	__u32 j;
	int err;

	err = lskel_patch_map(&info->maps[i], map, &attr);
	if (err)
		return err;
	map->map_fd = lskel_above_low_fds(
		lskel_sys_bpf_token(BPF_MAP_CREATE, &attr, ((struct lskel_ctx *)skel)->token_fd));
	if (map->map_fd < 0)
		return map->map_fd;
	err = lskel_map_arena(map, attr.max_entries, attr.map_extra,
			      attr.map_extra ? MAP_FIXED : 0);
	if (err)
		return err;
	for (j = 0; j < info->data_cnt; j++)
		if (info->data[j].map == i)
			memcpy(map->arena, *lskel_at(void *, skel, info->data[j].pointer),
			       info->data[j].size);
	return 0;
}

/*
 * One that is there already has its contents. Only map_extra says where it is mapped. In a process that has
 * something there, be it the same arena, it is not mapped again.
 */
static inline int lskel_find_arena(struct lskel_map *map)
{
	struct bpf_map_info found;
	int err = lskel_sys_map_info(map->map_fd, &found);

	if (!err && found.map_extra)
		err = lskel_map_arena(map, found.max_entries, found.map_extra,
				      LSKEL_MAP_FIXED_NOREPLACE);
	return err == -EEXIST ? 0 : err;
}

/* Maps that are there before the replay. */
static inline int lskel_take_maps(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;
	int err;

	for (i = 0; i < info->map_cnt; i++) {
		struct lskel_map *map = lskel_map_at(info, skel, i);

		/* It is there if this is another try. */
		if (!map->autocreate || map->map_fd > 0)
			continue;
		if (map->reuse_fd >= 0) {
			map->map_fd = fcntl(map->reuse_fd, LSKEL_F_DUPFD_CLOEXEC, 3);
			if (map->map_fd < 0)
				return lskel_fail(ctx, LSKEL_STAGE_REUSE, i, -errno);
		}
		err = lskel_find_pinned(info, skel, i);
		if (err)
			return err;
		if (!(info->maps[i].flags & LSKEL_MAP_ARENA))
			continue;
		err = map->map_fd > 0 ? lskel_find_arena(map) : lskel_make_arena(info, skel, i);
		if (err)
			return lskel_fail(ctx, LSKEL_STAGE_ARENA, i, err);
	}
	return 0;
}

/* The application's pointer to variables in an arena: into the arena itself from now on. */
static inline void lskel_show_arenas(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->data_cnt; i++) {
		void **addr = lskel_at(void *, skel, info->data[i].pointer);
		const struct lskel_map *map = lskel_map_at(info, skel, info->data[i].map);

		if (!map->arena)
			continue;
		munmap(*addr, lskel_map_len(info->data[i].size));
		*addr = map->arena;
	}
}

/* What the kernel does not let a loader program do: PROG_BIND_MAP, and mmap() of course. */
static inline int lskel_finish(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;
	int err;

	for (i = 0; i < info->bind_cnt; i++) {
		int prog_fd = lskel_prog_at(info, skel, info->binds[i].prog)->prog_fd;
		int map_fd = lskel_map_at(info, skel, info->binds[i].map)->map_fd;

		if (prog_fd < 0 || map_fd < 0)
			continue;
		err = lskel_sys_prog_bind_map(prog_fd, map_fd);
		if (err)
			return lskel_fail(ctx, LSKEL_STAGE_BIND, i, err);
	}
	/* As long as the data of the skeleton is its own, for another try. */
	err = lskel_pin_maps(info, skel);
	if (err)
		return err;
	for (i = 0; i < info->data_cnt; i++) {
		const struct lskel_data_info *data = &info->data[i];
		int prot = data->readonly ? PROT_READ : PROT_READ | PROT_WRITE;
		size_t len = lskel_map_len(lskel_data_size(info, skel, data));
		void *addr = *lskel_at(void *, skel, data->pointer);
		int map_fd = lskel_map_at(info, skel, data->map)->map_fd;

		if (map_fd < 0 || info->maps[data->map].flags & LSKEL_MAP_ARENA)
			continue;
		addr = mmap(addr, len, prot, MAP_SHARED | MAP_FIXED, map_fd, 0);
		if (addr == MAP_FAILED) {
			err = lskel_fail(ctx, LSKEL_STAGE_DATA, i, -errno);
			/* Some of it shows maps by now, and would keep them alive. */
			lskel_drop_data(info, skel);
			return err;
		}
	}
	lskel_show_arenas(info, skel);
	return 0;
}

/* One replay, with the maps that are there already. */
static inline int lskel_load_once(const struct lskel_info *info, void *skel)
{
	struct lskel_replay replay = { -1, -1, -1, NULL, 0, 0, 0 };
	int low[3] = { -1, -1, -1 }, err;

	err = lskel_take_maps(info, skel);
	if (!err)
		err = lskel_prepare(info, skel, &replay, low);
	if (!err)
		err = lskel_replay_blob(info, skel, &replay);
	if (!err) {
		lskel_take_fds(info, skel, &replay);
		err = lskel_finish(info, skel);
	}
	lskel_end_replay(&replay, low);
	return err;
}

/* What is decided before the replay, in libbpf's order. */
static inline int lskel_look_ahead(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err = info->find_externs ? info->find_externs(info, skel) : 0;

	if (!err && info->resolve_kconfig)
		err = info->resolve_kconfig(info, skel);
	if (!err && info->struct_ops_calls)
		err = info->struct_ops_calls->prepare(info, skel);
	if (!err)
		err = lskel_check_choices(info, skel);
	if (!err && info->find_targets)
		err = info->find_targets(info, skel);
	if (ctx->kernel)
		ctx->drop_kernel(ctx);
	return err;
}

/* The same as often as others are faster with pinning a map. */
static inline int lskel_load_with_token(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 tries = info->map_cnt;
	int err = lskel_look_ahead(info, skel);

	if (!err)
		err = lskel_load_once(info, skel);
	while (err == -EEXIST && ctx->failure.stage == LSKEL_STAGE_PIN && tries--) {
		lskel_give_way(info, skel, ctx->failure.at);
		err = lskel_load_once(info, skel);
	}
	if (err) {
		lskel_unpin_maps(info, skel);
		lskel_drop_arenas(info, skel);
		lskel_drop_fds(info, skel);
	}
	return err;
}

/*
 * Creates the maps and loads the programs of @skel. Returns 0, or a negative errno, which is also in
 * errno; then nothing is left in the kernel and lskel_error() tells what happened. A skeleton is
 * loaded once; one whose load failed can be destroyed or, with other settings, loaded again (unless its
 * global data could not be mapped: then that is gone, too).
 */
static inline LSKEL_COLD int lskel_load(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err;

	lskel_forget_failure(ctx);
	if (ctx->loaded || lskel_lost_data(info, skel)) {
		errno = EINVAL;
		return lskel_fail(ctx, LSKEL_STAGE_USE, LSKEL_USE_LOAD, -EINVAL);
	}
	if (info->relocated)
		info->relocated->choose(info, skel);
	err = lskel_take_token(ctx);
	if (!err) {
		err = lskel_load_with_token(info, skel);
		if (err == -EPERM && lskel_try_token(ctx))
			err = lskel_load_with_token(info, skel);
	}
	if (info->struct_ops_calls)
		info->struct_ops_calls->finish(info, skel);
	if (err)
		lskel_close(&ctx->token_fd);
	lskel_drop_found(info, ctx);
	lskel_drop_targets(info, skel, !err);
	ctx->loaded = !err;
	if (err)
		errno = -err;
	else
		lskel_forget_failure(ctx);
	return err;
}

#endif /* LSKEL_LOAD_H */
