// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs and maps that an application may do without, and some that it may not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define MAX_TAIL 1000

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} extra SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { &inner } };

const volatile __u32 len = 1;
__u32 tail[1] SEC(".data.tail") = { 7 };
__u64 sum;

static __always_inline __u64 number(__u32 key)
{
	__u64 *value = bpf_map_lookup_elem(&numbers, &key);

	return value ? *value : 0;
}

/* The sum of the four numbers. */
SEC("socket")
int adds_numbers(struct __sk_buff *skb)
{
	sum = number(0) + number(1) + number(2) + number(3);
	return sum;
}

/* The entry of the array at the end of its section that is its last, however long it is. */
SEC("socket")
int last_of_tail(struct __sk_buff *skb)
{
	volatile __u32 *entry = tail;
	__u32 i = len - 1;

	return i < MAX_TAIL ? entry[i] : 0;
}

SEC("socket")
int uses_extra(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&extra, &key);

	return value ? (int)++*value : 0;
}

SEC("?socket")
int is_off(struct __sk_buff *skb)
{
	return 42;
}

SEC("?socket")
int is_off_and_wrong(struct __sk_buff *skb)
{
	return *(volatile int *)(unsigned long)(skb->len & 0xff);
}

SEC("?tp_btf/no_such_tracepoint")
int BPF_PROG(has_no_target)
{
	return 0;
}

SEC("?tp_btf/no_such_tracepoint")
int BPF_PROG(has_no_target_either)
{
	return 0;
}

extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym __weak;

/* Only programs for a device may call that (Linux 6.3). */
SEC("?xdp")
int for_a_device(struct xdp_md *ctx)
{
	__u64 timestamp = 0;

	if (bpf_xdp_metadata_rx_timestamp)
		bpf_xdp_metadata_rx_timestamp(ctx, &timestamp);
	return timestamp ? XDP_DROP : XDP_PASS;
}

/* A target that a weak symbol has the name of. */
SEC("?fentry/bpf_xdp_metadata_rx_timestamp")
int BPF_PROG(traces_what_is_weak)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
