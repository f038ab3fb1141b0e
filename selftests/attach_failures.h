/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tests of attaching: a program is seen to run by what it counts, and each call that an attachment makes is
 * made to fail in turn. A program that includes this is linked so that calls of the run time come here, see
 * selftests/runtime.mk.
 */
#ifndef LSKEL_SELFTESTS_ATTACH_FAILURES_H
#define LSKEL_SELFTESTS_ATTACH_FAILURES_H

#include <lskel/attach_kind.h>

#include "trial.h"

/* Attaches; returns the link or NULL. */
typedef struct lskel_link *attach_func(void *skel, const struct lskel_where *where);

/* What else than bpf(2) attaching needs of the kernel. */
int __real_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol);
ssize_t __real_send(int fd, const void *buf, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *buf, size_t len, int flags);
ssize_t __real_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags);
int __real_setsockopt(int fd, int level, int name, const void *value, unsigned int len);
int __wrap_setsockopt(int fd, int level, int name, const void *value, unsigned int len);
int __real_getsockopt(int fd, int level, int name, void *value, unsigned int *len);
int __wrap_getsockopt(int fd, int level, int name, void *value, unsigned int *len);
int __real_fcntl(int fd, int cmd, long arg);
int __wrap_fcntl(int fd, int cmd, long arg);

int __wrap_socket(int domain, int type, int protocol)
{
	return call_fails() ? -1 : __real_socket(domain, type, protocol);
}

ssize_t __wrap_send(int fd, const void *buf, size_t len, int flags)
{
	return call_fails() ? -1 : __real_send(fd, buf, len, flags);
}

ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	return call_fails() ? -1 : __real_recv(fd, buf, len, flags);
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, unsigned int len)
{
	return call_fails() ? -1 : __real_setsockopt(fd, level, name, value, len);
}

int __wrap_getsockopt(int fd, int level, int name, void *value, unsigned int *len)
{
	return call_fails() ? -1 : __real_getsockopt(fd, level, name, value, len);
}

int __wrap_fcntl(int fd, int cmd, long arg)
{
	return call_fails() ? -1 : __real_fcntl(fd, cmd, arg);
}

/* The calls that a trial lets fail are counted from 0; gives up when there is none of that number. */
#define CALLS_MAX 64

/*
 * Lets each call of @attach fail. Nothing may be left then: no fd, and @events(skel) counts nothing. Then
 * lets it succeed, and detaches.
 */
static inline void check_each_call(const char *name, const struct lskel_info *info, void *skel,
				   attach_func *attach, const struct lskel_where *where,
				   __u64 (*events)(void *skel))
{
	static struct footprint before;
	struct lskel_link *link = NULL;
	int call;

	footprint_take(&before);
	for (call = 0; call < CALLS_MAX && !link; call++) {
		calls_until_failure = call;
		errno = 0;
		link = attach(skel, where);
		if (calls_until_failure >= 0 && link) /* it made fewer calls */
			break;
		calls_until_failure = -1;
		if (link) {
			fail(name, "succeeds although call %d fails", call);
			return;
		}
		if (errno != CALL_ERRNO || !strstr(lskel_error(info, skel), strerror(CALL_ERRNO))) {
			fail(name, "call %d: errno %d, %s", call, errno, lskel_error(info, skel));
			return;
		}
		if (fds_left(&before)) {
			fail(name, "call %d leaves %s", call, fds_left(&before));
			return;
		}
		if (events(skel)) {
			fail(name, "call %d fails, but the program runs", call);
			return;
		}
	}
	calls_until_failure = -1;
	if (!link) {
		fail(name, "never succeeds");
		return;
	}
	if (!events(skel)) {
		fail(name, "does not run in the end");
		return;
	}
	lskel_link_detach(skel, link);
	if (events(skel) || fds_left(&before))
		fail(name, "runs after detach, or leaves %s", fds_left(&before));
	else if (!call)
		fail(name, "made no call");
	else
		pass(name);
}

#endif /* LSKEL_SELFTESTS_ATTACH_FAILURES_H */
