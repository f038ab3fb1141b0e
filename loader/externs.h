/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For what the run time looks up before the replay and does not find: libbpf would have looked for the
 * kernel symbols first. Not for applications.
 */
#ifndef LSKEL_LOADER_EXTERNS_H
#define LSKEL_LOADER_EXTERNS_H

#include <lskel/skel.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * After a failure that is noted in @skel, before the replay: searches for the kernel symbols that the object
 * can't do without. If one is missing or the search is not possible, that becomes the failure. Returns what
 * is noted then, a negative errno.
 */
LSKEL_API int lskel_externs_first(const struct lskel_info *info, void *skel);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_LOADER_EXTERNS_H */
