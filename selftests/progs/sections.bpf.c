// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A program for each section name that libbpf 1.5 knows, for the fidelity check: compiled once for each
 * group, with -D. What kernels have is the same in a group.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define P(name, section, result)                                                                   \
	SEC(section)                                                                               \
	int on_##name(void *ctx)                                                                   \
	{                                                                                          \
		return result;                                                                     \
	}

#if defined(NETWORK)

P(socket, "socket", 0)
P(sk_reuseport_migrate, "sk_reuseport/migrate", 0)
P(sk_reuseport, "sk_reuseport", 0)
P(tc_ingress, "tc/ingress", 0)
P(tc_egress, "tc/egress", 0)
P(tcx_ingress, "tcx/ingress", 0)
P(tcx_egress, "tcx/egress", 0)
P(tc, "tc", 0)
P(classifier, "classifier", 0)
P(action, "action", 0)
P(netkit_primary, "netkit/primary", 0)
P(netkit_peer, "netkit/peer", 0)
P(xdp_frags_devmap, "xdp.frags/devmap", 0)
P(xdp_devmap, "xdp/devmap", 0)
P(xdp_frags_cpumap, "xdp.frags/cpumap", 0)
P(xdp_cpumap, "xdp/cpumap", 0)
P(xdp_frags, "xdp.frags", 0)
P(xdp, "xdp", 0)
P(lwt_in, "lwt_in", 0)
P(lwt_out, "lwt_out", 0)
P(lwt_xmit, "lwt_xmit", 0)
P(lwt_seg6local, "lwt_seg6local", 0)
P(sockops, "sockops", 0)
P(sk_skb_stream_parser, "sk_skb/stream_parser", 0)
P(sk_skb_stream_verdict, "sk_skb/stream_verdict", 0)
P(sk_skb_verdict, "sk_skb/verdict", 0)
P(sk_skb, "sk_skb", 0)
P(sk_msg, "sk_msg", 0)
P(flow_dissector, "flow_dissector", 0)
P(sk_lookup, "sk_lookup", 0)

#elif defined(CGROUP)

P(skb_ingress, "cgroup_skb/ingress", 1)
P(skb_egress, "cgroup_skb/egress", 1)
P(skb, "cgroup/skb", 1)
P(sock_create, "cgroup/sock_create", 1)
P(sock_release, "cgroup/sock_release", 1)
P(sock, "cgroup/sock", 1)
P(post_bind4, "cgroup/post_bind4", 1)
P(post_bind6, "cgroup/post_bind6", 1)
P(bind4, "cgroup/bind4", 1)
P(bind6, "cgroup/bind6", 1)
P(connect4, "cgroup/connect4", 1)
P(connect6, "cgroup/connect6", 1)
P(sendmsg4, "cgroup/sendmsg4", 1)
P(sendmsg6, "cgroup/sendmsg6", 1)
P(recvmsg4, "cgroup/recvmsg4", 1)
P(recvmsg6, "cgroup/recvmsg6", 1)
P(getpeername4, "cgroup/getpeername4", 1)
P(getpeername6, "cgroup/getpeername6", 1)
P(getsockname4, "cgroup/getsockname4", 1)
P(getsockname6, "cgroup/getsockname6", 1)
P(sysctl, "cgroup/sysctl", 1)
P(getsockopt, "cgroup/getsockopt", 1)
P(setsockopt, "cgroup/setsockopt", 1)
P(dev, "cgroup/dev", 1)

#elif defined(RECENT) /* Linux 6.7 */

P(connect_unix, "cgroup/connect_unix", 1)
P(sendmsg_unix, "cgroup/sendmsg_unix", 1)
P(recvmsg_unix, "cgroup/recvmsg_unix", 1)
P(getpeername_unix, "cgroup/getpeername_unix", 1)
P(getsockname_unix, "cgroup/getsockname_unix", 1)
P(netfilter, "netfilter", 0)

#elif defined(PROBES)

