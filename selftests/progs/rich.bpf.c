// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * As many kinds of operations as one object can have: maps in maps and programs in maps with slots
 * filled, initial data of every section, CO-RE, subprograms, targets found by name. Nothing here is
 * ever attached.
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
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

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} inner_a SEC(".maps"), inner_b SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { [0] = &inner_a, [2] = &inner_b },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u32);
	__array(values, struct inner);
} outer_hash SEC(".maps") = {
	.values = { [5] = &inner_b },
};

int tail(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct __sk_buff *));
} jumps SEC(".maps") = {
	.values = { [1] = &tail },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

const volatile int factor = 3;
const volatile char greeting[] SEC(".rodata.text") = "hello";
int level = 7;
int extra SEC(".data.extra") = 11;
__u64 seen;

static __noinline int scaled(int value)
{
	return value * factor + extra;
}

SEC("socket")
int tail(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("socket")
int filter(struct __sk_buff *skb)
{
	__u32 key = 0;
	void *map = bpf_map_lookup_elem(&outer, &key);
	__u64 *value = map ? bpf_map_lookup_elem(map, &key) : NULL;

	if (value)
		*value += scaled(skb->len);
	map = bpf_map_lookup_elem(&outer_hash, &key);
	value = map ? bpf_map_lookup_elem(map, &key) : NULL;
	if (value)
		*value += greeting[0];
	seen++;
	return level;
}

SEC("socket")
int jump(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &jumps, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int enter(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 tgid = BPF_CORE_READ(task, tgid);
	__u64 one = 1;

	if (bpf_core_field_exists(task->pid))
		bpf_map_update_elem(&counts, &tgid, &one, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, _Bool preempt, struct task_struct *prev, struct task_struct *next)
{
	int *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (event) {
		*event = preempt ? prev->tgid : next->tgid;
		bpf_ringbuf_submit(event, 0);
	}
	return 0;
}

SEC("iter/task")
int list_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	int pid;

	if (!task)
		return 0;
	pid = task->pid;
	bpf_seq_write(ctx->meta->seq, &pid, sizeof(pid));
	return 0;
}

char _license[] SEC("license") = "GPL";
