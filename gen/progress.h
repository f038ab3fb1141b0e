/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How far a load is, on a terminal, if it takes longer than a second: a line that is gone when the load is over. */
#ifndef LSKEL_GEN_PROGRESS_H
#define LSKEL_GEN_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <lskel/skel.h>

struct progress {
	const struct lskel_info *info;
	const struct lskel_ctx *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t end;
	bool running, over;
};

/* Before and after lskel_load(). Nothing is shown unless stderr is a terminal. */
void progress_start(struct progress *progress, const struct lskel_info *info, const void *skel);
void progress_end(struct progress *progress);

#endif /* LSKEL_GEN_PROGRESS_H */
