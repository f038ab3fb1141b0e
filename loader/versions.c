// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tables of loader/versions.h. Numbers of UAPI enums only ever grow, so a table has, for each version,
 * the last number that came with it. Sources: include/uapi/linux/bpf.h of each release, and
 * docs/kernel-versions.md of bcc for those before 5.5.
 *
 * Numbers and not names: <linux/bpf.h> may be older than what is here. Written in the common subset of C
 * and C++.
 */
#include <stddef.h>

#include "versions.h"

struct lskel_since {
	__u32 last; /* number that came with ... */
	__u32 linux_version;
};

#define SINCE(last, major, minor)                                                                  \
	{                                                                                          \
		last, LSKEL_LINUX(major, minor)                                                    \
	}

/* clang-format off */
static const struct lskel_since lskel_helpers[] = {
	SINCE(3, 3, 19),   /* map_lookup_elem, map_update_elem, map_delete_elem */
	SINCE(11, 4, 1),   /* probe_read, ktime_get_ns, trace_printk ... l4_csum_replace */
	SINCE(16, 4, 2),   /* tail_call, clone_redirect ... get_current_comm */
	SINCE(22, 4, 3),   /* get_cgroup_classid, skb_vlan_push ... perf_event_read */
	SINCE(25, 4, 4),   /* redirect, get_route_realm, perf_event_output */
	SINCE(26, 4, 5),   /* skb_load_bytes */
	SINCE(30, 4, 6),   /* get_stackid, csum_diff, skb_get_tunnel_opt, skb_set_tunnel_opt */
	SINCE(36, 4, 8),   /* skb_change_proto ... get_current_task, probe_write_user */
	SINCE(41, 4, 9),   /* current_task_under_cgroup ... set_hash_invalid */
	SINCE(44, 4, 10),  /* get_numa_node_id, skb_change_head, xdp_adjust_head */
	SINCE(45, 4, 11),  /* probe_read_str */
	SINCE(47, 4, 12),  /* get_socket_cookie, get_socket_uid */
	SINCE(50, 4, 13),  /* set_hash, setsockopt, skb_adjust_room */
	SINCE(53, 4, 14),  /* redirect_map, sk_redirect_map, sock_map_update */
	SINCE(57, 4, 15),  /* xdp_adjust_meta, perf_event_read_value ... getsockopt */
	SINCE(59, 4, 16),  /* override_return, sock_ops_cb_flags_set */
	SINCE(64, 4, 17),  /* msg_redirect_map ... bind */
	SINCE(80, 4, 18),  /* xdp_adjust_tail, get_stack, fib_lookup ... get_current_cgroup_id */
	SINCE(83, 4, 19),  /* get_local_storage, sk_select_reuseport, skb_ancestor_cgroup_id */
	SINCE(90, 4, 20),  /* sk_lookup_tcp ... map_push_elem ... msg_push_data */
	SINCE(92, 5, 0),   /* msg_pop_data, rc_pointer_rel */
	SINCE(98, 5, 1),   /* spin_lock ... get_listener_sock */
	SINCE(108, 5, 2),  /* skc_lookup_tcp, strtol ... sk_storage_delete */
	SINCE(110, 5, 3),  /* send_signal, tcp_gen_syncookie */
	SINCE(115, 5, 5),  /* skb_output, probe_read_user ... probe_read_kernel_str */
	SINCE(118, 5, 6),  /* tcp_send_ack, send_signal_thread, jiffies64 */
	SINCE(124, 5, 7),  /* read_branch_records, get_ns_current_pid_tgid ... sk_assign */
	SINCE(135, 5, 8),  /* ktime_get_boot_ns, seq_printf, ringbuf_output ... csum_level */
	SINCE(141, 5, 9),  /* skc_to_tcp6_sock ... get_task_stack */
	SINCE(155, 5, 10), /* load_hdr_opt, d_path, copy_from_user, per_cpu_ptr ... redirect_peer */
	SINCE(162, 5, 11), /* task_storage_get, get_current_task_btf ... sock_from_file */
	SINCE(163, 5, 12), /* check_mtu */
	SINCE(165, 5, 13), /* for_each_map_elem, snprintf */
	SINCE(168, 5, 14), /* sys_bpf, btf_find_by_name_kind, sys_close */
	SINCE(175, 5, 15), /* timer_init, get_func_ip, get_attach_cookie ... task_pt_regs */
	SINCE(179, 5, 16), /* get_branch_snapshot, trace_vprintk ... kallsyms_lookup_name */
	SINCE(185, 5, 17), /* find_vma, loop, strncmp, get_func_arg ... get_func_arg_cnt */
	SINCE(193, 5, 18), /* get_retval, xdp_load_bytes, copy_from_user_task ... ima_file_hash */
	SINCE(203, 5, 19), /* kptr_xchg, map_lookup_percpu_elem, dynptr_from_mem ... dynptr_data */
	SINCE(207, 6, 0),  /* tcp_raw_gen_syncookie_ipv4 ... tcp_raw_check_syncookie_ipv6 */
	SINCE(209, 6, 1),  /* ktime_get_tai_ns, user_ringbuf_drain */
	SINCE(211, 6, 2),  /* cgrp_storage_get, cgrp_storage_delete; kfuncs have been added since */
};

