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

static void note_binding(void *ctx, const char *elf_name, bool weak)
{
	struct externs *externs = ctx;

	for (__u32 i = 0; i < externs->cnt; i++)
		if (!strcmp(externs->symbols[i].declared, elf_name))
			externs->symbols[i].weak = weak;
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
		push(externs->symbols, externs->cnt) = (struct extern_symbol){
			.name = copy,
			.declared = xstrdup(name),
			.kind = kind,
			.weak = true,
			.id = info[i].type,
			.type = t->type,
		};
	}
}

static int compare_declared(const void *a, const void *b)
{
	const struct extern_symbol *x = a, *y = b;

	return strcmp(x->declared, y->declared);
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

void externs_collect(struct externs *externs, const struct image *image)
{
	list_symbols(externs, image->btf);
	if (!externs->cnt)
		return;
	qsort(externs->symbols, externs->cnt, sizeof(*externs->symbols), compare_declared);
	image_each_extern(image, note_binding, externs);
	for (__u32 i = 0; i < externs->cnt; i++)
		externs->any_weak |= externs->symbols[i].weak;
}

void externs_free(struct externs *externs)
{
	for (__u32 i = 0; i < externs->cnt; i++) {
		free(externs->symbols[i].name);
		free(externs->symbols[i].declared);
		free(externs->symbols[i].types);
		free(externs->symbols[i].words);
	}
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

__u32 extern_btf_kind(const struct extern_symbol *symbol)
{
	switch (symbol->kind) {
	case EXTERN_FUNC:
		return BTF_KIND_FUNC;
	case EXTERN_VAR:
		return BTF_KIND_VAR;
	default:
		return 0;
	}
}
