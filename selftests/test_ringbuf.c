// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Ring buffers are read as they were written: every record once, in order, whole at the end of the
 * buffer, without what was discarded; several in one set; after a full buffer, while a program writes on
 * another CPU, after fork(). Signals and handlers end the reading. A set that can't be made leaves nothing.
 */
#include <pthread.h>
#include <signal.h>

#include <lskel/ringbuf.h>

#include "progs/reading.h"

#include "reading.lskel.h"

#include "reading.h"

struct seen {
	__u64 next;    /* the number of the record that is due */
	__u64 wrong;   /* how many had another, or another size */
	__u64 bytes;   /* in records */
	__u64 stop_at; /* the handler returns -ECANCELED at this one */
	int misaligned;
};

static int see(void *ctx, const void *record, size_t size)
{
	const struct record *r = record;
	struct seen *seen = ctx;

	if (r->seq != seen->next || size < 8 || size > MAX_RECORD)
		seen->wrong++;
	for (size_t i = 8; i < size; i++)
		if (((const char *)record)[i])
			seen->wrong++;
	seen->misaligned += (unsigned long)record % 8 != 0;
	seen->bytes += size;
	return seen->next++ == seen->stop_at ? -ECANCELED : 0;
}

static struct seen from(__u64 seq)
{
	return (struct seen){ .next = seq, .stop_at = ~0ULL };
}

static int write_ring(struct reading *skel, int count)
{
	skel->bss->count = count;
	return run_raw_tp(skel->progs.write_ring.prog_fd, -1);
}

static void check_order(struct reading *skel)
{
	struct seen seen = from(0);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen);
	struct lskel_ringbuf_info info = {};
	int cnt, total = 0;

	if (!check("a reader is made", rings, "%s", strerror(errno)))
		return;
	cnt = lskel_ringbuf_poll(rings, 0);
	check("an empty buffer has nothing", cnt == 0, "%d", cnt);
	/* Sizes from 8 to 1007, all remainders modulo 8, many times around the buffer. */
	skel->data->max_size = 1007;
	skel->bss->size_step = 13;
	skel->bss->discard_every = 3;
	for (int i = 0; i < 200; i++) {
		write_ring(skel, 50);
		cnt = i % 2 ? lskel_ringbuf_consume(rings) : lskel_ringbuf_poll(rings, 1000);
		total += cnt;
		if (cnt != 50)
			break;
	}
	check("every record is read once, in order, without those discarded",
	      total == 200 * 50 && seen.next == 10000 && !seen.wrong && !seen.misaligned,
	      "%d, next %llu, %llu wrong, %d misaligned", total, seen.next, seen.wrong,
	      seen.misaligned);
	check("they went around the buffer", seen.bytes > 64 * 64 * 1024 / 2, "%llu bytes",
	      seen.bytes);
	cnt = lskel_ringbuf_info(rings, 0, &info);
	check("the buffer's figures are right",
	      !cnt && info.map_fd == skel->maps.ring.map_fd && info.size == 64 * 1024 &&
		      !info.avail && info.consumer_pos == info.producer_pos &&
		      info.consumer_pos > seen.bytes,
	      "%d: %zu bytes, %zu left", cnt, info.size, info.avail);
	check("and there is no other",
	      lskel_ringbuf_info(rings, 1, &info) == -EINVAL &&
		      lskel_ringbuf_consume_ring(rings, 1, 1) == -EINVAL &&
		      lskel_ringbuf_cnt(rings) == 1,
	      "%u", lskel_ringbuf_cnt(rings));
	lskel_ringbuf_free(rings);
	skel->bss->size_step = skel->bss->discard_every = 0;
}

static void check_overflow(struct reading *skel)
{
	struct seen seen = from(skel->bss->seq);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen);
	__u64 lost = skel->bss->lost, first = skel->bss->seq;
	struct lskel_ringbuf_info info = {};
	int cnt;

	/* With its head, each takes 16 bytes. */
	write_ring(skel, 5000);
	lskel_ringbuf_info(rings, 0, &info);
	check("a full buffer refuses records",
	      skel->bss->lost - lost == 5000 - 4096 + 1 || skel->bss->lost - lost == 5000 - 4096,
	      "%llu lost", skel->bss->lost - lost);
	cnt = lskel_ringbuf_consume(rings);
	check("and those that are in it are read",
	      cnt == (int)(skel->bss->seq - first) && !seen.wrong && info.avail == (size_t)cnt * 16,
	      "%d of %llu, %zu bytes", cnt, skel->bss->seq - first, info.avail);
	write_ring(skel, 10);
	cnt = lskel_ringbuf_consume(rings);
	check("then there is room again", cnt == 10 && !seen.wrong, "%d", cnt);
	lskel_ringbuf_free(rings);
}

static void check_stopping(struct reading *skel)
{
	struct seen seen = from(skel->bss->seq);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen);
	int cnt;

	write_ring(skel, 10);
	seen.stop_at = seen.next + 3;
	cnt = lskel_ringbuf_poll(rings, 1000);
	check("a handler ends the reading", cnt == -ECANCELED && seen.next == seen.stop_at + 1,
	      "%d", cnt);
	cnt = lskel_ringbuf_consume_n(rings, 2);
	check("at most as many records as asked for", cnt == 2, "%d", cnt);
	cnt = lskel_ringbuf_consume_ring(rings, 0, 1);
	check("of one buffer, too", cnt == 1, "%d", cnt);
	cnt = lskel_ringbuf_poll(rings, 0);
	check("the rest is still there", cnt == 3 && !seen.wrong && seen.next == skel->bss->seq,
	      "%d", cnt);
	lskel_ringbuf_free(rings);
}

