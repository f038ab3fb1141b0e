/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Patterns of function names, and growing lists of what fits them. */
#ifndef LSKEL_GLOB_H
#define LSKEL_GLOB_H

#include <errno.h>
#include <stdlib.h>
#include <linux/types.h>

/* Whether @name fits @pattern, in which '*' is any characters and '?' is one: glob_match() of libbpf, without recursion. */
static inline int lskel_glob(const char *name, const char *pattern)
{
	const char *star = NULL, *again = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			again = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++again;
		} else {
			return 0;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* Offsets or addresses; the caller frees @at. */
struct lskel_numbers {
	__u64 *at;
	__u32 cnt, room;
};

/* Returns 0 or -ENOMEM. */
static inline int lskel_numbers_add(struct lskel_numbers *numbers, __u64 number)
{
	__u32 room = numbers->room ? numbers->room * 2 : 64;
	__u64 *more;

	if (numbers->cnt == numbers->room) {
		more = room > numbers->room ?
			       (__u64 *)realloc(numbers->at, room * sizeof(*numbers->at)) :
			       NULL;
		if (!more)
			return -ENOMEM;
		numbers->at = more;
		numbers->room = room;
	}
	numbers->at[numbers->cnt++] = number;
	return 0;
}

#endif /* LSKEL_GLOB_H */
