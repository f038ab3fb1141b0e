/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Small things that every stage of the generator uses: growing buffers, allocation that does not
 * fail, error messages. Nothing about BPF.
 */
#ifndef LSKEL_GEN_UTIL_H
#define LSKEL_GEN_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define __printf(format_arg, first_arg) __attribute__((format(printf, format_arg, first_arg)))

/* Ownership visible in the declaration: "_cleanup_(free_ptr) char *s". */
#define _cleanup_(function) __attribute__((cleanup(function)))

static inline void free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* A build tool has no better answer to lack of memory than to say so: these exit. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t count, size_t size);
void *xmemdup(const void *data, size_t len);
char *xstrdup(const char *s);
char *xprintf(const char *format, ...) __printf(1, 2);

/* Whether @data is nothing but zeros, at least one. */
bool all_zero(const void *data, size_t len);

/* Replaces what can't be in a C identifier by '_'; the first character may still be a digit. */
void make_identifier(char *s);

/*
 * Makes room for one more element in an array that doubles: push(array, count) = value. The value
 * must not depend on count, which may or may not be counted up when it is evaluated.
 */
/* clang-format off */
#define push(array, count)                                                                         \
	(*({                                                                                       \
		if (!((count) & ((count) - 1)))                                                    \
			(array) = xrealloc(array, (count) ? (count) * 2 : 1, sizeof(*(array)));    \
		&(array)[(count)++];                                                               \
	}))
/* clang-format on */

/* Bytes that grow. Zeroed, it is empty. */
struct bytes {
	char *data;
	size_t len;
	size_t room;
};

void bytes_free(struct bytes *b);
/* Appends @len bytes (zeros if @data is NULL) and returns their offset. */
size_t bytes_add(struct bytes *b, const void *data, size_t len);
/* Appends zeros until the length is a multiple of @align, a power of two. */
void bytes_align(struct bytes *b, size_t align);

/* Appends the file at @path to @ret. Returns 0, or a negative errno after a message. */
int read_file(const char *path, struct bytes *ret);

/* Prints "lskel: MESSAGE" to stderr. */
void complain(const char *format, ...) __printf(1, 2);

/* What complain() has been told, a line each. */
const char *complaints(void);

#endif /* LSKEL_GEN_UTIL_H */
