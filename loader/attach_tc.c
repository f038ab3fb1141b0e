// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Filters of traffic control, and the qdisc "clsact" that they are in, by netlink, see <lskel/attach_netlink.h>.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <asm/byteorder.h>
#include <sys/socket.h>

#include "netlink_link.h"

/* A filter, as the kernel knows it. */
struct lskel_tc {
	__u32 ifindex;
	__u32 parent;
	__u32 handle;
	__u32 info; /* priority and protocol */
	__u32 prog_id;
	bool made_qdisc;
	/* For looking: the filters of this program that are in the place, and all that there are. */
	__u32 found;
	__u32 cnt;
};

static struct tcmsg *lskel_tc_start(struct lskel_netlink *msg, __u16 type, __u16 flags,
				    const struct lskel_tc *tc)
{
	struct tcmsg *tcm =
		(struct tcmsg *)lskel_netlink_start(msg, type, flags, sizeof(struct tcmsg));

	tcm->tcm_family = AF_UNSPEC;
	tcm->tcm_ifindex = (int)tc->ifindex;
	tcm->tcm_parent = tc->parent;
	tcm->tcm_handle = tc->handle;
	tcm->tcm_info = tc->info;
	return tcm;
}

/* The program of a filter, or 0. */
static __u32 lskel_tc_prog_id(const struct nlmsghdr *msg)
{
	const char *data = (const char *)NLMSG_DATA(msg);
	size_t head = NLMSG_ALIGN(sizeof(struct tcmsg));
	const struct rtattr *attr;
	__u32 id = 0;

	if (msg->nlmsg_len < NLMSG_LENGTH(head))
		return 0;
	attr = lskel_netlink_find(data + head, msg->nlmsg_len - NLMSG_LENGTH(head), TCA_OPTIONS);
	if (attr)
		attr = lskel_netlink_find(RTA_DATA(attr), RTA_PAYLOAD(attr), TCA_BPF_ID);
	if (attr && RTA_PAYLOAD(attr) >= sizeof(id))
		memcpy(&id, RTA_DATA(attr), sizeof(id));
	return id;
}

/* Counts filters, and notes what the last one that has the program is. */
static void lskel_tc_take(const struct nlmsghdr *msg, void *data)
{
	const struct tcmsg *tcm = (const struct tcmsg *)NLMSG_DATA(msg);
	struct lskel_tc *tc = (struct lskel_tc *)data;

	if (msg->nlmsg_type != RTM_NEWTFILTER || msg->nlmsg_len < NLMSG_LENGTH(sizeof(*tcm)) ||
	    !tcm->tcm_handle) /* the head of a list */
		return;
	tc->cnt++;
	if (lskel_tc_prog_id(msg) != tc->prog_id)
		return;
	tc->found++;
	tc->handle = tcm->tcm_handle;
	tc->info = tcm->tcm_info;
}

/* Whether the filter is there and has program @id: 1, 0, or a negative errno. */
static int lskel_tc_has(int fd, const struct lskel_tc *tc, __u32 id)
{
	struct lskel_tc look = *tc;
	char words[LSKEL_NETLINK_WORDS];
	struct lskel_netlink msg;
	int err;

	look.prog_id = id;
	look.found = 0;
	lskel_tc_start(&msg, RTM_GETTFILTER, 0, tc);
	err = lskel_netlink_talk(fd, &msg, lskel_tc_take, &look, words);
	if (err)
		return err == -ENOENT || err == -EINVAL || err == -ENODEV ? 0 : err;
	return look.found > 0;
}

/* The number of filters in @parent, or a negative errno. */
static int lskel_tc_count(int fd, const struct lskel_tc *tc, __u32 parent)
{
	struct lskel_tc look = *tc;
	char words[LSKEL_NETLINK_WORDS];
	struct lskel_netlink msg;
	int err;

	look.parent = parent;
	look.handle = 0;
	look.info = 0;
	look.cnt = 0;
	lskel_tc_start(&msg, RTM_GETTFILTER, NLM_F_DUMP, &look);
	err = lskel_netlink_talk(fd, &msg, lskel_tc_take, &look, words);
	return err ? err : (int)look.cnt;
}

#define LSKEL_TC_INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define LSKEL_TC_EGRESS	 TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

/* There is a qdisc. Where one was, the kernel says nothing, not even that there is none. */
static void lskel_tc_take_qdisc(const struct nlmsghdr *msg, void *data)
{
	if (msg->nlmsg_type == RTM_NEWQDISC)
		((struct lskel_tc *)data)->cnt++;
}

