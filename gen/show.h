/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Printing what is in a skeleton: as text, with colours on a terminal, and as JSON. */
#ifndef LSKEL_GEN_SHOW_H
#define LSKEL_GEN_SHOW_H

#include "contents.h"
#include "input.h"

void show_text(const struct contents *contents, const struct input *input, const char *path);
void show_json(const struct contents *contents, const struct input *input, const char *path);

/* Operations of the command @cmd. */
__u32 show_count_ops(const struct contents *contents, __u32 cmd);

#endif /* LSKEL_GEN_SHOW_H */
