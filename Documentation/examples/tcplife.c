// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tcplife: prints every TCP connection when it ends, as an application of progs/tcplife.bpf.c.
 *
 * usage: tcplife [SECONDS]
 */
#include "tool.h"

#include <arpa/inet.h>

#include "tcplife.h"
#include TOOL_SKELETON(tcplife)

static int print_connection(void *ctx, TOOL_RECORD *record, size_t size)
{
	char local[INET6_ADDRSTRLEN] = "?", remote[INET6_ADDRSTRLEN] = "?";
	const struct tcp_event *event = record;

	(void)ctx;
	if (size < sizeof(*event))
		return 0;
	inet_ntop((int)event->family, event->local, local, sizeof(local));
	inet_ntop((int)event->family, event->remote, remote, sizeof(remote));
	printf("%7d %-16s %s:%u -> %s:%u %llu sent %llu received %.3f ms\n", event->pid,
	       event->comm, local, event->local_port, remote, event->remote_port, event->sent,
	       event->received, (double)event->us / 1000);
	return 0;
}

int main(int argc, char **argv)
{
	struct tcplife *skel = tcplife__open();
	struct tool_ring *ring;
	int err = -1;

	if (!skel || tcplife__load(skel) || tcplife__attach(skel)) {
		fprintf(stderr, "%s\n", skel ? tool_error(tcplife, skel) : strerror(errno));
		tcplife__destroy(skel);
		return 1;
	}
	tool_start();
	ring = tool_ring_new(tool_map_fd(skel, events), print_connection, NULL);
	if (ring)
		err = tool_read(ring, argc > 1 ? atoi(argv[1]) : 0);
	if (skel->bss->lost)
		printf("%llu connections were not reported\n", skel->bss->lost);
	tool_ring_free(ring);
	tcplife__destroy(skel);
	return err ? 1 : 0;
}
