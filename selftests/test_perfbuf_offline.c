// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Perf buffers and CPUs that are not online: one that is not gets no buffer and is no error, unless it was
 * asked for; one that goes away while its buffer is waited for makes the others' samples none the less seen, and
 * does not end the waiting for ever. Turns off a CPU, so it is for vmtest.
 */
#include <lskel/perfbuf.h>

#include "progs/reading.h"

#include "reading.lskel.h"

#include "reading.h"

static int see(void *ctx, int cpu, const void *sample, __u32 size)
{
	int *last = ctx;

	(void)sample, (void)size;
	*last = cpu;
	return 0;
}

static bool turn(const char *online)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, online, 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

static int write_perf(struct reading *skel, int cpu)
{
	skel->bss->count = 1;
	return run_raw_tp(skel->progs.write_perf.prog_fd, cpu);
}

int main(void)
{
	struct reading *skel = reading__open_and_load();
	int cpu = -1, one = 1, empty = 0, cnt;
	__u32 key = 1;
	struct lskel_perfbuf_opts opts = { .cpus = &one, .keys = &key, .cpu_cnt = 1 };
	int map_fd = skel ? skel->maps.perf.map_fd : -1;
	struct lskel_perfbuf *buffers;

	if (!check("a CPU can be turned off", skel && turn("0"), "%s", strerror(errno)))
		return harness_status();
	buffers = lskel_perfbuf_new(map_fd, 4, see, NULL, &cpu, NULL);
	check("it gets no buffer",
	      buffers && lskel_perfbuf_cnt(buffers) == 1 && lskel_perfbuf_cpu(buffers, 0) == 0,
	      "%s", strerror(errno));
	write_perf(skel, 0);
	cnt = lskel_perfbuf_poll(buffers, 10000);
	check("the other one's is read", cnt == 1 && cpu == 0, "%d", cnt);
	check("to ask for it is an error",
	      !lskel_perfbuf_new(map_fd, 4, see, NULL, &cpu, &opts) && errno == ENODEV, "%s",
	      strerror(errno));
	lskel_perfbuf_free(buffers);

	turn("1");
	buffers = lskel_perfbuf_new(map_fd, 4, see, NULL, &cpu, NULL);
	check("when it is back, it gets one", buffers && lskel_perfbuf_cnt(buffers) == 2, "%s",
	      strerror(errno));
	write_perf(skel, 1);
	turn("0");
	cnt = lskel_perfbuf_poll(buffers, 10000);
	check("what it wrote before it goes is read", cnt == 1 && cpu == 1, "%d", cnt);
	for (int i = 0; i < 20; i++)
		empty += lskel_perfbuf_poll(buffers, 1) == 0;
	write_perf(skel, 0);
	cnt = lskel_perfbuf_poll(buffers, 10000);
	check("and the other one's goes on", empty == 20 && cnt == 1 && cpu == 0, "%d, %d", empty,
	      cnt);
	lskel_perfbuf_free(buffers);
	turn("1");
	reading__destroy(skel);
	return harness_status();
}
