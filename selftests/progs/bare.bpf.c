// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The least an object can be: one program, no maps, and (as it is compiled without -g) no BTF. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int accept_all(struct __sk_buff *skb)
{
	return skb->len;
}
