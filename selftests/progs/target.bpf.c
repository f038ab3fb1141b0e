// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program whose functions others replace and watch. Compiled with and without BTF. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* 1 and 2, as far as the compiler is told. */
volatile int answer = 1, other_answer = 2;

__noinline int get_answer(struct __sk_buff *skb)
{
	return skb ? answer : 0;
}

__noinline int get_other(struct __sk_buff *skb)
{
	return skb ? other_answer : 0;
}

SEC("tc")
int target_main(struct __sk_buff *skb)
{
	return get_answer(skb) * 100 + get_other(skb);
}

char _license[] SEC("license") = "GPL";
