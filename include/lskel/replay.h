/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Replaying a blob: fill memory with it, what the application chose and what only the target knows
 * patched in, and execute its operations. Where the kernel has to be searched, by the loader program, and the
 * memory is a map; else from here (<lskel/interpret.h>). For <lskel/load.h>.
 *
 * The map is filled and read by mmap(), so that once the loader program has run nothing can fail that
 * would lose the fds.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_REPLAY_H
#define LSKEL_REPLAY_H

#include <lskel/interpret.h>

/* A log that nobody asked for: large enough for any program, and untouched pages cost nothing. */
#define LSKEL_LOG_SIZE (16U << 20)

static inline int lskel_load_loader(const struct lskel_info *info, struct lskel_replay *replay,
				    int token_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SYSCALL;
	attr.prog_flags = BPF_F_SLEEPABLE;
	attr.insns = lskel_u64(info->insns);
	attr.insn_cnt = info->insn_cnt;
	attr.license = lskel_u64("Dual BSD/GPL");
	attr.prog_btf_fd = replay->btf_fd;
	attr.func_info = lskel_u64(info->func_info);
	attr.func_info_cnt = info->func_info_cnt;
	attr.func_info_rec_size = sizeof(struct bpf_func_info);
	attr.fd_array = lskel_u64(&replay->map_fd);
	memcpy(attr.prog_name, "lskel_loader", sizeof("lskel_loader"));
	return lskel_sys_bpf_token(BPF_PROG_LOAD, &attr, token_fd);
}

/*
 * The fds that the loader program makes must not be 0, 1 or 2: bpf(2) takes 0 for "none" in places,
 * and a process without standard files would have them there. Moves *@fd above them and leaves the
 * low number taken, by an entry of @low, until the load is over.
 */
static inline int lskel_keep_low_fds(int *fd, int low[3])
{
	int i;

	for (i = 0; i < 3 && *fd >= 0 && *fd < 3; i++) {
		low[i] = *fd;
		*fd = fcntl(low[i], LSKEL_F_DUPFD_CLOEXEC, 0);
		if (*fd < 0)
			return -errno;
	}
	return 0;
}

static inline int lskel_prepare_loader(const struct lskel_info *info, struct lskel_ctx *ctx,
				       struct lskel_replay *replay, int low[3])
{
	void *addr;
	int err;

	err = replay->map_fd =
		replay->size ? lskel_sys_blob_create(replay->size, ctx->token_fd) : -EFBIG;
	if (err >= 0)
		err = lskel_keep_low_fds(&replay->map_fd, low);
	if (err < 0)
		return lskel_fail(ctx, LSKEL_STAGE_BLOB, 0, err);

	addr = mmap(NULL, replay->size, PROT_READ | PROT_WRITE, MAP_SHARED, replay->map_fd, 0);
	if (addr == MAP_FAILED)
		return lskel_fail(ctx, LSKEL_STAGE_BLOB, 0, -errno);
	replay->blob = (char *)addr;

	err = replay->btf_fd = lskel_sys_btf_load(info->btf, info->btf_size, ctx->token_fd);
	if (err < 0)
		return lskel_fail(ctx, LSKEL_STAGE_LOADER_BTF, 0, err);
	err = replay->prog_fd = lskel_load_loader(info, replay, ctx->token_fd);
	if (err < 0)
		return lskel_fail(ctx, LSKEL_STAGE_LOADER_PROG, 0, err);
	return 0;
}

/* The same when there is no fd yet: fills the places of standard files that are not open. */
static inline int lskel_take_low_fds(int low[3])
{
	struct pollfd files[3];
	int i;

	memset(files, 0, sizeof(files));
	for (i = 0; i < 3; i++)
		files[i].fd = i;
	if (poll(files, 3, 0) < 0)
		return -errno;
	for (i = 0; i < 3; i++) {
		if (!(files[i].revents & POLLNVAL))
			continue;
		low[i] = open("/", O_RDONLY | LSKEL_O_CLOEXEC);
		if (low[i] < 0)
			return -errno;
	}
	return 0;
}

/* For lskel_interpret(): the blob is in memory, and there is no loader program. */
static inline int lskel_prepare_memory(struct lskel_ctx *ctx, struct lskel_replay *replay,
				       int low[3])
{
	int err = replay->size ? lskel_take_low_fds(low) : -EFBIG;
	void *addr;

	if (err)
		return lskel_fail(ctx, LSKEL_STAGE_BLOB, 0, err);
	addr = mmap(NULL, replay->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | LSKEL_MAP_ANONYMOUS,
		    -1, 0);
	if (addr == MAP_FAILED)
		return lskel_fail(ctx, LSKEL_STAGE_BLOB, 0, -errno);
	replay->blob = (char *)addr;
	return 0;
}

