// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The table of loader/versions.c and the enums of <linux/bpf.h> (Linux 6.12) agree: where a version ends in
 * the table, the next name is the one that the next version brought.
 */
#include <string.h>
#include <bpf/libbpf.h>

#include "harness.h"
#include "../loader/names.h"
#include "../loader/versions.h"

struct expected {
	const char *name;
	__u32 (*since)(__u32 number);
	__u32 number;
	unsigned int major, minor;
};

#define HELPER(name, major, minor)                                                                 \
	{                                                                                          \
		"bpf_" #name, lskel_helper_since, BPF_FUNC_##name, major, minor                    \
	}
#define MAP(name, major, minor)                                                                    \
	{                                                                                          \
#name, lskel_map_type_since, BPF_MAP_TYPE_##name, major, minor                     \
	}
#define PROG(name, major, minor)                                                                   \
	{                                                                                          \
#name, lskel_prog_type_since, BPF_PROG_TYPE_##name, major, minor                   \
	}
#define ATTACH(name, major, minor)                                                                 \
	{                                                                                          \
#name, lskel_attach_type_since, BPF_##name, major, minor                           \
	}

/* First and last of a version. */
static const struct expected expected[] = {
	HELPER(map_delete_elem, 3, 19),
	HELPER(probe_read, 4, 1),
	HELPER(l4_csum_replace, 4, 1),
	HELPER(tail_call, 4, 2),
	HELPER(perf_event_read, 4, 3),
	HELPER(perf_event_output, 4, 4),
	HELPER(get_stackid, 4, 6),
	HELPER(probe_write_user, 4, 8),
	HELPER(set_hash_invalid, 4, 9),
	HELPER(probe_read_str, 4, 11),
	HELPER(redirect_map, 4, 14),
	HELPER(bind, 4, 17),
	HELPER(xdp_adjust_tail, 4, 18),
	HELPER(get_current_cgroup_id, 4, 18),
	HELPER(msg_push_data, 4, 20),
	HELPER(spin_lock, 5, 1),
	HELPER(sk_storage_delete, 5, 2),
	HELPER(send_signal, 5, 3),
	HELPER(skb_output, 5, 5),
	HELPER(probe_read_kernel_str, 5, 5),
	HELPER(jiffies64, 5, 6),
	HELPER(sk_assign, 5, 7),
	HELPER(ktime_get_boot_ns, 5, 8),
	HELPER(ringbuf_output, 5, 8),
	HELPER(csum_level, 5, 8),
	HELPER(get_task_stack, 5, 9),
	HELPER(redirect_peer, 5, 10),
	HELPER(task_storage_get, 5, 11),
	HELPER(sock_from_file, 5, 11),
	HELPER(check_mtu, 5, 12),
	HELPER(snprintf, 5, 13),
	HELPER(sys_bpf, 5, 14),
	HELPER(timer_init, 5, 15),
	HELPER(task_pt_regs, 5, 15),
	HELPER(kallsyms_lookup_name, 5, 16),
	HELPER(loop, 5, 17),
	HELPER(get_func_arg_cnt, 5, 17),
	HELPER(get_retval, 5, 18),
	HELPER(ima_file_hash, 5, 18),
	HELPER(kptr_xchg, 5, 19),
	HELPER(dynptr_data, 5, 19),
	HELPER(tcp_raw_gen_syncookie_ipv4, 6, 0),
	HELPER(ktime_get_tai_ns, 6, 1),
	HELPER(user_ringbuf_drain, 6, 1),
	HELPER(cgrp_storage_get, 6, 2),
	HELPER(cgrp_storage_delete, 6, 2),
	MAP(HASH, 3, 19),
	MAP(PERCPU_HASH, 4, 6),
	MAP(LPM_TRIE, 4, 11),
	MAP(SOCKHASH, 4, 18),
	MAP(STACK, 4, 20),
	MAP(DEVMAP_HASH, 5, 4),
	MAP(STRUCT_OPS, 5, 6),
	MAP(RINGBUF, 5, 8),
	MAP(BLOOM_FILTER, 5, 16),
	MAP(USER_RINGBUF, 6, 1),
	MAP(CGRP_STORAGE, 6, 2),
	MAP(ARENA, 6, 9),
	PROG(XDP, 4, 8),
	PROG(LWT_XMIT, 4, 10),
	PROG(RAW_TRACEPOINT, 4, 17),
	PROG(CGROUP_SOCKOPT, 5, 3),
	PROG(TRACING, 5, 5),
	PROG(EXT, 5, 6),
	PROG(LSM, 5, 7),
	PROG(SK_LOOKUP, 5, 9),
	PROG(SYSCALL, 5, 14),
	PROG(NETFILTER, 6, 4),
	ATTACH(CGROUP_INET6_POST_BIND, 4, 17),
	ATTACH(LIRC_MODE2, 4, 18),
	ATTACH(CGROUP_SETSOCKOPT, 5, 3),
	ATTACH(TRACE_FEXIT, 5, 5),
	ATTACH(LSM_MAC, 5, 7),
	ATTACH(TRACE_ITER, 5, 8),
	ATTACH(XDP_DEVMAP, 5, 8),
	ATTACH(XDP, 5, 9),
	ATTACH(PERF_EVENT, 5, 15),
	ATTACH(TRACE_KPROBE_MULTI, 5, 18),
	ATTACH(LSM_CGROUP, 6, 0),
	ATTACH(NETFILTER, 6, 4),
	ATTACH(TCX_EGRESS, 6, 6),
	ATTACH(TRACE_UPROBE_MULTI, 6, 6),
	ATTACH(CGROUP_UNIX_CONNECT, 6, 7),
	ATTACH(NETKIT_PEER, 6, 7),
	ATTACH(TRACE_KPROBE_SESSION, 6, 10),
};

