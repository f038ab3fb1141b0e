// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs that the verifier refuses, for test_messages.c, which turns on one at a time and knows the lines that
 * they fail at: add new ones at the end. With -DLICENSE, -DNO_ENTRIES or -DMAP_TYPE that is all that is wrong.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#if defined(LICENSE)

SEC("tc")
int prints(struct __sk_buff *skb)
{
	bpf_printk("not for everybody");
	return 0;
}

char _license[] SEC("license") = "Proprietary";

#elif defined(NO_ENTRIES) || defined(MAP_TYPE)

struct {
#ifdef NO_ENTRIES
	__uint(type, BPF_MAP_TYPE_HASH);
#else
	__uint(type, 200);
#endif
	__type(key, int);
	__type(value, int);
} numbers SEC(".maps");

SEC("tc")
int looks_up(struct __sk_buff *skb)
{
	int key = 0;

	return !!bpf_map_lookup_elem(&numbers, &key);
}

#else

struct value {
	struct bpf_spin_lock lock;
	int number;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, struct value);
} values SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, int);
} numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct task_struct___other {
	int no_such_member;
} __attribute__((preserve_access_index));

extern int lskel_no_such_function(void) __ksym __weak;

char table[64];
const volatile int constant = 1;

static long (*const no_such_helper)(void) = (void *)5000;

/* What the compiler does not know. */
#define UNKNOWN(value) asm volatile("" : "+r"(value))

SEC("?tc")
int number_as_pointer(struct __sk_buff *skb)
{
	return *(volatile int *)(long)skb->len;
}

SEC("?tc")
int no_null_check(struct __sk_buff *skb)
{
	int key = 0;
	int *number = bpf_map_lookup_elem(&numbers, &key);

	return *number;
}

SEC("?tc")
int outside_of_value(struct __sk_buff *skb)
{
	int key = 0;
	struct value *value = bpf_map_lookup_elem(&values, &key);

	return value ? value[10].number : 0;
}

SEC("?tc")
int unbounded(struct __sk_buff *skb)
{
	return table[skb->len];
}

SEC("?tc")
int negative_index(struct __sk_buff *skb)
{
	long i = (int)skb->mark;

	UNKNOWN(i);
	return i > -64 && i < 64 ? table[i] : 0;
}

SEC("?tc")
int unbounded_size(struct __sk_buff *skb)
{
	char data[16] = {};

	bpf_skb_load_bytes(skb, 0, data, skb->len);
	return data[0];
}

SEC("?tc")
int outside_of_packet(struct __sk_buff *skb)
{
	return *(volatile char *)(long)skb->data;
}

SEC("?tc")
int no_such_context(struct __sk_buff *skb)
{
	return *(volatile int *)((char *)skb + 1000);
}

SEC("?tc")
int endless(struct __sk_buff *skb)
{
	int i = 1;

	UNKNOWN(i);
	while (i)
		asm volatile("");
	return 0;
}

SEC("?tc")
__attribute__((naked)) int no_result(void)
{
	asm volatile("exit");
}

SEC("?tc")
int leaks(struct __sk_buff *skb)
{
	int *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	return !event;
}

SEC("?tc")
int unknown_helper(struct __sk_buff *skb)
{
	return no_such_helper();
}

SEC("?tc")
int helper_of_others(struct __sk_buff *skb)
{
	return bpf_xdp_adjust_head((void *)skb, 0);
}

static __noinline int uses_stack(int i)
{
	volatile char data[400];

	data[i & 255] = 1;
	return data[(i + 1) & 255];
}

SEC("?tc")
int much_stack(struct __sk_buff *skb)
{
	volatile char data[400];

	data[skb->len & 255] = 1;
	return data[skb->mark & 255] + uses_stack(skb->len);
}

SEC("?cgroup/dev")
int no_such_verdict(void *ctx)
{
	return 5;
}

SEC("?tc")
int writes_constant(struct __sk_buff *skb)
{
	*(volatile int *)&constant = 2;
	return 0;
}

SEC("?tc")
int keeps_lock(struct __sk_buff *skb)
{
	int key = 0;
	struct value *value = bpf_map_lookup_elem(&values, &key);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	return 0;
}

SEC("?tc")
int number_as_argument(struct __sk_buff *skb)
{
	return !bpf_map_lookup_elem(&values, (void *)(long)skb->len);
}

SEC("?raw_tp/sys_enter")
int no_such_member(void *ctx)
{
	struct task_struct___other *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, no_such_member);
}

SEC("?tc")
int no_such_function(struct __sk_buff *skb)
{
	return lskel_no_such_function();
}

#endif

#ifndef LICENSE
char _license[] SEC("license") = "GPL";
#endif
