/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A load that is made to fail: what is expected of it, and whether it is so. It leaves nothing behind, says
 * what failed, and can be tried again. A program that includes this is linked so that bpf(2) and mmap()
 * of the run time come here, see selftests/runtime.mk.
 *
 * The kernel takes its time to free objects, so what is left is looked for after many failures; set
 * look_after_each to look after each of them.
 */
#ifndef LSKEL_SELFTESTS_TRIAL_H
#define LSKEL_SELFTESTS_TRIAL_H

#include <sys/resource.h>

#include "footprint.h"
#include "harness.h"

#define CALL_ERRNO ENOSPC /* no call of the run time gives this by itself */

/* What goes wrong in a load and what is to be seen of it. */
struct trial {
	const char *how;
	__u32 number;
	const struct lskel_info *info;	 /* the skeleton */
	const struct lskel_info *broken; /* tables to load it with */
	rlim_t fd_limit;		 /* or 0 */
	int failing_call;		 /* counted from 0, or -1 */
	int err;
	enum lskel_stage stage;
	__u32 at;	   /* failure.at, in LSKEL_STAGE_OP */
	const char *named; /* in the message, or NULL */
};

static bool look_after_each;
static bool replay_in_kernel; /* as the application may want it; some skeletons can't do without */
static int calls_until_failure = -1;

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);
void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);

static inline bool call_fails(void)
{
	if (calls_until_failure < 0 || calls_until_failure--)
		return false;
	errno = CALL_ERRNO;
	return true;
}

long __wrap_syscall(long number, long a, long b, long c)
{
	return call_fails() ? -1 : __real_syscall(number, a, b, c);
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	/* The kernel's BTF, which is read, into memory of its size, where it can't be mapped. */
	if ((flags == MAP_PRIVATE && prot == PROT_READ) || flags & MAP_POPULATE)
		return __real_mmap(addr, len, prot, flags, fd, offset);
	return call_fails() ? MAP_FAILED : __real_mmap(addr, len, prot, flags, fd, offset);
}

static inline int load_with_failure(const struct trial *trial, void *skel)
{
	struct rlimit old, limit;
	int err, err_no;

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	if (trial->fd_limit) {
		limit.rlim_cur = trial->fd_limit;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	calls_until_failure = trial->failing_call;
	errno = 0;
	err = lskel_load(trial->broken, skel);
	err_no = errno;
	calls_until_failure = -1;
	setrlimit(RLIMIT_NOFILE, &old);
	errno = err_no;
	return err;
}

#define WRONG(...)                                                                                 \
	do {                                                                                       \
		fail(trial->how, "at %u of %s: " __VA_ARGS__);                                     \
		return false;                                                                      \
	} while (0)
#define AT trial->number, trial->info->name

static inline bool failed_as_expected(const struct trial *trial, void *skel, int err, int err_no)
{
	const struct lskel_failure *failure = &((struct lskel_ctx *)skel)->failure;
	/* Where a command was replaced, the tables of the skeleton know what it was. */
	const char *message = lskel_error(trial->info, skel);

	if (err != trial->err || err_no != -err)
		WRONG("returned %d, errno %d, not %d", AT, err, err_no, trial->err);
	if (failure->stage != trial->stage)
		WRONG("failed in stage %d, not %d: %s", AT, failure->stage, trial->stage, message);
	if (failure->stage == LSKEL_STAGE_OP && failure->at != trial->at)
		WRONG("failed at offset %u, not %u: %s", AT, failure->at, trial->at, message);
	if (!strstr(message, strerror(-err)) && !strstr(message, "no such symbol"))
		WRONG("'%s' does not say '%s'", AT, message, strerror(-err));
	if (trial->named && !strstr(message, trial->named))
		WRONG("'%s' does not name '%s'", AT, message, trial->named);
	return true;
}

/* A skeleton without its global data can't be loaded any more, and says so. */
static inline bool loads_again(const struct trial *trial, void *skel)
{
	bool lost_data = lskel_lost_data(trial->info, skel);
	int err = lskel_load(trial->info, skel);

	if (lost_data != (trial->stage == LSKEL_STAGE_DATA))
		WRONG("has lost its data in stage %d", AT, trial->stage);
	if (lost_data && err != -EINVAL)
		WRONG("loaded without data: %d", AT, err);
	if (!lost_data && err)
		WRONG("can't be loaded afterwards: %s", AT, lskel_error(trial->info, skel));
	return true;
}

/* Opens a skeleton with no data that is zero: that would not be stored, and what is not done can't fail. */
static inline void *open_for_trial(const struct lskel_info *info)
{
	void *skel = lskel_open(info);

	for (__u32 i = 0; skel && i < info->data_cnt; i++) {
		char *data = *lskel_at(char *, skel, info->data[i].pointer);
		__u32 size = info->data[i].size;

		if (lskel_is_zero(data, size))
			data[size - 1] = 1;
	}
	return skel;
}

/* Returns whether all is well; reports it if not. */
static inline bool run_trial(const struct trial *trial)
{
	static struct footprint before;
	void *skel = open_for_trial(trial->info);
	const char *left;
	bool good;
	int err;

	if (!skel)
		WRONG("can't be opened: %s", AT, strerror(errno));
	((struct lskel_ctx *)skel)->in_kernel = replay_in_kernel;
	footprint_take(&before);
	err = load_with_failure(trial, skel);
	good = failed_as_expected(trial, skel, err, errno);
	left = look_after_each ? footprint_left(&before, trial->info) : fds_left(&before);
	if (good && left) {
		fail(trial->how, "at %u of %s: a failed load leaves %s", AT, left);
		good = false;
	}
	good = good && loads_again(trial, skel);
	lskel_destroy(trial->info, skel);
	left = look_after_each ? footprint_left(&before, trial->info) : fds_left(&before);
	if (good && left) {
		fail(trial->how, "at %u of %s: destroy leaves %s", AT, left);
		good = false;
	}
	return good;
}

static inline bool loads_without_failure(const struct lskel_info *info)
{
	void *skel = lskel_open(info);
	bool loaded;

	if (skel)
		((struct lskel_ctx *)skel)->in_kernel = replay_in_kernel;
	loaded = skel && !lskel_load(info, skel);
	if (!loaded)
		fail(info->name, "%s", skel ? lskel_error(info, skel) : strerror(errno));
	lskel_destroy(info, skel);
	return loaded;
}

/* Lets @test fail loads of @info's skeleton in many ways and looks for what they leave in the kernel. */
static inline void run_trials(const struct lskel_info *info,
			      void (*test)(const struct lskel_info *info))
{
	static struct footprint before;
	const char *left;
	char name[128];

	footprint_take(&before);
	if (!loads_without_failure(info))
		return;
	test(info);
	snprintf(name, sizeof(name), "%s%s: failures leave nothing in the kernel", info->name,
		 replay_in_kernel ? " in the kernel" : "");
	left = footprint_left(&before, info);
	check(name, !left, "%s", left);
}

/* Runs them with the loader program, and where that is not needed without. */
static inline void run_all_trials(const struct lskel_info *const infos[], size_t cnt,
				  void (*test)(const struct lskel_info *info))
{
	for (size_t i = 0; i < cnt; i++) {
		void *usual = lskel_open(infos[i]);
		bool in_kernel = !usual || lskel_needs_loader(infos[i], usual);

		lskel_destroy(infos[i], usual);
		replay_in_kernel = true;
		run_trials(infos[i], test);
		replay_in_kernel = false;
		if (!in_kernel)
			run_trials(infos[i], test);
	}
}

#endif /* LSKEL_SELFTESTS_TRIAL_H */
