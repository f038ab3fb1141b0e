/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the image of a blob and the BTF of a kernel to a form of the skeleton (<lskel/relocated.h>). The
 * image is all that is needed; it may come out of any file.
 */
#ifndef LSKEL_GEN_RELOCATE_H
#define LSKEL_GEN_RELOCATE_H

#include <stdbool.h>

#include <lskel/skel.h>

#include "sha256.h"
#include "target_kernel.h"
#include "util.h"

/*
 * Returns the size of the image that begins at @data, of which @len bytes are there and which is aligned to 8,
 * or 0 if none does. What is looked at here can be relied upon by relocate().
 */
size_t image_size(const void *data, size_t len);

/*
 * Appends to @forms the form of @image for @kernel. Instructions that only the kernel can relocate, since types
 * that they ask for may be a module's, stay as they are, with a message that begins with @what. @ids: these tables, of the
 * same image, are known, and the form has the ids of what the blob searches for in the kernel's BTF, too; or NULL. Returns 0 or, if there is nothing to put into a
 * form and nothing was appended, -ENOENT, or a negative errno after a message.
 */
int relocate(const char *what, const void *image, size_t len, const struct target_kernel *kernel,
	     const struct lskel_info *ids, struct bytes *forms);

#endif /* LSKEL_GEN_RELOCATE_H */
