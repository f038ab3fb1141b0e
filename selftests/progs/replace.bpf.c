// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that replace functions of another: one says which in its section, one does not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 hits;

SEC("freplace/get_answer")
int new_answer(struct __sk_buff *skb)
{
	hits++;
	return 42;
}

SEC("freplace")
int new_something(struct __sk_buff *skb)
{
	hits++;
	return 43;
}

char _license[] SEC("license") = "GPL";
