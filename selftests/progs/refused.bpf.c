// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this version can't carry into a skeleton: compiled once for each, with -D. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#if defined(LONG_NAME) || defined(LONGEST_NAME)

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define NAME_32	    JOIN(name_of_16_chars, name_of_16_chars)
#define NAME_128    JOIN(JOIN(NAME_32, NAME_32), JOIN(NAME_32, NAME_32))
#ifdef LONG_NAME
#define NAME JOIN(NAME_128, NAME_128)
#else
/* Not refused. */
#define NAME_127                                                                                   \
	JOIN(JOIN(NAME_32, NAME_32), JOIN(NAME_32, JOIN(name_of_16_chars, name_of_15_char)))
#define NAME JOIN(NAME_128, NAME_127)
#endif

extern const void NAME __ksym;
__u64 address;

SEC("socket")
int user(struct __sk_buff *skb)
{
	address = (__u64)&NAME;
	return 0;
}

#elif defined(CORE)

/* Not refused as it is: its accessor "0:10" is for the test to spoil. */
struct task_struct {
	int a, b, c, d, e, f, g, h, i, j, k;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int user(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &task->k);
	return value;
}

#endif

char _license[] SEC("license") = "GPL";
