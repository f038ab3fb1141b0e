// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Addresses of kernel symbols without a type: functions, which every kernel lists in /proc/kallsyms. With
 * -DWEAK all are weak.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "ksym_results.h"

#ifdef WEAK
#define STRONG __weak
#else
#define STRONG
#endif

extern const void schedule __ksym STRONG;
extern const void schedule_timeout __ksym STRONG;
extern const void schedule_hrtimeout __ksym __weak;
extern const void lskel_no_such_symbol __ksym __weak;

struct ksym_results results;

SEC("tc")
int addresses(struct __sk_buff *skb)
{
	results.first = (__u64)&schedule;
	results.second = (__u64)&schedule_timeout;
	/* Not what the compiler has in a register. */
	results.first_again = skb->len ? (__u64)&schedule : 0;
	return 0;
}

SEC("tc")
int elsewhere(struct __sk_buff *skb)
{
	results.first_elsewhere = (__u64)&schedule;
	return 0;
}

SEC("tc")
int weak_addresses(struct __sk_buff *skb)
{
	results.weak_present = (__u64)&schedule_hrtimeout;
	results.none = (__u64)&lskel_no_such_symbol;
	if (!results.none)
		results.none = KSYM_ABSENT;
	return 0;
}

char _license[] SEC("license") = "GPL";