static void check_several(struct reading *skel)
{
	struct seen one = from(skel->bss->seq), two = from(skel->bss->seq + 5);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &one);
	struct epoll_event event = { .events = EPOLLIN };
	int err = lskel_ringbuf_add(rings, skel->maps.small_ring.map_fd, see, &two), cnt;
	int outer = epoll_create1(EPOLL_CLOEXEC);

	check("another buffer is added", !err && lskel_ringbuf_cnt(rings) == 2, "%s",
	      strerror(-err));
	err = lskel_ringbuf_add(rings, skel->maps.ring.map_fd, see, &two);
	check("but not twice", err == -EEXIST && lskel_ringbuf_cnt(rings) == 2, "%d", err);
	err = lskel_ringbuf_add(rings, skel->maps.perf.map_fd, see, &two);
	check("nor a map of another type", err == -EINVAL && lskel_ringbuf_cnt(rings) == 2, "%d",
	      err);

	epoll_ctl(outer, EPOLL_CTL_ADD, lskel_ringbuf_epoll_fd(rings), &event);
	check("the set's fd isn't readable", epoll_wait(outer, &event, 1, 0) == 0, "it is");
	write_ring(skel, 5);
	skel->bss->to_small_ring = 1;
	write_ring(skel, 5);
	skel->bss->to_small_ring = 0;
	check("until there is something", epoll_wait(outer, &event, 1, 1000) == 1, "%s",
	      strerror(errno));
	cnt = lskel_ringbuf_poll(rings, 1000);
	check("both are read at once, each by its handler",
	      cnt == 10 && one.next == two.next - 5 && !one.wrong && !two.wrong, "%d", cnt);
	check("then it isn't any more", epoll_wait(outer, &event, 1, 0) == 0, "it is");
	close(outer);
	lskel_ringbuf_free(rings);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void check_signal(struct reading *skel)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct seen seen = from(skel->bss->seq);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen);
	int cnt;

	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 20000);
	cnt = lskel_ringbuf_poll(rings, -1);
	ualarm(0, 0);
	check("a signal ends the waiting", cnt == -EINTR, "%d", cnt);
	write_ring(skel, 1);
	cnt = lskel_ringbuf_poll(rings, -1);
	check("and nothing else", cnt == 1, "%d", cnt);
	lskel_ringbuf_free(rings);
}

static void check_fork(struct reading *skel)
{
	struct seen seen = from(skel->bss->seq);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen);
	int status = -1, cnt;

	write_ring(skel, 4);
	if (!fork()) {
		cnt = lskel_ringbuf_consume_n(rings, 2);
		lskel_ringbuf_free(rings);
		_exit(cnt);
	}
	wait(&status);
	check("a child reads on in its parent's place",
	      WIFEXITED(status) && WEXITSTATUS(status) == 2, "%x", (unsigned int)status);
	seen.next += 2;
	cnt = lskel_ringbuf_poll(rings, 1000);
	check("and the parent goes on after it", cnt == 2 && !seen.wrong, "%d", cnt);
	lskel_ringbuf_free(rings);
}

#define CONCURRENT 100000
#define WAIT_MS	   60000

static void *write_many(void *skel)
{
	while (((struct reading *)skel)->bss->seq < CONCURRENT)
		if (write_ring(skel, 100))
			break;
	return NULL;
}

/* A wake-up that is lost shows as a long wait, after which no record came. */
static void check_concurrent(struct reading *skel)
{
	struct seen seen = from(skel->bss->seq);
	struct lskel_ringbuf *rings = lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen);
	pthread_t thread;
	int cnt = 0;

	skel->data->max_size = 100;
	skel->bss->size_step = 7;
	pthread_create(&thread, NULL, write_many, skel);
	while (seen.next < CONCURRENT && cnt >= 0) {
		long long start = lskel_now_ms();

		cnt = lskel_ringbuf_poll(rings, WAIT_MS);
		if (!cnt && lskel_now_ms() - start >= WAIT_MS)
			cnt = -ETIME;
	}
	pthread_join(thread, NULL);
	if (cnt >= 0)
		cnt = lskel_ringbuf_consume(rings);
	check("every record of another CPU is read",
	      cnt >= 0 && seen.next == skel->bss->seq && !seen.wrong,
	      "%d: at %llu of %llu, %llu wrong", cnt, seen.next, skel->bss->seq, seen.wrong);
	lskel_ringbuf_free(rings);
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
	check_overflow(skel);
	check_stopping(skel);
	check_several(skel);
	check_signal(skel);
	check_fork(skel);
	check_concurrent(skel);
	check("no ring buffer, no reader",
	      !lskel_ringbuf_new(skel->maps.perf.map_fd, see, NULL) && errno == EINVAL &&
		      !lskel_ringbuf_new(-1, see, NULL) && (errno == EBADF || errno == EBADFD),
	      "%s", strerror(errno));
	lskel_ringbuf_free(NULL);
	check("readers leave nothing", holds_the_same(&before), "%d mappings", before.maps);
	check_failing_calls("a reader that can't be made leaves nothing",
			    lskel_ringbuf_new(skel->maps.ring.map_fd, see, &seen),
			    lskel_ringbuf_free(made));
	reading__destroy(skel);
	return harness_status();
}
