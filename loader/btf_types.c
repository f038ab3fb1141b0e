// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of loader/btf_types.h.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "btf_types.h"

/* What is nested deeper in a declaration is left out. */
#define LSKEL_PRINT_MAX_DEPTH 8

/* Bits of an int that are not used any more: it would begin inside a byte. */
static int lskel_type_is_odd_int(const struct btf_type *t)
{
	return BTF_INT_OFFSET(*(const __u32 *)(const void *)(t + 1)) != 0;
}

LSKEL_API char lskel_type_letter(const struct btf_type *t)
{
	if (!t)
		return 'v';
	switch (lskel_btf_kind(t)) {
	case BTF_KIND_INT:
		return lskel_type_is_odd_int(t) ? 0 : 'i';
	case BTF_KIND_PTR:
		return '*';
	case BTF_KIND_ARRAY:
		return '[';
	case BTF_KIND_STRUCT:
		return 's';
	case BTF_KIND_UNION:
		return 'u';
	case BTF_KIND_ENUM:
	case LSKEL_BTF_KIND_ENUM64:
		return 'e';
	case BTF_KIND_FWD:
		return 'f';
	case BTF_KIND_FUNC_PROTO:
		return '(';
	default:
		return 0;
	}
}

/* Moves *@types behind the type that it was at. */
static int lskel_fits(const struct lskel_btf *btf, __u32 id, const char **types)
{
	for (;;) {
		const struct btf_type *t = lskel_btf_type(btf, lskel_btf_skip_mods(btf, id));
		__u32 i;

		if (!**types || lskel_type_letter(t) != **types)
			return 0;
		switch (*(*types)++) {
		case '*':
			id = t->type;
			continue;
		case '[':
			id = lskel_btf_array(t)->type;
			continue;
		case '(':
			for (i = 0; i < lskel_btf_vlen(t); i++)
				if (**types == ')' ||
				    !lskel_fits(btf, lskel_btf_params(t)[i].type, types))
					return 0;
			if (*(*types)++ != ')')
				return 0;
			id = t->type;
			continue;
		default:
			return 1;
		}
	}
}

LSKEL_API int lskel_type_fits(const struct lskel_btf *btf, __u32 id, const char *types)
{
	return lskel_fits(btf, id, &types) && !*types;
}

static void lskel_print_type_at(struct lskel_text *text, const struct lskel_btf *btf, __u32 id,
				int depth);

/* Of a name, such as "unsigned long", only what can be printed: it goes to terminals. */
static void lskel_print_word(struct lskel_text *text, const char *before, const char *name)
{
	char word[64];
	size_t i;

	for (i = 0; i + 1 < sizeof(word) && name[i]; i++)
		word[i] = name[i] >= ' ' && name[i] < 127 ? name[i] : '?';
	word[i] = '\0';
	lskel_print(text, "%s%s", before, *word ? word : "{...}");
}

static void lskel_print_params(struct lskel_text *text, const struct lskel_btf *btf,
			       const struct btf_type *proto, int depth)
{
	const struct btf_param *param = lskel_btf_params(proto);
	__u32 i, cnt = lskel_btf_vlen(proto);

	lskel_print(text, "(");
	for (i = 0; i < cnt && text->left > 1; i++) {
		lskel_print(text, "%s", i ? ", " : "");
		if (i + 1 == cnt && !param[i].type)
			lskel_print(text, "...");
		else
			lskel_print_type_at(text, btf, param[i].type, depth);
	}
	lskel_print(text, "%s)", cnt ? "" : "void");
}

static void lskel_print_pointer(struct lskel_text *text, const struct lskel_btf *btf, __u32 id,
				int depth)
{
	const struct btf_type *t = lskel_btf_type(btf, id);

	if (t && lskel_btf_kind(t) == BTF_KIND_FUNC_PROTO) {
		lskel_print_type_at(text, btf, t->type, depth);
		lskel_print(text, " (*)");
		lskel_print_params(text, btf, t, depth);
		return;
	}
	lskel_print_type_at(text, btf, id, depth);
	lskel_print(text, "%s", text->at[-1] == '*' ? "*" : " *");
}

/* "const" stands before what it is for, except behind the star of a pointer. */
static void lskel_print_const(struct lskel_text *text, const struct lskel_btf *btf, __u32 id,
			      const char *word, int depth)
{
	const struct btf_type *t = lskel_btf_type(btf, id);
	int behind = t && lskel_btf_kind(t) == BTF_KIND_PTR;

	if (!behind)
		lskel_print(text, "%s ", word);
	lskel_print_type_at(text, btf, id, depth);
	if (behind)
		lskel_print(text, " %s", word);
}

static void lskel_print_type_at(struct lskel_text *text, const struct lskel_btf *btf, __u32 id,
				int depth)
{
	const struct btf_type *t = lskel_btf_type(btf, id);
	const char *name;

	if (!t || !depth--) {
		lskel_print(text, "%s", t ? "..." : "void");
		return;
	}
	name = lskel_btf_string(btf, t->name_off);
	switch (lskel_btf_kind(t)) {
	case BTF_KIND_PTR:
		lskel_print_pointer(text, btf, t->type, depth);
		break;
	case BTF_KIND_CONST:
		lskel_print_const(text, btf, t->type, "const", depth);
		break;
	case BTF_KIND_VOLATILE:
		lskel_print_const(text, btf, t->type, "volatile", depth);
		break;
	case BTF_KIND_RESTRICT:
	case LSKEL_BTF_KIND_TYPE_TAG:
		lskel_print_type_at(text, btf, t->type, depth);
		break;
	case BTF_KIND_ARRAY:
		lskel_print_type_at(text, btf, lskel_btf_array(t)->type, depth);
		lskel_print(text, "[%u]", lskel_btf_array(t)->nelems);
		break;
	case BTF_KIND_FUNC_PROTO:
		lskel_print_type_at(text, btf, t->type, depth);
		lskel_print(text, " ");
		lskel_print_params(text, btf, t, depth);
		break;
	case BTF_KIND_STRUCT:
		lskel_print_word(text, "struct ", name);
		break;
	case BTF_KIND_UNION:
		lskel_print_word(text, "union ", name);
		break;
	case BTF_KIND_FWD:
		lskel_print_word(
			text, BTF_INFO_KFLAG(t->info) ? "incomplete union " : "incomplete struct ",
			name);
		break;
	case BTF_KIND_ENUM:
	case LSKEL_BTF_KIND_ENUM64:
		lskel_print_word(text, "enum ", name);
		break;
	default:
		lskel_print_word(text, "", name);
	}
}

LSKEL_API void lskel_print_type(struct lskel_text *text, const struct lskel_btf *btf, __u32 id)
{
	lskel_print_type_at(text, btf, id, LSKEL_PRINT_MAX_DEPTH);
}
