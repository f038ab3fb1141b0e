// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps of kinds that differ in how they are created and filled, pinned by name; and one that isn't. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 200);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 5000); /* rounded up on the target */
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(pinning, LIBBPF_PIN_BY_NAME); /* one for each CPU */
	__type(key, __u32);
	__type(value, __u32);
} samples SEC(".maps");

/* The kernel adds a flag to those of a DEVMAP. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} first SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { [1] = &first },
};

int tail(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct __sk_buff *));
} jumps SEC(".maps") = {
	.values = { [1] = &tail },
};

__u64 runs;
int step = 5;

SEC("socket")
int tail(struct __sk_buff *skb)
{
	return 42;
}

/* Counts, and returns 42. */
SEC("socket")
int count(struct __sk_buff *skb)
{
	__u32 key = 1;
	__u64 one = 1, *value = bpf_map_lookup_elem(&counts, &key);
	void *map = bpf_map_lookup_elem(&outer, &key);

	if (value)
		*value += 1;
	else
		bpf_map_update_elem(&counts, &key, &one, BPF_ANY);
	value = map ? bpf_map_lookup_elem(map, &key) : NULL;
	if (value)
		*value += 1;
	runs += step;
	bpf_tail_call(skb, &jumps, 1);
	return 0;
}

/* The verifier says no. */
SEC("?socket")
int refused(struct __sk_buff *skb)
{
	return *(volatile int *)(long)skb->len;
}

char _license[] SEC("license") = "GPL";
