/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The length of a packet by kernel functions, of which no two kernels have the same: with -DOLD those
 * that Linux 6.1 has for its own tests, otherwise those of dynptrs (6.5).
 */
#ifndef LSKEL_SELFTESTS_KSYM_KFUNCS_H
#define LSKEL_SELFTESTS_KSYM_KFUNCS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "ksym_results.h"

/* libbpf does not take a declaration for the structure that it is in the kernel. */
struct sock {
	int unused;
};

/* No kernel has it. */
extern int bpf_lskel_no_such_function(int number) __ksym __weak;

#ifdef OLD

extern __u64 bpf_kfunc_call_test1(struct sock *sk, __u32 a, __u64 b, __u32 c, __u64 d) __ksym;
extern int bpf_kfunc_call_test2(struct sock *sk, __u32 a, __u32 b) __ksym __weak;
extern __u64 bpf_kfunc_call_test1___flavor(struct sock *sk, __u32 a, __u64 b, __u32 c,
					   __u64 d) __ksym;

#define LENGTH_BY(expression)                                                                      \
	({                                                                                         \
		struct bpf_sock *bpf_sk = skb->sk;                                                 \
		struct sock *sk = bpf_sk ? (void *)bpf_sk_fullsock(bpf_sk) : (void *)0;            \
		sk ? (expression) : 0;                                                             \
	})

#define LENGTH	      bpf_kfunc_call_test1(sk, skb->len, 0, 0, 0)
#define LENGTH_WEAK   bpf_kfunc_call_test2(sk, skb->len, 0)
#define LENGTH_FLAVOR bpf_kfunc_call_test1___flavor(sk, 0, skb->len, 0, 0)

#else

extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags,
			       struct bpf_dynptr *ptr__uninit) __ksym;
extern __u32 bpf_dynptr_size(const struct bpf_dynptr *ptr) __ksym;
extern _Bool bpf_dynptr_is_null(const struct bpf_dynptr *ptr) __ksym __weak;
extern __u32 bpf_dynptr_size___flavor(const struct bpf_dynptr *ptr) __ksym;

#define LENGTH_BY(expression)                                                                      \
	({                                                                                         \
		struct bpf_dynptr ptr;                                                             \
		bpf_dynptr_from_skb(skb, 0, &ptr) ? 0 : (expression);                              \
	})

#define LENGTH bpf_dynptr_size(&ptr)
#define LENGTH_WEAK                                                                                \
	(bpf_ksym_exists(bpf_dynptr_is_null) && !bpf_dynptr_is_null(&ptr) ? skb->len : 0)
#define LENGTH_FLAVOR bpf_dynptr_size___flavor(&ptr)

#endif

#endif /* LSKEL_SELFTESTS_KSYM_KFUNCS_H */
