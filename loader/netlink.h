/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Talking with the kernel's rtnetlink: one message, its replies, and what it says when it refuses. */
#ifndef LSKEL_NETLINK_H
#define LSKEL_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <lskel/attach_kind.h>

#ifndef LSKEL_API
#define LSKEL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A message: its header, and what follows, struct tcmsg or ifinfomsg first. */
struct lskel_netlink {
	struct nlmsghdr hdr;
	char data[496];
	bool lost; /* it was sent, but what became of it is not known */
};

#define LSKEL_NETLINK_WORDS 128

/* Begins a message of @type, and returns its struct of @size bytes, all 0. */
LSKEL_API void *lskel_netlink_start(struct lskel_netlink *msg, __u16 type, __u16 flags,
				    size_t size);

/* Adds an attribute, and one that is filled until the next call with the same @at. What is too long is cut. */
LSKEL_API void lskel_netlink_add(struct lskel_netlink *msg, __u16 type, const void *data,
				 size_t len);
LSKEL_API __u32 lskel_netlink_nest(struct lskel_netlink *msg, __u16 type);
LSKEL_API void lskel_netlink_end(struct lskel_netlink *msg, __u32 at);

/* Finds attribute @type in @len bytes of them. Returns it, or NULL. */
LSKEL_API const struct rtattr *lskel_netlink_find(const void *attrs, size_t len, __u16 type);

/* Returns the fd of a socket, above 2, or a negative errno. */
LSKEL_API int lskel_netlink_open(void);

/*
 * Sends @msg and calls @take, unless that is NULL, with each reply that is not its end. Returns 0 or what
 * the kernel says, a negative errno, and its words in @words, of LSKEL_NETLINK_WORDS bytes; "" if it has none.
 */
LSKEL_API int lskel_netlink_talk(int fd, struct lskel_netlink *msg,
				 void (*take)(const struct nlmsghdr *reply, void *data), void *data,
				 char *words);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_NETLINK_H */
