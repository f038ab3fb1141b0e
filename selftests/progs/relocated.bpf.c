// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CO-RE relocations of every form of instruction: offsets that are loaded from and added, sizes, enumerators of
 * 64 bits, fields that do not exist in code that is dead and in code that is not, and types that no vmlinux
 * has, so that they might be a module's.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct task_struct___other {
	int lskel_no_such_field;
} __attribute__((preserve_access_index));

struct lskel_no_such_struct {
	int field;
} __attribute__((preserve_access_index));

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
};

static __noinline int pid_of(struct task_struct *task)
{
	return task->real_parent->pid + bpf_core_field_size(task->comm);
}

SEC("tp_btf/task_newtask")
int BPF_PROG(reads, struct task_struct *task)
{
	return task->pid + pid_of(task) + bpf_core_type_id_kernel(struct task_struct);
}

SEC("tp_btf/task_rename")
int BPF_PROG(asks, struct task_struct *task)
{
	struct task_struct___other *other = (void *)task;
	long value = bpf_core_enum_value(enum pid_type, PIDTYPE_TGID);

	if (bpf_core_field_exists(other->lskel_no_such_field))
		value += other->lskel_no_such_field;
	return value + bpf_core_field_offset(task->comm) + task->tgid;
}

/* One that the kernel has to look for in modules, between others. */
SEC("tp_btf/task_rename")
int BPF_PROG(may_be_module, struct task_struct *task)
{
	int value = task->pid;

	if (bpf_core_type_exists(struct lskel_no_such_struct))
		value += 1;
	return value + task->tgid;
}

SEC("?tp_btf/task_rename")
int BPF_PROG(poisoned, struct task_struct *task)
{
	struct task_struct___other *other = (void *)task;

	return task->pid + other->lskel_no_such_field;
}

SEC("socket")
int no_core(void *ctx)
{
	return !ctx;
}

char LICENSE[] SEC("license") = "GPL";
