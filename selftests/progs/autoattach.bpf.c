// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For selftests/test_autoattach.sh: three programs that are attached by their sections, and one that is not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int raw_hits, btf_hits, tp_hits;

SEC("raw_tp/sys_enter")
int on_raw(void *ctx)
{
	__sync_fetch_and_add(&raw_hits, 1);
	return 0;
}

SEC("tp_btf/sys_enter")
int on_btf(void *ctx)
{
	__sync_fetch_and_add(&btf_hits, 1);
	return 0;
}

SEC("tracepoint/raw_syscalls/sys_enter")
int on_tp(void *ctx)
{
	__sync_fetch_and_add(&tp_hits, 1);
	return 0;
}

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* With this one, attaching fails after others. */
#ifdef NOWHERE
SEC("raw_tp/lskel_no_such_tracepoint")
int nowhere(void *ctx)
{
	return 0;
}
#endif

char LICENSE[] SEC("license") = "GPL";
