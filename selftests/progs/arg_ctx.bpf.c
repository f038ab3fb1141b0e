// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Functions whose argument is the context by a tag, which kernels before 6.8 do not know: libbpf changes
 * their types there. One program has such a function to itself, two share one.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#ifndef __arg_ctx
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#endif

char stack[64];

__weak int of_one(void *ctx __arg_ctx)
{
	return bpf_get_stack(ctx, stack, sizeof(stack), 0);
}

__weak int of_two(int depth, void *ctx __arg_ctx)
{
	return bpf_get_stack(ctx, stack, sizeof(stack), depth & 3);
}

SEC("raw_tp/sys_enter")
int calls_both(void *ctx)
{
	return of_one(ctx) + of_two(1, ctx);
}

SEC("perf_event")
int calls_one(void *ctx)
{
	return of_two(2, ctx);
}

SEC("raw_tp/sys_exit")
int calls_none(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
