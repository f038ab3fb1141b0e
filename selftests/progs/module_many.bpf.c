// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * 250 functions of one module. No module has so many: the test puts the name of one that there is, of the
 * same length, in place of each.
 */
#include "nf_conntrack.h"

#define TEN(macro, n)                                                                              \
	macro(n##0) macro(n##1) macro(n##2) macro(n##3) macro(n##4) macro(n##5) macro(n##6)        \
		macro(n##7) macro(n##8) macro(n##9)
#define FIFTY(macro, a, b, c, d, e)                                                                \
	TEN(macro, a) TEN(macro, b) TEN(macro, c) TEN(macro, d) TEN(macro, e)
#define ALL(macro)                                                                                 \
	FIFTY(macro, 00, 01, 02, 03, 04)                                                           \
	FIFTY(macro, 05, 06, 07, 08, 09)                                                           \
	FIFTY(macro, 10, 11, 12, 13, 14)                                                           \
	FIFTY(macro, 15, 16, 17, 18, 19) FIFTY(macro, 20, 21, 22, 23, 24)

#define DECLARE(n) DECLARE_LOOKUP(lskel__lookup_##n);
#define CALL(n)	   sum += LOOKUP(lskel__lookup_##n, skb, &question);

ALL(DECLARE)

int sum;

SEC("tc")
int many(struct __sk_buff *skb)
{
	struct question question = { .opts = { .netns_id = ANY_NETNS, .l4proto = TCP } };

	ALL(CALL)
	return 0;
}

char _license[] SEC("license") = "GPL";
