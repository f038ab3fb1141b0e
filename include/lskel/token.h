/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the BPF token of a load comes from: what libbpf's bpf_object_prepare_token() does, but for an
 * application that needs none, which pays nothing.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_TOKEN_H
#define LSKEL_TOKEN_H

#include <lskel/replay.h>

/* The path that is asked for, or NULL; "" is: never. */
static inline const char *lskel_token_path(const struct lskel_ctx *ctx)
{
	return ctx->token_path ? ctx->token_path : getenv("LIBBPF_BPF_TOKEN_PATH");
}

/* Gets the token that is asked for, if any. */
static inline int lskel_take_token(struct lskel_ctx *ctx)
{
	const char *path = lskel_token_path(ctx);
	int fd;

	if (!path || !*path)
		return 0;
	fd = lskel_sys_token_create(path);
	if (fd < 0)
		return lskel_fail(ctx, LSKEL_STAGE_TOKEN, 0, fd);
	ctx->token_fd = fd;
	return 0;
}

/*
 * After a load that was not permitted: whether there is a token to try it again with. In the first user
 * namespace there never is.
 */
static inline int lskel_try_token(struct lskel_ctx *ctx)
{
	int fd;

	if (lskel_token_path(ctx))
		return 0;
	fd = lskel_sys_token_create("/sys/fs/bpf");
	if (fd < 0)
		return 0;
	lskel_forget_failure(ctx);
	ctx->token_fd = fd;
	return 1;
}

#endif /* LSKEL_TOKEN_H */
