/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which program of attach_multi.bpf.c counts where. */
#ifndef LSKEL_SELFTESTS_ATTACH_MULTI_H
#define LSKEL_SELFTESTS_ATTACH_MULTI_H

enum {
	MULTI_ENTRY,
	MULTI_RETURN,
	MULTI_ANY,
	MULTI_SESSION,
	MULTIS,
};

#endif /* LSKEL_SELFTESTS_ATTACH_MULTI_H */
