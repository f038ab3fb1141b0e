/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which kind of attaching a program is of, and where its section says. Whether libbpf attaches it there by
 * itself is learnt from libbpf (gen/learn_attach.c); here is how the run time does it.
 */
#ifndef LSKEL_GEN_ATTACH_KINDS_H
#define LSKEL_GEN_ATTACH_KINDS_H

#include <bpf/libbpf.h>
#include <lskel/attach_kind.h>

/* The part of the run time that a kind is in. */
enum runtime_part {
	PART_CORE, /* <lskel/attach.h> */
	PART_PROBE,
	PART_KPROBE_MULTI,
	PART_LINK,
	PART_UPROBE,
	PART_USDT,
	PART_FREPLACE,
	PART_SOCKET,
	PART_OLD,
	PART_NETLINK,
};

/* A bit for each, in a set of them. */
#define PART(part) (1U << PART_##part)

struct attach_kind {
	enum bpf_prog_type type;
	int attach_type;     /* expected_attach_type, or ANY_ATTACH_TYPE */
	const char *section; /* before the '/' or the end, or NULL: any; its first rows win */
	const struct lskel_attach_kind *kind;
	const char *ident; /* of @kind, in C */
	enum runtime_part part;
	/*
	 * What stands behind the '/' in the section, NULL if there is none, becomes @where; strings that it makes
	 * are freed with it (where_free()). Returns 0; SAYS_NOTHING: as without a parser, and attach() has to leave
	 * it alone; or a negative errno if libbpf does not understand it. NULL: nothing to be said.
	 */
	int (*parse)(const struct bpf_program *prog, const char *target, struct lskel_where *where);
};

#define ANY_ATTACH_TYPE (-1)
#define SAYS_NOTHING	1

/* The kind of @prog, or NULL: it is not attached, but called by others, as programs of struct_ops are. */
const struct attach_kind *attach_kind_of(const struct bpf_program *prog);

/* Another way for programs of a kind: foo__PROG__attach_old_to(). */
struct attach_old {
	const char *ident;
	const char *kind; /* expression of C, a pointer */
	enum runtime_part part;
};

/* The other way for @kind, which may be NULL, or NULL. */
const struct attach_old *attach_old_of(const struct attach_kind *kind);

/* By the name that a kind has in C, which tables refer to it by, and the other way round; or NULL. */
const struct attach_kind *attach_kind_find(const char *ident);
const char *attach_kind_ident(const struct lskel_attach_kind *kind);

/* Frees what a parser has made. */
void where_free(struct lskel_where *where);

#endif /* LSKEL_GEN_ATTACH_KINDS_H */
