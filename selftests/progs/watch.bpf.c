// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that watch functions: of the kernel, of another program, of a module. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u64 entries, exits, removals;
int last_result;

SEC("fentry/vmlinux:do_unlinkat")
int on_entry(void *ctx)
{
	entries++;
	return 0;
}

SEC("fentry/do_unlinkat")
int on_removal(void *ctx)
{
	removals++;
	return 0;
}

SEC("fexit")
int BPF_PROG(on_exit, struct __sk_buff *skb, int result)
{
	exits++;
	last_result = result;
	return 0;
}

char _license[] SEC("license") = "GPL";
