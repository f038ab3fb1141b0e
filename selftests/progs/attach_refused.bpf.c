// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program that attach() leaves alone, and one that it attaches. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int on_xdp(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("raw_tp/sys_enter")
int on_raw_tp(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
