/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs of attach_cgroup.bpf.c: on_NAME() counts in hits[HIT_NAME]. */
#ifndef LSKEL_SELFTESTS_PROGS_ATTACH_CGROUP_H
#define LSKEL_SELFTESTS_PROGS_ATTACH_CGROUP_H

/* X(name, section, what the program gets) */
#define CGROUP_PROGS(X)                                                                            \
	X(ingress, "cgroup_skb/ingress", struct __sk_buff)                                         \
	X(egress, "cgroup_skb/egress", struct __sk_buff)                                           \
	X(skb, "cgroup/skb", struct __sk_buff)                                                     \
	X(sock_create, "cgroup/sock_create", struct bpf_sock)                                      \
	X(sock, "cgroup/sock", struct bpf_sock)                                                    \
	X(sock_release, "cgroup/sock_release", struct bpf_sock)                                    \
	X(post_bind4, "cgroup/post_bind4", struct bpf_sock)                                        \
	X(post_bind6, "cgroup/post_bind6", struct bpf_sock)                                        \
	X(dev, "cgroup/dev", struct bpf_cgroup_dev_ctx)                                            \
	X(sysctl, "cgroup/sysctl", struct bpf_sysctl)                                              \
	X(getsockopt, "cgroup/getsockopt", struct bpf_sockopt)                                     \
	X(setsockopt, "cgroup/setsockopt", struct bpf_sockopt)                                     \
	X(bind4, "cgroup/bind4", struct bpf_sock_addr)                                             \
	X(bind6, "cgroup/bind6", struct bpf_sock_addr)                                             \
	X(connect4, "cgroup/connect4", struct bpf_sock_addr)                                       \
	X(connect6, "cgroup/connect6", struct bpf_sock_addr)                                       \
	X(sendmsg4, "cgroup/sendmsg4", struct bpf_sock_addr)                                       \
	X(sendmsg6, "cgroup/sendmsg6", struct bpf_sock_addr)                                       \
	X(recvmsg4, "cgroup/recvmsg4", struct bpf_sock_addr)                                       \
	X(recvmsg6, "cgroup/recvmsg6", struct bpf_sock_addr)                                       \
	X(getpeername4, "cgroup/getpeername4", struct bpf_sock_addr)                               \
	X(getpeername6, "cgroup/getpeername6", struct bpf_sock_addr)                               \
	X(getsockname4, "cgroup/getsockname4", struct bpf_sock_addr)                               \
	X(getsockname6, "cgroup/getsockname6", struct bpf_sock_addr)                               \
	X(sockops, "sockops", struct bpf_sock_ops)                                                 \
	X(lsm, "lsm_cgroup/socket_bind", void)                                                     \
	X(second, "cgroup/sock_create", struct bpf_sock)                                           \
	X(third, "cgroup/sock_create", struct bpf_sock)                                            \
	CGROUP_UNIX_PROGS(X)

/* Linux 6.7 */
#define CGROUP_UNIX_PROGS(X)                                                                       \
	X(connect_unix, "?cgroup/connect_unix", struct bpf_sock_addr)                              \
	X(sendmsg_unix, "?cgroup/sendmsg_unix", struct bpf_sock_addr)                              \
	X(recvmsg_unix, "?cgroup/recvmsg_unix", struct bpf_sock_addr)                              \
	X(getpeername_unix, "?cgroup/getpeername_unix", struct bpf_sock_addr)                      \
	X(getsockname_unix, "?cgroup/getsockname_unix", struct bpf_sock_addr)

#define CGROUP_HIT(name, section, context) HIT_##name,
enum hit {
	CGROUP_PROGS(CGROUP_HIT) HITS,
};

#define ORDER_MAX 8

#endif /* LSKEL_SELFTESTS_PROGS_ATTACH_CGROUP_H */
