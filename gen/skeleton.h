/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing skeletons. A writer knows names, types and tables, and nothing of bpf(2). */
#ifndef LSKEL_GEN_SKELETON_H
#define LSKEL_GEN_SKELETON_H

#include "info.h"

/*
 * Writes the C header. @standalone: with the run time in it instead of an #include of it. Returns 0,
 * or a negative errno after a message.
 */
int skeleton_write(const struct info *info, bool standalone, FILE *out);

/*
 * Declares the structs of global data, "struct foo__bss { ... } *bss;", as members of the skeleton
 * (gen/skeleton_data.c), and the assertions on their layout.
 */
int skeleton_write_data(const struct info *info, FILE *out);
void skeleton_write_asserts(const struct info *info, FILE *out);

/* Writes @data as C string literals, one a line, without a final newline. */
void skeleton_write_string(const void *data, size_t len, FILE *out);

#endif /* LSKEL_GEN_SKELETON_H */
