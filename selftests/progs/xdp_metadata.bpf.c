// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For selftests/test_autoattach.sh: only a program that is bound to a device may call such a function. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;

SEC("xdp")
int stamp(struct xdp_md *ctx)
{
	__u64 timestamp = 0;

	bpf_xdp_metadata_rx_timestamp(ctx, &timestamp);
	return timestamp ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
