// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading generated headers, see gen/header.h. What is read is only where things are looked for; that
 * there is nothing else in the header comes from writing it again, and comparing. Declarations of types,
 * which are in no table, are taken as they stand (gen/header_types.c).
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "attach_kinds.h"
#include "header_impl.h"
#include "verify.h"

#define MADE_BY "/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n/* Made by lskel "

bool header_is(const char *text, size_t len)
{
	return len >= sizeof(MADE_BY) - 1 && !memcmp(text, MADE_BY, sizeof(MADE_BY) - 1);
}

int header_refuse(const struct header *h, const char *at, const char *format, ...)
{
	_cleanup_(free_ptr) char *why = NULL;
	unsigned int line = 1;
	va_list args;

	for (const char *p = h->text; p < at; p++)
		line += *p == '\n';
	va_start(args, format);
	if (vasprintf(&why, format, args) < 0)
		why = NULL;
	va_end(args);
	complain("%s:%u: %s", h->path, line, why ?: "out of memory");
	return -EINVAL;
}

const char *header_after(const char *from, const char *format, ...)
{
	_cleanup_(free_ptr) char *what = NULL;
	const char *found;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	found = what ? strstr(from, what) : NULL;
	return found ? found + strlen(what) : NULL;
}

bool header_take(struct header *h, const char *what)
{
	size_t len = strlen(what);

	if (strncmp(h->at, what, len) != 0)
		return false;
	h->at += len;
	return true;
}

char *header_take_text(struct header *h, const char *end)
{
	char *text = xcalloc(end - h->at + 1, 1);

	memcpy(text, h->at, end - h->at);
	h->at = end;
	return info_own(h->info, text);
}

char *header_take_ident(struct header *h)
{
	const char *end = h->at;

	while (isalnum((unsigned char)*end) || *end == '_')
		end++;
	return end == h->at ? NULL : header_take_text(h, end);
}

/* "lskel_kind_tcx.kind" */
const struct attach_kind *header_take_kind(struct header *h)
{
	const char *end = h->at;

	while (isalnum((unsigned char)*end) || *end == '_' || *end == '.')
		end++;
	return attach_kind_find(header_take_text(h, end));
}

/* The name is that of the last table, which refers to all others. */
static int read_name(struct header *h)
{
	const char *at = h->text, *info;

	if (strncmp(h->text, MADE_BY LSKEL_VERSION ".", sizeof(MADE_BY LSKEL_VERSION)) != 0)
		return header_refuse(h, h->text + sizeof(MADE_BY) - 1,
				     "made by another lskel than this, which is %s", LSKEL_VERSION);
	while ((info = header_after(at, "\nstatic const struct lskel_info ")))
		at = info;
	h->at = at;
	h->info->table.name = header_take_ident(h);
	if (at == h->text || !h->info->table.name || !header_take(h, " = {\n"))
		return header_refuse(h, at, "here should be a table: struct lskel_info");
	/* "foo__info" */
	if (!strstr(h->info->table.name, "__info"))
		return header_refuse(h, at, "the table's name is not that of a skeleton");
	strrchr(h->info->table.name, '_')[-1] = '\0';
	return 0;
}

/* The functions tell what the tables do not: how programs can be attached elsewhere, and which have targets. */
static int read_functions(struct header *h)
{
	struct info *info = h->info;
	const char *name = info->table.name;

	info->prog_kinds = info_own(info, xcalloc(h->prog_cnt, sizeof(*info->prog_kinds)));
	info->prog_targets = info_own(info, xcalloc(h->prog_cnt, sizeof(*info->prog_targets)));
	for (__u32 i = 0; i < h->prog_cnt; i++) {
		const char *prog = info->prog_idents[i], *at;
		_cleanup_(free_ptr) char *to =
			xprintf("LSKEL_DEFINE_ATTACH_TO(%s, %s, %u, &", name, prog, i);

		at = header_after(h->at, "LSKEL_DEFINE_ATTACH(%s, %s, %u)\n", name, prog, i);
		if (!at)
			return header_refuse(h, h->at, "here should be the function %s__%s__attach",
					     name, prog);
		h->at = at;
		if (!header_take(h, to))
			continue;
		info->prog_kinds[i] = header_take_kind(h);
		if (!info->prog_kinds[i])
			return header_refuse(h, at, "an unknown kind of attaching");
	}
	h->at = strstr(h->at, "LSKEL_DEFINE_TARGET(") ?: h->at;
	for (__u32 i = 0; i < h->prog_cnt; i++) {
		_cleanup_(free_ptr) char *target =
			xprintf("LSKEL_DEFINE_TARGET(%s, %s, %u)\n", name, info->prog_idents[i], i);

		info->prog_targets[i] = header_take(h, target);
	}
	return 0;
}

/* How far the header is the one that lskel writes in that form: *@same bytes. Returns whether it is all. */
static bool is_written(const struct header *h, enum skeleton_form form, size_t *same)
{
	_cleanup_(free_ptr) char *text = NULL;
	size_t len, i = 0;
	FILE *out = open_memstream(&text, &len);
	int err;

	*same = 0;
	if (!out)
		return false;
	err = skeleton_write(h->info, form, out);
	if (fclose(out) || err)
		return false;
	while (h->text[i] && i < len && h->text[i] == text[i])
		i++;
	*same = i;
	return i == len && !h->text[i];
}

static int check_written(const struct header *h)
{
	static const enum skeleton_form forms[] = { SKELETON_PLAIN, SKELETON_STANDALONE,
						    SKELETON_BPFTOOL };
	size_t same, most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (is_written(h, forms[i], &same))
			return 0;
		if (same > most)
			most = same;
	}
	return header_refuse(h, h->text + most,
			     "this is not what lskel writes: changed, or made by another lskel");
}

static int read_header(struct header *h)
{
	int err = read_name(h) ?: header_read_struct(h) ?: header_read_tables(h);

	err = err			     ?:
		      read_functions(h)	     ?:
		      header_read_asserts(h) ?:
		      header_read_maps(h)    ?:
					       header_check_pointers(h);
	if (err)
		return err;
	h->info->types = &h->types;
	return verify(h->info, h->path) ?: check_written(h);
}

int header_read(struct info *info, const char *path, const char *text, size_t len)
{
	struct header h = { .path = path, .info = info };
	int err;

	*info = (struct info){};
	h.text = h.at = h.referred = info_own(info, strndup(text, len));
	if (!h.text || strlen(h.text) != len)
		return header_refuse(&h, h.text + strlen(h.text), "a NUL in a header");
	err = read_header(&h);
	info->types = NULL;
	free(h.data.idents);
	free(h.struct_ops.idents);
	return err;
}
