// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Example: reports every TCP connection when it ends: who, from where to where, how long, how much. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>
#include "tcplife.h"

#define AF_INET		2
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT	2
#define TCP_SYN_RECV	3
#define TCP_CLOSE	7

struct in6_addr {
	unsigned char bytes[16];
};

struct sock_common {
	unsigned int skc_daddr;
	unsigned int skc_rcv_saddr;
	unsigned short skc_dport;
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
	unsigned short sk_protocol;
} __attribute__((preserve_access_index));

struct inet_sock {
	unsigned short inet_sport; /* is still there when the port was given back */
} __attribute__((preserve_access_index));

struct tcp_sock {
	unsigned long long bytes_received;
	unsigned long long bytes_acked;
} __attribute__((preserve_access_index));

struct birth {
	__u64 ns;
	int pid;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u64); /* address of the socket */
	__type(value, struct birth);
} births SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

unsigned long long lost = 0;

/* Who connects is in its own process when the state becomes SYN_SENT; who accepts is known less well. */
static __always_inline void note_birth(__u64 key, int state)
{
	struct birth birth = {};

	birth.ns = bpf_ktime_get_ns();
	if (state == TCP_SYN_SENT) {
		birth.pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(birth.comm, sizeof(birth.comm));
	}
	bpf_map_update_elem(&births, &key, &birth, BPF_ANY);
}

static __always_inline void report(struct sock *sk, const struct birth *birth)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	struct tcp_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->us = (bpf_ktime_get_ns() - birth->ns) / 1000;
	event->sent = BPF_CORE_READ(tcp, bytes_acked);
	event->received = BPF_CORE_READ(tcp, bytes_received);
	event->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	event->local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	event->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (event->family == AF_INET) {
		bpf_core_read(event->local, 4, &sk->__sk_common.skc_rcv_saddr);
		bpf_core_read(event->remote, 4, &sk->__sk_common.skc_daddr);
	} else {
		bpf_core_read(event->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(event->remote, 16, &sk->__sk_common.skc_v6_daddr);
	}
	event->pid = birth->pid;
	__builtin_memcpy(event->comm, birth->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int oldstate, int newstate)
{
	__u64 key = (__u64)sk;
	struct birth *birth;

	if (BPF_CORE_READ(sk, sk_protocol) != 6) /* IPPROTO_TCP */
		return 0;
	if (newstate == TCP_SYN_SENT || newstate == TCP_SYN_RECV ||
	    (newstate == TCP_ESTABLISHED && !bpf_map_lookup_elem(&births, &key)))
		note_birth(key, newstate);
	if (newstate != TCP_CLOSE)
		return 0;
	birth = bpf_map_lookup_elem(&births, &key);
	if (birth)
		report(sk, birth);
	bpf_map_delete_elem(&births, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
