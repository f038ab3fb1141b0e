// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of loader/kernel_btf.h.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdio.h>

#include <lskel/open.h>
#include "kernel_btf.h"

/* What operations search for and is not known. */
static int lskel_want_symbols(const struct lskel_info *info, const struct lskel_ctx *ctx,
			      struct lskel_btf_names *names)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const struct lskel_op *ops = (const struct lskel_op *)lskel_image_at(info, hdr->op_off);
	__u32 i;
	int err = 0;

	for (i = 0; i < hdr->op_cnt && !err; i++) {
		const struct lskel_symbol *symbol;

		if ((ops[i].cmd & 63) != LSKEL_CMD_FIND_BTF || (ctx->found && ctx->found[i].id))
			continue;
		symbol = (const struct lskel_symbol *)lskel_image_at(info, ops[i].attr);
		err = lskel_btf_want(names, symbol->name, symbol->kind);
	}
	return err;
}

static int lskel_want_struct_ops(const struct lskel_info *info, struct lskel_btf_names *names)
{
	char value_name[256];
	__u32 i;
	int err = 0;

	for (i = 0; i < info->struct_ops_cnt && !err; i++) {
		const char *name = info->struct_ops[i].type;

		snprintf(value_name, sizeof(value_name), "bpf_struct_ops_%s", name);
		err = lskel_btf_want(names, name, BTF_KIND_STRUCT);
		if (!err)
			err = lskel_btf_want(names, value_name, BTF_KIND_STRUCT);
	}
	return err;
}

LSKEL_API int lskel_kernel_btf_open(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_kernel_btf *kernel;
	int err;

	if (ctx->kernel)
		return 0;
	kernel = (struct lskel_kernel_btf *)calloc(1, sizeof(*kernel));
	if (!kernel)
		return -ENOMEM;
	ctx->kernel = kernel;
	ctx->drop_kernel = lskel_kernel_btf_close;
	err = lskel_want_symbols(info, ctx, &kernel->names);
	if (!err)
		err = lskel_want_struct_ops(info, &kernel->names);
	if (!err)
		err = lskel_btf_open_kernel(&kernel->btf, &kernel->names);
	if (err)
		lskel_kernel_btf_close(ctx);
	return err;
}

LSKEL_API int lskel_kernel_btf_find(const struct lskel_kernel_btf *kernel, const char *name,
				    __u32 kind)
{
	const struct lskel_btf_name *wanted = lskel_btf_wanted(&kernel->names, name, kind);

	if (!wanted)
		return lskel_btf_find(&kernel->btf, name, kind);
	return wanted->id ? (int)wanted->id : -ENOENT;
}

LSKEL_API void lskel_kernel_btf_close(struct lskel_ctx *ctx)
{
	lskel_btf_free(&ctx->kernel->btf);
	lskel_btf_free_names(&ctx->kernel->names);
	free(ctx->kernel);
	ctx->kernel = NULL;
}
