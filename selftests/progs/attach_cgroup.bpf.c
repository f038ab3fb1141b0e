// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program of each kind for cgroups: it counts, notes that it ran after the others, and allows what is asked. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "attach_cgroup.h"

__u64 hits[HITS];
__u32 order[ORDER_MAX], ran;

#define PROG(name, section, context)                                                               \
	SEC(section)                                                                               \
	int on_##name(context *ctx)                                                                \
	{                                                                                          \
		__u32 at = __sync_fetch_and_add(&ran, 1);                                          \
                                                                                                   \
		__sync_fetch_and_add(&hits[HIT_##name], 1);                                        \
		if (at < ORDER_MAX)                                                                \
			order[at] = HIT_##name;                                                    \
		return 1;                                                                          \
	}

CGROUP_PROGS(PROG)

char _license[] SEC("license") = "GPL";
