// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* execwatch.c again, on libbpf and a bpf_object: what a light skeleton is compared with. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "execwatch.h"

static int print_exec(void *ctx, void *record, size_t size)
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

int main(int argc, char **argv)
{
	int seconds = argc > 2 ? atoi(argv[2]) : 0;
	time_t end = time(NULL) + seconds;
	struct ring_buffer *ring = NULL;
	struct bpf_object *obj;
	struct bpf_link *link = NULL;

	obj = argc > 1 ? bpf_object__open_file(argv[1], NULL) : NULL;
	if (!obj || bpf_object__load(obj))
		return 1;
	link = bpf_program__attach(bpf_object__find_program_by_name(obj, "watch_exec"));
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "events"), print_exec, NULL,
				NULL);
	while (link && ring && (!seconds || time(NULL) < end))
		ring_buffer__poll(ring, 200);
	ring_buffer__free(ring);
	bpf_link__destroy(link);
	bpf_object__close(obj);
	return 0;
}
