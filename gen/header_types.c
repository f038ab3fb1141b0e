// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The declarations in a generated header, for gen/header.c: struct foo with the names of maps and
 * programs, and with types of the object in it. Of these it is only seen to that they are declarations of
 * members, inside of braces, and so can't change what the tables are.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "header_impl.h"

static bool begins(const char *at, const char *what)
{
	return !strncmp(at, what, strlen(what));
}

static const char *line_end(const char *at)
{
	const char *end = strchr(at, '\n');

	return end ? end + 1 : at + strlen(at);
}

/* "BEFORE ident AFTER", one a line; into an array that the info owns. */
static char **take_members(struct header *h, const char *before, const char *after, __u32 *ret_cnt)
{
	char **idents = NULL, *ident;
	__u32 cnt = 0;

	while (header_take(h, before)) {
		ident = header_take_ident(h);
		if (!ident || !header_take(h, after))
			break;
		push(idents, cnt) = ident;
	}
	*ret_cnt = cnt;
	return info_own(h->info, idents);
}

/* What members are declared with: no directives, strings, comments, and no other way to write these. */
static bool is_declaration(const char *at, const char *end)
{
	for (; at < end; at++)
		if (!isalnum((unsigned char)*at) && !strchr("_ \t\n{}[]()*;:,=-+", *at))
			return false;
	return true;
}

/*
 * Takes "{INDENT}struct foo__IDENT... {", what is inside of the braces, and "{INDENT}} *IDENT;". The line
 * behind the first brace and the last line are the only ones at this depth. Returns IDENT, or NULL.
 */
static char *take_pointer(struct header *h, const char *indent)
{
	_cleanup_(free_ptr) char *first = xprintf("%sstruct %s__", indent, h->info->table.name);
	_cleanup_(free_ptr) char *last = xprintf("%s} *", indent);
	const char *start = h->at, *end;
	char *ident;
	int depth = 1;

	if (!header_take(h, first) || !header_take_ident(h) || !header_take(h, " {\n"))
		return NULL;
	while (*h->at) {
		end = line_end(h->at);
		if (!is_declaration(h->at, end))
			return NULL;
		for (const char *p = h->at; p < end; p++) {
			depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
			if (!depth)
				break;
		}
		if (!depth)
			break;
		h->at = end;
	}
	if (!header_take(h, last))
		return NULL;
	ident = header_take_ident(h);
	if (!ident || !header_take(h, ";\n"))
		return NULL;
	/* foo__IDENT, or foo__IDENT__TYPE of struct_ops. */
	start += strlen(first);
	return strncmp(start, ident, strlen(ident)) ? NULL : ident;
}

/* Pointers to types of the object until @end; *@ret_text is all of it. */
static int take_pointers(struct header *h, const char *indent, const char *end,
			 struct header_list *list, const char **ret_text)
{
	const char *start = h->at;

	while (!begins(h->at, end)) {
		const char *at = h->at;
		char *ident = take_pointer(h, indent);

		if (!ident)
			return header_refuse(h, at,
					     "here should be a struct of the object's types");
		push(list->idents, list->cnt) = ident;
	}
	end = h->at;
	h->at = start;
	*ret_text = header_take_text(h, end);
	return 0;
}

static int take_struct_ops(struct header *h)
{
	static const char outer[] = "\tstruct {\n", end[] = "\t} struct_ops;\n";
	const char *start = h->at, *text;
	int err;

	h->types.struct_ops = "";
	if (!header_take(h, outer) || !header_take(h, "\t\tstruct ") ||
	    !header_take(h, h->info->table.name) || !header_take(h, "__")) {
		h->at = start;
		return 0;
	}
	h->at = start + strlen(outer);
	err = take_pointers(h, "\t\t", end, &h->struct_ops, &text);
	if (err)
		return err;
	h->types.struct_ops = info_own(h->info, xprintf("%s%s%s", outer, text, end));
	header_take(h, end);
	return 0;
}

int header_read_struct(struct header *h)
{
	struct info *info = h->info;
	__u32 links;

	h->at = header_after(h->text, "\nstruct %s {\n\tstruct lskel_ctx ctx;\n", info->table.name);
	if (!h->at)
		return header_refuse(h, h->text, "there is no 'struct %s'", info->table.name);
	if (begins(h->at, "\tstruct {\n\t\tstruct lskel_map ")) {
		header_take(h, "\tstruct {\n");
		info->map_idents = take_members(h, "\t\tstruct lskel_map ", ";\n", &h->map_cnt);
		if (!header_take(h, "\t} maps;\n"))
			return header_refuse(h, h->at, "here should be the end of the maps");
	}
	if (take_struct_ops(h))
		return -EINVAL;
	if (begins(h->at, "\tstruct {\n\t\tstruct lskel_prog ")) {
		header_take(h, "\tstruct {\n");
		info->prog_idents = take_members(h, "\t\tstruct lskel_prog ", ";\n", &h->prog_cnt);
		if (!header_take(h, "\t} progs;\n"))
			return header_refuse(h, h->at, "here should be the end of the programs");
	}
	if (header_take(h, "\tstruct {\n")) {
		take_members(h, "\t\tint ", ";\n", &links);
		if (!header_take(h, "\t} links;\n"))
			return header_refuse(h, h->at, "here should be the end of the links");
	}
	return take_pointers(h, "\t", "};\n", &h->data, &h->types.data);
}

static int check_order(const struct header *h, const struct header_list *list, __u32 i, __u32 map)
{
	if (map < h->map_cnt && i < list->cnt && !strcmp(list->idents[i], h->info->map_idents[map]))
		return 0;
	return header_refuse(h, h->text, "the pointers in struct %s are not those of the tables",
			     h->info->table.name);
}

int header_check_pointers(const struct header *h)
{
	const struct lskel_info *table = &h->info->table;
	int err = 0;

	if (h->data.cnt != table->data_cnt || h->struct_ops.cnt != table->struct_ops_cnt)
		return check_order(h, &h->data, h->data.cnt, 0);
	for (__u32 i = 0; i < h->data.cnt && !err; i++)
		err = check_order(h, &h->data, i, table->data[i].map);
	for (__u32 i = 0; i < h->struct_ops.cnt && !err; i++)
		err = check_order(h, &h->struct_ops, i, table->struct_ops[i].map);
	return err;
}

/* Assertions change nothing but whether the header compiles. */
int header_read_asserts(struct header *h)
{
	const char *start, *end;

	h->at = start = header_after(h->at, "\t(void)s;\n");
	if (!start)
		return header_refuse(h, h->text, "the assertions are missing");
	while (!begins(h->at, "}\n")) {
		end = line_end(h->at);
		if (!begins(h->at, "\tLSKEL_ASSERT(") || end - h->at < 3 ||
		    !begins(end - 3, ");\n") || memchr(h->at, '#', end - h->at) ||
		    memchr(h->at, '\\', end - h->at) || memchr(h->at, '{', end - h->at))
			return header_refuse(h, h->at, "here should be an assertion");
		h->at = end;
	}
	end = h->at;
	h->at = start;
	h->types.asserts = header_take_text(h, end);
	return 0;
}
