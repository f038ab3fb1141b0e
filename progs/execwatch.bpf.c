// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Example: reports every exec to a ring buffer. Shows CO-RE (the fields of task_struct), global data
 * that the application sets before load (min_pid) and reads at any time (execs), and a tracepoint that
 * is attached by its name.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "execwatch.h"

/* Only the fields that are used: CO-RE finds them by name in the kernel that runs. */
struct task_struct {
	int tgid;
	char comm[16];
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

const volatile int min_pid = 0; /* execs of processes below it are not reported */
unsigned long long execs = 0;
unsigned long long lost = 0;

SEC("tp_btf/sched_process_exec")
int BPF_PROG(watch_exec, struct task_struct *task)
{
	struct exec_event *event;

	if (task->tgid < min_pid)
		return 0;
	__sync_fetch_and_add(&execs, 1);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	event->pid = task->tgid;
	event->parent = task->real_parent->tgid;
	bpf_core_read_str(event->comm, sizeof(event->comm), &task->comm);
	bpf_core_read_str(event->parent_comm, sizeof(event->parent_comm), &task->real_parent->comm);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
