/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing skeletons. A writer knows names, types and tables, and nothing of bpf(2). */
#ifndef LSKEL_GEN_SKELETON_H
#define LSKEL_GEN_SKELETON_H

#include "attach_kinds.h"
#include "info.h"

enum skeleton_form {
	SKELETON_PLAIN,	     /* includes <lskel/lskel.h> */
	SKELETON_STANDALONE, /* has the run time in it */
	SKELETON_BPFTOOL,    /* the same and the names of bpftool's structs */
};

/*
 * What of a header is declarations of the object's types, and not in the tables: as it stands in one that was
 * read.
 */
struct skeleton_types {
	const char *struct_ops; /* in struct foo */
	const char *data;
	const char *asserts;
	/* From "Keys and values of maps." to the end; NULL or empty: none has functions. */
	const char *maps;
};

/* Writes the C header. Returns 0, or a negative errno after a message. */
int skeleton_write(const struct info *info, enum skeleton_form form, FILE *out);

/* The tables, up to foo__info, and whether these need the kernel's configuration as a file (gen/skeleton_tables.c). */
void skeleton_write_tables(const struct info *info, FILE *out);
bool skeleton_needs_config_file(const struct info *info);

/*
 * Declares the structs of global data, "struct foo__bss { ... } *bss;", as members of the skeleton
 * (gen/skeleton_data.c), and the assertions on their layout.
 */
int skeleton_write_data(const struct info *info, FILE *out);
void skeleton_write_asserts(const struct info *info, FILE *out);

/*
 * The same for what the application may set of struct_ops maps, "struct { ... } struct_ops;", and their
 * tables (gen/skeleton_struct_ops.c).
 */
int skeleton_write_struct_ops(const struct info *info, FILE *out);
void skeleton_write_struct_ops_tables(const struct info *info, FILE *out);
void skeleton_write_struct_ops_asserts(const struct info *info, FILE *out);

/*
 * How programs are attached: tables of what sections say, the end of program @i's row in the table of
 * programs, functions, and whether any program is of a kind that is in one of @parts (gen/skeleton_attach.c).
 */
void skeleton_write_wheres(const struct info *info, FILE *out);
void skeleton_write_attach(const struct info *info, __u32 i, FILE *out);
void skeleton_write_attach_functions(const struct info *info, FILE *out);
bool skeleton_needs_parts(const struct info *info, __u32 parts);

/* The forms that are relocated for known kernels (gen/skeleton_relocated.c). */
void skeleton_write_relocated(const struct info *info, FILE *out);

/* For libbpf's btf_dump: appends to @ctx, a struct bytes. */
void skeleton_print_type(void *ctx, const char *format, va_list args);

/* Parts of the run time that an application may want because of the maps of its object. */
enum skeleton_part { SKELETON_MAPS, SKELETON_RINGBUF, SKELETON_USER_RINGBUF, SKELETON_PERFBUF };

bool skeleton_has(const struct info *info, enum skeleton_part part);

/* The functions for keys and values of maps, with the types that these need (gen/skeleton_maps.c). */
void skeleton_write_map_functions(const struct info *info, FILE *out);

/* Writes a declaration that was made so, and empties @decl. "_Bool" is bool, for the sake of C++. */
void skeleton_write_type(struct bytes *decl, FILE *out);

/* Writes @s as a C string literal, or NULL. */
void skeleton_write_quoted(const char *s, FILE *out);

/* Writes @data as C string literals, one a line, without a final newline. */
void skeleton_write_string(const void *data, size_t len, FILE *out);

/* The same as the array foo__PART, where @name is foo. */
void skeleton_write_bytes(const char *name, const char *part, const void *data, size_t len,
			  FILE *out);

#endif /* LSKEL_GEN_SKELETON_H */
