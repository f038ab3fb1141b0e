// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* fentry.s: before Linux 6.3, and without error injection, no function takes a sleepable program. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 hits;

SEC("fentry.s/bpf_fentry_test1")
int on_fentry_sleepable(void *ctx)
{
	__sync_fetch_and_add(&hits, 1);
	return 0;
}

char _license[] SEC("license") = "GPL";
