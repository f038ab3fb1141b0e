// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sections that libbpf loads, but does not understand when it attaches. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("kprobe/do_unlinkat+-4")
int on_negative(void *ctx)
{
	return 0;
}

SEC("kretprobe/do_unlinkat+4")
int on_return_offset(void *ctx)
{
	return 0;
}

SEC("tp/half")
int on_half_a_tp(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