static const struct lskel_since lskel_map_types[] = {
	SINCE(2, 3, 19),  /* hash, array */
	SINCE(3, 4, 2),	  /* prog_array */
	SINCE(4, 4, 3),	  /* perf_event_array */
	SINCE(7, 4, 6),	  /* percpu_hash, percpu_array, stack_trace */
	SINCE(8, 4, 8),	  /* cgroup_array */
	SINCE(10, 4, 10), /* lru_hash, lru_percpu_hash */
	SINCE(11, 4, 11), /* lpm_trie */
	SINCE(13, 4, 12), /* array_of_maps, hash_of_maps */
	SINCE(15, 4, 14), /* devmap, sockmap */
	SINCE(16, 4, 15), /* cpumap */
	SINCE(18, 4, 18), /* xskmap, sockhash */
	SINCE(20, 4, 19), /* cgroup_storage, reuseport_sockarray */
	SINCE(23, 4, 20), /* percpu_cgroup_storage, queue, stack */
	SINCE(24, 5, 2),  /* sk_storage */
	SINCE(25, 5, 4),  /* devmap_hash */
	SINCE(26, 5, 6),  /* struct_ops */
	SINCE(27, 5, 8),  /* ringbuf */
	SINCE(28, 5, 10), /* inode_storage */
	SINCE(29, 5, 11), /* task_storage */
	SINCE(30, 5, 16), /* bloom_filter */
	SINCE(31, 6, 1),  /* user_ringbuf */
	SINCE(32, 6, 2),  /* cgrp_storage */
	SINCE(33, 6, 9),  /* arena */
};

static const struct lskel_since lskel_prog_types[] = {
	SINCE(1, 3, 19),  /* socket_filter */
	SINCE(4, 4, 1),	  /* kprobe, sched_cls, sched_act */
	SINCE(5, 4, 7),	  /* tracepoint */
	SINCE(6, 4, 8),	  /* xdp */
	SINCE(7, 4, 9),	  /* perf_event */
	SINCE(12, 4, 10), /* cgroup_skb, cgroup_sock, lwt_in, lwt_out, lwt_xmit */
	SINCE(13, 4, 13), /* sock_ops */
	SINCE(14, 4, 14), /* sk_skb */
	SINCE(15, 4, 15), /* cgroup_device */
	SINCE(18, 4, 17), /* sk_msg, raw_tracepoint, cgroup_sock_addr */
	SINCE(20, 4, 18), /* lwt_seg6local, lirc_mode2 */
	SINCE(21, 4, 19), /* sk_reuseport */
	SINCE(22, 4, 20), /* flow_dissector */
	SINCE(24, 5, 2),  /* cgroup_sysctl, raw_tracepoint_writable */
	SINCE(25, 5, 3),  /* cgroup_sockopt */
	SINCE(26, 5, 5),  /* tracing */
	SINCE(28, 5, 6),  /* struct_ops, ext */
	SINCE(29, 5, 7),  /* lsm */
	SINCE(30, 5, 9),  /* sk_lookup */
	SINCE(31, 5, 14), /* syscall */
	SINCE(32, 6, 4),  /* netfilter */
};

