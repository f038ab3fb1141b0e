// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kernel functions: strong and weak ones, one that is missing, flavors, and one that is called often. */
#include "ksym_kfuncs.h"

struct ksym_results results;

SEC("tc")
int strong(struct __sk_buff *skb)
{
	results.strong = LENGTH_BY(LENGTH);
	return 0;
}

SEC("tc")
int again(struct __sk_buff *skb)
{
	results.again = LENGTH_BY(LENGTH);
	return 0;
}

SEC("tc")
int weak(struct __sk_buff *skb)
{
	results.weak = LENGTH_BY(LENGTH_WEAK);
	return 0;
}

SEC("tc")
int weak_missing(struct __sk_buff *skb)
{
	results.weak_missing = KSYM_ABSENT;
	if (bpf_ksym_exists(bpf_lskel_no_such_function))
		results.weak_missing = bpf_lskel_no_such_function(1);
	return 0;
}

SEC("tc")
int flavored(struct __sk_buff *skb)
{
	results.flavored = LENGTH_BY(LENGTH_FLAVOR);
	return 0;
}

#define TIMES_10(expression)                                                                       \
	((expression) + (expression) + (expression) + (expression) + (expression) + (expression) + \
	 (expression) + (expression) + (expression) + (expression))

SEC("tc")
int often(struct __sk_buff *skb)
{
	_Static_assert(KSYM_CALLS == 300, "as many calls as are written here");

	results.often = LENGTH_BY(TIMES_10(TIMES_10(LENGTH)) + TIMES_10(TIMES_10(LENGTH)) +
				  TIMES_10(TIMES_10(LENGTH)));
	return 0;
}

char _license[] SEC("license") = "GPL";
