// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Perf buffers are read as they were written, on every CPU: whole at the end of the buffer, with a count of
 * what was lost. CPUs that are not online are left out. Signals and handlers end the reading, a child
 * process is told that it can't, damage in the buffer is noticed, and nothing is left behind.
 */
#include <signal.h>

#include <lskel/perfbuf.h>

#include "progs/reading.h"

#include "reading.lskel.h"

#include "reading.h"

#define PAGES 16

struct seen {
	__u64 next, wrong, lost, bytes;
	__u64 stop_at; /* the handler returns -ECANCELED at this one */
	int cpu;       /* of the last */
};

static int see(void *ctx, int cpu, const void *sample, __u32 size)
{
	const struct record *r = sample;
	struct seen *seen = ctx;
	__u32 written =
		size & ~7U; /* the size in the record is such that the next one is aligned */

	if (r->seq != seen->next || size < 8 || size > MAX_RECORD + 7 || (size + 4) % 8)
		seen->wrong++;
	for (__u32 i = 8; i < written - 8; i++)
		if (((const char *)sample)[i])
			seen->wrong++;
	seen->bytes += size;
	seen->cpu = cpu;
	return seen->next++ == seen->stop_at ? -ECANCELED : 0;
}

static void see_lost(void *ctx, int cpu, __u64 count)
{
	struct seen *seen = ctx;

	seen->lost += count;
	seen->next += count;
	seen->cpu = cpu;
}

static struct seen from(__u64 seq)
{
	return (struct seen){ .next = seq, .stop_at = ~0ULL, .cpu = -1 };
}

static int write_perf(struct reading *skel, int count, int cpu)
{
	skel->bss->count = count;
	return run_raw_tp(skel->progs.write_perf.prog_fd, cpu);
}

static struct lskel_perfbuf *open_perf(struct reading *skel, struct seen *seen)
{
	*seen = from(skel->bss->seq);
	return lskel_perfbuf_new(skel->maps.perf.map_fd, PAGES, see, see_lost, seen, NULL);
}

static void check_order(struct reading *skel)
{
	struct seen seen;
	struct lskel_perfbuf *buffers = open_perf(skel, &seen);
	int cnt = 0, total = 0, cpus, right = 0;

	if (!check("buffers are made", buffers, "%s", strerror(errno)))
		return;
	cpus = (int)lskel_perfbuf_cnt(buffers);
	check("one for each CPU", cpus == (int)sysconf(_SC_NPROCESSORS_ONLN), "%d", cpus);
	cnt = lskel_perfbuf_poll(buffers, 0);
	check("empty ones have nothing", cnt == 0, "%d", cnt);
	skel->data->max_size = 1007;
	skel->bss->size_step = 13;
	for (int i = 0; i < 200; i++) {
		write_perf(skel, 50, i % cpus);
		cnt = i % 3 == 0 ? lskel_perfbuf_consume(buffers) :
		      i % 3 == 1 ? lskel_perfbuf_consume_buffer(buffers, (unsigned int)(i % cpus)) :
				   lskel_perfbuf_poll(buffers, 1000);
		total += cnt;
		right += seen.cpu == lskel_perfbuf_cpu(buffers, (unsigned int)(i % cpus));
		if (cnt != 50)
			break;
	}
	check("every sample is read once, whole and in order, many times around the buffers",
	      total == 10000 && !seen.wrong && !seen.lost && seen.bytes > 10 * PAGES * 4096,
	      "%d, next %llu of %llu, %llu wrong, %llu lost", total, seen.next, skel->bss->seq,
	      seen.wrong, seen.lost);
	check("and with its CPU", right == 200, "%d", right);
	check("there are no others",
	      lskel_perfbuf_consume_buffer(buffers, (unsigned int)cpus) == -EINVAL &&
		      lskel_perfbuf_cpu(buffers, (unsigned int)cpus) == -EINVAL &&
		      lskel_perfbuf_fd(buffers, (unsigned int)cpus) == -EINVAL,
	      "there are");
	lskel_perfbuf_free(buffers);
	skel->bss->size_step = 0;
}

