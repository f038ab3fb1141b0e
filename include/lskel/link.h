/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What can be done with links and programs once they are there: another program for a link, pins in a BPF file
 * system, and giving up what shall outlive the skeleton. Attaching is in <lskel/attach.h>.
 *
 * Internal: applications call foo__link_update() and its like, see <lskel/define.h>.
 */
#ifndef LSKEL_LINK_H
#define LSKEL_LINK_H

#include <lskel/attach.h>

/*
 * Detaches @link, of attach_to() of one of @skel's programs, and frees it; does nothing for NULL. A link that is
 * pinned stays attached.
 */
static inline LSKEL_COLD void lskel_link_detach(void *skel, struct lskel_link *link)
{
	if (!link)
		return;
	lskel_unlist_link((struct lskel_ctx *)skel, link);
	lskel_free_link(link);
}

/* A USDT program at several places, before Linux 6.6: no one fd keeps it attached. */
static inline int lskel_refuse_many(void *skel, __u32 prog)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;

	lskel_forget_failure(ctx);
	lskel_note(ctx, "it is several BPF links, which can't be given up");
	errno = EOPNOTSUPP;
	return lskel_fail(ctx, LSKEL_STAGE_ATTACH, prog, -EOPNOTSUPP);
}

/*
 * Gives @link up, of attach_to(): it is freed, and the program stays attached. Returns the fd of the BPF link,
 * which is the caller's now: when it is closed, by the end of the process at the latest, the program is detached,
 * unless the link is pinned. Returns 0 for what was attached in an older way, without a link: that stays until
 * somebody takes it away. -EOPNOTSUPP, also in errno: it is several BPF links, as USDT is before Linux 6.6; then nothing
 * has changed.
 */
static inline LSKEL_COLD int lskel_link_disown(void *skel, struct lskel_link *link)
{
	int fd = link->fd;

	if (link->more_fds)
		return lskel_refuse_many(skel, link->prog);
	lskel_unlist_link((struct lskel_ctx *)skel, link);
	link->fd = 0;
	link->undo = NULL;
	lskel_free_link(link);
	return fd;
}

static inline int lskel_update_link(struct lskel_link *link, int prog_fd, int old_fd)
{
	int own, err;

	if (link->fd <= 0)
		return -EOPNOTSUPP;
	own = fcntl(prog_fd, LSKEL_F_DUPFD_CLOEXEC, 3);
	if (own < 0)
		return -errno;
	err = lskel_sys_link_update(link->fd, own, link->prog_fd > 0 ? link->prog_fd : old_fd);
	if (err) {
		close(own);
		return err;
	}
	lskel_close(&link->prog_fd);
	link->prog_fd = own;
	return 0;
}

/*
 * Puts the program @prog_fd, of this skeleton or any other, in the place of the one that @link has attached, in one
 * step and as long as it is still there: BPF_LINK_UPDATE with BPF_F_REPLACE. @prog_fd stays the caller's. Returns 0, or
 * a negative errno, also in errno; then nothing has changed. -EOPNOTSUPP: it was attached in an older way, without
 * a link; -EPERM: somebody has put another program into the link; -EINVAL: links of this kind can't be changed, which
 * those can that <lskel/attach_link.h> makes, but for netfilter's; or the program is of another type.
 */
static inline LSKEL_COLD int lskel_link_update(const struct lskel_info *info, void *skel,
					       struct lskel_link *link, int prog_fd)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err;

	lskel_forget_failure(ctx);
	err = lskel_update_link(link, prog_fd, lskel_prog_at(info, skel, link->prog)->prog_fd);
	if (!err)
		return 0;
	lskel_note(ctx, "%s", err == -EOPNOTSUPP ? "it has no BPF link" : "the update of its link");
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_ATTACH, link->prog, err);
}

/*
 * Which number of skel->links @fd is, of what is attached. Returns 0, or a negative errno, also in errno, with the
 * failure noted.
 */
static inline int lskel_number_of_link(const struct lskel_info *info, void *skel, const int *fd,
				       __u32 *ret)
{
	const __u32 cnt = info->prog_cnt + info->struct_ops_cnt;
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	bool found;
	int err;

	lskel_forget_failure(ctx);
	for (*ret = 0; *ret < cnt; ++*ret)
		if (fd == lskel_link_member(info, skel, *ret))
			break;
	found = *ret < cnt;
	if (found && *fd > 0)
		return 0;
	err = found ? -ENOENT : -EINVAL;
	lskel_note(ctx, "change what attach() has attached: %s",
		   found ? "it is not attached" : "that is no member of skel->links");
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_DETAIL, 0, err);
}

/* Whether number @i of skel->links is a struct_ops map that is registered without a BPF link. */
static inline bool lskel_has_no_link(const struct lskel_info *info, __u32 i)
{
	return i >= info->prog_cnt && !info->struct_ops[i - info->prog_cnt].by_link;
}

/*
 * What attach() has attached, and keeps in @fd, which points at skel->links.NAME_fd, alone:
 *
 * Detaches it. Returns 0; or, as all three do, a negative errno, also in errno: -ENOENT: it is not attached; -EINVAL:
 * @fd is no member of skel->links.
 */
