/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching the programs of a loaded skeleton: where their section names say, or where the application says.
 * Here are what is common to all kinds of attaching, and the kinds that need nothing of the host but the
 * kernel: raw tracepoints, BTF tracing programs, LSM hooks, iterators.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_ATTACH_H
#define LSKEL_ATTACH_H

#include <stdarg.h>
#include <lskel/attach_kind.h>
#ifdef LSKEL_LINKED
#include <lskel/linked.h>
#else
#include <lskel/load.h>
#endif
#include <lskel/sys_link.h>

/* With either load. Returns a loaded skeleton, or NULL with errno set. */
static inline LSKEL_COLD void *lskel_open_and_load(const struct lskel_info *info)
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

static inline void lskel_vnote(struct lskel_ctx *ctx, const char *format, va_list args)
{
	const size_t size = 512;

	free(ctx->failure.detail);
	ctx->failure.detail = (char *)malloc(size);
	if (ctx->failure.detail)
		vsnprintf(ctx->failure.detail, size, format, args);
}

/* Notes what failed, as printf() has it, to be read before ": Invalid argument". */
static inline __attribute__((format(printf, 2, 3), unused)) void lskel_note(struct lskel_ctx *ctx,
									    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	lskel_vnote(ctx, format, args);
	va_end(args);
}

/* The same for a kind's function. Returns @err, a negative errno. */
static inline __attribute__((format(printf, 3, 4), unused)) int lskel_attach_fail(
	const struct lskel_attaching *at, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	lskel_vnote((struct lskel_ctx *)at->skel, format, args);
	va_end(args);
	return err;
}

/*
 * A raw tracepoint: where.func, and where.cookie since Linux 6.10. Programs of BTF tracepoints have their
 * name since they were loaded.
 */
static inline int lskel_attach_raw_tp(const struct lskel_attaching *at, struct lskel_link *link)
{
	const struct lskel_where *where = at->where;
	const char *name = at->info->progs[at->prog].attach_type ? NULL : where->func;

	link->fd = lskel_sys_raw_tracepoint_open(name, at->prog_fd, where->cookie);
	if (link->fd >= 0)
		return 0;
	if (link->fd == -EINVAL && where->cookie)
		return lskel_attach_fail(at, link->fd,
					 "a cookie of a raw tracepoint needs Linux 6.10");
	if (name)
		return lskel_attach_fail(at, link->fd, "tracepoint '%s'", name);
	return link->fd;
}

static const struct lskel_attach_kind lskel_kind_raw_tp
	__attribute__((unused)) = { "raw tracepoint", LSKEL_LINUX(4, 17), lskel_attach_raw_tp };

/*
 * A program that knows its target since it was loaded; where.cookie since Linux 5.19, for BTF tracepoints since
 * 6.10: before that, LINK_CREATE would ignore it.
 */
static inline int lskel_attach_trace(const struct lskel_attaching *at, struct lskel_link *link)
{
	struct lskel_link_attr attr;

	if (at->info->progs[at->prog].attach_type == BPF_TRACE_RAW_TP && at->where->cookie)
		return lskel_attach_raw_tp(at, link);
	lskel_link_attr_init(&attr, at->prog_fd, 0, at->info->progs[at->prog].attach_type);
	attr.u.tracing.cookie = at->where->cookie;
	link->fd = lskel_sys_link_create(&attr);
	return link->fd < 0 ? link->fd : 0;
}

static const struct lskel_attach_kind lskel_kind_trace
	__attribute__((unused)) = { "BTF tracing", LSKEL_LINUX(5, 5), lskel_attach_trace };

/* An iterator: where.iter, which says of what (a map, a cgroup, a task); NULL: of everything. */
static inline int lskel_attach_iter(const struct lskel_attaching *at, struct lskel_link *link)
{
	struct lskel_link_attr attr;

	lskel_link_attr_init(&attr, at->prog_fd, 0, at->info->progs[at->prog].attach_type);
	attr.u.iter.info = lskel_u64(at->where->iter);
	attr.u.iter.len = at->where->iter_len;
	link->fd = lskel_sys_link_create(&attr);
	return link->fd < 0 ? link->fd : 0;
}

static const struct lskel_attach_kind lskel_kind_iter
	__attribute__((unused)) = { "iterator", LSKEL_LINUX(5, 8), lskel_attach_iter };

/* What libbpf attaches by its section, and this version can't. */
static inline int lskel_attach_unknown(const struct lskel_attaching *at, struct lskel_link *link)
{
	(void)at;
	(void)link;
	return -EOPNOTSUPP;
}

static const struct lskel_attach_kind lskel_kind_unknown
	__attribute__((unused)) = { "unknown", 0, lskel_attach_unknown };

/* What libbpf fails to attach because of what its section says. attach_to() may do it. */
static inline int lskel_attach_invalid(const struct lskel_attaching *at, struct lskel_link *link)
{
	(void)link;
	return lskel_attach_fail(at, -EINVAL, "its section does not say where as libbpf has it");
}

static const struct lskel_attach_kind lskel_kind_invalid
	__attribute__((unused)) = { "invalid", LSKEL_LINUX(3, 18), lskel_attach_invalid };

/* For a wrong use of attaching functions, which is noted. Returns -@err, also in errno. */
static inline int lskel_misuse(struct lskel_ctx *ctx, __u32 use, int err)
{
	errno = err;
	return lskel_fail(ctx, LSKEL_STAGE_USE, use, -err);
}

