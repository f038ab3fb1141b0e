// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Example: how long block devices take for a request, as a histogram in powers of two of microseconds. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "histogram.h"

struct request;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u64);   /* address of the request */
	__type(value, __u64); /* when it was issued, ns */
} issued SEC(".maps");

unsigned long long slots[SLOTS] = {};
unsigned long long missed = 0; /* requests for which there was no room */

SEC("tp_btf/block_rq_issue")
int BPF_PROG(on_issue, struct request *rq)
{
	__u64 key = (__u64)rq, now = bpf_ktime_get_ns();

	if (bpf_map_update_elem(&issued, &key, &now, BPF_ANY))
		__sync_fetch_and_add(&missed, 1);
	return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(on_complete, struct request *rq)
{
	__u64 key = (__u64)rq, *start = bpf_map_lookup_elem(&issued, &key);

	if (!start)
		return 0;
	__sync_fetch_and_add(&slots[slot_of((bpf_ktime_get_ns() - *start) / 1000)], 1);
	bpf_map_delete_elem(&issued, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
