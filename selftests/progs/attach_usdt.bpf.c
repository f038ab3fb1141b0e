// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for USDT probes of the test. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#define BPF_USDT_MAX_SPEC_CNT 16
#include <bpf/usdt.bpf.h>

#include "attach_usdt.h"

const volatile __u32 tgid;
__u64 hits[USDTS];
__u64 cookies[USDTS];
int arg_cnt;
int arg_errors;
long args[USDT_ARGS];

static __always_inline int count(struct pt_regs *ctx, int usdt)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid)
		return 0;
	__sync_fetch_and_add(&hits[usdt], 1);
	cookies[usdt] = bpf_usdt_cookie(ctx);
	arg_cnt = bpf_usdt_arg_cnt(ctx);
	arg_errors = 0;
	for (int i = 0; i < USDT_ARGS; i++) {
		long arg = 0;

		if (i < arg_cnt && bpf_usdt_arg(ctx, i, &arg))
			arg_errors++;
		args[i] = arg;
	}
	return 0;
}

SEC("usdt//proc/self/exe:lskel:three")
int on_three(struct pt_regs *ctx)
{
	return count(ctx, USDT_SECTION);
}

SEC("usdt.s//proc/self/exe:lskel:three")
int on_sleepable(struct pt_regs *ctx)
{
	return count(ctx, USDT_SLEEPABLE);
}

SEC("usdt")
int on_any(struct pt_regs *ctx)
{
	return count(ctx, USDT_ANY);
}

char _license[] SEC("license") = "GPL";
