// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/extern_types.h. */
#include <errno.h>
#include <string.h>

#include "extern_types.h"
#include "util.h"
#include "../loader/btf_types.h"

/* Longer than any in C that is not made to be: parameters of functions can be functions. */
#define MAX_LEN 65536

/* How far a type has been followed; both as in libbpf's __bpf_core_types_are_compat(). */
struct depth {
	int chain;  /* pointers, arrays, results */
	int params; /* parameters of parameters */
};

static void describe(const struct lskel_btf *btf, __u32 id, struct depth depth, struct bytes *out)
{
	for (;;) {
		const struct btf_type *t = lskel_btf_type(btf, lskel_btf_skip_mods(btf, id));
		char letter = lskel_type_letter(t);

		if (!letter || !depth.chain-- || out->len > MAX_LEN)
			letter = '!';
		bytes_add(out, &letter, 1);
		switch (letter) {
		case '*':
			id = t->type;
			continue;
		case '[':
			id = lskel_btf_array(t)->type;
			continue;
		case '(':
			for (__u32 i = 0; i < lskel_btf_vlen(t) && out->len <= MAX_LEN; i++)
				if (depth.params)
					describe(btf, lskel_btf_params(t)[i].type,
						 (struct depth){ LSKEL_TYPES_MAX_DEPTH,
								 depth.params - 1 },
						 out);
				else
					bytes_add(out, "!", 1);
			bytes_add(out, ")", 1);
			id = t->type;
			continue;
		default:
			return;
		}
	}
}

static char *in_words(const struct lskel_btf *btf, __u32 id)
{
	char buf[512] = "";
	struct lskel_text text = { buf, sizeof(buf) };

	lskel_print_type(&text, btf, id);
	return xstrdup(buf);
}

char *extern_types_of(const struct lskel_btf *btf, __u32 id)
{
	const struct depth most = { LSKEL_TYPES_MAX_DEPTH, LSKEL_TYPES_MAX_DEPTH };
	struct bytes types = {};

	describe(btf, id, most, &types);
	if (types.len > MAX_LEN)
		bytes_free(&types);
	else
		bytes_add(&types, "", 1);
	return types.data;
}

int extern_types_open(struct lskel_btf *ret, const struct btf *btf)
{
	__u32 size;
	const void *raw = btf__raw_data(btf, &size);

	return raw ? lskel_btf_take(ret, xmemdup(raw, size), size, NULL) : -EINVAL;
}

int extern_types_describe(struct externs *externs, const struct image *image)
{
	struct lskel_btf btf;
	int err = 0;

	if (!externs->cnt)
		return 0;
	/* What libbpf has read, the run time's reader can read. */
	if (extern_types_open(&btf, image->btf)) {
		complain("%s: its BTF is malformed", image->path);
		return -EOPNOTSUPP;
	}
	for (__u32 i = 0; i < externs->cnt && !err; i++) {
		struct extern_symbol *symbol = &externs->symbols[i];

		if (symbol->kind == EXTERN_TYPELESS)
			continue;
		symbol->types = extern_types_of(&btf, symbol->type);
		symbol->words = in_words(&btf, symbol->type);
		err = symbol->types ? 0 : -EOPNOTSUPP;
		if (err)
			complain("%s: the type of extern '%s' is too large for a skeleton",
				 image->path, symbol->declared);
	}
	lskel_btf_free(&btf);
	return err;
}

/* Returns what is behind the type at @types, or NULL. */
static const char *skip_type(const char *types, int depth)
{
	for (;;) {
		switch (*types++) {
		case '*':
		case '[':
			continue;
		case '(':
			while (types && *types != ')')
				types = depth ? skip_type(types, depth - 1) : NULL;
			if (!types)
				return NULL;
			types++;
			continue;
		case 'v':
		case 'i':
		case 's':
		case 'u':
		case 'f':
		case 'e':
		case '!':
			return types;
		default:
			return NULL;
		}
	}
}

bool extern_types_are_sound(const char *types)
{
	const char *end = skip_type(types, LSKEL_TYPES_MAX_DEPTH + 1);

	return end && !*end;
}

const struct lskel_extern_info *extern_row_of_op(const struct lskel_info *info, __u32 op)
{
	for (__u32 i = 0; i < info->extern_cnt; i++)
		if (info->externs[i].op == op)
			return &info->externs[i];
	return NULL;
}

__u32 extern_types_verdict(const struct lskel_extern_info *row, const struct lskel_btf *kernel,
			   __u32 id)
{
	const struct btf_type *t = lskel_btf_type(kernel, id);

	if (lskel_type_fits(kernel, t->type, row->types))
		return id;
	return row->weak && lskel_btf_kind(t) == BTF_KIND_FUNC ? LSKEL_FOUND_NONE : 0;
}
