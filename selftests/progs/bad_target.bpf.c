// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program whose target is in no kernel. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("fentry/no_such_function")
int looks_for_it(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
