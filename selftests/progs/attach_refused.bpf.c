// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kinds that libbpf attaches and this version does not, after one that attach() leaves alone. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int on_xdp(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("kprobe/do_unlinkat")
int on_kprobe(void *ctx)
{
	return 0;
}

SEC("tracepoint/sched/sched_switch")
int on_tracepoint(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
