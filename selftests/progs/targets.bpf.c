// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs whose target is found by name and such that have none, in turn. Only the first one uses the
 * read-only data.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile int limit = 3;

SEC("tp_btf/sys_enter")
int target_enter(void *ctx)
{
	return limit;
}

SEC("tc")
int plain_tc(struct __sk_buff *skb)
{
	return 0;
}

SEC("?tp_btf/sys_enter")
int target_off(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_enter")
int plain_raw(void *ctx)
{
	return 0;
}

SEC("iter/task")
int target_iter(void *ctx)
{
	return 0;
}

SEC("xdp")
int plain_xdp(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("tp_btf/sys_exit")
int target_exit(void *ctx)
{
	return 0;
}

SEC("socket")
int plain_socket(struct __sk_buff *skb)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
