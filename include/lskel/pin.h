/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps that are pinned in a BPF file system: before the replay the one that is there is taken, after it
 * a new one is pinned. What libbpf does with LIBBPF_PIN_BY_NAME and bpf_map__set_pin_path().
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_PIN_H
#define LSKEL_PIN_H

#include <sys/stat.h>
#include <sys/vfs.h>
#include <lskel/replay.h>

#define LSKEL_BPF_FS_MAGIC 0xcafe4a11U /* include/uapi/linux/magic.h */

/*
 * Pins all maps that the object has with LIBBPF_PIN_BY_NAME as DIR/NAME instead of /sys/fs/bpf/NAME:
 * pin_root_path of struct bpf_object_open_opts. Sets their pin_path, which the application may change
 * again. Returns 0 or -ENOMEM, also in errno.
 */
static inline LSKEL_COLD int lskel_set_pin_root(const struct lskel_info *info, void *skel,
						const char *dir)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	size_t size = 1;
	char *paths;
	__u32 i;

	for (i = 0; i < info->map_cnt; i++)
		if (info->maps[i].pin_path)
			size += strlen(dir) + 1 + strlen(info->maps[i].name) + 1;
	paths = (char *)malloc(size);
	if (!paths)
		return -ENOMEM;
	free(ctx->pin_paths);
	ctx->pin_paths = paths;
	for (i = 0; i < info->map_cnt; i++)
		if (info->maps[i].pin_path) {
			lskel_map_at(info, skel, i)->pin_path = paths;
			paths += sprintf(paths, "%s/%s", dir, info->maps[i].name) + 1;
		}
	return 0;
}

/* What map @i would be created as; where the application gave an fd, what that is. */
static inline int lskel_wanted_map(const struct lskel_info *info, void *skel, __u32 i,
				   struct bpf_map_info *ret)
{
	const struct lskel_map *map = lskel_map_at(info, skel, i);
	union bpf_attr attr = lskel_image_attr(info, info->maps[i].attr);
	int err;

	if (map->map_fd > 0)
		return lskel_sys_map_info(map->map_fd, ret);
	err = lskel_patch_map(&info->maps[i], map, &attr);
	memset(ret, 0, sizeof(*ret));
	ret->type = attr.map_type;
	ret->key_size = attr.key_size;
	ret->value_size = attr.value_size;
	ret->max_entries = attr.max_entries;
	ret->map_flags = attr.map_flags;
	ret->map_extra = attr.map_extra;
	return err;
}

static inline int lskel_differs(struct lskel_failure *failure, const char *what, __u64 found,
				__u64 wanted)
{
	if (found == wanted)
		return 0;
	failure->differs = what;
	failure->found = found;
	failure->wanted = wanted;
	return 1;
}

/* Returns 0 or, when the pinned map differs in what matters to programs, -EINVAL. */
static inline int lskel_compare_maps(struct lskel_failure *failure, struct bpf_map_info *found,
				     struct bpf_map_info *wanted)
{
	/* The kernel adds it to the flags of each DEVMAP. */
	if (found->type == BPF_MAP_TYPE_DEVMAP || found->type == BPF_MAP_TYPE_DEVMAP_HASH) {
		found->map_flags &= ~(__u32)BPF_F_RDONLY_PROG;
		wanted->map_flags &= ~(__u32)BPF_F_RDONLY_PROG;
	}
	if (lskel_differs(failure, "type", found->type, wanted->type) ||
	    lskel_differs(failure, "key_size", found->key_size, wanted->key_size) ||
	    lskel_differs(failure, "value_size", found->value_size, wanted->value_size) ||
	    lskel_differs(failure, "max_entries", found->max_entries, wanted->max_entries) ||
	    lskel_differs(failure, "map_flags", found->map_flags, wanted->map_flags) ||
	    lskel_differs(failure, "map_extra", found->map_extra, wanted->map_extra))
		return -EINVAL;
	return 0;
}

/* Makes the directory that @path lies in. Returns -EINVAL if it is not in a BPF file system. */
static inline int lskel_make_pin_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct statfs fs;
	char *dir;
	int err;

	dir = lskel_copy_string(slash ? path : ".");
	if (!dir)
		return -ENOMEM;
	if (slash)
		dir[slash == path ? 1 : slash - path] = '\0';
	err = mkdir(dir, 0700) && errno != EEXIST ? -errno : 0;
	if (!err && statfs(dir, &fs))
		err = -errno;
	free(dir);
	if (!err && (__u32)fs.f_type != LSKEL_BPF_FS_MAGIC)
		err = -EINVAL;
	return err;
}

/*
 * Takes what is pinned where map @i wants to be, if there is something. It goes before the application's
 * reuse_fd, as in libbpf. A path where nothing can be pinned is found out before anything is loaded.
 */
static inline int lskel_find_pinned(const struct lskel_info *info, void *skel, __u32 i)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_map *map = lskel_map_at(info, skel, i);
	struct bpf_map_info found, wanted;
	int fd, err;

	if (!map->pin_path)
		return 0;
	fd = lskel_above_low_fds(lskel_sys_obj_get(map->pin_path));
	if (fd == -ENOENT) {
		err = lskel_make_pin_dir(map->pin_path);
		return err ? lskel_fail(ctx, LSKEL_STAGE_PIN, i, err) : 0;
	}
	if (fd < 0)
		return lskel_fail(ctx, LSKEL_STAGE_PIN_FIND, i, fd);
	err = lskel_wanted_map(info, skel, i, &wanted);
	if (!err)
		err = lskel_sys_map_info(fd, &found);
	if (!err)
		err = lskel_compare_maps(&ctx->failure, &found, &wanted);
	if (err) {
		close(fd);
		return lskel_fail(ctx, LSKEL_STAGE_PIN_FIND, i, err);
	}
	lskel_close(&map->map_fd);
	map->map_fd = fd;
	map->pinned = LSKEL_PIN_FOUND;
	return 0;
}

/* Pins the maps that were created. -EEXIST: somebody else has pinned one there meanwhile. */
static inline int lskel_pin_maps(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;

	for (i = 0; i < info->map_cnt; i++) {
		struct lskel_map *map = lskel_map_at(info, skel, i);
		int err;

		if (!map->pin_path || map->map_fd <= 0 || map->pinned)
			continue;
		err = lskel_sys_obj_pin(map->map_fd, map->pin_path);
		if (err)
			return lskel_fail(ctx, LSKEL_STAGE_PIN, i, err);
		map->pinned = LSKEL_PIN_MADE;
	}
	return 0;
}

/*
 * Where somebody else has pinned map @i meanwhile, the load uses that map instead, as libbpf would: the
 * programs have to be loaded again, everything else can stay.
 */
static inline void lskel_give_way(const struct lskel_info *info, void *skel, __u32 i)
{
	struct lskel_map *map = lskel_map_at(info, skel, i);

	if (map->arena)
		munmap(map->arena, map->arena_len);
	map->arena = NULL;
	lskel_close(&map->map_fd);
	for (i = 0; i < info->prog_cnt; i++)
		lskel_close(&lskel_prog_at(info, skel, i)->prog_fd);
	lskel_forget_failure((struct lskel_ctx *)skel);
}

/* Takes back what this load has pinned. Maps that were there stay. */
static inline void lskel_unpin_maps(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->map_cnt; i++) {
		struct lskel_map *map = lskel_map_at(info, skel, i);

		if (map->pinned == LSKEL_PIN_MADE)
			unlink(map->pin_path);
		map->pinned = LSKEL_PIN_NONE;
	}
}

#endif /* LSKEL_PIN_H */
