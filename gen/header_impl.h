/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of the reader of headers share (gen/header.h); nobody else includes it. */
#ifndef LSKEL_GEN_HEADER_IMPL_H
#define LSKEL_GEN_HEADER_IMPL_H

#include "header.h"
#include "skeleton.h"
#include "tables.h"

struct header_list {
	char **idents;
	__u32 cnt;
};

struct header {
	const char *path;
	const char *text; /* ends with a NUL */
	const char *at;	  /* what is read next */
	struct info *info;
	__u32 map_cnt; /* members of the skeleton */
	__u32 prog_cnt;
	struct header_list struct_ops; /* pointers among them */
	struct header_list data;
	struct skeleton_types types;
	const char *referred; /* the last array that a row referred to */
};

/* Prints what lskel would not write at @at, with its line, and returns -EINVAL. */
int header_refuse(const struct header *h, const char *at, const char *format, ...) __printf(3, 4);

/* Behind the first of these words that comes after @from, or NULL. */
const char *header_after(const char *from, const char *format, ...) __printf(2, 3);

/* Goes behind @what if that is next. */
bool header_take(struct header *h, const char *what);
/* Takes an identifier, which the info owns, or returns NULL. */
char *header_take_ident(struct header *h);
/* Takes the name of a kind of attaching, and finds that; or returns NULL. */
const struct attach_kind *header_take_kind(struct header *h);
/* Takes all up to @end, which the info owns. */
char *header_take_text(struct header *h, const char *end);

/* struct foo: names of maps and programs, and the declarations of types (gen/header_types.c). */
int header_read_struct(struct header *h);
int header_read_asserts(struct header *h);
/* Keys and values of maps, behind the assertions (gen/header_maps.c). */
int header_read_maps(struct header *h);
/* Whether the pointers are in the order of the tables. */
int header_check_pointers(const struct header *h);

/* The tables (gen/header_tables.c). */
int header_read_tables(struct header *h);

#endif /* LSKEL_GEN_HEADER_IMPL_H */
