// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/attach_uprobe.h>, as libbpf's bpf_program__attach_uprobe_opts() and _uprobe_multi().
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/attach_uprobe.h>
#include "elf_file.h"
#include "perf_event.h"

static int lskel_check_uprobe(const struct lskel_attaching *at)
{
	if (at->where->flags & ~(__u32)LSKEL_AT_RETURN)
		return lskel_attach_fail(at, -EINVAL, "where.flags 0x%x", at->where->flags);
	if (at->where->pid < 0)
		return lskel_attach_fail(at, -EINVAL, "where.pid %d", at->where->pid);
	return 0;
}

static int lskel_uprobe_fail(const struct lskel_attaching *at, const char *path, __u64 offset,
			     int err)
{
	if (err == -ESRCH)
		return lskel_attach_fail(at, err, "process %d", at->where->pid);
	return lskel_attach_fail(at, err, "a uprobe in '%s' at offset 0x%llx", path,
				 (unsigned long long)offset);
}

static int lskel_attach_uprobe_in(const struct lskel_attaching *at, const struct lskel_elf *elf,
				  __u64 offset, int at_return, struct lskel_link *link)
{
	const struct lskel_where *where = at->where;
	struct lskel_probes probes;
	int err, fd;

	err = lskel_probes_find(at, "uprobe", at_return || where->flags & LSKEL_AT_RETURN, &probes);
	if (err)
		return err;
	fd = lskel_probe_open(&probes, elf->path, offset, where->ref_ctr, where->pid);
	if (fd < 0)
		return lskel_uprobe_fail(at, elf->path, offset, fd);
	link->fd = lskel_perf_link(at, fd, where->cookie);
	close(fd);
	return link->fd < 0 ? link->fd : 0;
}

static int lskel_attach_at_offset(const struct lskel_attaching *at, int at_return,
				  struct lskel_link *link)
{
	const struct lskel_where *where = at->where;
	struct lskel_elf elf;
	__u64 offset = 0;
	int err;

	err = lskel_check_uprobe(at);
	if (err)
		return err;
	err = lskel_elf_open(at, &elf, !!where->func);
	if (!err && where->func)
		err = lskel_elf_find(at, &elf, where->func, &offset);
	lskel_elf_close(&elf);
	if (!err)
		err = lskel_attach_uprobe_in(at, &elf, offset + where->offset, at_return, link);
	return err;
}

LSKEL_API int lskel_attach_uprobe(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_offset(at, 0, link);
}

LSKEL_API int lskel_attach_uretprobe(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_offset(at, 1, link);
}

static int lskel_check_uprobe_multi(const struct lskel_attaching *at)
{
	const struct lskel_where *where = at->where;

	if (!!where->func + !!where->funcs + !!where->offsets != 1)
		return lskel_attach_fail(
			at, -EINVAL,
			"one of where.func (a pattern), .funcs and .offsets is needed");
	if (where->func ? where->cnt || where->cookies || where->ref_ctrs : !where->cnt)
		return lskel_attach_fail(at, -EINVAL,
					 "where.cnt, .cookies and .ref_ctrs are for where.funcs or "
					 ".offsets, and .cnt is needed there");
	return lskel_check_uprobe(at);
}

static int lskel_uprobe_multi_link(const struct lskel_attaching *at, struct lskel_link_attr *attr,
				   const struct lskel_elf *elf, struct lskel_link *link)
{
	attr->u.uprobe_multi.path = lskel_u64(elf->path);
	attr->u.uprobe_multi.pid = (__u32)at->where->pid;
	link->fd = lskel_sys_link_create(attr);
	if (link->fd >= 0)
		return 0;
	if (link->fd == -ESRCH)
		return lskel_attach_fail(at, link->fd, "process %d", at->where->pid);
	return lskel_attach_fail(at, link->fd, "%u uprobes in '%s'", attr->u.uprobe_multi.cnt,
				 elf->path);
}

/* The offsets that where does not have. */
static int lskel_find_all(const struct lskel_attaching *at, struct lskel_elf *elf,
			  struct lskel_numbers *ret)
{
	const struct lskel_where *where = at->where;
	int err = lskel_elf_open(at, elf, !where->offsets);

	if (!err && where->func)
		err = lskel_elf_find_pattern(at, elf, where->func, ret);
	else if (!err && where->funcs)
		err = lskel_elf_find_names(at, elf, where->funcs, where->cnt, ret);
	lskel_elf_close(elf);
	return err;
}

static int lskel_attach_at_all(const struct lskel_attaching *at, int at_return,
			       struct lskel_link *link)
{
	struct lskel_numbers offsets = { NULL, 0, 0 }, cookies = { NULL, 0, 0 };
	const struct lskel_where *where = at->where;
	struct lskel_link_attr attr;
	struct lskel_elf elf;
	int err;

	err = lskel_check_uprobe_multi(at);
	if (err)
		return err;
	err = lskel_find_all(at, &elf, &offsets);
	lskel_link_attr_init(&attr, at->prog_fd, 0, LSKEL_UPROBE_MULTI);
	attr.u.uprobe_multi.cnt = where->func ? offsets.cnt : where->cnt;
	while (!err && where->cookie && !where->cookies && cookies.cnt < attr.u.uprobe_multi.cnt)
		err = lskel_numbers_add(&cookies, where->cookie);
	attr.u.uprobe_multi.offsets = lskel_u64(where->offsets ? where->offsets : offsets.at);
	attr.u.uprobe_multi.ref_ctr_offsets = lskel_u64(where->ref_ctrs);
	attr.u.uprobe_multi.cookies = lskel_u64(cookies.cnt ? cookies.at : where->cookies);
	/* BPF_F_UPROBE_MULTI_RETURN is 1 */
	attr.u.uprobe_multi.flags = at_return || where->flags & LSKEL_AT_RETURN;
	if (!err)
		err = lskel_uprobe_multi_link(at, &attr, &elf, link);
	free(offsets.at);
	free(cookies.at);
	return err;
}

LSKEL_API int lskel_attach_uprobe_multi(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_all(at, 0, link);
}

LSKEL_API int lskel_attach_uretprobe_multi(const struct lskel_attaching *at,
					   struct lskel_link *link)
{
	return lskel_attach_at_all(at, 1, link);
}