static const struct lskel_since lskel_attach_types[] = {
	SINCE(2, 4, 10),  /* cgroup_inet_ingress, cgroup_inet_egress, cgroup_inet_sock_create */
	SINCE(3, 4, 13),  /* cgroup_sock_ops */
	SINCE(5, 4, 14),  /* sk_skb_stream_parser, sk_skb_stream_verdict */
	SINCE(6, 4, 15),  /* cgroup_device */
	SINCE(13, 4, 17), /* sk_msg_verdict, cgroup_inet4_bind ... cgroup_inet6_post_bind */
	SINCE(16, 4, 18), /* cgroup_udp4_sendmsg, cgroup_udp6_sendmsg, lirc_mode2 */
	SINCE(17, 4, 20), /* flow_dissector */
	SINCE(20, 5, 2),  /* cgroup_sysctl, cgroup_udp4_recvmsg, cgroup_udp6_recvmsg */
	SINCE(22, 5, 3),  /* cgroup_getsockopt, cgroup_setsockopt */
	SINCE(25, 5, 5),  /* trace_raw_tp, trace_fentry, trace_fexit */
	SINCE(27, 5, 7),  /* modify_return, lsm_mac */
	SINCE(33, 5, 8),  /* trace_iter, cgroup_inet4_getpeername ... xdp_devmap */
	SINCE(37, 5, 9),  /* cgroup_inet_sock_release, xdp_cpumap, sk_lookup, xdp */
	SINCE(38, 5, 13), /* sk_skb_verdict */
	SINCE(40, 5, 14), /* sk_reuseport_select, sk_reuseport_select_or_migrate */
	SINCE(41, 5, 15), /* perf_event */
	SINCE(42, 5, 18), /* trace_kprobe_multi */
	SINCE(43, 6, 0),  /* lsm_cgroup */
	SINCE(45, 6, 4),  /* struct_ops, netfilter */
	SINCE(48, 6, 6),  /* tcx_ingress, tcx_egress, trace_uprobe_multi */
	SINCE(55, 6, 7),  /* cgroup_unix_connect ... netkit_primary, netkit_peer */
	SINCE(56, 6, 10), /* trace_kprobe_session */
	SINCE(57, 6, 13), /* trace_uprobe_session */
};

/* Numbers of bits. */
static const struct lskel_since lskel_map_flag_bits[] = {
	SINCE(0, 4, 6),	  /* no_prealloc */
	SINCE(1, 4, 10),  /* no_common_lru */
	SINCE(2, 4, 14),  /* numa_node */
	SINCE(4, 4, 15),  /* rdonly, wronly */
	SINCE(5, 4, 17),  /* stack_build_id */
	SINCE(6, 5, 0),	  /* zero_seed */
	SINCE(8, 5, 2),	  /* rdonly_prog, wronly_prog */
	SINCE(9, 5, 3),	  /* clone */
	SINCE(10, 5, 5),  /* mmapable */
	SINCE(11, 5, 8),  /* preserve_elems */
	SINCE(12, 5, 10), /* inner_map */
	SINCE(13, 6, 4),  /* link */
	SINCE(14, 6, 5),  /* path_fd */
	SINCE(18, 6, 9),  /* vtype_btf_obj_fd, token_fd, segv_on_fault, no_user_conv */
};

static const struct lskel_since lskel_prog_flag_bits[] = {
	SINCE(0, 4, 12), /* strict_alignment */
	SINCE(1, 5, 0),	 /* any_alignment */
	SINCE(2, 5, 3),	 /* test_rnd_hi32 */
	SINCE(3, 5, 7),	 /* test_state_freq */
	SINCE(4, 5, 10), /* sleepable */
	SINCE(5, 5, 18), /* xdp_has_frags */
	SINCE(6, 6, 3),	 /* xdp_dev_bound_only */
	SINCE(7, 6, 8),	 /* test_reg_invariants */
	SINCE(16, 6, 9), /* token_fd */
};
/* clang-format on */

