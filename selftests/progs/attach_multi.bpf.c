// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for many functions of the kernel at once. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "attach_multi.h"

const volatile __u32 tgid;
__u64 hits[MULTIS];
__u64 cookies[MULTIS];

static __always_inline int count(void *ctx, int multi)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid)
		return 0;
	__sync_fetch_and_add(&hits[multi], 1);
	cookies[multi] = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("kprobe.multi/do_unlink?t")
int on_multi(void *ctx)
{
	return count(ctx, MULTI_ENTRY);
}

SEC("kretprobe.multi/do_*linkat")
int on_multi_return(void *ctx)
{
	return count(ctx, MULTI_RETURN);
}

SEC("kprobe.multi")
int on_any(void *ctx)
{
	return count(ctx, MULTI_ANY);
}

SEC("?kprobe.session/do_unlinkat")
int on_session(void *ctx)
{
	return count(ctx, MULTI_SESSION);
}

char _license[] SEC("license") = "GPL";
