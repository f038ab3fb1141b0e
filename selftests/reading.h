/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For tests of what reads the output of progs/reading.bpf.c: running its programs, leaks, failing calls. */
#ifndef LSKEL_SELFTESTS_READING_H
#define LSKEL_SELFTESTS_READING_H

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <linux/perf_event.h>

#include <lskel/sys.h>

#include "footprint.h"
#include "harness.h"
#include "progs/reading.h"

/* Runs a raw_tp program on @cpu, or on this one if that is -1. */
static inline int run_raw_tp(int prog_fd, int cpu)
{
	union bpf_attr attr = {};

	attr.test.prog_fd = (__u32)prog_fd;
	if (cpu >= 0) {
		attr.test.flags = BPF_F_TEST_RUN_ON_CPU;
		attr.test.cpu = (__u32)cpu;
	}
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

/* What this process holds that a reader can leak. */
struct holdings {
	struct number_set fds;
	int maps; /* mappings of BPF maps and perf events */
};

static inline void list_holdings(struct holdings *ret)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[512];

	ret->maps = 0;
	while (file && fgets(line, sizeof(line), file))
		ret->maps += strstr(line, "bpf-map") || strstr(line, "perf_event");
	if (file)
		fclose(file);
	list_fds(&ret->fds);
}

static inline bool holds_the_same(const struct holdings *before)
{
	static struct holdings now;

	list_holdings(&now);
	return now.maps == before->maps && now.fds.cnt == before->fds.cnt;
}

/*
 * Calls that can be made to fail, in programs linked with --wrap: with failing_call at n, the n-th from now
 * fails. calls counts them.
 */
static int failing_call = -1;
static int calls;

static inline bool call_fails(void)
{
	return calls++ == failing_call;
}

#define WRAPPED(type, name, failure, params, args)                                                 \
	type __real_##name params;                                                                 \
	type __wrap_##name params;                                                                 \
	type __wrap_##name params                                                                  \
	{                                                                                          \
		if (call_fails()) {                                                                \
			errno = ENOMEM;                                                            \
			return failure;                                                            \
		}                                                                                  \
		return __real_##name args;                                                         \
	}

WRAPPED(void *, mmap, MAP_FAILED, (void *addr, size_t len, int prot, int flags, int fd, off_t at),
	(addr, len, prot, flags, fd, at))
WRAPPED(int, epoll_create1, -1, (int flags), (flags))
WRAPPED(int, epoll_ctl, -1, (int fd, int op, int what, struct epoll_event *event),
	(fd, op, what, event))
WRAPPED(void *, calloc, NULL, (size_t cnt, size_t size), (cnt, size))
WRAPPED(void *, realloc, NULL, (void *p, size_t size), (p, size))
WRAPPED(long, syscall, -1, (long number, long a, long b, long c, long d, long e, long f),
	(number, a, b, c, d, e, f))

/*
 * Each call of a constructor, which is made as the expression @make and undone as @drop, fails once: that
 * gives NULL and errno, and leaves nothing.
 */
#define check_failing_calls(name, make, drop)                                                      \
	do {                                                                                       \
		static struct holdings held;                                                       \
		int failed = 0, good = 0;                                                          \
		void *made = NULL;                                                                 \
                                                                                                   \
		list_holdings(&held);                                                              \
		for (int n = 0; !made && n < 1000; n++) {                                          \
			calls = 0;                                                                 \
			failing_call = n;                                                          \
			errno = 0;                                                                 \
			made = (make);                                                             \
			failing_call = -1;                                                         \
			if (!made) {                                                               \
				int err = errno;                                                   \
                                                                                                   \
				failed++;                                                          \
				good += err == ENOMEM && holds_the_same(&held);                    \
			}                                                                          \
		}                                                                                  \
		check(name, made &&failed > 3 && good == failed, "%d of %d, then %s", good,        \
		      failed, made ? "made" : "never made");                                       \
		(drop);                                                                            \
	} while (0)

#endif /* LSKEL_SELFTESTS_READING_H */
