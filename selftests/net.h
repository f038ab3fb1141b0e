/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A network of the test's own: a new network namespace with lo, devices in it, and packets. For vmtest kernels.
 */
#ifndef LSKEL_SELFTESTS_NET_H
#define LSKEL_SELFTESTS_NET_H

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>

/* Of the running kernel, as LSKEL_LINUX() has it. */
static inline unsigned int linux_version(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	uname(&name);
	sscanf(name.release, "%u.%u", &major, &minor);
	return major << 16 | minor << 8;
}

static inline int net_up(const char *device)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err;

	strncpy(ifr.ifr_name, device, IFNAMSIZ - 1);
	err = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return err;
}

/* Returns 0, or -1 with errno set. */
static inline int net_new(void)
{
	return unshare(CLONE_NEWNET) || net_up("lo") ? -1 : 0;
}

static inline void net_add_attr(struct nlmsghdr *msg, unsigned short type, const void *data,
				size_t len)
{
	struct rtattr *attr = (void *)((char *)msg + NLMSG_ALIGN(msg->nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(attr), data, len);
	msg->nlmsg_len = NLMSG_ALIGN(msg->nlmsg_len) + RTA_ALIGN(attr->rta_len);
}

/* Sends @msg of rtnetlink. Returns what the kernel says, 0 or a negative errno. */
static inline int net_talk(struct nlmsghdr *msg)
{
	struct {
		struct nlmsghdr hdr;
		struct nlmsgerr err;
		char more[1024];
	} reply = {};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), err = -EIO;

	msg->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, msg, msg->nlmsg_len, 0) == (ssize_t)msg->nlmsg_len)
		while (err == -EIO && recv(fd, &reply, sizeof(reply), 0) > 0)
			if (reply.hdr.nlmsg_type == NLMSG_ERROR)
				err = reply.err.error;
	close(fd);
	return err;
}

/* Makes a device @name of @kind, a pair where the kind is one of pairs, and takes it up. Returns 0 or an errno. */
static inline int net_add_device(const char *name, const char *kind)
{
	struct {
		struct nlmsghdr hdr;
		struct ifinfomsg ifi;
		char attrs[256];
	} msg = { .hdr = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			   .nlmsg_type = RTM_NEWLINK,
			   .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL } };
	char info[64] __attribute__((aligned(4))) = {};
	struct rtattr *inner = (void *)info;
	int err;

	net_add_attr(&msg.hdr, IFLA_IFNAME, name, strlen(name) + 1);
	inner->rta_type = IFLA_INFO_KIND;
	inner->rta_len = (unsigned short)RTA_LENGTH(strlen(kind) + 1);
	strcpy(RTA_DATA(inner), kind);
	net_add_attr(&msg.hdr, IFLA_LINKINFO, info, RTA_ALIGN(inner->rta_len));
	err = net_talk(&msg.hdr);
	return err ?: net_up(name);
}

/* A datagram through lo, which nobody answers. */
static inline bool net_send_lo(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(addr);
	int to = socket(AF_INET, SOCK_DGRAM, 0), from = socket(AF_INET, SOCK_DGRAM, 0);
	char c = 0;
	bool good =
		!bind(to, (void *)&addr, sizeof(addr)) && !getsockname(to, (void *)&addr, &len) &&
		sendto(from, &c, 1, 0, (void *)&addr, sizeof(addr)) == 1 && recv(to, &c, 1, 0) == 1;

	close(to);
	close(from);
	return good;
}

/* A packet out of @device, for nobody. */
static inline bool net_send_out(const char *device)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_IP),
				    .sll_ifindex = (int)if_nametoindex(device),
				    .sll_halen = ETH_ALEN,
				    .sll_addr = { 255, 255, 255, 255, 255, 255 } };
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	char packet[64] = { 0x45 };
	bool good = sendto(fd, packet, sizeof(packet), 0, (void *)&addr, sizeof(addr)) ==
		    sizeof(packet);

	close(fd);
	return good;
}

#endif /* LSKEL_SELFTESTS_NET_H */
