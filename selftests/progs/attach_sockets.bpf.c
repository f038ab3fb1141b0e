// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for sockets, maps of sockets and network namespaces: each counts, and does what can be seen of it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "attach_sockets.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps"), listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} group SEC(".maps");

__u64 hits[HITS];
__u32 chosen;	 /* of @group */
__u32 from_port; /* connections to it go to listener 0 */
__u32 kept;	 /* bytes that the filter keeps, with the UDP header */

static __always_inline void count(enum hit hit)
{
	__sync_fetch_and_add(&hits[hit], 1);
}

/* Redirects to another listener. */
SEC("sk_lookup")
int on_lookup(struct bpf_sk_lookup *ctx)
{
	struct bpf_sock *sk;
	__u32 key = 0;

	if (ctx->local_port != from_port)
		return SK_PASS;
	count(HIT_LOOKUP);
	sk = bpf_map_lookup_elem(&listeners, &key);
	if (!sk)
		return SK_PASS;
	bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	return SK_PASS;
}

/* Refuses. */
SEC("sk_lookup")
int on_lookup_other(struct bpf_sk_lookup *ctx)
{
	if (ctx->local_port != from_port)
		return SK_PASS;
	count(HIT_LOOKUP_OTHER);
	return SK_DROP;
}

/* Every packet is of the same flow. */
static __always_inline int one_flow(struct __sk_buff *ctx)
{
	struct bpf_flow_keys *keys = ctx->flow_keys;

	keys->thoff = keys->nhoff + 20;
	keys->n_proto = bpf_htons(ETH_P_IP);
	keys->addr_proto = ETH_P_IP;
	keys->ip_proto = IPPROTO_UDP;
	keys->ipv4_src = bpf_htonl(0x7f000001);
	keys->ipv4_dst = bpf_htonl(0x7f000001);
	keys->sport = bpf_htons(1);
	keys->dport = bpf_htons(2);
	return BPF_OK;
}

SEC("flow_dissector")
int on_flow(struct __sk_buff *ctx)
{
	count(HIT_FLOW);
	return one_flow(ctx);
}

SEC("flow_dissector")
int on_flow_other(struct __sk_buff *ctx)
{
	count(HIT_FLOW_OTHER);
	return one_flow(ctx);
}

static __always_inline int verdict(void *data, void *end)
{
	return data + 1 <= end && *(char *)data == DROP_ME ? SK_DROP : SK_PASS;
}

SEC("sk_msg")
int on_msg(struct sk_msg_md *ctx)
{
	count(HIT_MSG);
	return verdict(ctx->data, ctx->data_end);
}

SEC("sk_msg")
int on_msg_other(struct sk_msg_md *ctx)
{
	count(HIT_MSG_OTHER);
	return SK_PASS;
}

SEC("sk_skb/stream_parser")
int on_parser(struct __sk_buff *ctx)
{
	count(HIT_PARSER);
	return ctx->len;
}

static __always_inline int skb_verdict(struct __sk_buff *ctx)
{
	if (bpf_skb_pull_data(ctx, 1))
		return SK_PASS;
	return verdict((void *)(long)ctx->data, (void *)(long)ctx->data_end);
}

SEC("sk_skb/stream_verdict")
int on_stream(struct __sk_buff *ctx)
{
	count(HIT_STREAM);
	return skb_verdict(ctx);
}

/* Linux 5.13 */
SEC("sk_skb/verdict")
int on_verdict(struct __sk_buff *ctx)
{
	count(HIT_VERDICT);
	return skb_verdict(ctx);
}

/* The section leaves open which of the three it is. */
SEC("sk_skb")
int on_skb(struct __sk_buff *ctx)
{
	count(HIT_SKB);
	return skb_verdict(ctx);
}

SEC("sk_reuseport")
int on_reuseport(struct sk_reuseport_md *ctx)
{
	count(HIT_REUSEPORT);
	return bpf_sk_select_reuseport(ctx, &group, &chosen, 0) ? SK_DROP : SK_PASS;
}

/* Drops. */
SEC("sk_reuseport")
int on_reuseport_other(struct sk_reuseport_md *ctx)
{
	count(HIT_REUSEPORT_OTHER);
	return SK_DROP;
}

/* Truncates. */
SEC("socket")
int on_filter(struct __sk_buff *ctx)
{
	count(HIT_FILTER);
	return kept;
}

char _license[] SEC("license") = "GPL";
