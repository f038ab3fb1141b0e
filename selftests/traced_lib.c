// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A library whose functions have versions, weak names, and names that several have. Compiled twice, with TRACED_PART 1
 * and 2, and linked with traced_lib.map.
 */
#include "probes.h"

int traced_part(void);

/* Local, and in both parts. */
static __attribute__((noinline, used)) int twin(void)
{
	__asm__ volatile("");
	return TRACED_PART;
}

#if TRACED_PART == 1
int traced_old(void);
int traced_new(void);
int traced_only(void);
int traced_weak(void);
int traced_alias(void) __attribute__((alias("traced_only")));

__asm__(".symver traced_old, traced@TRACED_1\n"
	".symver traced_new, traced@@TRACED_2\n");

int traced_old(void)
{
	return 1;
}

int traced_new(void)
{
	return 2;
}

int traced_only(void)
{
	PROBE("lib", "0", "4@$7 -8@%0", "r"(8L));
	PROBE("lib", "0", "4@$7", "r"(8L));
	return 3 + twin();
}

__attribute__((weak)) int traced_weak(void)
{
	return 4;
}

/* Refers to a function of another library. */
int getpid(void);

int traced_caller(void);
int traced_caller(void)
{
	return getpid();
}
#else
int traced_part(void)
{
	return twin();
}
#endif
