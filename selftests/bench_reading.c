// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How long a reader takes for a record, and the writer of a user ring buffer for a sample, lskel's and libbpf's in
 * turns, in one process on one CPU: buffers are filled, or emptied, by BPF_PROG_TEST_RUN, and the reading of all of
 * it is timed. Not a test: "make bench" runs it, see Documentation/performance.md.
 *
 * usage: build/selftests/bench_reading [ROUNDS]
 */
#include <sched.h>
#include <time.h>

#include <bpf/libbpf.h>

#include <lskel/perfbuf.h>
#include <lskel/ringbuf.h>
#include <lskel/user_ringbuf.h>

#include "progs/reading.h"

#include "reading.lskel.h"

#define BATCH	    1000 /* what fill_ring writes */
#define SMALL_BATCH 60	 /* what there is room for in the small buffers, at 32 bytes and a head */

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
static struct lskel_user_ringbuf *our_user;
static struct user_ring_buffer *their_user;

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

static int our_user_write(void)
{
	for (__u64 i = 0; i < SMALL_BATCH; i++) {
		__u64 *sample = lskel_user_ringbuf_reserve(our_user, 32);

		*sample = i;
		lskel_user_ringbuf_submit(our_user, sample);
	}
	return 0;
}
static int their_user_write(void)
{
	for (__u64 i = 0; i < SMALL_BATCH; i++) {
		__u64 *sample = user_ring_buffer__reserve(their_user, 32);

		*sample = i;
		user_ring_buffer__submit(their_user, sample);
	}
	return 0;
}

static void run(int prog_fd)
{
	union bpf_attr attr = {};

	attr.test.prog_fd = (__u32)prog_fd;
	if (lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr))
		abort();
}

static void fill_ring(const struct reading *skel)
{
	run(skel->progs.fill_ring.prog_fd);
}

static void fill_rings(const struct reading *skel)
{
	run(skel->progs.fill_ring.prog_fd);
	skel->bss->to_small_ring = 1;
	skel->bss->count = SMALL_BATCH;
	run(skel->progs.write_ring.prog_fd);
	skel->bss->to_small_ring = 0;
}

static void fill_perf(const struct reading *skel)
{
	skel->bss->count = BATCH;
	run(skel->progs.write_perf.prog_fd);
}

static void drain_user(const struct reading *skel)
{
	skel->bss->drained = 0;
	run(skel->progs.drain_user.prog_fd);
}

static __u64 time_of(const struct reading *skel, void (*prepare)(const struct reading *),
		     int (*work)(void))
{
	__u64 start;

	prepare(skel);
	start = now();
	work();
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void measure(const char *name, int batch, int rounds,
		    void (*prepare)(const struct reading *), int (*our_work)(void),
		    int (*their_work)(void))
{
	__u64 *times[2] = { calloc(rounds, 8), calloc(rounds, 8) };

	for (int i = 0; i < rounds; i++) {
		bool first = i % 2;

		/* Which is first changes, too. */
		for (int j = 0; j < 2; j++)
			if (first == j)
				times[0][i] = time_of(ours, prepare, our_work);
			else
				times[1][i] = time_of(theirs, prepare, their_work);
	}
	for (int i = 0; i < 2; i++)
		qsort(times[i], rounds, 8, compare);
	printf("%-24s %7.2f %7.2f   %7.2f %7.2f   %5.2f %5.2f\n", name, times[0][0] / (double)batch,
	       times[0][rounds / 2] / (double)batch, times[1][0] / (double)batch,
	       times[1][rounds / 2] / (double)batch, (double)times[0][0] / times[1][0],
	       (double)times[0][rounds / 2] / times[1][rounds / 2]);
	free(times[0]);
	free(times[1]);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 2000;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	ours = reading__open_and_load();
	theirs = reading__open_and_load();
	if (!ours || !theirs || rounds < 1)
		return 1;
	ours->data->min_size = theirs->data->min_size = 32;
	ours->data->max_size = theirs->data->max_size = 32;
	our_rings = lskel_ringbuf_new(ours->maps.ring.map_fd, lskel_ring_record, NULL);
	their_rings = ring_buffer__new(theirs->maps.ring.map_fd, libbpf_ring_record, NULL, NULL);
	our_perf =
		lskel_perfbuf_new(ours->maps.perf.map_fd, 32, lskel_perf_record, NULL, NULL, NULL);
	their_perf = perf_buffer__new(theirs->maps.perf.map_fd, 32, libbpf_perf_record, NULL, NULL,
				      NULL);
	our_user = lskel_user_ringbuf_new(ours->maps.user.map_fd);
	their_user = user_ring_buffer__new(theirs->maps.user.map_fd, NULL);
	if (!our_rings || !their_rings || !our_perf || !their_perf || !our_user || !their_user)
		return 1;
	printf("ns per record of 32 bytes    lskel            libbpf           lskel/libbpf\n"
	       "%-24s %7s %7s   %7s %7s   %5s %5s\n",
	       "", "best", "median", "best", "median", "best", "median");
	ours->bss->flags = theirs->bss->flags = BPF_RB_NO_WAKEUP;
	measure("ring buffer, consume", BATCH, rounds, fill_ring, our_ring_consume,
		their_ring_consume);
	ours->bss->flags = theirs->bss->flags = BPF_RB_FORCE_WAKEUP;
	measure("ring buffer, poll", BATCH, rounds, fill_ring, our_ring_poll, their_ring_poll);
	if (lskel_ringbuf_add(our_rings, ours->maps.small_ring.map_fd, lskel_ring_record, NULL) ||
	    ring_buffer__add(their_rings, theirs->maps.small_ring.map_fd, libbpf_ring_record, NULL))
		return 1;
	measure("two ring buffers, poll", BATCH + SMALL_BATCH, rounds, fill_rings, our_ring_poll,
		their_ring_poll);
	measure("perf buffers, consume", BATCH, rounds, fill_perf, our_perf_consume,
		their_perf_consume);
	measure("perf buffers, poll", BATCH, rounds, fill_perf, our_perf_poll, their_perf_poll);
	ours->bss->flags = theirs->bss->flags = 0;
	measure("user ring buffer, write", SMALL_BATCH, rounds, drain_user, our_user_write,
		their_user_write);
	lskel_ringbuf_free(our_rings);
	ring_buffer__free(their_rings);
	lskel_perfbuf_free(our_perf);
	perf_buffer__free(their_perf);
	lskel_user_ringbuf_free(our_user);
	user_ring_buffer__free(their_user);
	/* What was written last is read, so nothing was in vain. */
	drain_user(ours);
	drain_user(theirs);
	if (ours->bss->drained != SMALL_BATCH || theirs->bss->drained != SMALL_BATCH)
		return 1;
	reading__destroy(ours);
	reading__destroy(theirs);
	return sum ? 0 : 1;
}
