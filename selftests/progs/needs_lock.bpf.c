// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A lock in a map, which the kernel finds by BTF: libbpf loads this map without, but no program. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct counter {
	struct bpf_spin_lock lock;
	int value;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

SEC("tc")
int locks(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct counter *counter = bpf_map_lookup_elem(&counters, &key);

	if (!counter)
		return 0;
	bpf_spin_lock(&counter->lock);
	counter->value++;
	bpf_spin_unlock(&counter->lock);
	return 0;
}

char _license[] SEC("license") = "GPL";
