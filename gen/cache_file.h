/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files with forms of skeletons, where the run time looks for them: see lskel_read_cache(). */
#ifndef LSKEL_GEN_CACHE_FILE_H
#define LSKEL_GEN_CACHE_FILE_H

#include "target_kernel.h"
#include "util.h"

/* Where the form for a skeleton with @hash belongs. The caller frees it. */
char *cache_file_path(const char *dir, const void *hash, const struct target_kernel *kernel);

/* Whether it is there, and the run time would use it. */
bool cache_file_is_there(const char *dir, const void *image, const void *hash,
			 const struct target_kernel *kernel);

/*
 * Writes @form to @path in @dir, which is made if it does not exist; whoever reads it meanwhile reads the old
 * file. Returns 0, or a negative errno after a message: also if the run time would not trust the directory.
 */
int cache_file_write(const char *dir, const char *path, const struct bytes *form);

#endif /* LSKEL_GEN_CACHE_FILE_H */