/* Whether the search @op is for nobody: programs that are off, or got other targets. Users stand behind it. */
static inline int lskel_is_in_vain(const struct lskel_info *info, void *skel,
				   const struct lskel_op *op, const struct lskel_op *end)
{
	const struct lskel_op *user;

	if (op->owner != LSKEL_OWNER_USERS)
		return 0;
	for (user = op + 1; user < end; user++)
		if (user->copy[0].src == op->result && !lskel_is_out_with_prog(info, skel, user))
			return 0;
	return 1;
}

/*
 * Whether the kernel has to be searched for symbols or targets that are not known by now, which the loader program does, or the
 * application wants to have it so. For everything else there is bpf(2), and no need to wait for the loader program's verification, which takes two thirds of
 * the time that a small object needs.
 */
static inline int lskel_needs_loader(const struct lskel_info *info, void *skel)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const char *image = (const char *)info->image;
	const struct lskel_op *op = (const struct lskel_op *)(const void *)(image + hdr->op_off);
	__u32 i;

	if (ctx->in_kernel)
		return 1;
	for (i = 0; i < hdr->op_cnt; i++)
		if (lskel_is_search(&op[i]) && !(ctx->found && ctx->found[i].id) &&
		    !lskel_is_in_vain(info, skel, &op[i], op + hdr->op_cnt))
			return 1;
	return 0;
}

static inline int lskel_prepare(const struct lskel_info *info, void *skel,
				struct lskel_replay *replay, int low[3])
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err;

	replay->size = lskel_blob_size(info, skel);
	if (!lskel_needs_loader(info, skel))
		return lskel_prepare_memory(ctx, replay, low);
	err = lskel_prepare_loader(info, ctx, replay, low);
	if (err != -EPERM || !ctx->token_fd)
		return err;
	/* The token is not for what the loader program is, but maybe for what the object is. */
	lskel_forget_failure(ctx);
	if (replay->blob)
		munmap(replay->blob, replay->size);
	replay->blob = NULL;
	lskel_close(&replay->btf_fd);
	lskel_close(&replay->map_fd);
	return lskel_prepare_memory(ctx, replay, low);
}

/* Gives back all that lskel_prepare() has made. */
static inline void lskel_end_replay(struct lskel_replay *replay, const int low[3])
{
	int i;

	if (replay->blob)
		munmap(replay->blob, replay->size);
	lskel_close(&replay->prog_fd);
	lskel_close(&replay->btf_fd);
	lskel_close(&replay->map_fd);
	for (i = 0; i < 3; i++)
		if (low[i] >= 0)
			close(low[i]);
}

/* Runs a filled blob once. On failure every fd that it made is closed again. */
static inline int lskel_run(struct lskel_ctx *ctx, struct lskel_replay *replay)
{
	const struct lskel_blob_hdr *hdr = (const struct lskel_blob_hdr *)(void *)replay->blob;
	const struct lskel_op *op;
	int err;

	ctx->replaying = replay->blob;
	if (replay->prog_fd > 0) {
		err = lskel_sys_prog_run(replay->prog_fd);
		ctx->replaying = NULL;
		if (err < 0)
			return lskel_fail(ctx, LSKEL_STAGE_LOADER_RUN, 0, err);
	} else {
		lskel_interpret(replay);
		ctx->replaying = NULL;
	}
	if (hdr->pos == LSKEL_DONE)
		return 0;
	op = (const struct lskel_op *)(void *)(replay->blob + hdr->last[1]);
	err = *(const int *)(void *)(replay->blob + op->result);
	/* What /proc/kallsyms does not have either is missing, whatever the helper may tell. */
	if ((err == -ENOENT && (op->cmd == LSKEL_CMD_FIND_BTF || op->cmd == LSKEL_CMD_FIND_SYM)) ||
	    (err == -EPERM && op->cmd == LSKEL_CMD_FIND_SYM && replay->kallsyms))
		err = -(int)((const struct lskel_symbol *)(void *)(replay->blob + op->attr))
			       ->missing;
	return lskel_fail(ctx, LSKEL_STAGE_OP, hdr->last[1], err);
}

