// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/util.h. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "term.h"
#include "util.h"

static void *check_memory(void *p)
{
	if (!p) {
		complain("out of memory");
		exit(1);
	}
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	return check_memory(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t count, size_t size)
{
	return check_memory(reallocarray(p, count ? count : 1, size ? size : 1));
}

void *xmemdup(const void *data, size_t len)
{
	void *copy = xcalloc(1, len);

	if (len)
		memcpy(copy, data, len);
	return copy;
}

char *xstrdup(const char *s)
{
	return check_memory(strdup(s));
}

char *xprintf(const char *format, ...)
{
	va_list args;
	char *s = NULL;

	va_start(args, format);
	if (vasprintf(&s, format, args) < 0)
		s = NULL;
	va_end(args);
	return check_memory(s);
}

bool all_zero(const void *data, size_t len)
{
	const char *bytes = data;

	return len && !*bytes && !memcmp(bytes, bytes + 1, len - 1);
}

void make_identifier(char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s))
			*s = '_';
}

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){};
}

size_t bytes_add(struct bytes *b, const void *data, size_t len)
{
	size_t at = b->len;

	if (at + len > b->room) {
		b->room = (at + len) * 2;
		b->data = xrealloc(b->data, b->room, 1);
	}
	if (data)
		memcpy(b->data + at, data, len);
	else
		memset(b->data + at, 0, len);
	b->len += len;
	return at;
}

void bytes_align(struct bytes *b, size_t align)
{
	bytes_add(b, NULL, -b->len & (align - 1));
}

int read_file(const char *path, struct bytes *ret)
{
	_cleanup_(close_file) FILE *file = fopen(path, "re");
	char buf[65536];
	size_t len;

	if (!file) {
		int err = -errno;

		complain("%s: can't open: %s", path, strerror(errno));
		return err;
	}
	while ((len = fread(buf, 1, sizeof(buf), file)))
		bytes_add(ret, buf, len);
	if (ferror(file)) {
		int err = -errno;

		complain("%s: can't read: %s", path, strerror(errno));
		return err;
	}
	return 0;
}

/* The messages so far, a line each. */
static char said[8192];

void complain(const char *format, ...)
{
	size_t len = strlen(said);
	va_list args;

	fprintf(stderr, "%slskel:%s ", term_red(stderr), term_end(stderr));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (len && len + 1 < sizeof(said))
		said[len++] = '\n';
	va_start(args, format);
	vsnprintf(said + len, sizeof(said) - len, format, args);
	va_end(args);
}

const char *complaints(void)
{
	return said;
}
