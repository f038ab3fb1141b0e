// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of loader/externs.h: replays of a blob only the searches for kernel symbols. Nothing of it
 * runs while a load goes well.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/replay.h>
#include "externs.h"

/*
 * Whether operation @i, @op, searches for a symbol that is not known. Weak ones do no harm here; the targets of
 * programs have an owner.
 */
static int lskel_is_extern(const struct lskel_ctx *ctx, const struct lskel_op *op, __u32 i)
{
	return lskel_is_search(op) && !op->owner && !(ctx->found && ctx->found[i].id);
}

static int lskel_has_externs(const struct lskel_info *info, const struct lskel_ctx *ctx)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const char *image = (const char *)info->image;
	const struct lskel_op *op = (const struct lskel_op *)(const void *)(image + hdr->op_off);
	__u32 i;

	for (i = 0; i < hdr->op_cnt; i++)
		if (lskel_is_extern(ctx, &op[i], i))
			return 1;
	return 0;
}

static void lskel_fill_externs(const struct lskel_info *info, const struct lskel_ctx *ctx,
			       struct lskel_replay *replay)
{
	__u32 i;

	memcpy(replay->blob, info->image, lskel_image_hdr(info)->image_size);
	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++)
		if (!lskel_is_extern(ctx, lskel_op_number(replay, i), i))
			lskel_skip_op(lskel_op_number(replay, i));
	if (replay->kallsyms)
		lskel_use_kallsyms(replay);
}

static int lskel_run_externs(const struct lskel_info *info, struct lskel_ctx *ctx,
			     struct lskel_replay *replay)
{
	int err;

	lskel_fill_externs(info, ctx, replay);
	err = lskel_run(ctx, replay);
	if (err && ctx->failure.stage == LSKEL_STAGE_OP) {
		replay->kallsyms = 1;
		lskel_fill_externs(info, ctx, replay);
		err = lskel_run(ctx, replay);
	}
	return err;
}

LSKEL_API int lskel_externs_first(const struct lskel_info *info, void *skel)
{
	struct lskel_replay replay = { -1, -1, -1, NULL, 0, 0, 0 };
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_failure first = ctx->failure;
	int low[3] = { -1, -1, -1 }, err;

	if (!lskel_has_externs(info, ctx))
		return first.err;
	memset(&ctx->failure, 0, sizeof(ctx->failure));
	err = lskel_prepare(info, skel, &replay, low);
	if (!err)
		err = lskel_run_externs(info, ctx, &replay);
	lskel_end_replay(&replay, low);
	if (err) {
		free(first.message);
		return err;
	}
	ctx->failure = first;
	return first.err;
}
