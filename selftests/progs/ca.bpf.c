// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * TCP congestion controls: struct_ops maps in all forms that test_struct_ops.c loads and
 * test_struct_ops_attach.c attaches. With LINK they are attached by links; with PLAIN there are none that
 * need a choice or that can't be.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifdef LINK
#define SECTION	    SEC(".struct_ops.link")
#define SECTION_OFF SEC("?.struct_ops.link")
#define NAME(name)  "lskel_l_" name
#else
#define SECTION	    SEC(".struct_ops")
#define SECTION_OFF SEC("?.struct_ops")
#define NAME(name)  "lskel_r_" name
#endif

/* With members, that is defined, as it is for the kernel's types. */
struct sock {
};
struct ack_sample;

/* A kernel symbol, too, in the same BTF. */
extern __u32 tcp_reno_undo_cwnd(struct sock *sk) __ksym;

/* Neither the kernel's order nor all of its members, and one that no kernel has. */
struct tcp_congestion_ops {
	char name[16];
	__u32 (*undo_cwnd)(struct sock *sk);
	void (*in_no_kernel)(struct sock *sk);
	void (*init)(struct sock *sk);
	__u32 flags;
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	void (*pkts_acked)(struct sock *sk, const struct ack_sample *sample);
};

/* A flavor, with a member of another size. */
struct tcp_congestion_ops___wide {
	void (*init)(struct sock *sk);
	__u64 flags;
};

/* A flavor, with a member of another kind. */
struct tcp_congestion_ops___kind {
	int name;
};

struct lskel_no_such_ops {
	int (*init)(void *arg);
};

int inits, other_inits;

SEC("struct_ops/init")
void BPF_PROG(ca_init, struct sock *sk)
{
	__sync_fetch_and_add(&inits, 1);
}

/* Used by "second" only, until the application takes it out. */
SEC("struct_ops/pkts_acked")
void BPF_PROG(ca_pkts_acked, struct sock *sk, const struct ack_sample *sample)
{
}

#ifndef PLAIN

SEC("?struct_ops/init")
void BPF_PROG(ca_other_init, struct sock *sk)
{
	__sync_fetch_and_add(&other_inits, 1);
}

/* Used by "off" only. */
SEC("struct_ops/init")
void BPF_PROG(ca_off_init, struct sock *sk)
{
}

SEC("struct_ops/init")
void BPF_PROG(ca_wide_init, struct sock *sk)
{
}

SEC("struct_ops/init")
int BPF_PROG(no_such_init, void *arg)
{
	return 0;
}

#endif

SEC("struct_ops/ssthresh")
__u32 BPF_PROG(ca_ssthresh, struct sock *sk)
{
	return 4;
}

SEC("struct_ops/undo_cwnd")
__u32 BPF_PROG(ca_undo_cwnd, struct sock *sk)
{
	return tcp_reno_undo_cwnd(sk);
}

SEC("struct_ops/cong_avoid")
void BPF_PROG(ca_cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("socket")
int no_struct_ops(struct __sk_buff *skb)
{
	return 0;
}

SECTION
struct tcp_congestion_ops first = {
	.name = NAME("first"),
	.init = (void *)ca_init,
	.ssthresh = (void *)ca_ssthresh,
	.undo_cwnd = (void *)ca_undo_cwnd,
	.cong_avoid = (void *)ca_cong_avoid,
};

SECTION
struct tcp_congestion_ops second = {
	.name = NAME("second"),
	.init = (void *)ca_init,
	.pkts_acked = (void *)ca_pkts_acked,
	.ssthresh = (void *)ca_ssthresh,
	.undo_cwnd = (void *)ca_undo_cwnd,
	.cong_avoid = (void *)ca_cong_avoid,
};

#ifndef PLAIN

SECTION_OFF
struct tcp_congestion_ops off = {
	.name = NAME("off"),
	.init = (void *)ca_off_init,
	.ssthresh = (void *)ca_ssthresh,
	.undo_cwnd = (void *)ca_undo_cwnd,
	.cong_avoid = (void *)ca_cong_avoid,
};

SECTION_OFF
struct tcp_congestion_ops___wide wide = {
	.init = (void *)ca_wide_init,
};

SECTION_OFF
struct tcp_congestion_ops___kind kind = {
	.name = 1,
};

SECTION_OFF
struct lskel_no_such_ops no_such = {
	.init = (void *)no_such_init,
};

#endif

char _license[] SEC("license") = "GPL";
