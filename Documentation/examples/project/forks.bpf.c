// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Example of a project: counts the processes and threads that start. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

unsigned long long forks = 0;

SEC("raw_tp/sched_process_fork")
int count_fork(void *ctx)
{
	(void)ctx;
	__sync_fetch_and_add(&forks, 1);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
