/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching the programs of a loaded skeleton where their section names say. What is to be done for
 * a program stands in its struct lskel_prog_info; here are only the kinds that need nothing of the
 * host but the kernel: raw tracepoints, BTF tracing programs, LSM hooks, iterators.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_ATTACH_H
#define LSKEL_ATTACH_H

#include <lskel/load.h>

/*
 * Attaches program number @i of @skel and keeps the link's fd in skel->links. Returns that fd, which
 * the skeleton owns, or 0 when there is nothing to do: the program isn't loaded or its section names no
 * target. Otherwise a negative errno, also in errno; -EBUSY when the program is attached already, as the
 * kernel says of all but raw tracepoints.
 */
static inline int lskel_attach_prog(const struct lskel_info *info, void *skel, __u32 i)
{
	const struct lskel_prog_info *prog = &info->progs[i];
	int *link = lskel_at(int, skel, prog->link);
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int prog_fd = lskel_prog_at(info, skel, i)->prog_fd;
	int fd;

	lskel_forget_failure(ctx);
	if (!ctx->loaded) {
		errno = EINVAL;
		return lskel_fail(ctx, LSKEL_STAGE_USE, LSKEL_USE_ATTACH, -EINVAL);
	}
	if (prog_fd < 0)
		return 0;
	if (*link > 0) {
		errno = EBUSY;
		return lskel_fail(ctx, LSKEL_STAGE_USE, LSKEL_USE_AGAIN, -EBUSY);
	}

	switch (prog->attach_cmd) {
	case LSKEL_ATTACH_NONE:
		return 0;
	case BPF_RAW_TRACEPOINT_OPEN:
		fd = lskel_sys_raw_tracepoint_open(prog->attach_target, prog_fd);
		break;
	case BPF_LINK_CREATE:
		fd = lskel_sys_link_create(prog_fd, 0, prog->attach_type);
		break;
	default:
		fd = -EOPNOTSUPP;
	}
	fd = lskel_above_low_fds(fd);
	if (fd < 0) {
		errno = -fd;
		return lskel_fail(ctx, LSKEL_STAGE_ATTACH, i, fd);
	}
	*link = fd;
	return fd;
}

/*
 * Attaches every program and struct_ops map of @skel that libbpf's bpf_object__attach_skeleton() would
 * attach, which are not those that are attached already. Returns 0, or the first failure as a negative
 * errno, also in errno. What was attached before it stays attached until lskel_detach() or lskel_destroy().
 */
static inline int lskel_attach(const struct lskel_info *info, void *skel)
{
	__u32 i;

	lskel_forget_failure((struct lskel_ctx *)skel);
	for (i = 0; i < info->prog_cnt; i++) {
		int fd = 0;

		if (*lskel_at(int, skel, info->progs[i].link) <= 0)
			fd = lskel_attach_prog(info, skel, i);
		if (fd < 0)
			return fd;
	}
	return info->struct_ops_calls ? info->struct_ops_calls->attach(info, skel) : 0;
}

#endif /* LSKEL_ATTACH_H */
