// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The pretend kernel's BTF: it has whatever type libbpf asks for, by name and kind, and remembers
 * under which id, so that the id in an attr can be turned back into the name that the target's
 * kernel is asked for.
 */
#include <errno.h>
#include <string.h>

#include "record.h"
#include "util.h"

static struct btf *kernel_btf;
static const struct btf *base;
static const struct externs *externs;
static bool without_weak;
static __u32 *searches; /* for each symbol of externs, by this libbpf */

/* What was found, in the order of the first search. */
static struct pretend_type *types;
static __u32 type_cnt;

/* The structs that the next maps of the object are to find. */
static struct {
	__u32 *types; /* in the object's BTF */
	__u32 cnt;
	__u32 next;
} struct_ops;

struct btf *__real_btf__load_vmlinux_btf(void);
struct btf *__wrap_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);
void __wrap_btf__free(struct btf *btf);
__s32 __real_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);
__s32 __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);
__s32 __real_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind);
__s32 __wrap_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind);

void pretend_btf_reset(void)
{
	for (__u32 i = 0; i < type_cnt; i++)
		free(types[i].name);
	free(types);
	types = NULL;
	type_cnt = 0;
	pretend_btf_struct_ops(NULL, 0);
}

void pretend_btf_use(const struct btf *btf, const struct externs *symbols, bool no_weak)
{
	base = btf;
	externs = symbols;
	without_weak = no_weak;
}

void pretend_btf_struct_ops(const __u32 *type_ids, __u32 cnt)
{
	free(struct_ops.types);
	struct_ops.types = cnt ? xmemdup(type_ids, cnt * sizeof(*type_ids)) : NULL;
	struct_ops.cnt = cnt;
	struct_ops.next = 0;
}

const struct pretend_type *pretend_btf_type(__u32 id)
{
	for (__u32 i = 0; i < type_cnt; i++)
		if (types[i].id == id)
			return &types[i];
	return NULL;
}

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	const void *raw;
	__u32 size;

	if (!record_is_on())
		return __real_btf__load_vmlinux_btf();
	free(searches);
	searches = externs && externs->cnt ? xcalloc(externs->cnt, sizeof(*searches)) : NULL;
	raw = base ? btf__raw_data(base, &size) : NULL;
	kernel_btf = raw ? btf__new(raw, size) : btf__new_empty();
	return kernel_btf;
}

void __wrap_btf__free(struct btf *btf)
{
	if (btf == kernel_btf)
		kernel_btf = NULL;
	__real_btf__free(btf);
}

/* The id of a new type: nobody looks at more than its name. */
static __s32 add_type(const char *name, __u32 kind)
{
	__s32 type;

	switch (kind) {
	case BTF_KIND_FUNC:
		type = btf__add_func_proto(kernel_btf, 0);
		return btf__add_func(kernel_btf, name, BTF_FUNC_GLOBAL, type);
	case BTF_KIND_TYPEDEF:
		return btf__add_typedef(kernel_btf, name, 0);
	default:
		return -ENOENT;
	}
}

/*
 * For each struct_ops map libbpf looks for "struct bpf_struct_ops_NAME", which has a "struct NAME" in it,
 * and then for the latter. That is the map's own type here: several flavors of one may occur.
 */
static __s32 find_struct_ops(const char *name)
{
	static const char prefix[] = "bpf_struct_ops_";
	const struct btf_type *t;
	__s32 id;

	if (strncmp(name, prefix, strlen(prefix)))
		return struct_ops.next ? (__s32)struct_ops.types[struct_ops.next - 1] : -ENOENT;
	if (struct_ops.next == struct_ops.cnt)
		return -ENOENT;
	t = btf__type_by_id(kernel_btf, struct_ops.types[struct_ops.next]);
	if (!t)
		return -ENOENT;
	id = btf__add_struct(kernel_btf, name, t->size);
	return id < 0									     ? id :
	       btf__add_field(kernel_btf, "data", struct_ops.types[struct_ops.next++], 0, 0) ?:
											       id;
}

/*
 * Before libbpf looks for anything else by name, it looks for what the object declares: once for each declaration,
 * in the order of externs, also where several are flavors of one kfunc.
 */
static const struct extern_symbol *next_declaration(const char *name, __u32 kind)
{
	for (__u32 i = 0; searches && i < externs->cnt; i++) {
		const struct extern_symbol *symbol = &externs->symbols[i];

		if (kind && extern_btf_kind(symbol) == kind && !strcmp(symbol->name, name) &&
		    !searches[i]++)
			return symbol;
	}
	return NULL;
}

static void remember(const char *name, __u32 kind, __u32 id, const struct extern_symbol *symbol)
{
	if (!pretend_btf_type(id))
		push(types, type_cnt) = (struct pretend_type){ xstrdup(name), kind, id, symbol };
}

static __s32 find_or_add(const char *name, __u32 kind)
{
	const struct extern_symbol *symbol = next_declaration(name, kind);
	__s32 id;

	if (symbol) {
		if (without_weak && symbol->weak)
			return -ENOENT;
		remember(name, kind, symbol->id, symbol);
		return symbol->id;
	}
	id = kind == BTF_KIND_STRUCT ? find_struct_ops(name) :
				       __real_btf__find_by_name_kind(kernel_btf, name, kind);
	if (id < 0)
		id = add_type(name, kind);
	if (id > 0)
		remember(name, kind, id, NULL);
	return id;
}

__s32 __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind)
{
	if (btf && btf == kernel_btf)
		return find_or_add(name, kind);
	return __real_btf__find_by_name_kind(btf, name, kind);
}

__s32 __wrap_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind)
{
	if (btf && btf == kernel_btf)
		return find_or_add(name, kind);
	return __real_btf__find_by_name_kind_own(btf, name, kind);
}
