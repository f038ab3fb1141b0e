// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an application may set before a load: sizes of maps, and data that a program computes with. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10);
	__type(key, __u32);
	__type(value, __u32);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} samples SEC(".maps");

const volatile int factor = 2;
int offset = 5;
int step SEC(".data.step") = 100;
__u64 runs;
int result;
char page[5000]; /* so that .bss is more than a page */

SEC("socket")
int compute(struct __sk_buff *skb)
{
	result = skb->len * factor + offset + step;
	runs++;
	page[sizeof(page) - 1]++;
	return result;
}

char _license[] SEC("license") = "GPL";
