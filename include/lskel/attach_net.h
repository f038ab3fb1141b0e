/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kinds of attaching to network devices, by BPF links. Their sections do not say which device, so they are
 * for foo__PROG__attach_to(), see <lskel/attach.h>.
 *
 * Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_NET_H
#define LSKEL_ATTACH_NET_H

#include <lskel/attach.h>

/*
 * XDP, on the device where.ifindex: where.flags are XDP_FLAGS_SKB_MODE and its like of <linux/if_link.h>, 0: what
 * the driver can. -EBUSY: the device has another program.
 */
static inline int lskel_attach_xdp(const struct lskel_attaching *at, struct lskel_link *link)
{
	struct lskel_link_attr attr;

	lskel_link_attr_init(&attr, at->prog_fd, (int)at->where->ifindex, BPF_XDP);
	attr.flags = at->where->flags;
	link->fd = lskel_sys_link_create(&attr);
	return link->fd < 0 ? link->fd : 0;
}

static const struct lskel_attach_kind lskel_kind_xdp
	__attribute__((unused)) = { "XDP", LSKEL_LINUX(5, 9), lskel_attach_xdp };

#endif /* LSKEL_ATTACH_NET_H */