static void check_lost(struct reading *skel)
{
	struct seen seen;
	struct lskel_perfbuf *buffers = open_perf(skel, &seen);
	__u64 lost = skel->bss->lost, counted = 0;
	int cnt, err;

	write_perf(skel, 5000, 0);
	lost = skel->bss->lost - lost;
	err = lskel_perfbuf_lost(buffers, &counted);
	check("the kernel's count of lost samples is known at once",
	      !err && lost && counted == lost, "%d: %llu of %llu", err, counted, lost);
	cnt = lskel_perfbuf_consume(buffers);
	check("those before them are read", cnt == (int)(5000 - lost) && !seen.wrong && !seen.lost,
	      "%d, %llu lost", cnt, seen.lost);
	write_perf(skel, 1, 0);
	cnt = lskel_perfbuf_poll(buffers, 1000);
	check("the handler is told how many were lost",
	      cnt == 1 && seen.lost == lost && !seen.wrong, "%d, %llu lost, %llu wrong", cnt,
	      seen.lost, seen.wrong);
	lskel_perfbuf_free(buffers);

	buffers = lskel_perfbuf_new(skel->maps.perf.map_fd, 1, see, NULL, &seen, NULL);
	write_perf(skel, 1000, 0);
	lskel_perfbuf_consume(buffers);
	write_perf(skel, 1, 0);
	cnt = lskel_perfbuf_consume(buffers);
	check("or not, as it likes", cnt == 1, "%d", cnt);
	lskel_perfbuf_free(buffers);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void check_stopping(struct reading *skel)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct seen seen;
	struct lskel_perfbuf *buffers = open_perf(skel, &seen);
	int cnt;

	write_perf(skel, 10, 0);
	seen.stop_at = seen.next + 3;
	cnt = lskel_perfbuf_poll(buffers, 1000);
	check("a handler ends the reading", cnt == -ECANCELED && seen.next == seen.stop_at + 1,
	      "%d", cnt);
	cnt = lskel_perfbuf_poll(buffers, 1000);
	check("the rest is still there", cnt == 6 && !seen.wrong, "%d", cnt);
	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 20000);
	cnt = lskel_perfbuf_poll(buffers, -1);
	ualarm(0, 0);
	check("a signal ends the waiting", cnt == -EINTR, "%d", cnt);
	lskel_perfbuf_free(buffers);
}

static void check_fork(struct reading *skel)
{
	struct seen seen;
	struct lskel_perfbuf *buffers = open_perf(skel, &seen);
	int status = -1, cnt;
	size_t size;
	void *memory;

	write_perf(skel, 3, 0);
	if (!fork()) {
		bool good = lskel_perfbuf_poll(buffers, 0) == -ECHILD &&
			    lskel_perfbuf_consume(buffers) == -ECHILD &&
			    lskel_perfbuf_consume_buffer(buffers, 0) == -ECHILD &&
			    lskel_perfbuf_memory(buffers, 0, &memory, &size) == -ECHILD;

		lskel_perfbuf_free(buffers);
		_exit(!good);
	}
	wait(&status);
	check("a child is told that it has no buffers", WIFEXITED(status) && !WEXITSTATUS(status),
	      "%x", (unsigned int)status);
	write_perf(skel, 1, 0);
	cnt = lskel_perfbuf_poll(buffers, 1000);
	check("and its parent's go on", cnt == 4 && !seen.wrong, "%d", cnt);
	lskel_perfbuf_free(buffers);
}

static void check_choices(struct reading *skel)
{
	int cpu = 0, nowhere = 4000;
	__u32 key = 0, too_far = 1000000;
	struct lskel_perfbuf_opts opts = {
		.cpus = &cpu, .keys = &key, .cpu_cnt = 1, .wakeup_events = 3
	};
	struct seen seen = from(skel->bss->seq);
	struct lskel_perfbuf *buffers;
	int cnt, map_fd = skel->maps.perf.map_fd;

	buffers = lskel_perfbuf_new(map_fd, PAGES, see, see_lost, &seen, &opts);
	check("a buffer for one CPU", buffers && lskel_perfbuf_cnt(buffers) == 1, "%s",
	      strerror(errno));
	write_perf(skel, 2, 0);
	cnt = lskel_perfbuf_poll(buffers, 0);
	check("that wakes up for three samples", cnt == 0, "%d", cnt);
	write_perf(skel, 1, 0);
	cnt = lskel_perfbuf_poll(buffers, 1000);
	check("and then reads all", cnt == 3, "%d", cnt);
	lskel_perfbuf_free(buffers);
	cnt = write_perf(skel, 1, 0);
	check("a buffer that is freed isn't in the map", skel->bss->last_error == -ENOENT, "%d",
	      skel->bss->last_error);

	opts.keys = &too_far;
	check("a key that the map hasn't is an error",
	      !lskel_perfbuf_new(map_fd, PAGES, see, see_lost, &seen, &opts) && errno == E2BIG,
	      "%s", strerror(errno));
	opts.keys = &key;
	opts.cpus = &nowhere;
	check("a CPU that isn't there, too",
	      !lskel_perfbuf_new(map_fd, PAGES, see, see_lost, &seen, &opts) &&
		      (errno == EINVAL || errno == ENODEV),
	      "%s", strerror(errno));
	check("pages must be a power of two",
	      !lskel_perfbuf_new(map_fd, 3, see, see_lost, &seen, NULL) && errno == EINVAL &&
		      !lskel_perfbuf_new(map_fd, 0, see, see_lost, &seen, NULL) && errno == EINVAL,
	      "%s", strerror(errno));
	check("the map must be of that type",
	      !lskel_perfbuf_new(skel->maps.ring.map_fd, 1, see, see_lost, &seen, NULL) &&
		      errno == EINVAL,
	      "%s", strerror(errno));
}

