/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For test_messages*.c: compares what lskel_error() says of a load that fails. In what is expected, '*' stands
 * for anything: numbers that are the kernel's, columns that are the compiler's. The verifier's own words, which
 * follow, are its business (test_verifier_log.c).
 */
#ifndef LSKEL_SELFTESTS_MESSAGES_H
#define LSKEL_SELFTESTS_MESSAGES_H

#include <fnmatch.h>

#include "bare.lskel.h"
#include "broken.lskel.h"

#include "harness.h"

static inline void check_message(const char *what, const struct lskel_info *info, void *skel,
				 const char *expected)
{
	char *message = strdup(lskel_error(info, skel)),
	     *log = strstr(message, "\nthe verifier says");

	if (log)
		*log = '\0';
	check(what, !fnmatch(expected, message, 0), "not\n%s\nbut\n%s", expected, message);
	free(message);
}

/* Loads @skel, which is to fail, and destroys it. */
static inline void refused(const char *what, const struct lskel_info *info, void *skel,
			   const char *expected)
{
	lskel_load(info, skel);
	check_message(what, info, skel, expected);
	lskel_destroy(info, skel);
}

/* Its programs need no loader program, so the test asks for one. */
static inline struct bare *open_bare(void)
{
	struct bare *skel = bare__open();

	skel->ctx.in_kernel = true;
	return skel;
}

static inline struct broken *open_with(const char *program)
{
	struct broken *skel = broken__open();
	__u32 i;

	for (i = 0; i < broken__info.prog_cnt; i++)
		if (!strcmp(broken__info.progs[i].name, program))
			lskel_prog_at(&broken__info, skel, i)->autoload = true;
	return skel;
}

#define REFUSED(what, name, expected) refused(what, &name##__info, name##__open(), expected)

#endif /* LSKEL_SELFTESTS_MESSAGES_H */
