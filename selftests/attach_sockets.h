/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For tests of what attaches to sockets: the skeleton of attach_sockets.bpf.c, and the traffic over lo that its
 * programs see. Whatever is waited for comes, or the test fails after WAIT_MS.
 */
#ifndef LSKEL_SELFTESTS_ATTACH_SOCKETS_H
#define LSKEL_SELFTESTS_ATTACH_SOCKETS_H

#include <fcntl.h>
#include <poll.h>

#include "attach_sockets.lskel.h"
#include "progs/attach_sockets.h"

#include "attach_failures.h"
#include "net.h"

#define WAIT_MS 60000

static struct attach_sockets *skel;

static inline __u64 hits(enum hit hit)
{
	return *(volatile __u64 *)&skel->bss->hits[hit];
}

static inline bool hit_within_limit(enum hit hit, __u64 before)
{
	for (int ms = 0; hits(hit) == before && ms < WAIT_MS; ms++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	return hits(hit) != before;
}

/* A socket that is bound to a port of lo, to @port unless that is 0. Returns its fd, and the port. */
static inline int bind_lo(int type, int *port, bool shared)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons((unsigned short)*port),
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, type, 0), one = 1;

	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (bind(fd, (void *)&addr, sizeof(addr)) || getsockname(fd, (void *)&addr, &len))
		fail("a port of lo", "%s", strerror(errno));
	*port = ntohs(addr.sin_port);
	return fd;
}

/* Connects a socket of @type. Returns its fd or a negative errno. */
static inline int connect_lo(int type, int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons((unsigned short)port),
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, type, 0), err;

	if (!connect(fd, (void *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static inline bool is_readable(int fd, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, ms) == 1;
}

/* What comes to @fd next: how many bytes; the first one to @ret. */
static inline ssize_t receive(int fd, char *ret)
{
	char buf[64] = {};
	ssize_t len = is_readable(fd, WAIT_MS) ? recv(fd, buf, sizeof(buf), 0) : -1;

	*ret = buf[0];
	return len;
}

/* Two ends of a TCP connection. */
static inline bool tcp_pair(int ends[2])
{
	int port = 0, listener = bind_lo(SOCK_STREAM, &port, false);

	listen(listener, 1);
	ends[0] = connect_lo(SOCK_STREAM, port);
	ends[1] =
		ends[0] >= 0 && is_readable(listener, WAIT_MS) ? accept(listener, NULL, NULL) : -1;
	close(listener);
	if (ends[1] < 0)
		fail("a TCP connection", "%d, %s", ends[0], strerror(errno));
	return ends[1] >= 0;
}

static inline void close_pair(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* Puts @fd into a map of sockets. */
static inline void put_socket(int map_fd, __u32 key, int fd)
{
	union bpf_attr attr = {};
	__u64 value = (__u32)fd;

	attr.map_fd = (__u32)map_fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(&value);
	if (lskel_sys_bpf(BPF_MAP_UPDATE_ELEM, &attr))
		fail("a socket is put into a map", "%s", strerror(errno));
}

/* A datagram of 10 bytes from a new socket. */
static inline void send_datagram(int port)
{
	int fd = connect_lo(SOCK_DGRAM, port);

	if (send(fd, "xxxxxxxxxx", 10, 0) != 10)
		fail("a datagram goes through lo", "%s", strerror(errno));
	close(fd);
}

static inline struct lskel_where at_fd(int fd)
{
	return (struct lskel_where){ .fd = fd };
}

static inline const char *message(void)
{
	return attach_sockets__error(skel);
}

static inline void detach(struct lskel_link *link)
{
	attach_sockets__link_detach(skel, link);
}

static inline bool check_refused(const char *name, struct lskel_link *link, int err,
				 const char *words)
{
	return check(name, !link && errno == err && strstr(message(), words), "%p, %s: %s",
		     (void *)link, strerror(errno), message());
}

#define ATTACH(prog, way)                                                                          \
	static struct lskel_link *prog##_##way(void *any, const struct lskel_where *where)         \
	{                                                                                          \
		return attach_sockets__on_##prog##__##way(any, where);                             \
	}

#endif /* LSKEL_SELFTESTS_ATTACH_SOCKETS_H */
