/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What has to be true of any kind of attaching: the program runs when its event comes, with its cookie, as often as
 * it is attached, and no longer when it is detached; and an attachment that fails at any call leaves nothing.
 * A program that includes this is linked with --wrap=syscall, see selftests/runtime.mk.
 */
#ifndef LSKEL_SELFTESTS_ATTACH_TRIAL_H
#define LSKEL_SELFTESTS_ATTACH_TRIAL_H

#include "footprint.h"
#include "harness.h"

#define CALL_ERRNO ENOSPC /* no call of the run time gives this by itself */

static int calls_until_failure = -1;

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f);

long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	if (calls_until_failure >= 0 && !calls_until_failure--) {
		errno = CALL_ERRNO;
		return -1;
	}
	return __real_syscall(number, a, b, c, d, e, f);
}

/* A program and where it is attached. */
struct attach_trial {
	const char *name; /* of the kind, or more */
	struct lskel_link *(*attach_to)(void *skel, const struct lskel_where *where);
	struct lskel_where where; /* with a cookie if the kind has that */
	void (*event)(void);
	int slot; /* of the program in hits and cookies */
	bool no_cookie;
	bool once; /* the kernel has it in one place only once */
};

/* What programs count, and their last cookies. */
struct attach_counts {
	__u64 *hits, *cookies;
};

static inline int count_links(void)
{
	static struct number_set links;

	list_ids(BPF_LINK_GET_NEXT_ID, &links);
	return (int)links.cnt;
}

/* How often the program runs when the event happens once. */
static inline __u64 hits_in_trial(const struct attach_trial *trial,
				  const struct attach_counts *counts)
{
	__u64 before = counts->hits[trial->slot];

	counts->cookies[trial->slot] = 0;
	trial->event();
	return counts->hits[trial->slot] - before;
}

#define TRIAL(...)                                                                                 \
	({                                                                                         \
		static char trial_name[128];                                                       \
		snprintf(trial_name, sizeof(trial_name), "%s: ", trial->name);                     \
		snprintf(trial_name + strlen(trial_name), sizeof(trial_name) - strlen(trial_name), \
			 __VA_ARGS__);                                                             \
		trial_name;                                                                        \
	})

/* Every call that it makes fails once. */
static inline void fail_trial(const struct attach_trial *trial, const struct lskel_info *info,
			      void *skel)
{
	static struct footprint before;
	int links = count_links(), calls = 0;
	struct lskel_link *link;

	footprint_take(&before);
	for (;; calls++) {
		const char *message, *left;

		calls_until_failure = calls;
		link = trial->attach_to(skel, &trial->where);
		calls_until_failure = -1;
		if (link)
			break;
		message = lskel_error(info, skel);
		left = fds_left(&before);
		if (errno != CALL_ERRNO || !strstr(message, "failed to attach program '") ||
		    !strstr(message, strerror(CALL_ERRNO)) || left || count_links() != links ||
		    ((struct lskel_ctx *)skel)->links) {
			fail(TRIAL("failing call %d leaves nothing", calls), "%s: %s, %d links",
			     message, left ?: "no fd", count_links() - links);
			return;
		}
	}
	lskel_link_detach(skel, link);
	check(TRIAL("any of %d calls fails, nothing is left", calls),
	      calls && !fds_left(&before) && count_links() == links, "%d links, %s",
	      count_links() - links, fds_left(&before) ?: "no fd");
}

static inline void run_attach_trial(const struct attach_trial *trial, const struct lskel_info *info,
				    void *skel, const struct attach_counts *counts)
{
	struct lskel_where where = trial->where;
	struct lskel_link *first, *second;
	__u64 hits, once;

	if (!trial->no_cookie)
		where.cookie = 0x1122334455667788;
	check(TRIAL("does not run before"), !hits_in_trial(trial, counts), "it does");
	first = trial->attach_to(skel, &where);
	if (!check(TRIAL("is attached"), first, "%s", lskel_error(info, skel)))
		return;
	once = hits_in_trial(trial, counts);
	check(TRIAL("runs"), once, "it does not");
	if (!trial->no_cookie)
		check(TRIAL("has its cookie"), counts->cookies[trial->slot] == where.cookie, "%llx",
		      counts->cookies[trial->slot]);
	if (!trial->once) {
		where.cookie = trial->no_cookie ? 0 : 42;
		second = trial->attach_to(skel, &where);
		hits = hits_in_trial(trial, counts);
		check(TRIAL("runs twice if it is attached twice"), second && hits == 2 * once,
		      "%llu times, not %llu, %s", hits, 2 * once, lskel_error(info, skel));
		lskel_link_detach(skel, first);
		hits = hits_in_trial(trial, counts);
		check(TRIAL("runs once if one is detached"), hits == once, "%llu times", hits);
		if (!trial->no_cookie)
			check(TRIAL("the other cookie stays"), counts->cookies[trial->slot] == 42,
			      "%llx", counts->cookies[trial->slot]);
		lskel_link_detach(skel, second);
	} else {
		lskel_link_detach(skel, first);
	}
	check(TRIAL("does not run any more"), !hits_in_trial(trial, counts), "it does");
	fail_trial(trial, info, skel);
	check(TRIAL("does not run after failures"), !hits_in_trial(trial, counts), "it does");
}

#endif /* LSKEL_SELFTESTS_ATTACH_TRIAL_H */
