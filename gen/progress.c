// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of gen/progress.h. The loader program notes in the blob which operation is next, and the
 * blob is mapped into this process: a second thread looks there. A signal could do the same, but the
 * verifier gives up when there is one.
 */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <sys/uio.h>

#include "options.h"
#include "progress.h"
#include <lskel/open.h>

/* The blob may be unmapped at any time: this fails, where a pointer would crash. */
static bool peek(const void *at, void *ret, size_t len)
{
	struct iovec local = { ret, len }, remote = { (void *)at, len };

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)len;
}

/* The number of the program that is being loaded, or info->prog_cnt: none. */
static __u32 current_prog(const struct progress *progress)
{
	const struct lskel_info *info = progress->info;
	const struct lskel_blob_hdr *stored = lskel_image_hdr(info);
	const char *blob = __atomic_load_n(&progress->ctx->replaying, __ATOMIC_RELAXED);
	const struct lskel_op *op;
	struct lskel_blob_hdr hdr;

	if (!blob || !peek(blob, &hdr, sizeof(hdr)) || hdr.pos < stored->op_off ||
	    hdr.pos >= stored->op_off + stored->op_cnt * sizeof(*op))
		return info->prog_cnt;
	op = (const void *)((const char *)info->image + hdr.pos);
	if (op->owner <= info->map_cnt || op->owner == LSKEL_OWNER_USERS)
		return info->prog_cnt;
	return op->owner - info->map_cnt - 1;
}

static void show(const struct progress *progress, unsigned int seconds)
{
	__u32 prog = current_prog(progress);

	fprintf(stderr, "\rlskel: loading %s", progress->info->name);
	if (prog < progress->info->prog_cnt)
		fprintf(stderr, ": program %u of %u, '%s'", prog + 1, progress->info->prog_cnt,
			progress->info->progs[prog].name);
	fprintf(stderr, ", %u s\033[K", seconds);
	fflush(stderr);
}

static void *watch(void *arg)
{
	struct progress *progress = arg;
	unsigned int seconds = 0;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	pthread_mutex_lock(&progress->lock);
	while (!progress->over) {
		until.tv_sec++;
		pthread_cond_timedwait(&progress->end, &progress->lock, &until);
		if (!progress->over)
			show(progress, ++seconds);
	}
	pthread_mutex_unlock(&progress->lock);
	if (seconds)
		fprintf(stderr, "\r\033[K");
	return NULL;
}

void progress_start(struct progress *progress, const struct lskel_info *info, const void *skel)
{
	sigset_t all, before;

	*progress = (struct progress){ .info = info, .ctx = skel };
	if (!isatty(STDERR_FILENO) || options.debug)
		return;
	pthread_mutex_init(&progress->lock, NULL);
	pthread_cond_init(&progress->end, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	progress->running = !pthread_create(&progress->thread, NULL, watch, progress);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_end(struct progress *progress)
{
	if (!progress->running)
		return;
	pthread_mutex_lock(&progress->lock);
	progress->over = true;
	pthread_cond_signal(&progress->end);
	pthread_mutex_unlock(&progress->lock);
	pthread_join(progress->thread, NULL);
}
