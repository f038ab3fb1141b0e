// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Maps whose types the kernel refuses, so that libbpf creates them without: an enum as the key of an
 * array, a number as that of a trie. Of the others it takes them. Programs and maps that can do without
 * BTF altogether.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum color { RED, GREEN };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, enum color);
	__type(value, __u64);
} by_enum SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4);
	__type(key, __u64);
	__type(value, __u32);
} trie SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} typed SEC(".maps");

struct by_enum_too {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, enum color);
	__type(value, __u32);
} inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct by_enum_too);
} outer SEC(".maps") = {
	.values = { [1] = &inner },
};

const volatile int factor = 3;
__u64 runs;

static __noinline int scaled(int value)
{
	return value * factor;
}

SEC("tc")
int count(struct __sk_buff *skb)
{
	__u32 key = GREEN;
	__u64 *value = bpf_map_lookup_elem(&by_enum, &key);

	if (value)
		*value += scaled(skb->len);
	bpf_map_update_elem(&typed, &key, &runs, BPF_ANY);
	runs++;
	return 0;
}

SEC("tc")
int other(struct __sk_buff *skb)
{
	__u64 key = 0;
	__u32 *value = bpf_map_lookup_elem(&trie, &key);

	return value ? *value : 0;
}

char _license[] SEC("license") = "GPL";