/*
 * Moves the tail into the middle of a sample, where it looks like the head of a record. (The kernel lets
 * nobody write behind the first page.)
 */
static void check_damage(struct reading *skel)
{
	static const struct {
		const char *name;
		struct perf_event_header header;
		__u32 size;
	} damages[] = {
		{ "without a length", { PERF_RECORD_SAMPLE, 0, 0 }, 8 },
		{ "shorter than its head", { PERF_RECORD_SAMPLE, 0, 4 }, 8 },
		{ "of an odd length", { PERF_RECORD_SAMPLE, 0, 25 }, 8 },
		{ "longer than what is there", { PERF_RECORD_SAMPLE, 0, 65528 }, 8 },
		{ "whose sample is longer", { PERF_RECORD_SAMPLE, 0, 24 }, 100 },
		{ "whose sample is much longer", { PERF_RECORD_SAMPLE, 0, 24 }, ~0U },
	};
	/* A record's head, the sample's size, its number, 4 bytes of filler; 8-byte aligned. */
	const int inside = 8 + 4 + 8 + 4;
	struct seen seen;

	skel->data->min_size = skel->data->max_size = 100;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct lskel_perfbuf *buffers = open_perf(skel, &seen);
		char *filler = skel->bss->buffer.filler + 4;
		struct perf_event_mmap_page *page;
		void *memory = NULL;
		size_t size = 0;
		char name[100];
		int cnt, err;

		memcpy(filler, &damages[i].header, sizeof(damages[i].header));
		memcpy(filler + 8, &damages[i].size, sizeof(damages[i].size));
		write_perf(skel, 3, 0);
		memset(filler, 0, 12);
		err = lskel_perfbuf_memory(buffers, 0, &memory, &size);
		page = memory;
		if (!err)
			page->data_tail += inside;
		cnt = lskel_perfbuf_consume(buffers);
		snprintf(name, sizeof(name), "a record %s is an error", damages[i].name);
		check(name, !err && size == PAGES * 4096 && cnt == -EIO && !seen.bytes, "%d", cnt);
		lskel_perfbuf_consume(buffers);
		if (!err)
			page->data_tail = page->data_head;
		seen = from(skel->bss->seq);
		write_perf(skel, 1, 0);
		cnt = lskel_perfbuf_poll(buffers, 1000);
		snprintf(name, sizeof(name), "and what follows a record %s is read",
			 damages[i].name);
		check(name, cnt == 1 && !seen.wrong, "%d", cnt);
		lskel_perfbuf_free(buffers);
	}
}

int main(void)
{
	static struct holdings before;
	struct reading *skel = reading__open_and_load();
	struct seen seen = from(0);

	if (!skel) {
		fail("reading: loads", "%s", strerror(errno));
		return harness_status();
	}
	list_holdings(&before);
	check_order(skel);
	check_lost(skel);
	check_stopping(skel);
	check_fork(skel);
	check_choices(skel);
	check_damage(skel);
	lskel_perfbuf_free(NULL);
	check("buffers leave nothing", holds_the_same(&before), "%d mappings", before.maps);
	check_failing_calls("buffers that can't be made leave nothing",
			    lskel_perfbuf_new(skel->maps.perf.map_fd, 1, see, see_lost, &seen,
					      NULL),
			    lskel_perfbuf_free(made));
	reading__destroy(skel);
	return harness_status();
}
