/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kinds of attaching to what perf_event_open(2) gives: tracepoints, kprobes, system calls, and perf events of the
 * application. The link keeps the event alive. Part of liblskel.a: who has no such program links nothing of it.
 *
 * All take where.cookie.
 *
 * Internal: applications call foo__PROG__attach() and attach_to(). Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_PROBE_H
#define LSKEL_ATTACH_PROBE_H

#include <lskel/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/* where.func: "category:name", as in /sys/kernel/tracing/events/. -ENOENT: there is none. */
LSKEL_API int lskel_attach_tracepoint(const struct lskel_attaching *at, struct lskel_link *link);

/*
 * where.func and where.offset from it, in bytes; or where.func NULL, and where.offset an address.
 * where.flags: 0 or LSKEL_AT_RETURN. -ENOENT: there is no such function; -EADDRNOTAVAIL: there are several of that name
 * (Linux 6.6); -EINVAL, -EOPNOTSUPP: no kprobe may be there.
 */
LSKEL_API int lskel_attach_kprobe(const struct lskel_attaching *at, struct lskel_link *link);
LSKEL_API int lskel_attach_kretprobe(const struct lskel_attaching *at, struct lskel_link *link);

/* where.func: the name of a system call, "unlinkat". where.flags as above. */
LSKEL_API int lskel_attach_ksyscall(const struct lskel_attaching *at, struct lskel_link *link);
LSKEL_API int lskel_attach_kretsyscall(const struct lskel_attaching *at, struct lskel_link *link);

/*
 * where.fd: of perf_event_open(2). It stays the caller's, and may be closed. The event is enabled and, as by libbpf,
 * disabled when the link is detached. -EPROTO: its settings do not go with the program's bpf_get_stack().
 */
LSKEL_API int lskel_attach_perf_event(const struct lskel_attaching *at, struct lskel_link *link);

#ifdef __cplusplus
}
#endif

static const struct lskel_attach_kind lskel_kind_tracepoint
	__attribute__((unused)) = { "tracepoint", LSKEL_LINUX(4, 7), lskel_attach_tracepoint };

static const struct lskel_attach_kind lskel_kind_kprobe
	__attribute__((unused)) = { "kprobe", LSKEL_LINUX(4, 1), lskel_attach_kprobe };

static const struct lskel_attach_kind lskel_kind_kretprobe
	__attribute__((unused)) = { "kretprobe", LSKEL_LINUX(4, 1), lskel_attach_kretprobe };

static const struct lskel_attach_kind lskel_kind_ksyscall
	__attribute__((unused)) = { "ksyscall", LSKEL_LINUX(4, 1), lskel_attach_ksyscall };

static const struct lskel_attach_kind lskel_kind_kretsyscall
	__attribute__((unused)) = { "kretsyscall", LSKEL_LINUX(4, 1), lskel_attach_kretsyscall };

static const struct lskel_attach_kind lskel_kind_perf_event
	__attribute__((unused)) = { "perf event", LSKEL_LINUX(4, 9), lskel_attach_perf_event };

#endif /* LSKEL_ATTACH_PROBE_H */
