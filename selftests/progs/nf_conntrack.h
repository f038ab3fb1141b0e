/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the module nf_conntrack can be asked by a program. */
#ifndef LSKEL_SELFTESTS_NF_CONNTRACK_H
#define LSKEL_SELFTESTS_NF_CONNTRACK_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct nf_conn {
	int unused;
};

struct bpf_ct_opts {
	__s32 netns_id;
	__s32 error;
	__u8 l4proto;
	__u8 dir;
	__u8 reserved[2];
};

extern void bpf_ct_release(struct nf_conn *conn) __ksym;

struct question {
	struct bpf_ct_opts opts;
	struct bpf_sock_tuple tuple;
};

#define ANY_NETNS -1
#define TCP	  6

#define DECLARE_LOOKUP(function)                                                                   \
	extern struct nf_conn *function(struct __sk_buff *skb, struct bpf_sock_tuple *tuple,       \
					__u32 tuple_size, struct bpf_ct_opts *opts,                \
					__u32 opts_size) __ksym

/* What nf_conntrack says of a connection that is not there. Each use is a call of its own. */
#define LOOKUP(function, skb, question)                                                            \
	({                                                                                         \
		struct nf_conn *conn;                                                              \
		(question)->opts.error = 0;                                                        \
		conn = function(skb, &(question)->tuple, sizeof((question)->tuple.ipv4),           \
				&(question)->opts, sizeof((question)->opts));                      \
		if (conn)                                                                          \
			bpf_ct_release(conn);                                                      \
		(question)->opts.error;                                                            \
	})

#endif /* LSKEL_SELFTESTS_NF_CONNTRACK_H */
