// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Example: drops IPv4 packets of the senders that the application has put into a map, and counts them there. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10000);
	__type(key, __u32);   /* address, as in the packet */
	__type(value, __u64); /* packets dropped */
} senders SEC(".maps");

unsigned long long passed = 0;

SEC("xdp")
int drop_senders(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	__u64 *dropped;
	__u32 sender;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	sender = ip->saddr;
	dropped = bpf_map_lookup_elem(&senders, &sender);
	if (dropped) {
		__sync_fetch_and_add(dropped, 1);
		return XDP_DROP;
	}
	__sync_fetch_and_add(&passed, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
