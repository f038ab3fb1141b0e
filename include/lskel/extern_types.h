/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel symbols with a type (kfuncs, variables): looked for in the target's BTF, and what it has there compared with what the
 * object declares, as libbpf does it. Part of liblskel.a; skeletons without such symbols link nothing of it.
 *
 * The type that an object declares is a string, lskel_extern_info.types. A letter is a type, without typedefs,
 * const and the like:
 *
 * v: void		i: int of any size	s: struct	u: union	f: one of these that is only declared
 * e: enum of any size	*TYPE: pointer to it	[TYPE: array of it	(TYPE...)TYPE: function, parameters and result
 * !: what no type fits
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_EXTERN_TYPES_H
#define LSKEL_EXTERN_TYPES_H

#include <lskel/skel.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * lskel_info.find_externs: looks for the symbols of lskel_info.externs, in the kernel and then in its modules, and
 * notes in ctx->found what it has found, so that the replay need not search for it. Called by load(). Targets
 * of programs that the kernel has are found on the way.
 *
 * A weak kfunc that is there with another type is missing. Returns 0, or as libbpf -EINVAL: one that is not weak
 * is missing or has another type, a variable has another type, or the BTF of a module can't be read; -ESRCH: the
 * kernel has no BTF; or what reading that gives.
 */
LSKEL_API int lskel_find_externs(const struct lskel_info *info, void *skel);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_EXTERN_TYPES_H */
