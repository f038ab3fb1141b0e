/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a test program needs to report: one line for each thing it proves, in the manner of TAP.
 *
 *	ok - NAME
 *	not ok - NAME: what was expected and what came
 *	ok - NAME # SKIP reason
 *
 * selftests/run counts the lines. A test that ends without any has failed.
 */
#ifndef LSKEL_SELFTESTS_HARNESS_H
#define LSKEL_SELFTESTS_HARNESS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int harness_failures;

static inline void pass(const char *name)
{
	printf("ok - %s\n", name);
	fflush(stdout);
}

static inline void __attribute__((format(printf, 2, 3)))
fail(const char *name, const char *why, ...)
{
	va_list args;

	printf("not ok - %s: ", name);
	va_start(args, why);
	vprintf(why, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	harness_failures++;
}

static inline void __attribute__((format(printf, 2, 3)))
skip(const char *name, const char *why, ...)
{
	va_list args;

	printf("ok - %s # SKIP ", name);
	va_start(args, why);
	vprintf(why, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

/* check("NAME", fd >= 0, "fd is %d", fd): passes or fails, and returns the condition. */
#define check(name, condition, ...)                                                                \
	({                                                                                         \
		bool harness_ok = (condition);                                                     \
		if (harness_ok)                                                                    \
			pass(name);                                                                \
		else                                                                               \
			fail(name, __VA_ARGS__);                                                   \
		harness_ok;                                                                        \
	})

/* "return harness_status();" at the end of main(). */
static inline int harness_status(void)
{
	return harness_failures ? 1 : 0;
}

#endif /* LSKEL_SELFTESTS_HARNESS_H */
