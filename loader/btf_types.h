/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whole types of BTF: whether one fits what an object declares (<lskel/extern_types.h> has the notation for that),
 * and how it is written in C. Part of liblskel.a, not of its interface; lskel uses it, too.
 */
#ifndef LSKEL_LOADER_BTF_TYPES_H
#define LSKEL_LOADER_BTF_TYPES_H

#include "btf.h"
#include "message.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Neither has functions inside functions' parameters, and so on, deeper than this (libbpf's limit). */
#define LSKEL_TYPES_MAX_DEPTH 32

/* The letter for the type @t, NULL for void; 0 for what no type fits. */
LSKEL_API char lskel_type_letter(const struct btf_type *t);

/*
 * Whether type @id of @btf fits @types, as libbpf's bpf_core_types_are_compat() compares: how pointers, arrays and
 * functions are made up, and kinds, but neither names nor sizes.
 */
LSKEL_API int lskel_type_fits(const struct lskel_btf *btf, __u32 id, const char *types);

/* Prints type @id as in a declaration without a name: "u32 (const struct bpf_dynptr *)". */
LSKEL_API void lskel_print_type(struct lskel_text *text, const struct lskel_btf *btf, __u32 id);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_LOADER_BTF_TYPES_H */
