// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kernel configuration of every type; with KCONFIG_missing or KCONFIG_type one that can't be had. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int LINUX_KERNEL_VERSION __kconfig;
extern bool LINUX_HAS_BPF_COOKIE __kconfig;
extern bool CONFIG_BPF_SYSCALL __kconfig;
extern enum libbpf_tristate CONFIG_BPF_JIT __kconfig __weak;
extern char CONFIG_NET __kconfig;
extern unsigned long long CONFIG_HZ __kconfig;
extern short CONFIG_LOG_BUF_SHIFT __kconfig;
extern char CONFIG_DEFAULT_HOSTNAME[4] __kconfig;
extern unsigned int CONFIG_LSKEL_NO_SUCH_THING __kconfig __weak;

int version = 0, jit = 0, log_shift = 0, weak = 0;
bool cookie = 0, bpf_syscall = 0;
unsigned long long hz = 0;
char net = 0, hostname[4] = {};

#ifdef KCONFIG_missing
extern int CONFIG_LSKEL_MISSING __kconfig;
#define FAULT CONFIG_LSKEL_MISSING
#elif defined(KCONFIG_type)
extern int CONFIG_BPF __kconfig; /* y */
#define FAULT CONFIG_BPF
#else
#define FAULT 0
#endif

SEC("socket")
int read_config(struct __sk_buff *skb)
{
	version = LINUX_KERNEL_VERSION;
	cookie = LINUX_HAS_BPF_COOKIE;
	bpf_syscall = CONFIG_BPF_SYSCALL;
	jit = CONFIG_BPF_JIT;
	net = CONFIG_NET;
	hz = CONFIG_HZ;
	log_shift = CONFIG_LOG_BUF_SHIFT;
	for (int i = 0; i < (int)sizeof(hostname); i++)
		hostname[i] = CONFIG_DEFAULT_HOSTNAME[i];
	weak = CONFIG_LSKEL_NO_SUCH_THING + FAULT;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
