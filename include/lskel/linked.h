/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * In place of <lskel/load.h>, for applications that are compiled with -DLSKEL_LINKED: the load is that of liblskel.a.
 * It is most of the code of a skeleton, and most of the time that its compilation takes; several skeletons share it.
 * Attaching stays in the headers: each skeleton needs little of it.
 *
 * Internal: applications call foo__load(). Since: lskel 0.2
 */
#ifndef LSKEL_LINKED_H
#define LSKEL_LINKED_H

/* Whichever comes first has the load, also that of a standalone skeleton. */
#ifndef LSKEL_LOAD_H
#define LSKEL_LOAD_H

#include <lskel/pin.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/* lskel_load() of <lskel/load.h> */
LSKEL_API int lskel_load_linked(const struct lskel_info *info, void *skel);

#ifdef __cplusplus
}
#endif

static inline int lskel_load(const struct lskel_info *info, void *skel)
{
	return lskel_load_linked(info, skel);
}

#endif /* LSKEL_LOAD_H */

#endif /* LSKEL_LINKED_H */