/* The same again with a log for the operation that failed. */
static inline int lskel_run_logged(const struct lskel_info *info, void *skel,
				   struct lskel_replay *replay, char *log)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	const struct lskel_op *op;
	union bpf_attr *attr;
	int err;

	err = lskel_fill(info, skel, replay);
	if (err)
		return err;
	op = (const struct lskel_op *)(void *)(replay->blob + ctx->failure.at);
	attr = lskel_attr(replay, op->attr);
	if (op->cmd == BPF_PROG_LOAD) {
		lskel_patch_log(attr, 1, LSKEL_LOG_SIZE, lskel_u64(log));
	} else {
		attr->btf_log_level = 1;
		attr->btf_log_size = LSKEL_LOG_SIZE;
		attr->btf_log_buf = lskel_u64(log);
	}
	return lskel_run(ctx, replay);
}

static inline char *lskel_copy_string(const char *s)
{
	char *copy = (char *)malloc(strlen(s) + 1);

	return copy ? strcpy(copy, s) : NULL;
}

/*
 * After a refused program or BTF: runs the blob again for the verifier's log. What failed is what the
 * first run says (with a log it may be -ENOSPC), unless this one succeeds.
 */
static inline int lskel_run_for_log(const struct lskel_info *info, void *skel,
				    struct lskel_replay *replay)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	struct lskel_failure first = ctx->failure;
	char *log;
	int err;

	log = (char *)mmap(NULL, LSKEL_LOG_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | LSKEL_MAP_ANONYMOUS, -1, 0);
	if (log == MAP_FAILED)
		return first.err;
	err = lskel_run_logged(info, skel, replay, log);
	if (err) {
		ctx->failure = first;
		ctx->failure.log = lskel_copy_string(log);
		err = first.err;
	}
	munmap(log, LSKEL_LOG_SIZE);
	return err;
}

static inline int lskel_fill_and_run(const struct lskel_info *info, void *skel,
				     struct lskel_replay *replay)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int tries = 5, err;

	do {
		err = lskel_fill(info, skel, replay);
		if (err)
			return lskel_fail(ctx, LSKEL_STAGE_BLOB, 0, err);
		err = lskel_run(ctx, replay);
		/* The verifier gives up when a signal is pending; libbpf tries 5 times, too. */
	} while (err == -EAGAIN && --tries);
	return err;
}

/* The operation that the last run failed at, as it is stored, or NULL. */
static inline const struct lskel_op *lskel_failed_op(const struct lskel_info *info,
						     const struct lskel_ctx *ctx)
{
	const char *image = (const char *)info->image;

	if (ctx->failure.stage != LSKEL_STAGE_OP)
		return NULL;
	return (const struct lskel_op *)(const void *)(image + ctx->failure.at);
}

/* The application's buffer for the log of the program that was refused, or NULL. */
static inline const char *lskel_own_log(const struct lskel_info *info, void *skel)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	const struct lskel_op *op = lskel_failed_op(info, ctx);
	const struct lskel_prog *prog;

	if (!op || op->cmd != BPF_PROG_LOAD)
		return NULL;
	prog = lskel_prog_at(info, skel, op->owner - info->map_cnt - 1);
	if (prog->log_level)
		return prog->log_size ? prog->log_buf : NULL;
	return ctx->log_level && ctx->log_size ? (const char *)(unsigned long)ctx->log_buf : NULL;
}

static inline int lskel_replay_blob(const struct lskel_info *info, void *skel,
				    struct lskel_replay *replay)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	const struct lskel_op *op;
	int err;

	err = lskel_fill_and_run(info, skel, replay);
	op = lskel_failed_op(info, ctx);
	/* Also with -EPERM, where /proc/kallsyms has all symbols at 0: bpf_dump_raw_ok(). */
	if (err && op && op->cmd == LSKEL_CMD_FIND_SYM) {
		replay->kallsyms = 1;
		err = lskel_fill_and_run(info, skel, replay);
		op = lskel_failed_op(info, ctx);
	}
	if (err && op && op->cmd == BPF_PROG_LOAD && info->old_cnt) {
		struct lskel_failure first = ctx->failure;

		replay->old = 1;
		err = lskel_fill_and_run(info, skel, replay);
		if (err) {
			/* So it was not that. */
			replay->old = 0;
			ctx->failure = first;
			err = first.err;
		}
	}
	if (err && op && (op->cmd == BPF_PROG_LOAD || op->cmd == BPF_BTF_LOAD) &&
	    !lskel_own_log(info, skel))
		err = lskel_run_for_log(info, skel, replay);
	return err;
}

#endif /* LSKEL_REPLAY_H */
