// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One program of each kind that this version attaches. Each counts what the process of the test does,
 * and those that can refuse something do so for it when told to.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "attach_kinds.h"

struct file;

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

const volatile __u32 tgid;
int fmod_ret_refuses, lsm_refuses; /* with this errno */
int unlink_result;
__u64 hits[HITS];

static __always_inline _Bool is_test(void)
{
	return bpf_get_current_pid_tgid() >> 32 == tgid;
}

static __always_inline void count(int kind)
{
	if (is_test())
		__sync_fetch_and_add(&hits[kind], 1);
}

SEC("raw_tp/sys_enter")
int on_raw_tp(void *ctx)
{
	count(HIT_RAW_TP);
	return 0;
}

SEC("tp_btf/sys_enter")
int on_tp_btf(void *ctx)
{
	count(HIT_TP_BTF);
	return 0;
}

SEC("fentry/do_unlinkat")
int on_fentry(void *ctx)
{
	count(HIT_FENTRY);
	return 0;
}

SEC("fexit/do_unlinkat")
int BPF_PROG(on_fexit, int dir, void *name, int ret)
{
	if (is_test())
		unlink_result = ret;
	count(HIT_FEXIT);
	return 0;
}

SEC("fmod_ret/security_task_getpgid")
int BPF_PROG(on_fmod_ret, struct task_struct *p, int ret)
{
	count(HIT_FMOD_RET);
	return is_test() ? -fmod_ret_refuses : ret;
}

SEC("lsm/task_getsid")
int BPF_PROG(on_lsm, struct task_struct *p, int ret)
{
	count(HIT_LSM);
	return is_test() && lsm_refuses == 1 ? -1 : ret;
}

SEC("lsm.s/file_open")
int BPF_PROG(on_lsm_sleepable, struct file *file)
{
	count(HIT_LSM_SLEEPABLE);
	return 0;
}

SEC("iter/task")
int on_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 found;

	if (!task)
		return 0;
	found = task->tgid;
	if (found == tgid)
		bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	count(HIT_ITER);
	return 0;
}

char _license[] SEC("license") = "GPL";
