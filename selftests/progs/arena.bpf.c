// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An arena with global variables, with -DFIXED at a certain address; or, with -DPLAIN, without them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define __arena __attribute__((address_space(1)))

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 3);
#if defined(PLAIN) || defined(FIXED)
	__ulong(map_extra, 1ULL << 44);
#endif
} memory SEC(".maps");

#ifdef PLAIN
#define counter (*(long __arena *)(1ULL << 44))
#else
long __arena counter = 5;
char __arena text[5000] = "as compiled";
#endif

SEC("syscall")
int counts(void *ctx)
{
	void *arena = &memory;

	(void)arena;
	asm volatile("" : : "r"(arena));
	return (int)++counter;
}

char _license[] SEC("license") = "GPL";
