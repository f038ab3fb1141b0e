// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Functions of two modules, nf_conntrack and nf_nat, and of the kernel itself, in turn: in one program, and
 * in programs before and behind those with modules' functions.
 */
#include "ksym_kfuncs.h"
#include "module_kfuncs.h"
#include "nf_conntrack.h"

union nf_inet_addr {
	__u32 all[4];
};

enum nf_nat_manip_type { MANIP_SRC, MANIP_DST };

DECLARE_LOOKUP(bpf_skb_ct_lookup);
extern struct nf_conn *bpf_skb_ct_alloc(struct __sk_buff *skb, struct bpf_sock_tuple *tuple,
					__u32 tuple_size, struct bpf_ct_opts *opts,
					__u32 opts_size) __ksym;
extern struct nf_conn *bpf_ct_insert_entry(struct nf_conn *conn) __ksym;
extern int bpf_ct_set_nat_info(struct nf_conn *conn, union nf_inet_addr *addr, int port,
			       enum nf_nat_manip_type manip) __ksym __weak;

struct module_results results;

SEC("tc")
int before(struct __sk_buff *skb)
{
	results.before = LENGTH_BY(LENGTH);
	return 0;
}

SEC("tc")
int in_turn(struct __sk_buff *skb)
{
	struct question question = { .opts = { .netns_id = ANY_NETNS, .l4proto = TCP } };

	results.kernel_first = LENGTH_BY(LENGTH);
	results.module_first = LOOKUP(bpf_skb_ct_lookup, skb, &question);
	results.kernel_again = LENGTH_BY(LENGTH);
	results.module_again = LOOKUP(bpf_skb_ct_lookup, skb, &question);
	results.kernel_last = LENGTH_BY(LENGTH);
	return 0;
}

SEC("tc")
int behind(struct __sk_buff *skb)
{
	results.behind = LENGTH_BY(LENGTH);
	return 0;
}

SEC("tc")
int two_modules(struct __sk_buff *skb)
{
	struct bpf_ct_opts opts = { .netns_id = ANY_NETNS, .l4proto = TCP };
	struct bpf_sock_tuple tuple = {
		.ipv4 = { .saddr = 0x0100007f, .daddr = 0x0200007f, .dport = 2 },
	};
	union nf_inet_addr addr = { .all = { 0x0300007f } };
	struct nf_conn *conn;

	/* Not a connection that an earlier run left. */
	tuple.ipv4.sport = (__u16)bpf_get_prandom_u32();
	conn = bpf_skb_ct_alloc(skb, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	if (!conn)
		return 0;
	results.nat = KSYM_ABSENT;
	if (bpf_ksym_exists(bpf_ct_set_nat_info))
		results.nat = bpf_ct_set_nat_info(conn, &addr, 3, MANIP_SRC);
	conn = bpf_ct_insert_entry(conn);
	if (conn) {
		results.inserted = 1;
		bpf_ct_release(conn);
	}
	return 0;
}

#define TIMES_10(statement)                                                                        \
	statement statement statement statement statement statement statement statement statement  \
		statement

SEC("tc")
int often(struct __sk_buff *skb)
{
	_Static_assert(MODULE_CALLS == 300, "as many calls as are written here");
	struct question question = { .opts = { .netns_id = ANY_NETNS, .l4proto = TCP } };

	TIMES_10(TIMES_10(results.often += LOOKUP(bpf_skb_ct_lookup, skb, &question);))
	TIMES_10(TIMES_10(results.often += LOOKUP(bpf_skb_ct_lookup, skb, &question);))
	TIMES_10(TIMES_10(results.often += LOOKUP(bpf_skb_ct_lookup, skb, &question);))
	return 0;
}

char _license[] SEC("license") = "GPL";
