/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Types of keys and values that map_types.bpf.c and its test share. */
#ifndef SELFTESTS_MAP_TYPES_H
#define SELFTESTS_MAP_TYPES_H

struct flow {
	unsigned int from, to;
	unsigned short port;
	unsigned short pad;
};

struct stats {
	unsigned long long packets, bytes;
};

typedef struct {
	int low, high;
} range_t;

#endif /* SELFTESTS_MAP_TYPES_H */
