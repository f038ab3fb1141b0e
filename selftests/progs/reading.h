/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What reading.bpf.c writes. */
#ifndef SELFTESTS_READING_H
#define SELFTESTS_READING_H

#define MAX_RECORD 4096

struct record {
	unsigned long long seq;
	char filler[MAX_RECORD - 8];
};

#endif /* SELFTESTS_READING_H */
