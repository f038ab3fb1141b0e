/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching freplace programs: to the function that they were loaded for, or to one of another program, as
 * libbpf's bpf_program__attach_freplace(). Part of liblskel.a: who has no such program links nothing of it.
 *
 * Internal: applications call foo__PROG__attach() and attach_to(). Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_FREPLACE_H
#define LSKEL_ATTACH_FREPLACE_H

#include <lskel/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * where.fd and where.func: a program and a function of it, of the same type as the one that this program was loaded
 * for; or neither: that one. where.cookie. -ENOENT: there is no such function; -EINVAL: one is missing, where.fd is no
 * program, the function has another type, or neither is given and the program has been attached elsewhere before;
 * -EBUSY: it is replaced already.
 */
LSKEL_API int lskel_attach_freplace(const struct lskel_attaching *at, struct lskel_link *link);

#ifdef __cplusplus
}
#endif

static const struct lskel_attach_kind lskel_kind_freplace
	__attribute__((unused)) = { "freplace", LSKEL_LINUX(5, 10), lskel_attach_freplace };

#endif /* LSKEL_ATTACH_FREPLACE_H */
