// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Watches a function of a module. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 hits, exits;

SEC("fentry/vsock:vsock_create")
int on_create(void *ctx)
{
	hits++;
	return 0;
}

/* libbpf, too, takes the first module whose name begins so. */
SEC("fexit/vso:vsock_create")
int on_created(void *ctx)
{
	exits++;
	return 0;
}

char _license[] SEC("license") = "GPL";
