// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One program, whose target the loader program has to find by name. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("iter/task")
int list_nothing(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
