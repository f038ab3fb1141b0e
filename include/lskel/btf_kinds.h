/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How long a type of BTF is, for whoever goes from one to the next: <lskel/resize.h>, and the reader in
 * loader/btf.c, which does everything else that can be done with types.
 *
 * Internal: applications call none of it. BTF is described in Documentation/bpf/btf.rst of the kernel.
 */
#ifndef LSKEL_BTF_KINDS_H
#define LSKEL_BTF_KINDS_H

#include <linux/btf.h>
#include <linux/types.h>

/* Kinds that <linux/btf.h> may not have yet. */
#define LSKEL_BTF_KIND_FLOAT	16
#define LSKEL_BTF_KIND_TYPE_TAG 18
#define LSKEL_BTF_KIND_ENUM64	19

/* Kind and number of members of @t. */
static inline __u32 lskel_btf_kind(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

static inline __u32 lskel_btf_vlen(const struct btf_type *t)
{
	return BTF_INFO_VLEN(t->info);
}

/* Kinds that have nothing behind their struct btf_type, one bit each: six of seven types of a kernel. */
#define LSKEL_BTF_BARE                                                                             \
	(1U << BTF_KIND_PTR | 1U << BTF_KIND_FWD | 1U << BTF_KIND_TYPEDEF |                        \
	 1U << BTF_KIND_VOLATILE | 1U << BTF_KIND_CONST | 1U << BTF_KIND_RESTRICT |                \
	 1U << BTF_KIND_FUNC | 1U << LSKEL_BTF_KIND_FLOAT | 1U << LSKEL_BTF_KIND_TYPE_TAG)

/* Bytes of @t behind its struct btf_type, or -1: of a kind that is not known. */
static inline int lskel_btf_tail_size(const struct btf_type *t)
{
	/* Fixed, and of each member, by kind: BTF_KIND_UNKN, _INT, _PTR, _ARRAY, _STRUCT ... */
	static const signed char fixed[] = { -1, 4, 0, 12, 0, 0, 0, 0, 0, 0,
					     0,	 0, 0, 0,  4, 0, 0, 4, 0, 0 };
	static const signed char each[] = { 0, 0, 0, 0, 12, 12, 8, 0, 0, 0,
					    0, 0, 0, 8, 0,  12, 0, 0, 0, 12 };
	__u32 kind = lskel_btf_kind(t);

	if (LSKEL_BTF_BARE >> kind & 1)
		return 0;
	if (kind >= sizeof(fixed) || fixed[kind] < 0)
		return -1;
	return fixed[kind] + each[kind] * (int)lskel_btf_vlen(t);
}

/* Whether @t is a typedef, const or the like: t->type is what it is for. */
static inline int lskel_btf_is_mod(const struct btf_type *t)
{
	__u32 kind = lskel_btf_kind(t);

	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_CONST ||
	       kind == BTF_KIND_RESTRICT || kind == LSKEL_BTF_KIND_TYPE_TAG;
}

#endif /* LSKEL_BTF_KINDS_H */
