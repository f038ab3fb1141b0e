// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kernel variables that have a type, next to kernel functions. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>

#include "ksym_kfuncs.h"

struct rq {
	int cpu;
} __attribute__((preserve_access_index));

extern const int bpf_prog_active __ksym;
extern const struct rq runqueues __ksym;
extern const unsigned long process_counts __ksym __weak;
extern const int lskel_no_such_variable __ksym __weak;

struct ksym_results results;

SEC("tc")
int mixed(struct __sk_buff *skb)
{
	struct rq *rq = bpf_per_cpu_ptr(&runqueues, bpf_get_smp_processor_id());

	results.first = (__u64)&bpf_prog_active;
	/* Not what the compiler has in a register. */
	results.first_again = skb->len ? (__u64)&bpf_prog_active : 0;
	results.mixed = LENGTH_BY(LENGTH);
	results.second = (__u64)&runqueues;
	if (rq)
		results.cpu = rq->cpu;
	results.this_cpu = bpf_get_smp_processor_id();
	return 0;
}

SEC("tc")
int weak_variables(struct __sk_buff *skb)
{
	results.weak_present = (__u64)&process_counts;
	results.none = KSYM_ABSENT;
	if (&lskel_no_such_variable)
		results.none = *(int *)bpf_this_cpu_ptr(&lskel_no_such_variable);
	return 0;
}

SEC("tc")
int elsewhere(struct __sk_buff *skb)
{
	results.first_elsewhere = (__u64)&bpf_prog_active;
	results.again = LENGTH_BY(LENGTH);
	return 0;
}

char _license[] SEC("license") = "GPL";
