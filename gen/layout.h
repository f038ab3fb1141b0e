/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The struct_ops of a kernel that is known ahead of the load, for the forms of gen/relocate.h: struct lskel_layout.
 * How a map is fitted to them is in loader/struct_ops_layout.c.
 */
#ifndef LSKEL_GEN_LAYOUT_H
#define LSKEL_GEN_LAYOUT_H

#include <stdbool.h>
#include <bpf/btf.h>
#include <lskel/skel.h>

#include "util.h"

/* Appends the layout of the struct_ops maps of @info in @kernel to @ret, unless the kernel has none of them. */
void layout_add(const struct lskel_info *info, const struct btf *kernel, struct bytes *ret);

/* Whether @layout, @len bytes from anywhere, is one for @info that may be used. */
bool layout_is_sound(const struct lskel_info *info, const struct lskel_layout *layout, size_t len);

#endif /* LSKEL_GEN_LAYOUT_H */
