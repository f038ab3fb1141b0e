// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program that the kernel relocates, by the object's BTF: without that it would read elsewhere. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int pid;
	int tgid;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int reads(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int tgid = 0;

	bpf_probe_read_kernel(&tgid, sizeof(tgid), &task->tgid);
	return tgid;
}

char _license[] SEC("license") = "GPL";