static inline LSKEL_COLD int lskel_detach_one(const struct lskel_info *info, void *skel, int *fd)
{
	__u32 i;
	int err = lskel_number_of_link(info, skel, fd, &i);

	if (!err)
		lskel_detach_member(info, skel, i);
	return err;
}

/*
 * Gives it up: it stays attached. Returns the fd of the BPF link, which is the caller's now, as lskel_link_disown()
 * does; or 0 for a struct_ops map without a link, which stays registered until somebody deletes its element 0. @fd is 0
 * then.
 */
static inline LSKEL_COLD int lskel_disown(const struct lskel_info *info, void *skel, int *fd)
{
	struct lskel_link *rest = NULL;
	int own, err;
	__u32 i;

	err = lskel_number_of_link(info, skel, fd, &i);
	if (err)
		return err;
	if (lskel_has_no_link(info, i)) {
		lskel_close(fd);
		return 0;
	}
	if (i < info->prog_cnt)
		rest = lskel_rest_of_link((struct lskel_ctx *)skel, i);
	if (rest) {
		err = lskel_link_disown(skel, rest);
		if (err)
			return err;
	}
	own = *fd;
	*fd = 0;
	return own;
}

/*
 * Puts the program @prog_fd in the place of the one that is attached: BPF_LINK_UPDATE. @prog_fd stays the caller's.
 * -EINVAL: links of this kind can't be changed, which of those that attach() makes only iterators' can, or the program
 * is of another type. -EOPNOTSUPP: it is a struct_ops map, see lskel_struct_ops_put_into().
 */
static inline LSKEL_COLD int lskel_update(const struct lskel_info *info, void *skel, int *fd,
					  int prog_fd)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err;
	__u32 i;

	err = lskel_number_of_link(info, skel, fd, &i);
	if (err)
		return err;
	if (i >= info->prog_cnt) {
		lskel_note(ctx,
			   "change the link of a struct_ops map, which %s__MAP__put_into() can",
			   info->name);
		errno = EOPNOTSUPP;
		return lskel_fail(ctx, LSKEL_STAGE_DETAIL, 0, -EOPNOTSUPP);
	}
	err = lskel_sys_link_put(*fd, prog_fd);
	if (!err)
		return 0;
	lskel_note(ctx, "the update of its link");
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_ATTACH, i, err);
}

/* What @fd of @skel is, for messages. */
static inline const char *lskel_fd_name(const struct lskel_info *info, void *skel, int fd,
					const char **ret_what)
{
	const struct lskel_link *link = ((struct lskel_ctx *)skel)->links;
	__u32 i;

	for (i = 0; i < info->prog_cnt; i++) {
		*ret_what = "program";
		if (lskel_prog_at(info, skel, i)->prog_fd == fd)
			return info->progs[i].name;
		*ret_what = "the link of";
		if (*lskel_at(int, skel, info->progs[i].link) == fd)
			return info->progs[i].name;
	}
	for (; link; link = link->next)
		if (link->fd == fd)
			return info->progs[link->prog].name;
	*ret_what = "map";
	for (i = 0; i < info->map_cnt; i++)
		if (lskel_map_at(info, skel, i)->map_fd == fd)
			return info->maps[i].name;
	*ret_what = "fd of";
	return "others";
}

/*
 * Pins what @fd is, a program, link or map of @skel, at @path in a BPF file system, where it stays until
 * foo__unpin() or anybody unlinks it. The last directory of @path is made if it isn't there, as libbpf does. Returns
 * 0, or a negative errno, also in errno. -EINVAL: @path is not in a BPF file system; -EBADF: @fd is 0 or -1, because it is
 * not loaded or attached, or was attached in an older way, without a link; -EEXIST.
 */
static inline LSKEL_COLD int lskel_pin(const struct lskel_info *info, void *skel, int fd,
				       const char *path)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	const char *what, *name;
	int err = fd > 0 ? lskel_make_pin_dir(path) : -EBADF;
	bool elsewhere = err == -EINVAL;

	lskel_forget_failure(ctx);
	if (!err)
		err = lskel_sys_obj_pin(fd, path);
	if (!err)
		return 0;
	if (fd <= 0) {
		lskel_note(ctx, "pin at '%s' what is not loaded, or has no BPF link", path);
	} else {
		name = lskel_fd_name(info, skel, fd, &what);
		lskel_note(ctx, "pin %s '%s' at '%s'%s", what, name, path,
			   elsewhere ? ", which is not in a BPF file system" : "");
	}
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_DETAIL, 0, err);
}

/*
 * Takes the pin at @path away, of whatever. Returns 0, or a negative errno, also in errno. -EINVAL: it is not
 * in a BPF file system.
 */
static inline LSKEL_COLD int lskel_unpin(void *skel, const char *path)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct statfs fs;
	int err = 0;

	lskel_forget_failure(ctx);
	if (statfs(path, &fs))
		err = -errno;
	else if ((__u32)fs.f_type != LSKEL_BPF_FS_MAGIC)
		err = -EINVAL;
	else if (unlink(path))
		err = -errno;
	if (!err)
		return 0;
	lskel_note(ctx, "take away the pin at '%s'%s", path,
		   err == -EINVAL ? ", which is not in a BPF file system" : "");
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_DETAIL, 0, err);
}

#endif /* LSKEL_LINK_H */
