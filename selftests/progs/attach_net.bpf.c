// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for network devices and hooks: each counts packets, and notes that it ran after the others. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "attach_net.h"

#ifndef TCX_NEXT
#define TCX_NEXT -1
#endif

#define NF_ACCEPT 1

struct bpf_nf_ctx;

__u64 hits[HITS];
__u32 order[ORDER_MAX], ran;

static __always_inline void count(enum hit hit)
{
	__u32 at = __sync_fetch_and_add(&ran, 1);

	__sync_fetch_and_add(&hits[hit], 1);
	if (at < ORDER_MAX)
		order[at] = hit;
}

SEC("xdp")
int on_xdp(struct xdp_md *ctx)
{
	count(HIT_XDP);
	return XDP_PASS;
}

SEC("xdp")
int on_xdp_other(struct xdp_md *ctx)
{
	count(HIT_XDP_OTHER);
	return XDP_PASS;
}

SEC("tcx/ingress")
int on_tcx(struct __sk_buff *ctx)
{
	count(HIT_TCX);
	return TCX_NEXT;
}

SEC("tcx/ingress")
int on_tcx_other(struct __sk_buff *ctx)
{
	count(HIT_TCX_OTHER);
	return TCX_NEXT;
}

SEC("tc")
int on_tc(struct __sk_buff *ctx)
{
	count(HIT_TC);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int on_tc_other(struct __sk_buff *ctx)
{
	count(HIT_TC_OTHER);
	return TC_ACT_UNSPEC;
}

SEC("netkit/primary")
int on_netkit(struct __sk_buff *ctx)
{
	count(HIT_NETKIT);
	return TCX_NEXT;
}

/* Linux 6.4 */
SEC("?netfilter")
int on_netfilter(struct bpf_nf_ctx *ctx)
{
	count(HIT_NETFILTER);
	return NF_ACCEPT;
}

char _license[] SEC("license") = "GPL";
