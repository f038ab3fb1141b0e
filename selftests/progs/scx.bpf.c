// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The smallest scheduler (sched_ext): whatever it does not do, the kernel does. What is declared here is
 * what it uses of the kernel's struct sched_ext_ops.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct;
struct scx_exit_info;

struct sched_ext_ops {
	void (*runnable)(struct task_struct *p, __u64 enq_flags);
	__s32 (*init)(void);
	void (*exit)(struct scx_exit_info *info);
	__u64 flags;
	__u32 timeout_ms;
	char name[128];
};

int inits, exits;
__u64 runnables;

SEC("struct_ops.s/init")
__s32 scx_init(__u64 *ctx)
{
	inits++;
	return 0;
}

SEC("struct_ops/runnable")
void BPF_PROG(scx_runnable, struct task_struct *p, __u64 enq_flags)
{
	__sync_fetch_and_add(&runnables, 1);
}

SEC("struct_ops/exit")
void BPF_PROG(scx_exit, struct scx_exit_info *info)
{
	exits++;
}

SEC(".struct_ops.link")
struct sched_ext_ops scheduler = {
	.runnable = (void *)scx_runnable,
	.init = (void *)scx_init,
	.exit = (void *)scx_exit,
	.timeout_ms = 5000,
	.name = "lskel_scx",
};

char _license[] SEC("license") = "GPL";
