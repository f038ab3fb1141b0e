// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs that are loaded and such that are not, SEC("?..."), in turn. Those that are not would be
 * refused by the verifier, so that a load shows that they are left out.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int calls;

static __always_inline int unreadable(void)
{
	return *(volatile int *)0;
}

SEC("?raw_tp/sys_enter")
int off_first(void *ctx)
{
	return unreadable();
}

SEC("raw_tp/sys_enter")
int on_second(void *ctx)
{
	__sync_fetch_and_add(&calls, 1);
	return 0;
}

SEC("?raw_tp/sys_exit")
int off_third(void *ctx)
{
	return unreadable();
}

SEC("?fentry/no_such_function")
int off_fourth(void *ctx)
{
	return unreadable();
}

SEC("socket")
int on_fifth(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("?socket")
int off_last(struct __sk_buff *skb)
{
	return unreadable();
}

char _license[] SEC("license") = "GPL";
