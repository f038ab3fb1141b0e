/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Executables and libraries that are traced: where they are, and where in them their functions are. Needs libelf.
 * Failures are noted with lskel_attach_fail().
 */
#ifndef LSKEL_ELF_FILE_H
#define LSKEL_ELF_FILE_H

#include <gelf.h>

#include <lskel/attach.h>
#include "glob.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

#define LSKEL_PATH_MAX 4096

struct lskel_elf {
	char path[LSKEL_PATH_MAX]; /* of the file, for the kernel; of an archive, if it is in one */
	int fd;
	Elf *elf;
	/* Of a member of an archive: where it begins, and the archive in memory. */
	__u64 base;
	void *archive;
	size_t archive_len;
};

/*
 * Finds and opens where.path. lskel_elf_close() in any case. If @read is 0, only the path is found. Returns 0, or a
 * negative errno.
 */
LSKEL_API int lskel_elf_open(const struct lskel_attaching *at, struct lskel_elf *elf, int read);

/* Keeps the path. */
LSKEL_API void lskel_elf_close(struct lskel_elf *elf);

/* The offset in the file of function @name, "name" or "name@VERSION". Returns 0, or a negative errno. */
LSKEL_API int lskel_elf_find(const struct lskel_attaching *at, struct lskel_elf *elf,
			     const char *name, __u64 *ret);

/* Of all functions that fit @pattern, at least one. */
LSKEL_API int lskel_elf_find_pattern(const struct lskel_attaching *at, struct lskel_elf *elf,
				     const char *pattern, struct lskel_numbers *ret);

/* Of @cnt functions, in their order. */
LSKEL_API int lskel_elf_find_names(const struct lskel_attaching *at, struct lskel_elf *elf,
				   const char *const *names, __u32 cnt, struct lskel_numbers *ret);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_ELF_FILE_H */
