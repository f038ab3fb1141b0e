/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching to a socket, by setsockopt(2): filters, and programs that choose among sockets of the same port.
 *
 * Internal: applications call none of it.
 *
 * Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_SOCKET_H
#define LSKEL_ATTACH_SOCKET_H

#include <sys/socket.h>
#include <asm/socket.h> /* libc hides it from -std=c11 */
#include <lskel/attach.h>

/* Which socket it is: a duplicate of its fd would keep it open when the application closes it. */
struct lskel_socket {
	int fd;
	__u64 cookie;
};

/* A kind whose function is lskel_attach_socket(). */
struct lskel_socket_kind {
	struct lskel_attach_kind kind;
	int attach; /* options of SOL_SOCKET */
	int detach;
};

static inline int lskel_socket_cookie(int fd, __u64 *ret)
{
	socklen_t len = sizeof(*ret);

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, ret, &len) ? -errno : 0;
}

static inline void lskel_undo_socket(struct lskel_link *link)
{
	const struct lskel_socket *socket = (const struct lskel_socket *)link->data;
	__u64 cookie;
	int unused = 0;

	/* The option's number is kept where others have their type. */
	if (!lskel_socket_cookie(socket->fd, &cookie) && cookie == socket->cookie)
		setsockopt(socket->fd, SOL_SOCKET, (int)link->attach_type, &unused, sizeof(unused));
}

/* The program of @link has taken the place of those that the same skeleton had there: these have nothing to undo. */
static inline void lskel_forget_replaced(struct lskel_link *links, const struct lskel_link *link)
{
	const struct lskel_socket *socket = (const struct lskel_socket *)link->data;

	for (; links; links = links->next)
		if (links->undo == lskel_undo_socket && links->attach_type == link->attach_type &&
		    ((const struct lskel_socket *)links->data)->cookie == socket->cookie)
			links->undo = NULL;
}

static inline int lskel_attach_socket(const struct lskel_attaching *at, struct lskel_link *link)
{
	const struct lskel_socket_kind *kind =
		(const struct lskel_socket_kind *)(const void *)at->kind;
	struct lskel_socket *socket;
	int err;

	if (at->where->fd <= 0)
		return lskel_attach_fail(at, -EINVAL, "set where.fd, of a socket");
	socket = (struct lskel_socket *)malloc(sizeof(*socket));
	if (!socket)
		return -ENOMEM;
	link->data = socket;
	link->attach_type = (__u32)kind->detach;
	socket->fd = at->where->fd;
	err = lskel_socket_cookie(socket->fd, &socket->cookie);
	if (err)
		return lskel_attach_fail(at, err, "where.fd");
	if (setsockopt(socket->fd, SOL_SOCKET, kind->attach, &at->prog_fd, sizeof(at->prog_fd)))
		return -errno;
	lskel_forget_replaced(((struct lskel_ctx *)at->skel)->links, link);
	link->undo = lskel_undo_socket;
	return 0;
}

/*
 * A filter of the socket where.fd, which stays open as long as the application has it open, and loses the
 * program with its last fd. Detaching looks for the socket under that fd. A filter that was there is gone. The kernel
 * does not tell whose filter a socket has: detaching takes away what others than this skeleton have put there since.
 */
static const struct lskel_socket_kind lskel_kind_socket
	__attribute__((unused)) = { { "socket filter", LSKEL_LINUX(3, 19), lskel_attach_socket },
				    SO_ATTACH_BPF,
				    SO_DETACH_FILTER };

/* The same for a socket with SO_REUSEPORT, which stands for all that are bound to its port. */
static const struct lskel_socket_kind lskel_kind_reuseport
	__attribute__((unused)) = { { "sk_reuseport", LSKEL_LINUX(4, 19), lskel_attach_socket },
				    SO_ATTACH_REUSEPORT_EBPF,
				    SO_DETACH_REUSEPORT_BPF };

#endif /* LSKEL_ATTACH_SOCKET_H */