#define LSKEL_SINCE(table, number) lskel_look_up(table, sizeof(table) / sizeof((table)[0]), number)

static __u32 lskel_look_up(const struct lskel_since *table, size_t cnt, __u32 number)
{
	size_t i;

	for (i = 0; i < cnt; i++)
		if (number <= table[i].last)
			return table[i].linux_version;
	return 0;
}

LSKEL_API __u32 lskel_helper_since(__u32 id)
{
	return LSKEL_SINCE(lskel_helpers, id);
}

LSKEL_API __u32 lskel_map_type_since(__u32 type)
{
	return LSKEL_SINCE(lskel_map_types, type);
}

LSKEL_API __u32 lskel_prog_type_since(__u32 type)
{
	return LSKEL_SINCE(lskel_prog_types, type);
}

LSKEL_API __u32 lskel_attach_type_since(__u32 type)
{
	return LSKEL_SINCE(lskel_attach_types, type);
}

/* The newest of several, of which one that is not known is newer than all others. */
static __u32 lskel_flags_since(const struct lskel_since *table, size_t cnt, __u32 flags)
{
	__u32 newest = LSKEL_LINUX(3, 18), bit;

	for (bit = 0; bit < 32; bit++) {
		__u32 since = flags >> bit & 1 ? lskel_look_up(table, cnt, bit) : newest;

		if (!since)
			return 0;
		if (since > newest)
			newest = since;
	}
	return newest;
}

LSKEL_API __u32 lskel_map_flags_since(__u32 flags)
{
	return lskel_flags_since(lskel_map_flag_bits,
				 sizeof(lskel_map_flag_bits) / sizeof(lskel_map_flag_bits[0]),
				 flags);
}

LSKEL_API __u32 lskel_prog_flags_since(__u32 flags)
{
	return lskel_flags_since(lskel_prog_flag_bits,
				 sizeof(lskel_prog_flag_bits) / sizeof(lskel_prog_flag_bits[0]),
				 flags);
}

/* Documentation/bpf/standardization/instruction-set.rst; "v4" is clang's -mcpu=v4. */
LSKEL_API __u32 lskel_insn_since(const struct bpf_insn *insn)
{
	__u32 class_ = insn->code & 7, op = insn->code & 0xf0, mode = insn->code & 0xe0;
	int is_alu = class_ == BPF_ALU || class_ == BPF_ALU64;

	if (class_ == BPF_JMP && op == 0xe0) /* may_goto: BPF_JCOND */
		return LSKEL_LINUX(6, 9);
	if (class_ == BPF_ALU64 && op == BPF_MOV && insn->off == 1) /* addr_space_cast */
		return LSKEL_LINUX(6, 9);
	if ((class_ == BPF_JMP32 && op == BPF_JA) || (class_ == BPF_LDX && mode == 0x80) ||
	    (class_ == BPF_ALU64 && op == BPF_END) ||
	    (is_alu && insn->off && (op == BPF_MOV || op == BPF_DIV || op == BPF_MOD)))
		return LSKEL_LINUX(6, 6);	 /* gotol, memsx, bswap, movsx, sdiv, smod: v4 */
	if (class_ == BPF_STX && mode == 0xc0) { /* BPF_ATOMIC */
		if (insn->imm == 0x100 || insn->imm == 0x110)
			return LSKEL_LINUX(6, 15); /* load_acquire, store_release */
		/* Without a result, adding 8 or 4 bytes is as old as BPF. */
		return insn->imm == BPF_ADD ? LSKEL_LINUX(3, 18) : LSKEL_LINUX(5, 12);
	}
	return class_ == BPF_JMP32 ? LSKEL_LINUX(5, 1) : LSKEL_LINUX(3, 18);
}
