/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading generated headers: the tables that a compiler would see in them. What lskel itself writes is
 * read, and nothing else: once read, the header is written again, and has to be the same byte for byte.
 */
#ifndef LSKEL_GEN_HEADER_H
#define LSKEL_GEN_HEADER_H

#include "info.h"

bool header_is(const char *text, size_t len);

/*
 * Reads the header at @path, whose text is @text. Returns 0, or -EINVAL after a message that names the line
 * that lskel would not write. Free @info in either case.
 */
int header_read(struct info *info, const char *path, const char *text, size_t len);

#endif /* LSKEL_GEN_HEADER_H */