P(kprobe_bare, "kprobe", 0)
P(kprobe, "kprobe/do_unlinkat", 0)
P(kprobe_offset, "kprobe/do_unlinkat+1", 0)
P(kretprobe_bare, "kretprobe", 0)
P(kretprobe, "kretprobe/do_unlinkat", 0)
P(kprobe_multi_bare, "kprobe.multi", 0)
P(kprobe_multi, "kprobe.multi/do_unlink*", 0)
P(kretprobe_multi_bare, "kretprobe.multi", 0)
P(kretprobe_multi, "kretprobe.multi/do_unlink*", 0)
P(kprobe_session_bare, "kprobe.session", 0)
P(kprobe_session, "kprobe.session/do_unlink*", 0)
P(ksyscall_bare, "ksyscall", 0)
P(ksyscall, "ksyscall/unlinkat", 0)
P(kretsyscall_bare, "kretsyscall", 0)
P(kretsyscall, "kretsyscall/unlinkat", 0)
P(uprobe_bare, "uprobe", 0)
P(uprobe, "uprobe//proc/self/exe:main", 0)
P(uprobe_s_bare, "uprobe.s", 0)
P(uprobe_s, "uprobe.s//proc/self/exe:main", 0)
P(uretprobe_bare, "uretprobe", 0)
P(uretprobe, "uretprobe//proc/self/exe:main", 0)
P(uretprobe_s_bare, "uretprobe.s", 0)
P(uretprobe_s, "uretprobe.s//proc/self/exe:main", 0)
P(uprobe_multi_bare, "uprobe.multi", 0)
P(uprobe_multi, "uprobe.multi//proc/self/exe:main", 0)
P(uretprobe_multi_bare, "uretprobe.multi", 0)
P(uretprobe_multi, "uretprobe.multi//proc/self/exe:main", 0)
P(uprobe_multi_s_bare, "uprobe.multi.s", 0)
P(uprobe_multi_s, "uprobe.multi.s//proc/self/exe:main", 0)
P(uretprobe_multi_s_bare, "uretprobe.multi.s", 0)
P(uretprobe_multi_s, "uretprobe.multi.s//proc/self/exe:main", 0)
P(usdt_bare, "usdt", 0)
P(usdt, "usdt//proc/self/exe:provider:name", 0)
P(usdt_s_bare, "usdt.s", 0)
P(usdt_s, "usdt.s//proc/self/exe:provider:name", 0)
P(tracepoint_bare, "tracepoint", 0)
P(tracepoint, "tracepoint/syscalls/sys_enter_getppid", 0)
P(tp_bare, "tp", 0)
P(tp, "tp/syscalls/sys_enter_getppid", 0)
P(raw_tracepoint_bare, "raw_tracepoint", 0)
P(raw_tracepoint, "raw_tracepoint/sys_enter", 0)
P(raw_tp_bare, "raw_tp", 0)
P(raw_tp, "raw_tp/sys_enter", 0)
P(raw_tracepoint_w_bare, "raw_tracepoint.w", 0)
P(raw_tracepoint_w, "raw_tracepoint.w/sys_enter", 0)
P(raw_tp_w_bare, "raw_tp.w", 0)
P(raw_tp_w, "raw_tp.w/sys_enter", 0)
P(tp_btf, "tp_btf/sys_enter", 0)
P(tp_btf_vmlinux, "tp_btf/vmlinux:sys_enter", 0)
P(iter, "iter/task", 0)
P(iter_vmlinux, "iter/vmlinux:task", 0)
P(iter_s, "iter.s/task", 0)
P(syscall, "syscall", 0)
P(perf_event, "perf_event", 0)

#elif defined(FUNCTIONS) /* what a kernel that is locked down does not permit */

P(fentry, "fentry/do_unlinkat", 0)
P(fentry_vmlinux, "fentry/vmlinux:do_unlinkat", 0)
P(fentry_any, "fentry/:do_unlinkat", 0)
P(fexit, "fexit/do_unlinkat", 0)
P(fexit_vmlinux, "fexit/vmlinux:do_unlinkat", 0)
P(fmod_ret, "fmod_ret/security_file_open", 0)
P(fmod_ret_vmlinux, "fmod_ret/vmlinux:security_file_open", 0)
P(lsm, "lsm/file_open", 0)
P(lsm_vmlinux, "lsm/vmlinux:file_open", 0)
P(lsm_s, "lsm.s/file_open", 0)
P(lsm_cgroup, "lsm_cgroup/socket_post_create", 1)
P(lsm_cgroup_vmlinux, "lsm_cgroup/vmlinux:socket_post_create", 1)

#elif defined(SLEEPABLE) /* needs CONFIG_FUNCTION_ERROR_INJECTION */

P(fentry_s, "fentry.s/bpf_fentry_test1", 0)
P(fexit_s, "fexit.s/bpf_fentry_test1", 0)
P(fmod_ret_s, "fmod_ret.s/bpf_modify_return_test", 0)

#elif defined(TARGETS) /* with a program as target: see selftests/fidelity_target.c */

P(fentry_bare, "fentry", 0)
P(fexit_bare, "fexit", 0)

SEC("freplace/get_answer")
int on_freplace(struct __sk_buff *skb)
{
	return 0;
}

#endif

char _license[] SEC("license") = "GPL";
