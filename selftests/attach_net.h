/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For tests of what attaches to network devices: the skeleton of attach_net.bpf.c, and who ran for a packet. */
#ifndef LSKEL_SELFTESTS_ATTACH_NET_H
#define LSKEL_SELFTESTS_ATTACH_NET_H

#include <sys/stat.h>

#include "attach_net.lskel.h"
#include "progs/attach_net.h"

#include "attach_failures.h"
#include "net.h"

#define LO (&(struct lskel_where){ .ifindex = 1 })

static struct attach_net *skel;

/* How often the program that counts @hit runs for one packet through lo. */
static inline __u64 runs(enum hit hit)
{
	__u64 before = skel->bss->hits[hit];

	skel->bss->ran = 0;
	if (!net_send_lo())
		fail("a packet goes through lo", "%s", strerror(errno));
	return skel->bss->hits[hit] - before;
}

/* Whether the first program is followed by the second for one packet. */
static inline bool run_in_order(enum hit first, enum hit second)
{
	runs(first);
	return skel->bss->ran == 2 && skel->bss->order[0] == first && skel->bss->order[1] == second;
}

static inline void check_refused(const char *name, struct lskel_link *link, int err,
				 const char *words)
{
	const char *message = attach_net__error(skel);

	check(name, !link && errno == err && strstr(message, words), "%p, %s: %s", (void *)link,
	      strerror(errno), message);
}

/* The number of links of the kernel, pinned or not. */
static inline __u32 link_cnt(void)
{
	static struct number_set ids;

	list_ids(BPF_LINK_GET_NEXT_ID, &ids);
	return ids.cnt;
}

#define ATTACH(prog)                                                                               \
	static struct lskel_link *attach_##prog(void *skel, const struct lskel_where *where)       \
	{                                                                                          \
		return attach_net__on_##prog##__attach_to(skel, where);                            \
	}

#define EVENTS(prog, hit)                                                                          \
	static __u64 events_##prog(void *unused)                                                   \
	{                                                                                          \
		(void)unused;                                                                      \
		return runs(hit);                                                                  \
	}

#endif /* LSKEL_SELFTESTS_ATTACH_NET_H */
