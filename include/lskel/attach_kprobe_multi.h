/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kinds of attaching to many functions of the kernel at once. Part of liblskel.a: who has no such program links nothing of
 * it. The kernel needs CONFIG_FPROBE.
 *
 * Which functions, one of:
 *	where.func: all whose names fit the pattern, in which '*' stands for any characters and '?' for one
 *	where.funcs, where.cnt: names, each of a function that ftrace knows
 *	where.offsets, where.cnt: addresses
 * where.cookie is for all of them; with the latter two, where.cookies may have one for each instead. where.flags: 0 or LSKEL_AT_RETURN,
 * but for kprobe.session.
 *
 * -ENOENT: there is no such function; -EINVAL: which functions is not said in one of these ways; -ESRCH: one of
 * where.funcs is none; -EOPNOTSUPP: the kernel is without CONFIG_FPROBE.
 *
 * Internal: applications call foo__PROG__attach() and attach_to(). Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_KPROBE_MULTI_H
#define LSKEL_ATTACH_KPROBE_MULTI_H

#include <lskel/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

LSKEL_API int lskel_attach_kprobe_multi(const struct lskel_attaching *at, struct lskel_link *link);
LSKEL_API int lskel_attach_kretprobe_multi(const struct lskel_attaching *at,
					   struct lskel_link *link);
/* The program runs at both ends, and says with what it returns whether it does at the return. */
LSKEL_API int lskel_attach_kprobe_session(const struct lskel_attaching *at,
					  struct lskel_link *link);

#ifdef __cplusplus
}
#endif

static const struct lskel_attach_kind lskel_kind_kprobe_multi
	__attribute__((unused)) = { "kprobe.multi", LSKEL_LINUX(5, 18), lskel_attach_kprobe_multi };

static const struct lskel_attach_kind lskel_kind_kretprobe_multi
	__attribute__((unused)) = { "kretprobe.multi", LSKEL_LINUX(5, 18),
				    lskel_attach_kretprobe_multi };

static const struct lskel_attach_kind lskel_kind_kprobe_session
	__attribute__((unused)) = { "kprobe.session", LSKEL_LINUX(6, 10),
				    lskel_attach_kprobe_session };

#endif /* LSKEL_ATTACH_KPROBE_MULTI_H */
