// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/attach_freplace.h>.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/attach_freplace.h>
#include "btf.h"

/* The BTF id of function @func of program @fd, or a negative errno after lskel_attach_fail(). */
static int lskel_freplace_find(const struct lskel_attaching *at, int fd, const char *func)
{
	struct bpf_prog_info info;
	struct lskel_btf btf;
	int err, id;

	err = lskel_sys_prog_info(fd, &info);
	if (err)
		return lskel_attach_fail(at, err, "where.fd %d has to be a BPF program", fd);
	if (!info.btf_id)
		return lskel_attach_fail(at, -EINVAL, "program '%s' (fd %d) has no BTF", info.name,
					 fd);
	err = lskel_btf_open_prog(&btf, fd);
	if (err)
		return lskel_attach_fail(at, err, "reading the BTF of program '%s'", info.name);
	id = lskel_btf_find(&btf, func, BTF_KIND_FUNC);
	lskel_btf_free(&btf);
	if (id < 0)
		return lskel_attach_fail(at, id, "program '%s' (fd %d) has no function '%s'",
					 info.name, fd, func);
	return id;
}

LSKEL_API int lskel_attach_freplace(const struct lskel_attaching *at, struct lskel_link *link)
{
	const struct lskel_where *where = at->where;
	struct lskel_link_attr attr;
	int id;

	if (where->fd < 0 || !where->fd != !where->func)
		return lskel_attach_fail(at, -EINVAL,
					 "where.fd and .func are needed, or none of them");
	if (!where->fd)
		return lskel_attach_trace(at, link);
	id = lskel_freplace_find(at, where->fd, where->func);
	if (id < 0)
		return id;
	lskel_link_attr_init(&attr, at->prog_fd, where->fd, 0);
	attr.u.tracing.target_btf_id = (__u32)id;
	attr.u.tracing.cookie = where->cookie;
	link->fd = lskel_sys_link_create(&attr);
	if (link->fd >= 0)
		return 0;
	return lskel_attach_fail(at, link->fd, "replacing '%s' of the program with fd %d",
				 where->func, where->fd);
}
