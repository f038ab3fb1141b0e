// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An object that was not written for lskel: libxdp's dispatcher, as Debian ships it. Attaches it to
 * the loopback interface, sends packets through it and prints how often it ran.
 */
#include "xdp_dispatcher.lskel.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>

static void send_packets(int count)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	while (fd >= 0 && count--)
		sendto(fd, "lskel", 5, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

/* Runs of the program, which the kernel counts while kernel.bpf_stats_enabled is 1. */
static unsigned long long count_runs(int prog_fd)
{
	struct bpf_prog_info info = {};
	union bpf_attr attr = {};

	attr.info.bpf_fd = prog_fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (unsigned long)&info;
	return syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) ? 0 : info.run_cnt;
}

static int attach_and_count(struct xdp_dispatcher *skel)
{
	struct lskel_where lo = { .ifindex = if_nametoindex("lo") };

	if (!xdp_dispatcher__xdp_dispatcher__attach_to(skel, &lo))
		return -errno;
	send_packets(3);
	printf("xdp_dispatcher passed %llu packets on lo\n",
	       count_runs(skel->progs.xdp_dispatcher.prog_fd));
	return 0;
}

int main(void)
{
	struct xdp_dispatcher *skel = xdp_dispatcher__open();
	int err;

	if (!skel) {
		perror("xdp_dispatcher");
		return 1;
	}
	err = xdp_dispatcher__load(skel);
	if (!err)
		err = attach_and_count(skel);
	if (err)
		fprintf(stderr, "%s\n", xdp_dispatcher__error(skel));
	xdp_dispatcher__destroy(skel);
	return err ? 1 : 0;
}
