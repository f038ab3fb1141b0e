// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs read what is written to a user ring buffer: in order of reservation, without what was discarded,
 * whole at the end of the buffer. A full buffer says so, or is waited for.
 */
#include <pthread.h>
#include <signal.h>

#include <lskel/user_ringbuf.h>

#include "progs/reading.h"

#include "reading.lskel.h"

#include "reading.h"

static int drain(struct reading *skel)
{
	skel->bss->drained = 0;
	return run_raw_tp(skel->progs.drain_user.prog_fd, -1) ?: skel->bss->last_error;
}

/* Each sample has its number; the program compares. */
static int write_samples(struct lskel_user_ringbuf *ring, __u64 from, __u64 to, __u32 size)
{
	for (; from < to; from++) {
		__u64 *sample = lskel_user_ringbuf_reserve(ring, size);

		if (!sample)
			return -errno;
		memset(sample, 0x55, size);
		*sample = from;
		lskel_user_ringbuf_submit(ring, sample);
	}
	return 0;
}

static void check_order(struct reading *skel, struct lskel_user_ringbuf *ring)
{
	__u64 *samples[3], wrong = skel->bss->drained_wrong;
	int err = 0, read = 0;

	for (__u32 size = 8; size < 500 && !err; size++) {
		err = write_samples(ring, 0, 7, size);
		if (!err)
			read += drain(skel);
	}
	check("programs read all samples, many times around the buffer",
	      !err && read == 492 * 7 && skel->bss->drained_wrong == wrong, "%d: %d, %llu wrong",
	      err, read, skel->bss->drained_wrong - wrong);

	for (int i = 0; i < 3; i++) {
		samples[i] = lskel_user_ringbuf_reserve(ring, 8);
		*samples[i] = i == 2;
	}
	lskel_user_ringbuf_submit(ring, samples[2]);
	read = drain(skel);
	check("a sample waits for those reserved before it",
	      read == 0 || read == -EAGAIN || read == -ENODATA || read == -EBUSY, "%d", read);
	lskel_user_ringbuf_discard(ring, samples[1]);
	lskel_user_ringbuf_submit(ring, samples[0]);
	read = drain(skel);
	check("what is discarded isn't seen",
	      skel->bss->drained == 2 && skel->bss->drained_wrong == wrong, "%d: %llu", read,
	      skel->bss->drained);
}

static void *drain_later(void *skel)
{
	usleep(50000);
	drain(skel);
	return NULL;
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void check_full(struct reading *skel, struct lskel_user_ringbuf *ring)
{
	struct sigaction action = { .sa_handler = on_alarm };
	pthread_t thread;
	void *sample;

	errno = 0;
	sample = lskel_user_ringbuf_reserve(ring, 4096);
	check("what never fits is refused", !sample && errno == E2BIG, "%s", strerror(errno));
	errno = 0;
	sample = lskel_user_ringbuf_reserve(ring, 0xfffffff0);
	check("however large", !sample && errno == E2BIG, "%s", strerror(errno));
	sample = lskel_user_ringbuf_reserve(ring, 4088);
	check("what just fits is not", sample, "%s", strerror(errno));
	if (sample) {
		memset(sample, 0, 4088);
		lskel_user_ringbuf_submit(ring, sample);
	}
	sample = lskel_user_ringbuf_reserve(ring, 1);
	check("a full buffer says so", !sample && errno == ENOSPC, "%s", strerror(errno));
	sample = lskel_user_ringbuf_reserve_blocking(ring, 1, 10);
	check("also after waiting", !sample && errno == ENOSPC, "%s", strerror(errno));
	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 20000);
	sample = lskel_user_ringbuf_reserve_blocking(ring, 1, -1);
	ualarm(0, 0);
	check("a signal ends the waiting", !sample && errno == EINTR, "%s", strerror(errno));

	pthread_create(&thread, NULL, drain_later, skel);
	sample = lskel_user_ringbuf_reserve_blocking(ring, 4000, -1);
	pthread_join(thread, NULL);
	check("and so does a program that reads", sample, "%s", strerror(errno));
	if (sample)
		lskel_user_ringbuf_discard(ring, sample);
	drain(skel);
}

int main(void)
{
	static struct holdings before;
	struct reading *skel = reading__open_and_load();
	struct lskel_user_ringbuf *ring;

	if (!skel) {
		fail("reading: loads", "%s", strerror(errno));
		return harness_status();
	}
	list_holdings(&before);
	ring = lskel_user_ringbuf_new(skel->maps.user.map_fd);
	if (check("a writer is made", ring, "%s", strerror(errno))) {
		check_order(skel, ring);
		check_full(skel, ring);
	}
	lskel_user_ringbuf_free(ring);
	lskel_user_ringbuf_free(NULL);
	check("no user ring buffer, no writer",
	      !lskel_user_ringbuf_new(skel->maps.ring.map_fd) && errno == EINVAL, "%s",
	      strerror(errno));
	check("writers leave nothing", holds_the_same(&before), "%d mappings", before.maps);
	check_failing_calls("a writer that can't be made leaves nothing",
			    lskel_user_ringbuf_new(skel->maps.user.map_fd),
			    lskel_user_ringbuf_free(made));
	reading__destroy(skel);
	return harness_status();
}
