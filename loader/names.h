/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What types of maps and programs are called, for messages: bpftool's names. Not for applications. */
#ifndef LSKEL_LOADER_NAMES_H
#define LSKEL_LOADER_NAMES_H

#include <linux/types.h>

#ifndef LSKEL_API
#define LSKEL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* These return NULL for a number that is not known. */
LSKEL_API const char *lskel_map_type_name(__u32 type);	/* BPF_MAP_TYPE_* */
LSKEL_API const char *lskel_prog_type_name(__u32 type); /* BPF_PROG_TYPE_* */

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_LOADER_NAMES_H */
