// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * execwatch: prints every exec on the system, as an application of progs/execwatch.bpf.c that needs
 * nothing but libc. The same tool on libbpf is execwatch_libbpf.c.
 *
 * usage: execwatch [SECONDS]
 */
#include "execwatch.lskel.h"

#include <lskel/ringbuf.h>
#include <stdio.h>
#include <time.h>

#include "execwatch.h"

static int print_exec(void *ctx, const void *record, size_t size)
{
	const struct exec_event *event = record;

	(void)ctx;
	if (size < sizeof(*event))
		return 0;
	printf("%7d %-16s from %7d %s\n", event->pid, event->comm, event->parent,
	       event->parent_comm);
	fflush(stdout);
	return 0;
}

static int watch(struct execwatch *skel, int seconds)
{
	struct lskel_ringbuf *ring = lskel_ringbuf_new(skel->maps.events.map_fd, print_exec, NULL);
	time_t end = time(NULL) + seconds;
	int err = ring ? 0 : -errno;

	while (err >= 0 && (!seconds || time(NULL) < end))
		err = lskel_ringbuf_poll(ring, 200);
	lskel_ringbuf_free(ring);
	return err < 0 ? err : 0;
}

int main(int argc, char **argv)
{
	struct execwatch *skel = execwatch__open();
	int err;

	if (!skel) {
		perror("execwatch");
		return 1;
	}
	skel->rodata->min_pid = 2;
	err = execwatch__load(skel);
	if (!err)
		err = execwatch__attach(skel);
	if (err) {
		fprintf(stderr, "%s\n", execwatch__error(skel));
	} else {
		err = watch(skel, argc > 1 ? atoi(argv[1]) : 0);
		printf("%llu execs, %llu lost\n", skel->bss->execs, skel->bss->lost);
	}
	execwatch__destroy(skel);
	return err ? 1 : 0;
}