/*
 * Attaches program number @i, which is loaded, at @where. Returns the link, which is not yet in the list of
 * the skeleton; or NULL, with the failure noted and errno set.
 */
static inline struct lskel_link *lskel_make_link(const struct lskel_info *info, void *skel, __u32 i,
						 const struct lskel_attach_kind *kind,
						 const struct lskel_where *where)
{
	struct lskel_link *link = (struct lskel_link *)calloc(1, sizeof(*link));
	struct lskel_attaching at;
	int err = -ENOMEM;

	if (link) {
		link->prog = i;
		at.info = info;
		at.skel = skel;
		at.prog = i;
		at.prog_fd = lskel_prog_at(info, skel, i)->prog_fd;
		at.where = where;
		at.kind = kind;
		err = kind->attach(&at, link);
		if (!err)
			return link;
		lskel_free_link(link);
	}
	((struct lskel_ctx *)skel)->failure.kind = kind;
	lskel_fail((struct lskel_ctx *)skel, LSKEL_STAGE_ATTACH, i, err);
	errno = -err;
	return NULL;
}

/*
 * Attaches program number @i of @skel where its section says, and keeps the link's fd in skel->links. Returns
 * that fd, which the skeleton owns, or 0 when there is nothing to do: the program isn't loaded or its section
 * does not say where. Otherwise a negative errno, also in errno; -EBUSY when it is attached already, as the
 * kernel says of all but raw tracepoints.
 */
static inline LSKEL_COLD int lskel_attach_prog(const struct lskel_info *info, void *skel, __u32 i)
{
	struct lskel_where nowhere;
	const struct lskel_prog_info *prog = &info->progs[i];
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int *fd = lskel_at(int, skel, prog->link);
	struct lskel_link *link;

	lskel_forget_failure(ctx);
	if (!ctx->loaded)
		return lskel_misuse(ctx, LSKEL_USE_ATTACH, EINVAL);
	if (lskel_prog_at(info, skel, i)->prog_fd < 0 || !prog->kind)
		return 0;
	if (*fd > 0)
		return lskel_misuse(ctx, LSKEL_USE_AGAIN, EBUSY);

	memset(&nowhere, 0, sizeof(nowhere));
	link = lskel_make_link(info, skel, i, prog->kind, prog->where ? prog->where : &nowhere);
	if (!link)
		return -errno;
	*fd = link->fd;
	link->fd = 0;
	link->attached_by_section = true;
	if (link->undo)
		lskel_list_link(ctx, link);
	else
		lskel_free_link(link);
	return *fd;
}

/*
 * Attaches program number @i of @skel, which is of @kind, at @where: as often and in as many places as the
 * kernel allows. Returns the link, which belongs to the skeleton: foo__link_detach() takes it back, and so do
 * detach() and destroy(). NULL with errno set when it can't be: EINVAL for a skeleton or program that is not
 * loaded, or what @kind says.
 */
static inline LSKEL_COLD struct lskel_link *lskel_attach_to(const struct lskel_info *info,
							    void *skel, __u32 i,
							    const struct lskel_attach_kind *kind,
							    const struct lskel_where *where)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_link *link;

	lskel_forget_failure(ctx);
	if (!ctx->loaded || lskel_prog_at(info, skel, i)->prog_fd < 0) {
		lskel_misuse(ctx, ctx->loaded ? LSKEL_USE_UNLOADED : LSKEL_USE_ATTACH, EINVAL);
		return NULL;
	}
	link = lskel_make_link(info, skel, i, kind, where);
	if (link)
		lskel_list_link(ctx, link);
	return link;
}

/* Attaches those programs and struct_ops maps that are not attached yet. */
static inline int lskel_attach_rest(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->prog_cnt; i++) {
		int fd = 0;

		if (*lskel_at(int, skel, info->progs[i].link) <= 0)
			fd = lskel_attach_prog(info, skel, i);
		if (fd < 0)
			return fd;
	}
	return info->struct_ops_calls ? info->struct_ops_calls->attach(info, skel) : 0;
}

/*
 * Attaches every program and struct_ops map of @skel that libbpf's bpf_object__attach_skeleton() would
 * attach, which are not those that are attached already. Returns 0, or the first failure as a negative
 * errno, also in errno; then what this call has attached is taken back, which libbpf leaves to the application.
 */
static inline LSKEL_COLD int lskel_attach(const struct lskel_info *info, void *skel)
{
	const __u32 cnt = info->prog_cnt + info->struct_ops_cnt;
	bool *before = (bool *)malloc(cnt + 1UL);
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err;
	__u32 i;

	lskel_forget_failure(ctx);
	if (!before) {
		lskel_note(ctx, "attach");
		errno = ENOMEM;
		return lskel_fail(ctx, LSKEL_STAGE_DETAIL, 0, -ENOMEM);
	}
	for (i = 0; i < cnt; i++)
		before[i] = *lskel_link_member(info, skel, i) > 0;
	err = lskel_attach_rest(info, skel);
	for (i = cnt; err && i-- > 0;)
		if (!before[i])
			lskel_detach_member(info, skel, i);
	free(before);
	if (err)
		errno = -err;
	return err;
}

#endif /* LSKEL_ATTACH_H */
