/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is a skeleton what lskel makes? Tables, blob and loader program are looked at as data, whoever made them:
 * commands of the allowlist only, every offset, count, slot and pointer where it may be, operations that only
 * lead forward and change nothing but attrs, instructions and slots, the loader program that this lskel has
 * for the blob. What passes can be loaded: the run time and the loader program never access anything else.
 */
#ifndef LSKEL_GEN_VERIFY_H
#define LSKEL_GEN_VERIFY_H

#include "info.h"

/*
 * Returns 0, or -EINVAL after a message that names the first violation. @path: for messages. info->image_len
 * bytes of the image may be read.
 */
int verify(const struct info *info, const char *path);

#endif /* LSKEL_GEN_VERIFY_H */
