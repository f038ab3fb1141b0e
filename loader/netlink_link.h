/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kinds of attaching by netlink have in common, see <lskel/attach_netlink.h>. The socket stays with the link: what is
 * undone, is undone in the network namespace in which it was done. Messages themselves are in loader/netlink.h.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#ifndef LSKEL_NETLINK_LINK_H
#define LSKEL_NETLINK_LINK_H

#include <lskel/attach_netlink.h>
#include <lskel/attach_old.h>

#include "netlink.h"

/* The errno of netlink, with the kernel's words. */
static inline int lskel_netlink_fail(const struct lskel_attaching *at, int err, const char *what,
				     const char *words)
{
	return lskel_attach_fail(at, err, *words ? "%s: the kernel says '%s'" : "%s", what, words);
}

/* A socket, and the program once more. */
static inline int lskel_netlink_prepare(const struct lskel_attaching *at, struct lskel_link *link)
{
	int fd, err;

	if (!at->where->ifindex)
		return lskel_attach_fail(at, -EINVAL, "set where.ifindex, of a network device");
	fd = lskel_netlink_open();
	if (fd < 0)
		return lskel_attach_fail(at, fd, "open a netlink socket");
	link->target_fd = fd;
	err = lskel_keep_fd(at, at->prog_fd, &link->prog_fd, "duplicate its fd");
	if (!err && at->where->replace_fd > 0)
		err = lskel_keep_fd(at, at->where->replace_fd, &link->replaced_fd,
				    "where.replace_fd");
	return err;
}

#endif /* LSKEL_NETLINK_LINK_H */
