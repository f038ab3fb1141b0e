// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * See loader/netlink.h.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <lskel/sys.h>

#include "netlink.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* A dump comes in pieces of up to 32 KB (NLMSG_GOODSIZE, netlink_dump()). */
#define LSKEL_NETLINK_REPLY 32768

LSKEL_API void *lskel_netlink_start(struct lskel_netlink *msg, __u16 type, __u16 flags, size_t size)
{
	memset(msg, 0, sizeof(*msg));
	msg->hdr.nlmsg_len = (__u32)NLMSG_LENGTH(size);
	msg->hdr.nlmsg_type = type;
	msg->hdr.nlmsg_flags = flags | NLM_F_REQUEST;
	return msg->data;
}

LSKEL_API void lskel_netlink_add(struct lskel_netlink *msg, __u16 type, const void *data,
				 size_t len)
{
	size_t at = NLMSG_ALIGN(msg->hdr.nlmsg_len);
	struct rtattr attr;

	if (at + RTA_SPACE(len) > offsetof(struct lskel_netlink, lost))
		len = offsetof(struct lskel_netlink, lost) - at - RTA_LENGTH(0);
	attr.rta_type = type;
	attr.rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy((char *)msg + at, &attr, sizeof(attr));
	memcpy((char *)msg + at + RTA_LENGTH(0), data, len);
	msg->hdr.nlmsg_len = (__u32)(at + RTA_ALIGN(attr.rta_len));
}

LSKEL_API __u32 lskel_netlink_nest(struct lskel_netlink *msg, __u16 type)
{
	__u32 at = NLMSG_ALIGN(msg->hdr.nlmsg_len);

	lskel_netlink_add(msg, type | NLA_F_NESTED, "", 0);
	return at;
}

LSKEL_API void lskel_netlink_end(struct lskel_netlink *msg, __u32 at)
{
	unsigned short len = (unsigned short)(msg->hdr.nlmsg_len - at);

	memcpy((char *)msg + at + offsetof(struct rtattr, rta_len), &len, sizeof(len));
}

LSKEL_API const struct rtattr *lskel_netlink_find(const void *attrs, size_t len, __u16 type)
{
	const char *at = (const char *)attrs, *end = at + len;

	while ((size_t)(end - at) >= sizeof(struct rtattr)) {
		const struct rtattr *attr = (const struct rtattr *)(const void *)at;

		if (attr->rta_len < sizeof(*attr) || attr->rta_len > (size_t)(end - at))
			break;
		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return attr;
		if (RTA_ALIGN(attr->rta_len) >= (size_t)(end - at))
			break;
		at += RTA_ALIGN(attr->rta_len);
	}
	return NULL;
}

LSKEL_API int lskel_netlink_open(void)
{
	int fd = lskel_above_low_fds(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)), on = 1, err;

	if (fd < 0)
		return fd == -1 ? -errno : fd;
	/*
	 * Not for children: SOCK_CLOEXEC is hidden by some standards. And with the kernel's words, without a copy
	 * of the message before them.
	 */
	if (!fcntl(fd, F_SETFD, FD_CLOEXEC) &&
	    !setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) &&
	    !setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* The end of what the kernel says to a message: an errno, and words. */
static int lskel_netlink_verdict(const struct nlmsghdr *reply, char *words)
{
	const struct nlmsgerr *error = (const struct nlmsgerr *)NLMSG_DATA(reply);
	const struct rtattr *attr;
	size_t head = NLMSG_LENGTH(sizeof(*error));

	if (reply->nlmsg_len < NLMSG_LENGTH(sizeof(error->error)))
		return -EBADMSG;
	if (!error->error || !(reply->nlmsg_flags & NLM_F_ACK_TLVS) || reply->nlmsg_len < head)
		return error->error;
	if (!(reply->nlmsg_flags & NLM_F_CAPPED))
		head += NLMSG_ALIGN(error->msg.nlmsg_len) - sizeof(error->msg);
	if (reply->nlmsg_len < head)
		return error->error;
	attr = lskel_netlink_find((const char *)reply + head, reply->nlmsg_len - head,
				  NLMSGERR_ATTR_MSG);
	if (attr)
		snprintf(words, LSKEL_NETLINK_WORDS, "%.*s", (int)RTA_PAYLOAD(attr),
			 (const char *)RTA_DATA(attr));
	return error->error;
}

LSKEL_API int lskel_netlink_talk(int fd, struct lskel_netlink *msg,
				 void (*take)(const struct nlmsghdr *reply, void *data), void *data,
				 char *words)
{
	static __u32 last;
	struct nlmsghdr *reply;
	char *buf;
	int err = 1;

	*words = '\0';
	msg->hdr.nlmsg_seq = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	if ((msg->hdr.nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		msg->hdr.nlmsg_flags |= NLM_F_ACK;
	buf = (char *)malloc(LSKEL_NETLINK_REPLY);
	if (!buf)
		return -ENOMEM;
	if (send(fd, msg, msg->hdr.nlmsg_len, 0) < 0)
		err = -errno;
	while (err > 0) {
		ssize_t len = recv(fd, buf, LSKEL_NETLINK_REPLY, 0);
		size_t left = (size_t)len;

		if (len < 0) {
			err = errno == EINTR ? 1 : -errno;
			msg->lost = err < 0;
			continue;
		}
		for (reply = (struct nlmsghdr *)(void *)buf; err > 0 && NLMSG_OK(reply, left);
		     reply = NLMSG_NEXT(reply, left)) {
			if (reply->nlmsg_seq != msg->hdr.nlmsg_seq)
				continue;
			if (reply->nlmsg_type == NLMSG_ERROR)
				err = lskel_netlink_verdict(reply, words);
			else if (reply->nlmsg_type == NLMSG_DONE)
				err = 0;
			else if (take)
				take(reply, data);
		}
	}
	free(buf);
	return err;
}
