// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A strong kernel symbol that no kernel has: compiled once for each kind, with -D; and again with
 * -DUNUSED_..., where only a program that is not loaded uses it.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#if defined(UNUSED_FUNC) || defined(UNUSED_VAR) || defined(UNUSED_ADDR)
#define USER_SEC "?tc"
#else
#define USER_SEC "tc"
#endif

#if defined(FUNC) || defined(UNUSED_FUNC)
extern int lskel_no_such_ksym(void) __ksym;
#define USE lskel_no_such_ksym()
#elif defined(VAR) || defined(UNUSED_VAR)
extern const int lskel_no_such_ksym __ksym;
#define USE !bpf_per_cpu_ptr(&lskel_no_such_ksym, 0)
#else
extern const void lskel_no_such_ksym __ksym;
#define USE (__u64) & lskel_no_such_ksym
#endif

__u64 result;

SEC(USER_SEC)
int user(struct __sk_buff *skb)
{
	result = USE;
	return 0;
}

SEC("tc")
int other(struct __sk_buff *skb)
{
	result = skb->len;
	return 0;
}

char _license[] SEC("license") = "GPL";
