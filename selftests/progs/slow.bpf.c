// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For selftests/test_prog_load.sh: programs that the verifier takes long for, each round of a loop on its own. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int sum;

#define SLOW(name)                                                                                 \
	SEC("socket") int name(struct __sk_buff *skb)                                              \
	{                                                                                          \
		for (int i = 0; i < 100000; i++)                                                   \
			sum += bpf_get_prandom_u32() + i;                                          \
		return 0;                                                                          \
	}

SLOW(slow_1)
SLOW(slow_2)
SLOW(slow_3)
SLOW(slow_4)
SLOW(slow_5)
SLOW(slow_6)
SLOW(slow_7)
SLOW(slow_8)
SLOW(slow_9)
SLOW(slow_10)
SLOW(slow_11)
SLOW(slow_12)
SLOW(slow_13)
SLOW(slow_14)
SLOW(slow_15)
SLOW(slow_16)

char LICENSE[] SEC("license") = "GPL";
