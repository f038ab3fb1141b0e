/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Members of a zip file that are not compressed, as libraries in Android's APKs. Source of the format: PKWARE's
 * APPNOTE.TXT, 4.3.7 (local file header), 4.3.12 (central directory), 4.3.16 (its end). The file is not trusted.
 */
#ifndef LSKEL_ZIP_FILE_H
#define LSKEL_ZIP_FILE_H

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>

struct lskel_zip_member {
	size_t offset; /* of its data in the archive */
	size_t len;
};

#define LSKEL_ZIP_END_LEN    22 /* without the comment */
#define LSKEL_ZIP_ENTRY_LEN  46 /* without name, extra field and comment */
#define LSKEL_ZIP_HEADER_LEN 30 /* without name and extra field */

static inline size_t lskel_zip_u16(const unsigned char *at)
{
	return at[0] | (size_t)at[1] << 8;
}

static inline size_t lskel_zip_u32(const unsigned char *at)
{
	return lskel_zip_u16(at) | lskel_zip_u16(at + 2) << 16;
}

/* Is there the signature PK@a@b at @offset, and are there at least @len bytes? */
static inline int lskel_zip_has(const unsigned char *zip, size_t zip_len, size_t offset, int a,
				int b, size_t len)
{
	return offset <= zip_len && zip_len - offset >= len && zip[offset] == 'P' &&
	       zip[offset + 1] == 'K' && zip[offset + 2] == a && zip[offset + 3] == b;
}

/* The member that central directory entry @entry is about. */
static inline int lskel_zip_take(const unsigned char *zip, size_t zip_len,
				 const unsigned char *entry, struct lskel_zip_member *ret)
{
	size_t header = lskel_zip_u32(entry + 42);

	if (!lskel_zip_has(zip, zip_len, header, 3, 4, LSKEL_ZIP_HEADER_LEN))
		return -EINVAL;
	if (lskel_zip_u16(entry + 10) || lskel_zip_u16(entry + 8) & 1) /* method; encrypted */
		return -EOPNOTSUPP;
	ret->offset = header + LSKEL_ZIP_HEADER_LEN + lskel_zip_u16(zip + header + 26) +
		      lskel_zip_u16(zip + header + 28);
	ret->len = lskel_zip_u32(entry + 20);
	return ret->offset <= zip_len && ret->len <= zip_len - ret->offset ? 0 : -EINVAL;
}

/* Returns 0, -ENOENT, -EINVAL if @data is no zip file, -EOPNOTSUPP if the member is compressed or encrypted. */
static inline int lskel_zip_find(const void *data, size_t len, const char *name,
				 struct lskel_zip_member *ret)
{
	const unsigned char *zip = (const unsigned char *)data;
	size_t end = len, at, cnt, name_len = strlen(name);

	/* The end of the directory has a comment behind it, of at most 64 KiB. */
	while (!lskel_zip_has(zip, len, end, 5, 6, LSKEL_ZIP_END_LEN))
		if (!end-- || len - end > LSKEL_ZIP_END_LEN + 0xffff)
			return -EINVAL;
	cnt = lskel_zip_u16(zip + end + 10);
	at = lskel_zip_u32(zip + end + 16);
	for (; cnt; cnt--) {
		size_t this_len, rest;

		if (!lskel_zip_has(zip, len, at, 1, 2, LSKEL_ZIP_ENTRY_LEN))
			return -EINVAL;
		this_len = lskel_zip_u16(zip + at + 28);
		rest = this_len + lskel_zip_u16(zip + at + 30) + lskel_zip_u16(zip + at + 32);
		if (rest > len - at - LSKEL_ZIP_ENTRY_LEN)
			return -EINVAL;
		if (this_len == name_len && !memcmp(zip + at + LSKEL_ZIP_ENTRY_LEN, name, name_len))
			return lskel_zip_take(zip, len, zip + at, ret);
		at += LSKEL_ZIP_ENTRY_LEN + rest;
	}
	return -ENOENT;
}

#endif /* LSKEL_ZIP_FILE_H */