static void check_numbers(void)
{
	size_t cnt = sizeof(expected) / sizeof(expected[0]), wrong = 0;

	for (size_t i = 0; i < cnt; i++) {
		__u32 since = expected[i].since(expected[i].number);

		if (since == LSKEL_LINUX(expected[i].major, expected[i].minor))
			continue;
		wrong++;
		fail("since which Linux", "%s: %u.%u, not %u.%u", expected[i].name,
		     LSKEL_LINUX_MAJOR(since), LSKEL_LINUX_MINOR(since), expected[i].major,
		     expected[i].minor);
	}
	check("names of <linux/bpf.h> came with the version that the table has", !wrong,
	      "%zu of %zu did not", wrong, cnt);
	check("the table knows all of Linux 6.12",
	      lskel_helper_since(__BPF_FUNC_MAX_ID - 1) &&
		      lskel_map_type_since(__MAX_BPF_MAP_TYPE - 1) &&
		      lskel_prog_type_since(__MAX_BPF_PROG_TYPE - 1) &&
		      lskel_attach_type_since(__MAX_BPF_ATTACH_TYPE - 1),
	      "something is missing");
	check("what is newer than the table is not known", !lskel_helper_since(100000), "it is");
}

/* The names are those of the enums, which libbpf has in lower case, too. */
static void check_names(void)
{
	__u32 wrong = 0, type;

	for (type = 1; type < __MAX_BPF_MAP_TYPE; type++) {
		const char *name = lskel_map_type_name(type), *its = libbpf_bpf_map_type_str(type);

		wrong += !name || !its || strcmp(name, its) != 0;
	}
	for (type = 1; type < __MAX_BPF_PROG_TYPE; type++) {
		const char *name = lskel_prog_type_name(type),
			   *its = libbpf_bpf_prog_type_str(type);

		wrong += !name || !its || strcmp(name, its) != 0;
	}
	check("types of maps and programs are called as by libbpf", !wrong, "%u are not", wrong);
	check("and have no name if they are not known",
	      !lskel_map_type_name(0) && !lskel_map_type_name(1000) && !lskel_prog_type_name(0) &&
		      !lskel_prog_type_name(1000),
	      "they have");
}

static void check_insns(void)
{
	static const struct {
		struct bpf_insn insn;
		__u32 since;
	} insns[] = {
		{ { BPF_ALU64 | BPF_MOV | BPF_X, 1, 2, 0, 0 }, LSKEL_LINUX(3, 18) },
		{ { BPF_ALU64 | BPF_MOV | BPF_X, 1, 2, 32, 0 }, LSKEL_LINUX(6, 6) },
		{ { BPF_ALU64 | BPF_MOV | BPF_X, 1, 2, 1, 0 }, LSKEL_LINUX(6, 9) },
		{ { BPF_ALU64 | BPF_DIV | BPF_X, 1, 2, 1, 0 }, LSKEL_LINUX(6, 6) },
		{ { BPF_JMP32 | BPF_JA, 0, 0, 0, 5 }, LSKEL_LINUX(6, 6) },
		{ { BPF_JMP32 | BPF_JEQ, 0, 0, 0, 5 }, LSKEL_LINUX(5, 1) },
		{ { BPF_LDX | BPF_MEMSX | BPF_W, 1, 2, 0, 0 }, LSKEL_LINUX(6, 6) },
		{ { BPF_JMP | BPF_JCOND, 0, 0, 1, 0 }, LSKEL_LINUX(6, 9) },
		{ { BPF_STX | BPF_ATOMIC | BPF_DW, 1, 2, 0, BPF_ADD }, LSKEL_LINUX(3, 18) },
		{ { BPF_STX | BPF_ATOMIC | BPF_DW, 1, 2, 0, BPF_XCHG }, LSKEL_LINUX(5, 12) },
	};
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof(insns) / sizeof(insns[0]); i++)
		wrong += lskel_insn_since(&insns[i].insn) != insns[i].since;
	check("instructions came with the version that the table has", !wrong, "%zu did not",
	      wrong);
	check("of flags, the newest counts",
	      lskel_map_flags_since(BPF_F_MMAPABLE | BPF_F_LINK) == LSKEL_LINUX(6, 4) &&
		      lskel_prog_flags_since(BPF_F_SLEEPABLE) == LSKEL_LINUX(5, 10) &&
		      !lskel_prog_flags_since(1U << 30),
	      "%x", lskel_map_flags_since(BPF_F_MMAPABLE | BPF_F_LINK));
}

int main(void)
{
	check_numbers();
	check_names();
	check_insns();
	return harness_status();
}
