// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/attach_probe.h>, as libbpf's bpf_program__attach_tracepoint_opts(), _kprobe_opts(),
 * _ksyscall() and _perf_event_opts().
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <sys/ioctl.h>

#include <lskel/attach_probe.h>
#include "perf_event.h"
#include "syscall_wrapper.h"

/* Links the program to @perf_fd, which was opened for it. */
static int lskel_take_perf_event(const struct lskel_attaching *at, int perf_fd,
				 struct lskel_link *link)
{
	link->fd = lskel_perf_link(at, perf_fd, at->where->cookie);
	close(perf_fd);
	return link->fd < 0 ? link->fd : 0;
}

/* The number of a tracepoint, or a negative errno after lskel_attach_fail(). */
static int lskel_tracepoint_id(const struct lskel_attaching *at, const char *name)
{
	static const char *const mounts[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	const char *colon = name ? strchr(name, ':') : NULL;
	int id = -ENOENT, len, i;
	char path[512];

	if (!colon)
		return lskel_attach_fail(at, -EINVAL, "where.func has to be \"category:name\"");
	for (i = 0; i < 2 && id == -ENOENT; i++) {
		len = snprintf(path, sizeof(path), "%s/events/%.*s/%s/id", mounts[i],
			       (int)(colon - name), name, colon + 1);
		if (len < 0 || (size_t)len >= sizeof(path))
			return lskel_attach_fail(at, -E2BIG, "tracepoint '%s'", name);
		id = lskel_read_number(path, "%d");
	}
	if (id >= 0)
		return id;
	for (i = 0; i < 2 && id == -ENOENT; i++) {
		snprintf(path, sizeof(path), "%s/events", mounts[i]);
		if (!access(path, F_OK))
			return lskel_attach_fail(at, id, "the kernel has no tracepoint '%s'", name);
	}
	if (id == -ENOENT)
		return lskel_attach_fail(
			at, id,
			"tracepoint '%s': tracefs is not there (mount -t tracefs tracefs %s)", name,
			mounts[0]);
	return lskel_attach_fail(at, id, "tracepoint '%s' in %s", name, mounts[0]);
}

LSKEL_API int lskel_attach_tracepoint(const struct lskel_attaching *at, struct lskel_link *link)
{
	const char *name = at->where->func;
	int id = lskel_tracepoint_id(at, name), fd;

	if (id < 0)
		return id;
	fd = lskel_perf_open(PERF_TYPE_TRACEPOINT, (__u64)id);
	if (fd < 0)
		return lskel_attach_fail(at, fd, "opening tracepoint '%s'", name);
	return lskel_take_perf_event(at, fd, link);
}

/* What perf_event_open() means by an errno, for a kprobe of @func + @offset. */
static int lskel_kprobe_fail(const struct lskel_attaching *at, const char *func, __u64 offset,
			     int err)
{
	unsigned long long from = offset;

	if (!func)
		return lskel_attach_fail(at, err, "a kprobe at address 0x%llx", from);
	switch (err) {
	case -ENOENT:
		return lskel_attach_fail(
			at, err, "the kernel has no function '%s', or it is inlined everywhere",
			func);
	case -EADDRNOTAVAIL:
		return lskel_attach_fail(at, err, "the kernel has several functions '%s'", func);
	case -EINVAL:
	case -EOPNOTSUPP:
	case -EILSEQ: /* in the middle of an instruction */
		return lskel_attach_fail(at, err, "no kprobe may be at '%s'+0x%llx", func, from);
	default:
		return lskel_attach_fail(at, err, "a kprobe at '%s'+0x%llx", func, from);
	}
}

/* A kprobe at @func and where.offset. */
static int lskel_attach_at_function(const struct lskel_attaching *at, const char *func,
				    int at_return, struct lskel_link *link)
{
	const struct lskel_where *where = at->where;
	struct lskel_probes probes;
	int err, fd;

	if (where->flags & ~(__u32)LSKEL_AT_RETURN)
		return lskel_attach_fail(at, -EINVAL, "where.flags 0x%x", where->flags);
	if (!func && !where->offset)
		return lskel_attach_fail(at, -EINVAL, "where.func is needed");
	at_return = at_return || where->flags & LSKEL_AT_RETURN;
	err = lskel_probes_find(at, "kprobe", at_return, &probes);
	if (err)
		return err;
	fd = lskel_probe_open(&probes, func, where->offset, 0, 0);
	if (fd < 0)
		return lskel_kprobe_fail(at, func, where->offset, fd);
	return lskel_take_perf_event(at, fd, link);
}

LSKEL_API int lskel_attach_kprobe(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_function(at, at->where->func, 0, link);
}

LSKEL_API int lskel_attach_kretprobe(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_function(at, at->where->func, 1, link);
}

static int lskel_attach_at_syscall(const struct lskel_attaching *at, int at_return,
				   struct lskel_link *link)
{
	int wrapper = lskel_has_syscall_wrapper(), len;
	char func[128];

	if (!at->where->func)
		return lskel_attach_fail(at, -EINVAL, "where.func has to be a system call");
	if (wrapper < 0)
		return lskel_attach_fail(at, wrapper, "a kprobe at " LSKEL_SYSCALL_PREFIX "bpf");
	len = snprintf(func, sizeof(func), "%s%s", wrapper ? LSKEL_SYSCALL_PREFIX : "__se_sys_",
		       at->where->func);
	if (len < 0 || (size_t)len >= sizeof(func))
		return lskel_attach_fail(at, -ENAMETOOLONG, "system call '%s'", at->where->func);
	return lskel_attach_at_function(at, func, at_return, link);
}

LSKEL_API int lskel_attach_ksyscall(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_syscall(at, 0, link);
}

LSKEL_API int lskel_attach_kretsyscall(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_syscall(at, 1, link);
}

static void lskel_undo_perf_event(struct lskel_link *link)
{
	ioctl(link->target_fd, PERF_EVENT_IOC_DISABLE, 0);
}

LSKEL_API int lskel_attach_perf_event(const struct lskel_attaching *at, struct lskel_link *link)
{
	int fd = at->where->fd, err;

	if (fd <= 0)
		return lskel_attach_fail(at, -EINVAL, "where.fd has to be a perf event");
	link->target_fd = fcntl(fd, LSKEL_F_DUPFD_CLOEXEC, 3);
	if (link->target_fd < 0) {
		err = -errno;
		link->target_fd = 0;
		return lskel_attach_fail(at, err, "where.fd %d", fd);
	}
	link->fd = lskel_perf_link(at, fd, at->where->cookie);
	if (link->fd < 0)
		return link->fd;
	link->undo = lskel_undo_perf_event;
	if (ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return lskel_attach_fail(at, -errno, "enabling the perf event");
	return 0;
}
