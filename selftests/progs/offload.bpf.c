// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For selftests/test_autoattach.sh: what a netdevsim device takes over, a program and a map of two elements. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

SEC("xdp") int pass(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *drop = bpf_map_lookup_elem(&seen, &key);

	return drop && *drop ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
