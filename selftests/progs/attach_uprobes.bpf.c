// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for functions of the test. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "attach_uprobes.h"

const volatile __u32 tgid;
__u64 hits[UPROBES];
__u64 cookies[UPROBES];

static __always_inline int count(void *ctx, int uprobe)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid)
		return 0;
	__sync_fetch_and_add(&hits[uprobe], 1);
	cookies[uprobe] = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("uprobe//proc/self/exe:traced_one")
int on_entry(void *ctx)
{
	return count(ctx, UPROBE_ENTRY);
}

SEC("uretprobe//proc/self/exe:traced_one")
int on_return(void *ctx)
{
	return count(ctx, UPROBE_RETURN);
}

SEC("uprobe//proc/self/exe:traced_nop+0x1")
int on_offset(void *ctx)
{
	return count(ctx, UPROBE_OFFSET);
}

SEC("uprobe.s//proc/self/exe:traced_two")
int on_sleepable(void *ctx)
{
	return count(ctx, UPROBE_SLEEPABLE);
}

SEC("uprobe")
int on_any(void *ctx)
{
	return count(ctx, UPROBE_ANY);
}

SEC("?uprobe.multi//proc/self/exe:traced_*")
int on_multi(void *ctx)
{
	return count(ctx, UPROBE_MULTI);
}

SEC("?uretprobe.multi.s//proc/self/exe:traced_t?o")
int on_multi_return(void *ctx)
{
	return count(ctx, UPROBE_MULTI_RETURN);
}

SEC("?uprobe.multi")
int on_multi_any(void *ctx)
{
	return count(ctx, UPROBE_MULTI_ANY);
}

char _license[] SEC("license") = "GPL";
