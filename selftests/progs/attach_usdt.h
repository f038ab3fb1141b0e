/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs of attach_usdt.bpf.c see of a probe. */
#ifndef LSKEL_SELFTESTS_ATTACH_USDT_H
#define LSKEL_SELFTESTS_ATTACH_USDT_H

enum {
	USDT_SECTION,
	USDT_SLEEPABLE,
	USDT_ANY,
	USDTS,
};

#define USDT_ARGS 12

#endif /* LSKEL_SELFTESTS_ATTACH_USDT_H */
