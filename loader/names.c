// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tables of loader/names.h, in the order of the enums in <linux/bpf.h> (Linux 6.12), which may be newer
 * than the one at hand. Written in the common subset of C and C++.
 */
#include <stddef.h>

#include "names.h"

LSKEL_API const char *lskel_map_type_name(__u32 type)
{
	static const char *const names[] = {
		"hash",
		"array",
		"prog_array",
		"perf_event_array",
		"percpu_hash",
		"percpu_array",
		"stack_trace",
		"cgroup_array",
		"lru_hash",
		"lru_percpu_hash",
		"lpm_trie",
		"array_of_maps",
		"hash_of_maps",
		"devmap",
		"sockmap",
		"cpumap",
		"xskmap",
		"sockhash",
		"cgroup_storage",
		"reuseport_sockarray",
		"percpu_cgroup_storage",
		"queue",
		"stack",
		"sk_storage",
		"devmap_hash",
		"struct_ops",
		"ringbuf",
		"inode_storage",
		"task_storage",
		"bloom_filter",
		"user_ringbuf",
		"cgrp_storage",
		"arena",
	};

	return type && type <= sizeof(names) / sizeof(names[0]) ? names[type - 1] : NULL;
}

LSKEL_API const char *lskel_prog_type_name(__u32 type)
{
	static const char *const names[] = {
		"socket_filter",
		"kprobe",
		"sched_cls",
		"sched_act",
		"tracepoint",
		"xdp",
		"perf_event",
		"cgroup_skb",
		"cgroup_sock",
		"lwt_in",
		"lwt_out",
		"lwt_xmit",
		"sock_ops",
		"sk_skb",
		"cgroup_device",
		"sk_msg",
		"raw_tracepoint",
		"cgroup_sock_addr",
		"lwt_seg6local",
		"lirc_mode2",
		"sk_reuseport",
		"flow_dissector",
		"cgroup_sysctl",
		"raw_tracepoint_writable",
		"cgroup_sockopt",
		"tracing",
		"struct_ops",
		"ext",
		"lsm",
		"sk_lookup",
		"syscall",
		"netfilter",
	};

	return type && type <= sizeof(names) / sizeof(names[0]) ? names[type - 1] : NULL;
}
