// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * XDP programs on network devices by netlink, see <lskel/attach_netlink.h>.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <linux/if_link.h>

#include "netlink_link.h"

/* Puts @prog_fd on a device, -1: none, in place of @expected_fd, 0: if there is none. */
static int lskel_set_xdp(int fd, __u32 ifindex, __u32 flags, int prog_fd, int expected_fd,
			 char *words, bool *ret_lost)
{
	struct lskel_netlink msg;
	int err;
	struct ifinfomsg *ifi = (struct ifinfomsg *)lskel_netlink_start(&msg, RTM_SETLINK, 0,
									sizeof(struct ifinfomsg));
	__u32 at;

	flags |= expected_fd > 0 ? XDP_FLAGS_REPLACE : XDP_FLAGS_UPDATE_IF_NOEXIST;
	ifi->ifi_index = (int)ifindex;
	at = lskel_netlink_nest(&msg, IFLA_XDP);
	lskel_netlink_add(&msg, IFLA_XDP_FD, &prog_fd, sizeof(prog_fd));
	lskel_netlink_add(&msg, IFLA_XDP_FLAGS, &flags, sizeof(flags));
	if (expected_fd > 0)
		lskel_netlink_add(&msg, IFLA_XDP_EXPECTED_FD, &expected_fd, sizeof(expected_fd));
	lskel_netlink_end(&msg, at);
	err = lskel_netlink_talk(fd, &msg, NULL, NULL, words);
	*ret_lost = msg.lost;
	return err;
}

static void lskel_undo_xdp_old(struct lskel_link *link)
{
	const __u32 *ifindex = (const __u32 *)link->data;
	char words[LSKEL_NETLINK_WORDS];
	bool lost;

	lskel_set_xdp(link->target_fd, *ifindex, link->flags,
		      link->replaced_fd > 0 ? link->replaced_fd : -1, link->prog_fd, words, &lost);
}

LSKEL_API int lskel_attach_xdp_old(const struct lskel_attaching *at, struct lskel_link *link)
{
	__u32 *ifindex = (__u32 *)malloc(sizeof(*ifindex));
	char words[LSKEL_NETLINK_WORDS];
	int err = ifindex ? lskel_netlink_prepare(at, link) : -ENOMEM;
	bool lost;

	link->data = ifindex;
	if (err)
		return err;
	*ifindex = at->where->ifindex;
	link->flags = at->where->flags;
	err = lskel_set_xdp(link->target_fd, *ifindex, link->flags, link->prog_fd,
			    link->replaced_fd, words, &lost);
	if (!err || lost)
		link->undo = lskel_undo_xdp_old;
	return err ? lskel_netlink_fail(at, err, "set it on the device", words) : 0;
}
