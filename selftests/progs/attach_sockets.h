/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What attach_sockets.bpf.c counts. */
#ifndef LSKEL_SELFTESTS_PROGS_ATTACH_SOCKETS_H
#define LSKEL_SELFTESTS_PROGS_ATTACH_SOCKETS_H

enum hit {
	HIT_LOOKUP,
	HIT_LOOKUP_OTHER,
	HIT_FLOW,
	HIT_FLOW_OTHER,
	HIT_MSG,
	HIT_MSG_OTHER,
	HIT_PARSER,
	HIT_STREAM,
	HIT_VERDICT,
	HIT_SKB,
	HIT_REUSEPORT,
	HIT_REUSEPORT_OTHER,
	HIT_FILTER,
	HITS,
};

/* Data that begins with this is dropped by the programs of maps of sockets. */
#define DROP_ME 'd'

#endif /* LSKEL_SELFTESTS_PROGS_ATTACH_SOCKETS_H */
