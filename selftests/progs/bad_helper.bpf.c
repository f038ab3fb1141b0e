// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The verifier refuses this with EINVAL: a socket filter must not override a return value. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int overrides(struct __sk_buff *skb)
{
	bpf_override_return((void *)skb, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
