/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Cgroups of the test's own, and what a process in one does that programs of cgroups see: each event for the kinds that it
 * is named after, and what has to come before it. For vmtest kernels.
 */
#ifndef LSKEL_SELFTESTS_CGROUP_H
#define LSKEL_SELFTESTS_CGROUP_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "net.h"

#define CGROUPS		"/sys/fs/cgroup"
#define CGROUP_EVENT_MS 60000

/* Makes the cgroup @path, which must be in CGROUPS. Returns its fd, or -1 with errno set. */
static inline int cgroup_new(const char *path)
{
	return mkdir(path, 0755) ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Moves the process to the cgroup @fd. Returns 0, or -1 with errno set. */
static inline int cgroup_enter(int fd)
{
	int procs = openat(fd, "cgroup.procs", O_WRONLY | O_CLOEXEC), err;

	err = procs < 0 || write(procs, "0", 1) != 1 ? -1 : 0;
	close(procs);
	return err;
}

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} u;
	socklen_t len;
};

/* An event that does not happen says nothing about programs. */
static inline void event_needs(bool good, const char *what)
{
	if (good)
		return;
	printf("not ok - an event: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A socket with an address that the kernel chooses. */
static inline int bound_socket(int family, int type, struct address *ret)
{
	int fd = socket(family, type, 0);

	memset(ret, 0, sizeof(*ret));
	ret->u.any.sa_family = (sa_family_t)family;
	ret->len = sizeof(sa_family_t);
	if (family == AF_INET) {
		ret->u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		ret->len = sizeof(ret->u.in);
	} else if (family == AF_INET6) {
		ret->u.in6.sin6_addr = in6addr_loopback;
		ret->len = sizeof(ret->u.in6);
	}
	event_needs(!bind(fd, &ret->u.any, ret->len), "bind");
	ret->len = sizeof(ret->u);
	event_needs(!getsockname(fd, &ret->u.any, &ret->len), "getsockname");
	return fd;
}

static inline void event_socket(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	event_needs(fd >= 0, "socket");
	close(fd);
}

static inline void event_bind(int family)
{
	struct address addr;

	close(bound_socket(family, SOCK_DGRAM, &addr));
}

static inline void event_connect(int family)
{
	struct address to, name;
	int server = bound_socket(family, SOCK_DGRAM, &to), fd = socket(family, SOCK_DGRAM, 0);

	event_needs(!connect(fd, &to.u.any, to.len), "connect");
	name.len = sizeof(name.u);
	event_needs(!getpeername(fd, &name.u.any, &name.len), "getpeername");
	close(fd);
	close(server);
}

static inline void event_tcp(int family)
{
	struct address to;
	int server = bound_socket(family, SOCK_STREAM, &to), fd = socket(family, SOCK_STREAM, 0);

	event_needs(!listen(server, 1), "listen");
	event_needs(!connect(fd, &to.u.any, to.len), "connect");
	close(fd);
	close(server);
}

static inline void event_message(int family)
{
	struct address to, own, from;
	int server = bound_socket(family, SOCK_DGRAM, &to);
	int fd = bound_socket(family, SOCK_DGRAM, &own);
	struct pollfd readable = { server, POLLIN, 0 };
	char c = 0;

	event_needs(sendto(fd, &c, 1, 0, &to.u.any, to.len) == 1, "sendto");
	event_needs(poll(&readable, 1, CGROUP_EVENT_MS) == 1, "poll");
	from.len = sizeof(from.u);
	event_needs(recvfrom(server, &c, 1, 0, &from.u.any, &from.len) == 1, "recvfrom");
	close(fd);
	close(server);
}

static inline void event_option(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0), value = 1;
	socklen_t len = sizeof(value);

	event_needs(!setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &value, len), "setsockopt");
	event_needs(!getsockopt(fd, SOL_SOCKET, SO_BROADCAST, &value, &len), "getsockopt");
	close(fd);
}

static inline void event_device(int unused)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)unused;
	event_needs(fd >= 0, "open /dev/null");
	close(fd);
}

static inline void event_sysctl(int unused)
{
	int fd = open("/proc/sys/kernel/ostype", O_RDONLY);
	char c;

	(void)unused;
	event_needs(read(fd, &c, 1) == 1, "read /proc/sys/kernel/ostype");
	close(fd);
}

#endif /* LSKEL_SELFTESTS_CGROUP_H */
