// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/externs.h. */
#include <errno.h>
#include <string.h>

#include "externs.h"
#include "util.h"

/* Typeless symbols get addresses from here, in steps, which no instruction holds by chance. */
#define FIRST_ADDRESS 0x4c534b53594d0000ULL
#define ADDRESS_STEP  16

/* libbpf: X___Y, where neither X nor Y is an underscore. */
size_t essential_len(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = len; i >= 5; i--) {
		const char *s = name + i - 5;

		if (s[0] != '_' && !strncmp(s + 1, "___", 3) && s[4] != '_')
			return i - 4;
	}
	return len;
}

static bool is_declared_as(const struct extern_symbol *symbol, const char *elf_name)
{
	size_t len = symbol->kind == EXTERN_FUNC ? essential_len(elf_name) : strlen(elf_name);

	return strlen(symbol->name) == len && !strncmp(symbol->name, elf_name, len);
}

/* What is declared several times, in several flavors, is weak if all of them are. */
static void note_binding(void *ctx, const char *elf_name, bool weak)
{
	struct externs *externs = ctx;

	for (__u32 i = 0; i < externs->cnt; i++)
		if (is_declared_as(&externs->symbols[i], elf_name) && !weak)
			externs->symbols[i].weak = false;
}

static enum extern_kind kind_of(const struct btf *btf, const struct btf_type *t)
{
	if (btf_is_func(t))
		return EXTERN_FUNC;
	/* "extern const void x __ksym" */
	for (t = btf__type_by_id(btf, t->type); t && btf_is_mod(t);
	     t = btf__type_by_id(btf, t->type))
		;
	return t && !btf_is_void(t) ? EXTERN_VAR : EXTERN_TYPELESS;
}

static void list_symbols(struct externs *externs, const struct btf *btf)
{
	__s32 id = btf ? btf__find_by_name_kind(btf, ".ksyms", BTF_KIND_DATASEC) : 0;
	const struct btf_type *sec = id > 0 ? btf__type_by_id(btf, id) : NULL;
	const struct btf_var_secinfo *info = sec ? btf_var_secinfos(sec) : NULL;

	for (__u32 i = 0; sec && i < btf_vlen(sec); i++) {
		const struct btf_type *t = btf__type_by_id(btf, info[i].type);
		const char *name = t ? btf__str_by_offset(btf, t->name_off) : NULL;
		enum extern_kind kind;
		char *copy;

		if (!name || (!btf_is_var(t) && !btf_is_func(t)))
			continue;
		kind = kind_of(btf, t);
		copy = xstrdup(name);
		/* Only for functions: libbpf looks for a variable by its whole name. */
		if (kind == EXTERN_FUNC)
			copy[essential_len(copy)] = '\0';
		push(externs->symbols, externs->cnt) =
			(struct extern_symbol){ copy, kind, true, t->type };
	}
}

char *externs_kallsyms(const struct externs *externs, bool without_weak)
{
	struct bytes text = {};

	for (__u32 i = 0; i < externs->cnt; i++) {
		const struct extern_symbol *symbol = &externs->symbols[i];
		_cleanup_(free_ptr) char *line = NULL;

		if (symbol->kind != EXTERN_TYPELESS || (without_weak && symbol->weak))
			continue;
		line = xprintf("%llx T %s\n", FIRST_ADDRESS + i * ADDRESS_STEP, symbol->name);
		bytes_add(&text, line, strlen(line));
	}
	/* Never empty, which would be a file that can't be opened. */
	bytes_add(&text, "0 T _text\n", sizeof("0 T _text\n"));
	return text.data;
}

/*
 * libbpf takes the flavor whose type is that of the target's function. A loader program knows names
 * only, so that it could not choose; if one of them is strong, the target has that, or the load fails.
 */
static int check_flavors(const struct externs *externs, const struct image *image)
{
	for (__u32 i = 0; i < externs->cnt; i++) {
		const struct extern_symbol *a = &externs->symbols[i];

		for (__u32 j = 0; j < i; j++) {
			const struct extern_symbol *b = &externs->symbols[j];

			if (a->kind != EXTERN_FUNC || b->kind != EXTERN_FUNC || !a->weak ||
			    a->type == b->type || strcmp(a->name, b->name))
				continue;
			complain(
				"%s: extern '%s': weak flavors of different types can't be part of a skeleton yet",
				image->path, a->name);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

int externs_collect(struct externs *externs, const struct image *image)
{
	list_symbols(externs, image->btf);
	if (externs->cnt)
		image_each_extern(image, note_binding, externs);
	for (__u32 i = 0; i < externs->cnt; i++)
		externs->any_weak |= externs->symbols[i].weak;
	return check_flavors(externs, image);
}

void externs_free(struct externs *externs)
{
	for (__u32 i = 0; i < externs->cnt; i++)
		free(externs->symbols[i].name);
	free(externs->symbols);
	*externs = (struct externs){};
}

const struct extern_symbol *extern_at(const struct externs *externs, __u64 address)
{
	__u64 i = (address - FIRST_ADDRESS) / ADDRESS_STEP;

	if (address < FIRST_ADDRESS || i >= externs->cnt || address % ADDRESS_STEP ||
	    externs->symbols[i].kind != EXTERN_TYPELESS)
		return NULL;
	return &externs->symbols[i];
}

const struct extern_symbol *extern_find(const struct externs *externs, const char *name, __u32 kind)
{
	for (__u32 i = 0; i < externs->cnt; i++) {
		const struct extern_symbol *symbol = &externs->symbols[i];

		if (symbol->kind == (kind == BTF_KIND_FUNC ? EXTERN_FUNC : EXTERN_VAR) &&
		    !strcmp(symbol->name, name))
			return symbol;
	}
	return NULL;
}