static int lskel_tc_qdisc(int fd, struct lskel_tc *tc, __u16 type, __u16 flags, char *words)
{
	struct lskel_netlink msg;
	struct tcmsg *tcm = lskel_tc_start(&msg, type, flags, tc);
	int err;

	tcm->tcm_parent = TC_H_CLSACT;
	tcm->tcm_handle = type == RTM_GETQDISC ? 0 : TC_H_MAKE(TC_H_CLSACT, 0);
	tcm->tcm_info = 0;
	if (type == RTM_NEWQDISC)
		lskel_netlink_add(&msg, TCA_KIND, "clsact", sizeof("clsact"));
	tc->cnt = 0;
	err = lskel_netlink_talk(fd, &msg, lskel_tc_take_qdisc, tc, words);
	if (type == RTM_NEWQDISC)
		tc->made_qdisc = !err || msg.lost;
	return err;
}

/* Takes the qdisc away that was made for the filter, unless others use it by now. */
static void lskel_tc_drop_qdisc(int fd, struct lskel_tc *tc)
{
	char words[LSKEL_NETLINK_WORDS];

	if (tc->made_qdisc && !lskel_tc_count(fd, tc, LSKEL_TC_INGRESS) &&
	    !lskel_tc_count(fd, tc, LSKEL_TC_EGRESS))
		lskel_tc_qdisc(fd, tc, RTM_DELQDISC, 0, words);
}

static int lskel_tc_make_qdisc(const struct lskel_attaching *at, int fd, struct lskel_tc *tc)
{
	char words[LSKEL_NETLINK_WORDS];
	/* Without NLM_F_ECHO, older kernels tell others only. */
	int err = lskel_tc_qdisc(fd, tc, RTM_GETQDISC, NLM_F_ECHO, words);

	if (err && err != -ENOENT)
		return lskel_netlink_fail(at, err, "look for a qdisc", words);
	if (tc->cnt)
		return 0;
	err = lskel_tc_qdisc(fd, tc, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, words);
	/* Somebody else was faster. */
	if (err == -EEXIST)
		return 0;
	return err ? lskel_netlink_fail(at, err, "make the qdisc 'clsact'", words) : 0;
}

/* Makes a filter, or puts @prog_fd into the one that is there. */
static int lskel_tc_set(int fd, struct lskel_tc *tc, __u16 flags, int prog_fd, __u32 gen_flags,
			const char *name, char *words, bool *ret_lost)
{
	const __u32 direct = TCA_BPF_FLAG_ACT_DIRECT;
	struct lskel_netlink msg;
	__u32 at;
	int err;

	lskel_tc_start(&msg, RTM_NEWTFILTER, flags | NLM_F_CREATE | NLM_F_ECHO, tc);
	lskel_netlink_add(&msg, TCA_KIND, "bpf", sizeof("bpf"));
	at = lskel_netlink_nest(&msg, TCA_OPTIONS);
	lskel_netlink_add(&msg, TCA_BPF_FD, &prog_fd, sizeof(prog_fd));
	lskel_netlink_add(&msg, TCA_BPF_NAME, name, strlen(name) + 1);
	lskel_netlink_add(&msg, TCA_BPF_FLAGS, &direct, sizeof(direct));
	if (gen_flags)
		lskel_netlink_add(&msg, TCA_BPF_FLAGS_GEN, &gen_flags, sizeof(gen_flags));
	lskel_netlink_end(&msg, at);
	err = lskel_netlink_talk(fd, &msg, lskel_tc_take, tc, words);
	*ret_lost = msg.lost;
	return err;
}

static void lskel_undo_tc(struct lskel_link *link)
{
	struct lskel_tc *tc = (struct lskel_tc *)link->data;
	char words[LSKEL_NETLINK_WORDS], name[BPF_OBJ_NAME_LEN] = "";
	struct bpf_prog_info info;
	struct lskel_netlink msg;
	int fd = link->target_fd;
	bool lost;

	/* Neither a filter of others, that has the handle by now, nor one with another program. */
	if (tc->handle && lskel_tc_has(fd, tc, tc->prog_id) == 1) {
		if (link->replaced_fd > 0) {
			if (!lskel_sys_prog_info(link->replaced_fd, &info))
				memcpy(name, info.name, sizeof(name) - 1);
			lskel_tc_set(fd, tc, 0, link->replaced_fd, link->flags, name, words, &lost);
		} else {
			lskel_tc_start(&msg, RTM_DELTFILTER, 0, tc);
			lskel_netlink_talk(fd, &msg, NULL, NULL, words);
		}
	}
	lskel_tc_drop_qdisc(fd, tc);
}

