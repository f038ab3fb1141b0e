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

struct extern_symbol {
	char *name; /* as the kernel has it, without "___flavor" */
	enum extern_kind kind;
	bool weak;
	__u32 type; /* in the object's BTF: of a function its prototype */
};

struct externs {
	struct extern_symbol *symbols;
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
 * table. What is malformed is left for libbpf to refuse. Returns 0, or -EOPNOTSUPP after a message.
 */
int externs_collect(struct externs *externs, const struct image *image);
void externs_free(struct externs *externs);

/* The symbol whose pretended address @address is, or NULL. */
const struct extern_symbol *extern_at(const struct externs *externs, __u64 address);
/* The symbol of that name and of BTF kind @kind, or NULL. */
const struct extern_symbol *extern_find(const struct externs *externs, const char *name,
					__u32 kind);

/* Length of @name without "___flavor", as libbpf and the kernel compare names. */
size_t essential_len(const char *name);

#endif /* LSKEL_GEN_EXTERNS_H */
