// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps with keys and values of every sort of type, and without types. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "map_types.h"

enum color { RED, GREEN = 7 };
enum depth { LOW = -1, HIGH = 1 };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1000);
	__type(key, struct flow);
	__type(value, struct stats);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 10);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, struct {
		int id;
		char tag[3];
		bool on;
	});
	__type(value, struct {
		__u8 first;
		enum depth depth;
		void *pointer;
		union {
			__u16 narrow[2][2];
			struct {
				__s64 wide;
			};
		} u;
	});
} nameless SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, char[8]);
	__type(value, __u32[3]);
} arrays SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, enum color);
	__type(value, range_t);
} ranges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__uint(key_size, 6);
	__uint(value_size, 12);
} untyped SEC(".maps");

/* Layouts that no plain struct has. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, struct { int a : 3; int b : 29; });
	__type(value, struct { char c; int i; } __attribute__((packed)));
} odd SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 100);
	__type(key, __u32);
	__type(value, int);
} percpu_narrow SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct stats);
} percpu_wide SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, __u32);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__type(value, __u32);
} bloom SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u8);
} trie SEC(".maps");

/* Counts in all of its maps for each CPU. */
SEC("raw_tp")
int count(void *ctx)
{
	__u32 key = 1;
	int one = 1, *narrow = bpf_map_lookup_elem(&percpu_narrow, &key);
	struct stats *wide = bpf_map_lookup_elem(&percpu_wide, &key);

	if (narrow)
		*narrow += one;
	if (wide)
		wide->bytes += 5;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
