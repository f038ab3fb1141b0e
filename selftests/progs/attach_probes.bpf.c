// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs for tracepoints, kprobes, system calls and perf events, and others that have cookies. Each counts what the
 * process of the test does.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "attach_probes.h"

const volatile __u32 tgid;
__u64 hits[PROBES];
__u64 cookies[PROBES];

static __always_inline int count(void *ctx, int probe)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid)
		return 0;
	__sync_fetch_and_add(&hits[probe], 1);
	cookies[probe] = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("kprobe/do_unlinkat")
int on_kprobe(void *ctx)
{
	return count(ctx, PROBE_KPROBE);
}

SEC("kretprobe/do_unlinkat")
int on_kretprobe(void *ctx)
{
	return count(ctx, PROBE_KRETPROBE);
}

SEC("ksyscall/unlinkat")
int on_ksyscall(void *ctx)
{
	return count(ctx, PROBE_KSYSCALL);
}

SEC("kretsyscall/unlinkat")
int on_kretsyscall(void *ctx)
{
	return count(ctx, PROBE_KRETSYSCALL);
}

SEC("tracepoint/syscalls/sys_enter_unlinkat")
int on_tracepoint(void *ctx)
{
	return count(ctx, PROBE_TRACEPOINT);
}

SEC("tp/syscalls/sys_exit_unlinkat")
int on_tp(void *ctx)
{
	return count(ctx, PROBE_TP);
}

SEC("kprobe/do_unlinkat+0x0")
int on_offset(void *ctx)
{
	return count(ctx, PROBE_OFFSET);
}

SEC("kprobe")
int on_any_kprobe(void *ctx)
{
	return count(ctx, PROBE_ANY_KPROBE);
}

SEC("tp")
int on_any_tp(void *ctx)
{
	return count(ctx, PROBE_ANY_TP);
}

SEC("perf_event")
int on_perf_event(void *ctx)
{
	return count(ctx, PROBE_PERF_EVENT);
}

SEC("fentry/do_unlinkat")
int on_fentry(void *ctx)
{
	return count(ctx, PROBE_FENTRY);
}

SEC("fexit/do_unlinkat")
int on_fexit(void *ctx)
{
	return count(ctx, PROBE_FEXIT);
}

char _license[] SEC("license") = "GPL";
