/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the parts of <lskel/struct_ops.h> share: what is known of the target's struct_ops. Not for
 * applications.
 */
#ifndef LSKEL_LOADER_STRUCT_OPS_H
#define LSKEL_LOADER_STRUCT_OPS_H

#include <lskel/attach.h>
#include <lskel/struct_ops.h>
#include "kernel_btf.h"

/* Where in a map's value the fd of a program goes. */
struct lskel_struct_ops_func {
	__u32 offset;
	__u32 prog; /* index in lskel_info.progs */
};

/* A map as the kernel wants it: the value of its "struct bpf_struct_ops_NAME". */
struct lskel_struct_ops_target {
	char *value; /* NULL: the map is not created */
	__u32 size;
	__u32 type_id;
	int btf_fd; /* of the module that has the type, or 0; open during load() only */
	struct lskel_struct_ops_func *funcs;
	__u32 func_cnt;
};

/* What a program is for. */
struct lskel_struct_ops_use {
	__u32 type_id; /* the kernel's struct; 0: nothing yet */
	__u32 member;  /* its number there */
	int btf_fd;    /* as above */
};

struct lskel_struct_ops {
	struct lskel_struct_ops_target *targets; /* one for each of info->struct_ops */
	struct lskel_struct_ops_use *uses;	 /* one for each of info->progs */
};

static inline struct lskel_struct_ops *lskel_struct_ops_of(void *skel)
{
	return ((struct lskel_ctx *)skel)->struct_ops;
}

/* The ids of @layout; behind them, its BTF. */
static inline const struct lskel_layout_ids *lskel_layout_ids_of(const struct lskel_layout *layout)
{
	return (const struct lskel_layout_ids *)(const void *)(layout + 1);
}

/* What the application sees of map number @i. */
static inline char *lskel_struct_ops_shadow(const struct lskel_info *info, void *skel, __u32 i)
{
	return *lskel_at(char *, skel, info->struct_ops[i].pointer);
}

static inline struct lskel_map *lskel_struct_ops_map(const struct lskel_info *info, void *skel,
						     __u32 i)
{
	return lskel_map_at(info, skel, info->struct_ops[i].map);
}

/* The struct lskel_prog * that the application has at @offset of map @i. */
static inline struct lskel_prog *lskel_struct_ops_pointer(const struct lskel_info *info, void *skel,
							  __u32 i, __u32 offset)
{
	struct lskel_prog *p;

	memcpy(&p, lskel_struct_ops_shadow(info, skel, i) + offset, sizeof(p));
	return p;
}

/* The number of the struct_ops program that @p is, or LSKEL_NO_PROG. */
LSKEL_API __u32 lskel_struct_ops_prog(const struct lskel_info *info, void *skel,
				      const struct lskel_prog *p);

/* Notes a failure with a message: "NAME: failed to" and then @format. Returns @err. */
LSKEL_API int lskel_struct_ops_fail(const struct lskel_info *info, void *skel,
				    enum lskel_stage stage, __u32 at, int err, const char *format,
				    ...) __attribute__((format(printf, 6, 7)));

/*
 * Fits map number @i to the types of @kernel, or of a module on top of it (loader/struct_ops_layout.c). @ids: those that
 * the types have in vmlinux, if @kernel is not all of that, else NULL. Returns 0, or a negative errno with the failure
 * noted.
 */
LSKEL_API int lskel_struct_ops_lay_out(const struct lskel_info *info, void *skel, __u32 i,
				       const struct lskel_kernel_btf *kernel,
				       const struct lskel_layout_ids *ids);

#endif /* LSKEL_LOADER_STRUCT_OPS_H */
