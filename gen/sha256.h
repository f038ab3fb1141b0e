/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SHA-256 (FIPS 180-4): to tell the images of skeletons apart, and whether a file is damaged. */
#ifndef LSKEL_GEN_SHA256_H
#define LSKEL_GEN_SHA256_H

#include <stddef.h>
#include <linux/types.h>

#define SHA256_SIZE 32
#define SHA256_TEXT (2 * SHA256_SIZE + 1)

void sha256(const void *data, size_t len, __u8 ret[SHA256_SIZE]);

/* The same as hexadecimal digits. */
void sha256_text(const void *data, size_t len, char ret[SHA256_TEXT]);

#endif /* LSKEL_GEN_SHA256_H */
