// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A good program, and one that the verifier refuses with EACCES: its index has no upper bound. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char table[64];

SEC("socket")
int good_one(struct __sk_buff *skb)
{
	return table[skb->len & 63];
}

SEC("raw_tp/sys_enter")
int out_of_bounds(void *ctx)
{
	return table[(__u32)bpf_get_current_pid_tgid()];
}

char _license[] SEC("license") = "GPL";
