/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The types that an object declares kernel symbols with, in the notation of <lskel/extern_types.h>, and their
 * comparison with those of a kernel that is known ahead of the load.
 */
#ifndef LSKEL_GEN_EXTERN_TYPES_H
#define LSKEL_GEN_EXTERN_TYPES_H

#include <lskel/skel.h>

#include "externs.h"
#include "../loader/btf.h"

/*
 * Describes the types of @externs, as the BTF of @image has them: libbpf changes its own. Returns 0, or -EOPNOTSUPP
 * after a message: a description would be too long.
 */
int extern_types_describe(struct externs *externs, const struct image *image);

/* The description of type @id, for the caller to free; NULL: it would be too long. */
char *extern_types_of(const struct lskel_btf *btf, __u32 id);

/* Whether @types is in that notation: for what comes from a file. */
bool extern_types_are_sound(const char *types);

/* Copies @btf, of libbpf, for the run time's reader. Returns 0 or a negative errno. */
int extern_types_open(struct lskel_btf *ret, const struct btf *btf);

/* The row of the search at offset @op of the blob, or NULL: it is for no declaration with a type. */
const struct lskel_extern_info *extern_row_of_op(const struct lskel_info *info, __u32 op);

/*
 * What the search of @row, which finds type @id of @kernel, comes to: that id, LSKEL_FOUND_NONE, or 0 if the load has to
 * fail, which is then up to the run time.
 */
__u32 extern_types_verdict(const struct lskel_extern_info *row, const struct lskel_btf *kernel,
			   __u32 id);

#endif /* LSKEL_GEN_EXTERN_TYPES_H */
