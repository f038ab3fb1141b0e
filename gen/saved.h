/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A saved blob: a file with everything that loading takes, the tables, the blob and the loader program.
 * Documentation/saved-blob.md describes it byte by byte. Which columns the tables have, gen/tables.h says.
 */
#ifndef LSKEL_GEN_SAVED_H
#define LSKEL_GEN_SAVED_H

#include "tables.h"

#define SAVED_MAGIC   "\177LSKEL\r\n" /* a transfer that changes line ends damages it */
#define SAVED_VERSION 2

/* saved_hdr.flags */
#define SAVED_CONFIG_FILE 1 /* the configuration file of the kernel is needed */

enum {
	SAVED_STRINGS,
	SAVED_IMAGE,
	SAVED_INSNS,
	SAVED_BTF,
	SAVED_FUNC_INFO,
	SAVED_VALUES,
	SAVED_TABLES,
	SAVED_PARTS = SAVED_TABLES + TABLE_CNT_ALL,
};

struct saved_part {
	__u32 offset; /* from the start of the file, a multiple of 8 */
	__u32 size;   /* bytes */
	__u32 rows;   /* of a table, ... */
	__u32 words;  /* ... so many of 32 bits each; else 0 */
};

struct saved_hdr {
	char magic[8];
	__u32 version;
	__u32 hdr_size;
	__u32 file_size;
	__u32 name; /* a string */
	__u32 flags;
	__u32 kconfig_data;
	__u32 part_cnt;
	__u32 reserved;
	struct saved_part parts[SAVED_PARTS];
};

bool saved_is(const void *data, size_t len);

/* Appends the file that @info is saved as to @out. */
void saved_write(const struct info *info, struct bytes *out);

/*
 * Reads the file at @path, whose bytes are @data, which @info then owns. Nothing is refused silently: what is
 * read is what saved_write() writes, byte for byte, and gen/verify.h has nothing against it. Returns 0, or
 * -EINVAL after a message. Free @info in either case.
 */
int saved_read(struct info *info, const char *path, void *data, size_t len);

#endif /* LSKEL_GEN_SAVED_H */
