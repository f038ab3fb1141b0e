// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A struct_ops program for a member that no kernel lets programs be for. That is ENOTSUPP, which the C library has
 * no words for.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct sock;
union tcp_cc_info;

struct tcp_congestion_ops {
	unsigned long (*get_info)(struct sock *sk, __u32 ext, int *attr, union tcp_cc_info *info);
	char name[16];
};

SEC("struct_ops/get_info")
unsigned long BPF_PROG(get_info, struct sock *sk, __u32 ext, int *attr, union tcp_cc_info *info)
{
	return 0;
}

SEC(".struct_ops")
struct tcp_congestion_ops informs = {
	.get_info = (void *)get_info,
	.name = "lskel_informs",
};

char _license[] SEC("license") = "GPL";
