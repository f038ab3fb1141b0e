// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Example: how long tasks that could run wait for a CPU, as a histogram in powers of two of microseconds. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "histogram.h"

#define TASK_RUNNING 0

struct task_struct {
	int pid;
	unsigned int __state;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, int);     /* thread */
	__type(value, __u64); /* since when it waits, ns */
} waiting SEC(".maps");

unsigned long long slots[SLOTS] = {};

static __always_inline int begin_wait(int pid)
{
	__u64 now = bpf_ktime_get_ns();

	if (pid)
		bpf_map_update_elem(&waiting, &pid, &now, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct *task)
{
	return begin_wait(task->pid);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(on_wakeup_new, struct task_struct *task)
{
	return begin_wait(task->pid);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, _Bool preempt, struct task_struct *prev, struct task_struct *next)
{
	int pid = next->pid;
	__u64 *start;

	if (prev->__state == TASK_RUNNING)
		begin_wait(prev->pid);
	start = bpf_map_lookup_elem(&waiting, &pid);
	if (!start)
		return 0;
	__sync_fetch_and_add(&slots[slot_of((bpf_ktime_get_ns() - *start) / 1000)], 1);
	bpf_map_delete_elem(&waiting, &pid);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
