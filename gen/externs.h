/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel symbols that an object refers to (__ksym): functions and variables with a BTF type, and
 * symbols without one. Which of them the target has, and where, is found out there.
 */
#ifndef LSKEL_GEN_EXTERNS_H
#define LSKEL_GEN_EXTERNS_H

#include "image.h"

enum extern_kind {
	EXTERN_FUNC,	 /* kfunc */
	EXTERN_VAR,	 /* variable in the kernel's BTF */
	EXTERN_TYPELESS, /* symbol in /proc/kallsyms */
};

/* A declaration. */
struct extern_symbol {
	char *name;	/* as the kernel has it: of a kfunc without "___flavor" */
	char *declared; /* with it */
	enum extern_kind kind;
	bool weak;
	__u32 id;   /* in the object's BTF */
	__u32 type; /* of a function its prototype */
	/* Of extern_types_describe(), NULL if it has no type: see struct lskel_extern_info. */
	char *types;
	char *words;
};

struct externs {
	struct extern_symbol *symbols; /* in libbpf's order, that of their declared names */
	__u32 cnt;
	bool any_weak;
};

/*
 * What /proc/kallsyms says of the typeless ones, for the caller to free. @without_weak: of the strong
 * ones only.
 */
char *externs_kallsyms(const struct externs *externs, bool without_weak);

/*
 * Collects the kernel symbols of an object: types from its BTF, which of them are weak from its symbol
 * table. What is malformed is left for libbpf to refuse.
 */
void externs_collect(struct externs *externs, const struct image *image);
void externs_free(struct externs *externs);

/* The symbol whose pretended address @address is, or NULL. */
const struct extern_symbol *extern_at(const struct externs *externs, __u64 address);
/* BTF_KIND_* of the symbol, 0 if it has no type. */
__u32 extern_btf_kind(const struct extern_symbol *symbol);

/* Length of @name without "___flavor", as libbpf and the kernel compare names. */
size_t essential_len(const char *name);

#endif /* LSKEL_GEN_EXTERNS_H */