/* Whether another link of the skeleton has this filter. */
static bool lskel_tc_is_others(const struct lskel_attaching *at, const struct lskel_tc *tc)
{
	const struct lskel_link *link = ((const struct lskel_ctx *)at->skel)->links;
	const struct lskel_tc *other;

	for (; link; link = link->next) {
		other = (const struct lskel_tc *)link->data;
		if (link->undo == lskel_undo_tc && other->ifindex == tc->ifindex &&
		    other->parent == tc->parent && other->handle == tc->handle &&
		    other->info == tc->info)
			return true;
	}
	return false;
}

/* Where the reply to a new filter got lost: looks for a filter of the program that no other link has. */
static void lskel_tc_find_lost(const struct lskel_attaching *at, int fd, struct lskel_tc *tc)
{
	struct lskel_tc look = *tc;
	char words[LSKEL_NETLINK_WORDS];
	struct lskel_netlink msg;

	look.handle = 0;
	look.info = 0;
	look.found = 0;
	lskel_tc_start(&msg, RTM_GETTFILTER, NLM_F_DUMP, &look);
	if (lskel_netlink_talk(fd, &msg, lskel_tc_take, &look, words) || !look.found ||
	    lskel_tc_is_others(at, &look))
		return;
	tc->handle = look.handle;
	tc->info = look.info;
}

static int lskel_tc_check_replaced(const struct lskel_attaching *at, struct lskel_link *link,
				   const struct lskel_tc *tc)
{
	struct bpf_prog_info info;
	int has, err;

	if (!at->where->handle || !at->where->priority)
		return lskel_attach_fail(at, -EINVAL,
					 "set where.handle and priority of what is to be replaced");
	err = lskel_sys_prog_info(link->replaced_fd, &info);
	if (err)
		return lskel_attach_fail(at, err, "where.replace_fd");
	has = lskel_tc_has(link->target_fd, tc, info.id);
	if (has < 0)
		return lskel_attach_fail(at, has, "look for the filter that is to be replaced");
	if (!has)
		return lskel_attach_fail(at, -ENOENT, "no filter there has where.replace_fd");
	return 0;
}

static int lskel_tc_where(const struct lskel_attaching *at, struct lskel_tc *tc)
{
	const struct lskel_where *where = at->where;
	__u32 type = lskel_attach_type(at);

	tc->ifindex = where->ifindex;
	tc->handle = where->handle;
	tc->info = where->priority << 16 | __cpu_to_be16(ETH_P_ALL);
	if (where->priority > 0xffff)
		return lskel_attach_fail(at, -EINVAL, "where.priority is above 65535");
	if (where->parent)
		tc->parent = where->parent;
	else if (type == LSKEL_TCX_INGRESS)
		tc->parent = LSKEL_TC_INGRESS;
	else if (type == LSKEL_TCX_EGRESS)
		tc->parent = LSKEL_TC_EGRESS;
	else
		return lskel_attach_fail(
			at, -EINVAL,
			"set where.attach_type: BPF_TCX_INGRESS or BPF_TCX_EGRESS, or where.parent");
	return 0;
}

LSKEL_API int lskel_attach_tc(const struct lskel_attaching *at, struct lskel_link *link)
{
	struct lskel_tc *tc = (struct lskel_tc *)calloc(1, sizeof(*tc));
	char words[LSKEL_NETLINK_WORDS];
	struct bpf_prog_info info;
	bool lost;
	int err;

	if (!tc)
		return -ENOMEM;
	link->data = tc;
	link->flags = at->where->flags;
	err = lskel_tc_where(at, tc);
	if (!err)
		err = lskel_netlink_prepare(at, link);
	if (err)
		return err;
	err = lskel_sys_prog_info(link->prog_fd, &info);
	if (err)
		return lskel_attach_fail(at, err, "its id");
	tc->prog_id = info.id;
	if (link->replaced_fd > 0)
		err = lskel_tc_check_replaced(at, link, tc);
	if (err)
		return err;

	/* From here on, something may be there to be undone: first a qdisc, but no filter. */
	tc->handle = 0;
	link->undo = lskel_undo_tc;
	if (!at->where->parent && !link->replaced_fd)
		err = lskel_tc_make_qdisc(at, link->target_fd, tc);
	if (err)
		return err;
	tc->handle = at->where->handle;
	err = lskel_tc_set(link->target_fd, tc, link->replaced_fd > 0 ? 0 : NLM_F_EXCL,
			   link->prog_fd, link->flags, at->info->progs[at->prog].name, words,
			   &lost);
	if (!err)
		return 0;
	tc->handle = 0;
	if (lost)
		lskel_tc_find_lost(at, link->target_fd, tc);
	return lskel_netlink_fail(at, err, "make the filter", words);
}
