// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The part of a generated header that is about keys and values of maps (gen/skeleton_maps.c), for gen/header.c. It is
 * kept as text. Line by line it is seen to that nothing but declarations is in it.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "header_impl.h"

/* Whether the line at @at, up to @end, begins and ends so, and has only words and some of @others between. */
static bool is_line(const char *at, const char *end, const char *first, const char *others,
		    const char *last)
{
	size_t before = strlen(first), after = strlen(last);

	if ((size_t)(end - at) < before + after || strncmp(at, first, before) ||
	    strncmp(end - after, last, after))
		return false;
	for (at += before, end -= after; at < end; at++)
		if (!isalnum((unsigned char)*at) && *at != '_' && !strchr(others, *at))
			return false;
	return true;
}

/* A line inside of the braces of a struct; *@depth is how many are open. */
static bool is_member(const char *at, const char *end, int *depth)
{
	if (*at != '\t')
		return false;
	if (is_line(at, end, "\t", "\t ", " {\n"))
		++*depth;
	else if (is_line(at, end, "\t", "\t}", "};\n") || is_line(at, end, "\t", "\t }[]", ";\n"))
		*depth -= memchr(at, '}', end - at) ? 1 : 0;
	else
		return is_line(at, end, "\t", "\t []", " __attribute__((aligned(8)));\n");
	return *depth > 0;
}

/* A line outside of braces, or the one that opens them. */
static bool is_declaration(const char *at, const char *end, int *depth)
{
	if (is_line(at, end, "struct ", "", " {\n") || is_line(at, end, "union ", "", " {\n")) {
		*depth = 1;
		return true;
	}
	return is_line(at, end, "#ifndef __cplusplus\n", "", "") ||
	       is_line(at, end, "#endif\n", "", "") || is_line(at, end, "\n", "", "") ||
	       is_line(at, end, "struct ", "", ";\n") || is_line(at, end, "union ", "", ";\n") ||
	       is_line(at, end, "LSKEL_DEFINE_MAP(", " ,()", ")\n") ||
	       is_line(at, end, "LSKEL_DEFINE_PERCPU_MAP(", " ,()", ")\n") ||
	       is_line(at, end, "LSKEL_DEFINE_QUEUE(", " ,()", ")\n") ||
	       is_line(at, end, "LSKEL_ASSERT(sizeof(", " )=", ", \"unexpected size\");\n");
}

int header_read_maps(struct header *h)
{
	const char *start, *end;
	int depth = 0;

	if (!header_take(h, "}\n\n"))
		return header_refuse(h, h->at, "here should be the end of the assertions");
	start = h->at;
	if (!header_take(h, "/* Keys and values of maps. */\n"))
		return 0;
	while (strncmp(h->at, "#endif /* ", strlen("#endif /* "))) {
		end = strchr(h->at, '\n');
		if (!end)
			return header_refuse(h, h->at, "here should be a map's types");
		end++;
		if (depth && !strncmp(h->at, "};\n", 3) && depth == 1)
			depth = 0;
		else if (depth ? !is_member(h->at, end, &depth) :
				 !is_declaration(h->at, end, &depth))
			return header_refuse(h, h->at, "here should be a map's types");
		h->at = end;
	}
	end = h->at;
	h->at = start;
	h->types.maps = header_take_text(h, end);
	return depth ? header_refuse(h, end, "a brace is open") : 0;
}
