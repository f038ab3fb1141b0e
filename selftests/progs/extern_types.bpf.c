// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Kernel symbols that are declared with other types than the kernel has them with: compiled once for each case,
 * with -D. With -DOLD, FLAVORS and STRONG are for Linux 6.1, which has other kfuncs for its own tests.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int seen;

#if defined(FUNC)
/* Both are wrong, and libbpf says so of the first by name: int (int), int (int, u64). */
extern int bpf_fentry_test2(int a) __ksym;
extern int bpf_fentry_test1(int a, const char *b) __ksym;
#define USE bpf_fentry_test2(1) + bpf_fentry_test1(1, "")

#elif defined(WEAK)
extern int bpf_fentry_test1(int a, const char *b) __ksym __weak;
#define USE bpf_ksym_exists(bpf_fentry_test1) ? bpf_fentry_test1(1, "") : 2

#elif defined(VAR) || defined(VAR_WEAK) || defined(VAR_UNUSED)
/* It is a struct rq. */
#ifdef VAR
extern const int runqueues __ksym;
#else
extern const int runqueues __ksym __weak;
#endif
#define USE !bpf_per_cpu_ptr(&runqueues, 0)

#elif defined(INCOMPLETE)
struct sock;
extern __u32 tcp_reno_undo_cwnd(struct sock *sk) __ksym;
#define USE tcp_reno_undo_cwnd((void *)0)

#elif defined(MODULE) || defined(MODULE_WEAK)
struct nf_conn;
#ifdef MODULE
extern int bpf_ct_set_timeout(struct nf_conn *conn) __ksym;
#define USE bpf_ct_set_timeout((void *)0)
#else
extern int bpf_ct_set_timeout(struct nf_conn *conn) __ksym __weak;
#define USE bpf_ksym_exists(bpf_ct_set_timeout) ? bpf_ct_set_timeout((void *)0) : 2
#endif

#elif defined(FLAVORS)
/* Bit 2 is the one that the kernel has. */
#ifdef OLD
struct sock {
	int unused;
};
extern int bpf_kfunc_call_test2___a(void *sk, __u32 a, __u32 b) __ksym __weak;
extern int bpf_kfunc_call_test2___b(struct sock *sk, __u32 a, __u32 b) __ksym __weak;
extern int bpf_kfunc_call_test2___c(struct sock *sk, __u32 a) __ksym __weak;
extern int bpf_kfunc_call_test2___d(int a, ...) __ksym __weak;
#define HAS(flavor) bpf_ksym_exists(bpf_kfunc_call_test2___##flavor)
#else
extern __u32 bpf_dynptr_size___a(const struct bpf_dynptr *ptr, int more) __ksym __weak;
extern __u32 bpf_dynptr_size___b(const struct bpf_dynptr *ptr) __ksym __weak;
extern __u32 *bpf_dynptr_size___c(const struct bpf_dynptr *ptr) __ksym __weak;
extern __u32 bpf_dynptr_size___d(void *ptr) __ksym __weak;
#define HAS(flavor) bpf_ksym_exists(bpf_dynptr_size___##flavor)
#endif
#define USE HAS(a) | HAS(b) << 1 | HAS(c) << 2 | HAS(d) << 3

#elif defined(STRONG)
/* The weak one, which is looked for first, is wrong; the strong one is called. */
#ifdef OLD
struct sock {
	int unused;
};
extern int bpf_kfunc_call_test2___a(int more) __ksym __weak;
extern int bpf_kfunc_call_test2___b(struct sock *sk, __u32 a, __u32 b) __ksym;
#define USE                                                                                        \
	({                                                                                         \
		struct bpf_sock *bpf_sk = ctx->sk;                                                 \
		struct sock *sk = bpf_sk ? (void *)bpf_sk_fullsock(bpf_sk) : (void *)0;            \
		int length = sk ? bpf_kfunc_call_test2___b(sk, 60, 4) : 0;                         \
		if (bpf_ksym_exists(bpf_kfunc_call_test2___a))                                     \
			length += bpf_kfunc_call_test2___a(1);                                     \
		length;                                                                            \
	})
#else
extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags,
			       struct bpf_dynptr *ptr__uninit) __ksym;
extern __u32 bpf_dynptr_size___a(void *ptr, int more) __ksym __weak;
extern __u32 bpf_dynptr_size___b(const struct bpf_dynptr *ptr) __ksym;
#define USE                                                                                        \
	({                                                                                         \
		struct bpf_dynptr ptr;                                                             \
		int length = bpf_dynptr_from_skb(ctx, 0, &ptr) ? 0 : bpf_dynptr_size___b(&ptr);    \
		if (bpf_ksym_exists(bpf_dynptr_size___a))                                          \
			length += bpf_dynptr_size___a(ctx, 1);                                     \
		length;                                                                            \
	})
#endif
#endif

#ifdef VAR_UNUSED
SEC("?tc")
#else
SEC("tc")
#endif
int user(struct __sk_buff *ctx)
{
	seen = USE;
	return 0;
}

SEC("tc")
int other(struct __sk_buff *ctx)
{
	return ctx->len;
}

char _license[] SEC("license") = "GPL";
