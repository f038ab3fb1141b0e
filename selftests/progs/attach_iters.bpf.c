// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Iterators of one thing: a map, a task, a cgroup; and programs that have cookies besides those of probes. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 tgid;
__u64 hits[4];
__u64 cookies[4];

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
	int tgid;
} __attribute__((preserve_access_index));

struct kernfs_node {
	__u64 id;
} __attribute__((preserve_access_index));

struct cgroup {
	struct kernfs_node *kn;
} __attribute__((preserve_access_index));

struct bpf_map;

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

struct bpf_iter__cgroup {
	struct bpf_iter_meta *meta;
	struct cgroup *cgroup;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

SEC("iter/bpf_map_elem")
int on_map(struct bpf_iter__bpf_map_elem *ctx)
{
	__u64 *value = ctx->value;

	if (value)
		bpf_seq_write(ctx->meta->seq, value, sizeof(*value));
	return 0;
}

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u64 found;

	if (!task)
		return 0;
	found = task->pid;
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

SEC("iter/cgroup")
int on_cgroup(struct bpf_iter__cgroup *ctx)
{
	struct cgroup *cgroup = ctx->cgroup;
	__u64 id;

	if (!cgroup)
		return 0;
	id = cgroup->kn->id;
	bpf_seq_write(ctx->meta->seq, &id, sizeof(id));
	return 0;
}

static __always_inline void count(void *ctx, int slot)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid)
		return;
	__sync_fetch_and_add(&hits[slot], 1);
	cookies[slot] = bpf_get_attach_cookie(ctx);
}

SEC("lsm/task_getsid")
int on_lsm(void *ctx)
{
	count(ctx, 0);
	return 0;
}

SEC("fmod_ret/security_task_getpgid")
int on_fmod_ret(void *ctx)
{
	count(ctx, 1);
	return 0;
}

/* Before Linux 6.10 these programs know no cookies. */
SEC("?raw_tp/sys_enter")
int on_raw_tp(void *ctx)
{
	count(ctx, 2);
	return 0;
}

SEC("?tp_btf/sys_enter")
int on_tp_btf(void *ctx)
{
	count(ctx, 3);
	return 0;
}

SEC("raw_tp/sys_enter")
int on_plain_raw_tp(void *ctx)
{
	return 0;
}

SEC("tp_btf/sys_enter")
int on_plain_tp_btf(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
