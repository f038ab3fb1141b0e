/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A reader of BTF, for what the run time has to look up on the target in more detail than a loader
 * program can: members of the kernel's structs, functions of another program. It reads, and that is
 * all: no types are made, none are printed. Part of liblskel.a, not of its interface.
 *
 * BTF is described in Documentation/bpf/btf.rst of the kernel. What is read is checked first, so that
 * damaged BTF is an error and never an access out of bounds.
 */
#ifndef LSKEL_LOADER_BTF_H
#define LSKEL_LOADER_BTF_H

#include <stddef.h>

#include <lskel/btf_kinds.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/* Opened BTF. Zeroed, it has no types and may be freed. */
struct lskel_btf {
	const struct lskel_btf *base; /* what this goes on from: vmlinux for a module; or NULL */
	char *data;
	__u32 size;    /* of data, bytes */
	size_t mapped; /* so many bytes at data are mapped; 0: they are of malloc() */
	const char *types;
	const char *strings;
	__u32 strings_size;
	__u32 first_string; /* offset of strings[0], as types have it */
	__u32 first_id;	    /* of the first type of its own */
	__u32 end_id;	    /* one above that of the last type */
	__u32 *offsets;	    /* of some of its own types, in types */
};

/* A type that is looked for by name. */
struct lskel_btf_name {
	struct lskel_btf_name *next; /* in the list of the same hash */
	__u32 hash;
	__u32 kind; /* BTF_KIND_* */
	__u32 id;   /* 0 until it is found */
	const char *name;
};

#define LSKEL_BTF_LISTS 64

/*
 * Names that are looked for together. Zeroed, it has none. Of almost all types that BTF has, the first two
 * characters say that they are not wanted, so that nothing else has to be read of them.
 */
struct lskel_btf_names {
	__u32 kinds;	 /* bit N: one of kind N is wanted */
	__u8 heads[256]; /* 1: one that begins with two characters of this sum is wanted */
	struct lskel_btf_name *lists[LSKEL_BTF_LISTS];
};

/* Adds a name, unless it is there already. Returns 0 or -ENOMEM. */
LSKEL_API int lskel_btf_want(struct lskel_btf_names *names, const char *name, __u32 kind);

/* The one of that name and kind, or NULL: nobody has asked for it. */
LSKEL_API const struct lskel_btf_name *lskel_btf_wanted(const struct lskel_btf_names *names,
							const char *name, __u32 kind);

LSKEL_API void lskel_btf_free_names(struct lskel_btf_names *names);

/*
 * These open BTF and return 0 or a negative errno: -EINVAL if it is damaged, or what its source gives
 * (-ENOENT: the kernel has no BTF). @btf is to be freed after success only. @base, NULL for BTF that stands
 * alone, must outlive it.
 */

/*
 * The kernel's, from /sys/kernel/btf/vmlinux. On the way, which is long, sets the ids of those of @names that are
 * there: of the first type of that name and kind. How a load does that once is in loader/kernel_btf.h.
 */
LSKEL_API int lskel_btf_open_kernel(struct lskel_btf *btf, struct lskel_btf_names *names);
/* That behind a BTF's fd, which remains the caller's. */
LSKEL_API int lskel_btf_open_fd(struct lskel_btf *btf, int fd, const struct lskel_btf *base);
/* That of a loaded program; -ENOENT if it has none. */
LSKEL_API int lskel_btf_open_prog(struct lskel_btf *btf, int prog_fd);

/* @size bytes at @data, from malloc(): they are @btf's, or freed. */
LSKEL_API int lskel_btf_take(struct lskel_btf *btf, char *data, __u32 size,
			     const struct lskel_btf *base);

LSKEL_API void lskel_btf_free(struct lskel_btf *btf);

/* The type @id, of @btf or of its base. NULL for void (0) and for ids that are not there. */
LSKEL_API const struct btf_type *lskel_btf_type(const struct lskel_btf *btf, __u32 id);

/* The string at @offset, as types and members have it. "" if there is none. */
LSKEL_API const char *lskel_btf_string(const struct lskel_btf *btf, __u32 offset);

/*
 * The id of the first type of that name and kind (BTF_KIND_*) among those that @btf has beyond its base, or
 * -ENOENT.
 */
LSKEL_API int lskel_btf_find(const struct lskel_btf *btf, const char *name, __u32 kind);

/* What @id is behind typedefs, const and the like: an id, 0 for void or where it leads nowhere. */
LSKEL_API __u32 lskel_btf_skip_mods(const struct lskel_btf *btf, __u32 id);

/* sizeof() of the type @id, or -EINVAL: it has none. */
LSKEL_API __s64 lskel_btf_size(const struct lskel_btf *btf, __u32 id);

/* What is behind @t, according to its kind. */
static inline const struct btf_member *lskel_btf_members(const struct btf_type *t)
{
	return (const struct btf_member *)(const void *)(t + 1);
}

static inline const struct btf_param *lskel_btf_params(const struct btf_type *t)
{
	return (const struct btf_param *)(const void *)(t + 1);
}

static inline const struct btf_array *lskel_btf_array(const struct btf_type *t)
{
	return (const struct btf_array *)(const void *)(t + 1);
}

/* Where member @m of @t begins, in bits; and its width if it is a bitfield, else 0. */
static inline __u32 lskel_btf_bit_offset(const struct btf_type *t, const struct btf_member *m)
{
	return BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
}

static inline __u32 lskel_btf_bitfield_size(const struct btf_type *t, const struct btf_member *m)
{
	return BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BITFIELD_SIZE(m->offset) : 0;
}

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_LOADER_BTF_H */
