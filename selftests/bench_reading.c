// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How long a reader takes for a record, lskel's and libbpf's in turns, in one process on one CPU: buffers are
 * filled by BPF_PROG_TEST_RUN, and the reading of all of it is timed. Not a test: run it by hand.
 *
 * usage: build/selftests/bench_reading [ROUNDS]
 */
#include <sched.h>
#include <time.h>

#include <bpf/libbpf.h>

#include <lskel/perfbuf.h>
#include <lskel/ringbuf.h>

#include "progs/reading.h"

#include "reading.lskel.h"

#define BATCH 1000

static __u64 sum; /* so that records are read */

static int lskel_ring_record(void *ctx, const void *record, size_t size)
{
	(void)ctx, (void)size;
	sum += *(const __u64 *)record;
	return 0;
}

static int libbpf_ring_record(void *ctx, void *record, size_t size)
{
	(void)ctx, (void)size;
	sum += *(const __u64 *)record;
	return 0;
}

static int lskel_perf_record(void *ctx, int cpu, const void *sample, __u32 size)
{
	(void)ctx, (void)cpu, (void)size;
	sum += *(const __u64 *)sample;
	return 0;
}

static void libbpf_perf_record(void *ctx, int cpu, void *sample, __u32 size)
{
	(void)ctx, (void)cpu, (void)size;
	sum += *(const __u64 *)sample;
}

static __u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * 1000000000 + (__u64)ts.tv_nsec;
}

/* Two skeletons, as a map has one reader; two ways to read each. */
static struct reading *ours, *theirs;
static struct lskel_ringbuf *our_rings;
static struct ring_buffer *their_rings;
static struct lskel_perfbuf *our_perf;
static struct perf_buffer *their_perf;

static int our_ring_consume(void)
{
	return lskel_ringbuf_consume(our_rings);
}
static int their_ring_consume(void)
{
	return ring_buffer__consume(their_rings);
}
static int our_ring_poll(void)
{
	return lskel_ringbuf_poll(our_rings, 0);
}
static int their_ring_poll(void)
{
	return ring_buffer__poll(their_rings, 0);
}
static int our_perf_consume(void)
{
	return lskel_perfbuf_consume(our_perf);
}
static int their_perf_consume(void)
{
	return perf_buffer__consume(their_perf);
}
static int our_perf_poll(void)
{
	return lskel_perfbuf_poll(our_perf, 0);
}
static int their_perf_poll(void)
{
	return perf_buffer__poll(their_perf, 0);
}

static int fill(const struct reading *skel, bool perf)
{
	union bpf_attr attr = {};

	attr.test.prog_fd = (__u32)(perf ? skel->progs.write_perf : skel->progs.fill_ring).prog_fd;
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

static __u64 time_of(const struct reading *skel, bool perf, int (*read)(void))
{
	__u64 start;

	if (fill(skel, perf))
		abort();
	start = now();
	read();
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void measure(const char *name, bool perf, int rounds, int (*ours_read)(void),
		    int (*theirs_read)(void))
{
	__u64 *times[2] = { calloc(rounds, 8), calloc(rounds, 8) };

	for (int i = 0; i < rounds; i++) {
		bool first = i % 2;

		/* Which is first changes, too. */
		for (int j = 0; j < 2; j++)
			if (first == j)
				times[0][i] = time_of(ours, perf, ours_read);
			else
				times[1][i] = time_of(theirs, perf, theirs_read);
	}
	for (int i = 0; i < 2; i++)
		qsort(times[i], rounds, 8, compare);
	printf("%-22s %8.2f %8.2f   %8.2f %8.2f\n", name, times[0][0] / (double)BATCH,
	       times[0][rounds / 2] / (double)BATCH, times[1][0] / (double)BATCH,
	       times[1][rounds / 2] / (double)BATCH);
	free(times[0]);
	free(times[1]);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 500;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	ours = reading__open_and_load();
	theirs = reading__open_and_load();
	if (!ours || !theirs || rounds < 1)
		return 1;
	ours->bss->flags = theirs->bss->flags = BPF_RB_NO_WAKEUP;
	ours->bss->count = theirs->bss->count = BATCH;
	ours->data->min_size = theirs->data->min_size = 32;
	ours->data->max_size = theirs->data->max_size = 32;
	our_rings = lskel_ringbuf_new(ours->maps.ring.map_fd, lskel_ring_record, NULL);
	their_rings = ring_buffer__new(theirs->maps.ring.map_fd, libbpf_ring_record, NULL, NULL);
	our_perf =
		lskel_perfbuf_new(ours->maps.perf.map_fd, 32, lskel_perf_record, NULL, NULL, NULL);
	their_perf = perf_buffer__new(theirs->maps.perf.map_fd, 32, libbpf_perf_record, NULL, NULL,
				      NULL);
	if (!our_rings || !their_rings || !our_perf || !their_perf)
		return 1;
	printf("ns per record of 32 bytes    lskel             libbpf\n"
	       "%-22s %8s %8s   %8s %8s\n",
	       "", "best", "median", "best", "median");
	measure("ring buffer, consume", false, rounds, our_ring_consume, their_ring_consume);
	ours->bss->flags = theirs->bss->flags = BPF_RB_FORCE_WAKEUP;
	measure("ring buffer, poll", false, rounds, our_ring_poll, their_ring_poll);
	measure("perf buffer, consume", true, rounds, our_perf_consume, their_perf_consume);
	measure("perf buffer, poll", true, rounds, our_perf_poll, their_perf_poll);
	lskel_ringbuf_free(our_rings);
	ring_buffer__free(their_rings);
	lskel_perfbuf_free(our_perf);
	perf_buffer__free(their_perf);
	reading__destroy(ours);
	reading__destroy(theirs);
	return sum ? 0 : 1;
}
