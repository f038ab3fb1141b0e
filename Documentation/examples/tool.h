/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the example tools share, and the few places where a tool on libbpf (-DON_LIBBPF) differs from one on lskel:
 * each is one source, built both ways for comparison. An application of yours has no need of this layer.
 */
#ifndef EXAMPLES_TOOL_H
#define EXAMPLES_TOOL_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef ON_LIBBPF

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define TOOL_SKELETON(name)	 <name.skel.h>
#define tool_error(name, skel)	 strerror(errno)
#define tool_map_fd(skel, map)	 bpf_map__fd((skel)->maps.map)
#define tool_ring		 ring_buffer
#define tool_ring_new(fd, fn, c) ring_buffer__new(fd, fn, c, NULL)
#define tool_ring_poll		 ring_buffer__poll
#define tool_ring_free		 ring_buffer__free
#define TOOL_RECORD		 void

#else

#include <lskel/ringbuf.h>

#define TOOL_SKELETON(name)    <name.lskel.h>
#define tool_error(name, skel) name##__error(skel)
#define tool_map_fd(skel, map) ((skel)->maps.map.map_fd)
#define tool_ring	       lskel_ringbuf
#define tool_ring_new	       lskel_ringbuf_new
#define tool_ring_poll	       lskel_ringbuf_poll
#define tool_ring_free	       lskel_ringbuf_free
#define TOOL_RECORD	       const void

#endif

static volatile sig_atomic_t tool_stop;

static inline void tool_on_signal(int sig)
{
	(void)sig;
	tool_stop = 1;
}

/* Lets Ctrl-C end the tool, with what it has to print at the end. */
static inline void tool_start(void)
{
	struct sigaction action = { .sa_handler = tool_on_signal };

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Waits @seconds, or for ever if that is 0, or until a signal. */
static inline void tool_wait(int seconds)
{
	struct timespec second = { .tv_sec = 1 };

	for (int i = 0; !tool_stop && (!seconds || i < seconds); i++)
		nanosleep(&second, NULL);
}

/* Reads records until a signal, or for @seconds if that is not 0. Returns 0 or a negative errno. */
static inline int tool_read(struct tool_ring *ring, int seconds)
{
	time_t end = time(NULL) + seconds;
	int err = 0;

	while (err >= 0 && !tool_stop && (!seconds || time(NULL) < end))
		err = tool_ring_poll(ring, 200);
	return err < 0 && err != -EINTR ? err : 0;
}

/* Prints a histogram in powers of two of microseconds, see progs/histogram.h. */
static inline void tool_print_histogram(const unsigned long long *slots, int cnt)
{
	unsigned long long max = 1;
	int last = -1;

	for (int i = 0; i < cnt; i++) {
		max = slots[i] > max ? slots[i] : max;
		last = slots[i] ? i : last;
	}
	printf("%21s %10s\n", "usecs", "count");
	for (int i = 0; i <= last; i++)
		printf("%10llu - %-10llu %8llu |%.*s\n", i ? 1ULL << i : 0, (2ULL << i) - 1,
		       slots[i], (int)(slots[i] * 40 / max),
		       "****************************************");
}

#endif /* EXAMPLES_TOOL_H */
