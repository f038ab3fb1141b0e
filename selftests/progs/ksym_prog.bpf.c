// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The symbol of a BPF program; test_ksyms.c puts the tag in. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "ksym_results.h"

extern const void schedule __ksym;
extern const void bpf_prog_0123456789abcdef_lskel_target __ksym;

struct ksym_results results;

SEC("tc")
int addresses(struct __sk_buff *skb)
{
	results.first = (__u64)&schedule;
	results.second = (__u64)&bpf_prog_0123456789abcdef_lskel_target;
	return 0;
}

char _license[] SEC("license") = "GPL";
