/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What attach_net.bpf.c counts. */
#ifndef LSKEL_SELFTESTS_PROGS_ATTACH_NET_H
#define LSKEL_SELFTESTS_PROGS_ATTACH_NET_H

enum hit {
	HIT_XDP,
	HIT_XDP_OTHER,
	HIT_TCX,
	HIT_TCX_OTHER,
	HIT_TC,
	HIT_TC_OTHER,
	HIT_NETKIT,
	HIT_NETFILTER,
	HITS,
};

#define ORDER_MAX 8

#endif /* LSKEL_SELFTESTS_PROGS_ATTACH_NET_H */
