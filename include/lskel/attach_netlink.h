/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching to network devices by netlink, without BPF links: filters of traffic control, for kernels without
 * tcx, and XDP programs. For foo__PROG__attach_old_to(). What is attached so, stays when the process ends without
 * detaching it. Part of liblskel.a.
 *
 * Internal: applications call none of it.
 *
 * Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_NETLINK_H
#define LSKEL_ATTACH_NETLINK_H

#include <lskel/attach_link.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * XDP on the device where.ifindex, by RTM_SETLINK: where.flags are XDP_FLAGS_SKB_MODE and its like. With where.replace_fd,
 * it takes the place of that program, which was attached by netlink, too; it comes back when this one is detached.
 * -EEXIST: it is not there, or, without replace_fd, some other is; -EBUSY: there is a BPF link.
 */
LSKEL_API int lskel_attach_xdp_old(const struct lskel_attaching *at, struct lskel_link *link);

/*
 * A filter of traffic control on the device where.ifindex, that says itself what becomes of a packet
 * (direct-action): where.handle and priority, or 0: of the kernel's choice. It is for ingress or egress as where.attach_type
 * (BPF_TCX_INGRESS, BPF_TCX_EGRESS) or the section says; a qdisc "clsact" is made for it if there is none, and goes with the
 * last filter in it; or it is in where.parent, of some other qdisc. With where.replace_fd, handle and priority, it
 * takes the place of that program, as above. -EEXIST: there is a filter of that handle; -ENOENT: that program is not
 * there, or the kernel lacks clsact (sch_ingress) or cls_bpf.
 */
LSKEL_API int lskel_attach_tc(const struct lskel_attaching *at, struct lskel_link *link);

#ifdef __cplusplus
}
#endif

/*
 * Functions, so that who does not call them needs no liblskel.a: compilers keep constants that nobody uses
 * when they do not optimize.
 */
static inline const struct lskel_attach_kind *lskel_kind_xdp_old(void)
{
	static const struct lskel_attach_kind kind = { "XDP without a link", LSKEL_LINUX(4, 8),
						       lskel_attach_xdp_old };

	return &kind;
}

static inline const struct lskel_attach_kind *lskel_kind_tc(void)
{
	static const struct lskel_attach_kind kind = { "filter of traffic control",
						       LSKEL_LINUX(4, 5), lskel_attach_tc };

	return &kind;
}

#endif /* LSKEL_ATTACH_NETLINK_H */
