// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Objects that need two things that no kernel has, for the fidelity check: which of the two a load fails at
 * shows in its errno. A missing kernel function or variable is -EINVAL to libbpf, and goes before everything
 * else that is missing (-ESRCH). Compiled once for each case, with -D.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifdef ADDRESS
extern const void lskel_no_such_address __ksym;
#define OTHER (long)&lskel_no_such_address
#elif defined(CONFIG)
extern int CONFIG_LSKEL_NO_SUCH_THING __kconfig;
#define OTHER CONFIG_LSKEL_NO_SUCH_THING
#elif defined(CONFIG_RANGE)
extern signed char CONFIG_HZ __kconfig; /* 250 on Debian's kernels, 1000 on others */
#define OTHER CONFIG_HZ
#else
#define OTHER 0
#endif

#ifdef ADDRESS
extern const int lskel_no_such_variable __ksym;
#define TYPED !bpf_per_cpu_ptr(&lskel_no_such_variable, 0)
#elif !defined(CONFIG_RANGE)
extern int lskel_no_such_function(void) __ksym;
#define TYPED lskel_no_such_function()
#else
#define TYPED 0
#endif

SEC("tc")
int first(struct __sk_buff *skb)
{
	return OTHER;
}

SEC("tc")
int second(struct __sk_buff *skb)
{
	return TYPED;
}

#ifdef STRUCT_OPS
struct lskel_no_such_ops {
	int (*init)(void *arg);
};

SEC("struct_ops/init")
int BPF_PROG(init, void *arg)
{
	return 0;
}

SEC(".struct_ops")
struct lskel_no_such_ops ops = {
	.init = (void *)init,
};
#endif

#ifdef TARGET
SEC("fentry/lskel_no_such_module:function")
int BPF_PROG(watch)
{
	return 0;
}
#endif

char _license[] SEC("license") = "GPL";
