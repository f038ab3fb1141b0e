// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * xdpfilter: drops what some senders send to a device, as an application of progs/xdpfilter.bpf.c. Addresses
 * can be added while it runs, on standard input, one a line. Prints at the end how much was dropped.
 *
 * usage: xdpfilter DEVICE [SECONDS] [ADDRESS]...
 */
#include "tool.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>

#include TOOL_SKELETON(xdpfilter)

/* The places where libbpf's interface differs. */
#ifdef ON_LIBBPF
static int attach(struct xdpfilter *skel, unsigned int ifindex)
{
	skel->links.drop_senders = bpf_program__attach_xdp(skel->progs.drop_senders, (int)ifindex);
	return skel->links.drop_senders ? 0 : -errno;
}

static int update(struct xdpfilter *skel, const __u32 *sender, const __u64 *dropped)
{
	return bpf_map_update_elem(tool_map_fd(skel, senders), sender, dropped, BPF_ANY);
}

static int next(struct xdpfilter *skel, const __u32 *sender, __u32 *ret)
{
	return bpf_map_get_next_key(tool_map_fd(skel, senders), sender, ret);
}

static int lookup(struct xdpfilter *skel, const __u32 *sender, __u64 *ret)
{
	return bpf_map_lookup_elem(tool_map_fd(skel, senders), sender, ret);
}
#else
static int attach(struct xdpfilter *skel, unsigned int ifindex)
{
	const struct lskel_where where = { .ifindex = ifindex };

	return xdpfilter__drop_senders__attach_to(skel, &where) ? 0 : -errno;
}

#define next(skel, sender, ret)	      xdpfilter__senders__next_key(skel, sender, ret)
#define update(skel, sender, dropped) xdpfilter__senders__update(skel, sender, dropped, BPF_ANY)
#define lookup(skel, sender, ret)     xdpfilter__senders__lookup(skel, sender, ret, 0)
#endif

static int add(struct xdpfilter *skel, const char *address)
{
	__u64 dropped = 0;
	__u32 sender;
	int err;

	if (inet_pton(AF_INET, address, &sender) != 1) {
		fprintf(stderr, "xdpfilter: '%s' is no IPv4 address\n", address);
		return -EINVAL;
	}
	err = update(skel, &sender, &dropped);
	if (err)
		fprintf(stderr, "xdpfilter: %s: %s\n", address, strerror(-err));
	return err;
}

/* Takes addresses until a signal or the end of @seconds, if these are not 0. */
static void run(struct xdpfilter *skel, int seconds)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	time_t end = time(NULL) + seconds;
	char line[64];

	while (!tool_stop && (!seconds || time(NULL) < end)) {
		if (poll(&input, 1, 200) <= 0)
			continue;
		if (fgets(line, sizeof(line), stdin)) {
			line[strcspn(line, "\n")] = '\0';
			add(skel, line);
		} else {
			input.fd = -1;
		}
	}
}

static void print_dropped(struct xdpfilter *skel)
{
	char address[INET_ADDRSTRLEN];
	__u64 dropped = 0;
	__u32 sender;

	for (int err = next(skel, NULL, &sender); !err; err = next(skel, &sender, &sender))
		if (!lookup(skel, &sender, &dropped))
			printf("%-15s %llu dropped\n",
			       inet_ntop(AF_INET, &sender, address, sizeof(address)),
			       (unsigned long long)dropped);
	printf("%llu passed\n", skel->bss->passed);
}

int main(int argc, char **argv)
{
	unsigned int ifindex = argc > 1 ? if_nametoindex(argv[1]) : 0;
	struct xdpfilter *skel = xdpfilter__open();
	int err = -1;

	if (!ifindex) {
		fprintf(stderr, "usage: xdpfilter DEVICE [SECONDS] [ADDRESS]...\n");
	} else if (!skel || xdpfilter__load(skel) || attach(skel, ifindex)) {
		fprintf(stderr, "%s\n", skel ? tool_error(xdpfilter, skel) : strerror(errno));
	} else {
		tool_start();
		err = 0;
		for (int i = 3; i < argc && !err; i++)
			err = add(skel, argv[i]);
		if (!err)
			run(skel, argc > 2 ? atoi(argv[2]) : 0);
		print_dropped(skel);
	}
	xdpfilter__destroy(skel);
	return err ? 1 : 0;
}
