// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A symbol that is at address 0 before Linux 6.15, after and before one that is not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "ksym_results.h"

extern const void schedule __ksym;
extern const void __per_cpu_start __ksym;
extern const void schedule_timeout __ksym;

struct ksym_results results;

SEC("tc")
int zero(struct __sk_buff *skb)
{
	results.first = (__u64)&schedule;
	results.zero = (__u64)&__per_cpu_start;
	results.second = (__u64)&schedule_timeout;
	results.strong = 1;
	return 0;
}

char _license[] SEC("license") = "GPL";
