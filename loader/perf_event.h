/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opening perf events for BPF programs, and linking programs to them: what kprobes, uprobes and tracepoints have
 * in common. A failure that is not the caller's to explain is noted with lskel_attach_fail().
 */
#ifndef LSKEL_PERF_EVENT_H
#define LSKEL_PERF_EVENT_H

#include <linux/perf_event.h>

#include <lskel/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/* How the kernel makes a kind of probes. */
struct lskel_probes {
	__u32 type;   /* of perf_event_attr */
	__u64 config; /* likewise */
};

/* A number that @format finds in the first line of a file, or a negative errno. */
LSKEL_API int lskel_read_number(const char *path, const char *format);

/* @pmu: "kprobe" or "uprobe". Returns 0, or a negative errno after lskel_attach_fail(). */
LSKEL_API int lskel_probes_find(const struct lskel_attaching *at, const char *pmu, int at_return,
				struct lskel_probes *ret);

/*
 * Opens one, of a function or at an address: @name and @offset are config1 and config2 of perf_event_attr.
 * @ref_ctr: offset of a semaphore, below 4 GiB, or 0; @pid: 0 for all processes. Returns an fd, or a negative errno.
 */
LSKEL_API int lskel_probe_open(const struct lskel_probes *probes, const char *name, __u64 offset,
			       __u64 ref_ctr, int pid);

/* A perf event for all processes. Returns an fd, or a negative errno. */
LSKEL_API int lskel_perf_open(__u32 type, __u64 config);

/*
 * Links the program to a perf event, with @cookie. Returns the link's fd, or a negative errno after
 * lskel_attach_fail(). @perf_fd may be closed then: the link has its event (bpf_perf_link_attach() in
 * kernel/bpf/syscall.c).
 */
LSKEL_API int lskel_perf_link(const struct lskel_attaching *at, int perf_fd, __u64 cookie);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_PERF_EVENT_H */
