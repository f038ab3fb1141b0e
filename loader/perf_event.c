// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of loader/perf_event.h.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "perf_event.h"

LSKEL_API int lskel_read_number(const char *path, const char *format)
{
	FILE *file = fopen(path, "re");
	int number, err;

	if (!file)
		return -errno;
	err = fscanf(file, format, &number) == 1 && number >= 0 ? number : -EIO;
	fclose(file);
	return err;
}

LSKEL_API int lskel_probes_find(const struct lskel_attaching *at, const char *pmu, int at_return,
				struct lskel_probes *ret)
{
	char path[96];
	int type, bit = 0;

	memset(ret, 0, sizeof(*ret));
	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", pmu);
	type = lskel_read_number(path, "%d");
	if (type >= 0 && at_return) {
		snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/format/retprobe",
			 pmu);
		bit = lskel_read_number(path, "config:%d");
	}
	if (type < 0 || bit < 0)
		return lskel_attach_fail(at, type < 0 ? type : bit,
					 "%s, which tells whether the kernel has %ss", path, pmu);
	ret->type = (__u32)type;
	ret->config = at_return ? 1ULL << (bit & 63) : 0;
	return 0;
}

static int lskel_perf_open_attr(struct perf_event_attr *attr, int pid)
{
	int fd;

	attr->size = sizeof(*attr);
	fd = (int)syscall(__NR_perf_event_open, attr, pid ? pid : -1, pid ? -1 : 0, -1,
			  PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

LSKEL_API int lskel_probe_open(const struct lskel_probes *probes, const char *name, __u64 offset,
			       __u64 ref_ctr, int pid)
{
	struct perf_event_attr attr;

	if (ref_ctr >> 32)
		return -EINVAL;
	memset(&attr, 0, sizeof(attr));
	attr.type = probes->type;
	attr.config = probes->config | ref_ctr << 32;
	attr.config1 = lskel_u64(name);
	attr.config2 = offset;
	return lskel_perf_open_attr(&attr, pid);
}

LSKEL_API int lskel_perf_open(__u32 type, __u64 config)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.type = type;
	attr.config = config;
	return lskel_perf_open_attr(&attr, 0);
}

LSKEL_API int lskel_perf_link(const struct lskel_attaching *at, int perf_fd, __u64 cookie)
{
	struct lskel_link_attr attr;
	int fd;

	lskel_link_attr_init(&attr, at->prog_fd, perf_fd, BPF_PERF_EVENT);
	attr.u.perf_event.cookie = cookie;
	fd = lskel_sys_link_create(&attr);
	if (fd == -EPROTO)
		return lskel_attach_fail(
			at, fd,
			"the perf event needs PERF_SAMPLE_CALLCHAIN, without "
			"exclude_callchain_kernel and _user, for the stacks of the program");
	return fd < 0 ? lskel_attach_fail(at, fd, "linking it to the perf event") : fd;
}
