/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching without BPF links: BPF_PROG_ATTACH, for cgroups, maps of sockets, network namespaces and infrared
 * devices. Of kinds that have links, too, it is for foo__PROG__attach_old_to(). What is attached so, stays when
 * the process ends without detaching it. Network devices are in <lskel/attach_netlink.h>.
 *
 * Internal: applications call none of it.
 *
 * Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_OLD_H
#define LSKEL_ATTACH_OLD_H

#include <lskel/attach_link.h>

/* A kind whose function is lskel_attach_old(). */
struct lskel_old_kind {
	struct lskel_attach_kind kind;
	bool always_many; /* programs in the same place, which else only BPF_F_ALLOW_MULTI makes possible */
	bool only_multi;    /* where.flags must have that */
	const char *target; /* as in struct lskel_link_kind */
	const char *types;
};

/* The only program in the place of @link, by its id; or 0. */
static inline int lskel_old_query(const struct lskel_link *link, __u32 *ret_id)
{
	int err = lskel_sys_prog_query(link->target_fd, link->attach_type, ret_id);

	/* It is not a place that can be asked. */
	return err == -EINVAL ? 0 : err;
}

/* Whether the program @fd has @id. */
static inline int lskel_prog_has_id(int fd, __u32 id)
{
	struct bpf_prog_info info;
	int err = lskel_sys_prog_info(fd, &info);

	return err ? err : info.id == id;
}

/* Finds what @link is about to take the place of, where there can be but one program. */
static inline int lskel_old_find_replaced(const struct lskel_attaching *at, struct lskel_link *link)
{
	int replace_fd = at->where->replace_fd, same;
	__u32 id = 0;
	int err = lskel_old_query(link, &id);

	if (err)
		return lskel_attach_fail(at, err, "ask what is attached there");
	if (replace_fd > 0) {
		same = lskel_prog_has_id(replace_fd, id);
		if (same < 0)
			return lskel_attach_fail(at, same, "where.replace_fd");
		if (!same)
			return lskel_attach_fail(at, -ENOENT,
						 "the program where.replace_fd is not there");
	}
	if (!id)
		return 0;
	link->replaced_fd = lskel_above_low_fds(lskel_sys_prog_get_fd_by_id(id));
	if (link->replaced_fd < 0) {
		err = link->replaced_fd;
		link->replaced_fd = 0;
		return lskel_attach_fail(at, err, "keep the program that is attached there");
	}
	return 0;
}

/* Of one program among others. */
static inline void lskel_undo_old_many(struct lskel_link *link)
{
	if (link->replaced_fd > 0)
		lskel_sys_prog_attach(link->target_fd, link->replaced_fd, link->attach_type,
				      link->flags, link->prog_fd);
	else
		lskel_sys_prog_detach(link->target_fd, link->prog_fd, link->attach_type);
}

/* Of the only one. Some places give up whatever program is in them, so look. */
static inline void lskel_undo_old(struct lskel_link *link)
{
	__u32 id = 0;

	if (lskel_old_query(link, &id) || (id && lskel_prog_has_id(link->prog_fd, id) != 1))
		return;
	if (link->replaced_fd > 0)
		lskel_sys_prog_attach(link->target_fd, link->replaced_fd, link->attach_type,
				      link->flags, 0);
	else
		lskel_sys_prog_detach(link->target_fd, link->prog_fd, link->attach_type);
}

static inline int lskel_keep_fd(const struct lskel_attaching *at, int fd, int *ret,
				const char *what)
{
	int own = fcntl(fd, LSKEL_F_DUPFD_CLOEXEC, 3);

	if (own < 0)
		return lskel_attach_fail(at, -errno, "%s", what);
	*ret = own;
	return 0;
}

/*
 * Attaches by PROG_ATTACH. Where there can be but one program, it takes the place of another, which comes back when this
 * one is detached. Where there are many, it takes that of where.replace_fd, if that is given.
 */
static inline int lskel_attach_old(const struct lskel_attaching *at, struct lskel_link *link)
{
	const struct lskel_old_kind *kind = (const struct lskel_old_kind *)(const void *)at->kind;
	const struct lskel_where *where = at->where;
	bool many = kind->always_many || where->flags & BPF_F_ALLOW_MULTI;
	int err;

	if (where->fd <= 0)
		return lskel_attach_fail(at, -EINVAL, "set where.fd, of %s", kind->target);
	link->attach_type = lskel_attach_type(at);
	if (kind->types && !link->attach_type)
		return lskel_attach_fail(at, -EINVAL, "set where.attach_type: %s", kind->types);
	if (kind->only_multi && !(where->flags & BPF_F_ALLOW_MULTI))
		return lskel_attach_fail(at, -EINVAL, "set where.flags: BPF_F_ALLOW_MULTI");
	link->flags = where->flags | (many && where->replace_fd > 0 ? BPF_F_REPLACE : 0);

	err = lskel_keep_fd(at, where->fd, &link->target_fd, "where.fd");
	if (!err)
		err = lskel_keep_fd(at, at->prog_fd, &link->prog_fd, "duplicate its fd");
	if (!err && !many)
		err = lskel_old_find_replaced(at, link);
	else if (!err && where->replace_fd > 0)
		err = lskel_keep_fd(at, where->replace_fd, &link->replaced_fd, "where.replace_fd");
	if (err)
		return err;
	err = lskel_sys_prog_attach(link->target_fd, link->prog_fd, link->attach_type, link->flags,
				    many ? where->replace_fd : 0);
	if (err)
		return err;
	link->undo = many ? lskel_undo_old_many : lskel_undo_old;
	return 0;
}

#define LSKEL_OLD_KIND(name)                                                                       \
	static const struct lskel_old_kind lskel_kind_old_##name __attribute__((unused))

/*
 * The cgroup where.fd. where.flags: BPF_F_ALLOW_MULTI: among others, after those above it and before it in this cgroup;
 * with where.replace_fd in the place of one of these, -ENOENT if it is not there. BPF_F_ALLOW_OVERRIDE: cgroups
 * below may have another one instead; 0: none may. -EPERM: the cgroup has programs with other flags, or one
 * above it allows no others.
 */
LSKEL_OLD_KIND(cgroup) = { { "cgroup", LSKEL_LINUX(4, 10), lskel_attach_old },
			   false,
			   false,
			   "a cgroup",
			   NULL };
LSKEL_OLD_KIND(cgroup_unix) = { { "cgroup unix socket", LSKEL_LINUX(6, 7), lskel_attach_old },
				false,
				false,
				"a cgroup",
				NULL };

/*
 * LSM hooks of a cgroup, with BPF_F_ALLOW_MULTI: a single program of one hook can't be told from those of others, which
 * have the same type.
 */
LSKEL_OLD_KIND(lsm_cgroup) = { { "lsm_cgroup", LSKEL_LINUX(6, 0), lskel_attach_old },
			       false,
			       true,
			       "a cgroup",
			       NULL };

/* The sockets in the map where.fd; see lskel_kind_sockmap. */
LSKEL_OLD_KIND(sockmap) = {
	{ "sockmap", LSKEL_LINUX(4, 14), lskel_attach_old },
	false,
	false,
	"a map of sockets",
	"BPF_SK_SKB_STREAM_PARSER, BPF_SK_SKB_STREAM_VERDICT or BPF_SK_SKB_VERDICT"
};

/* The kernel has it for the network namespace of the process; where.fd has to be that one. */
LSKEL_OLD_KIND(netns) = { { "network namespace", LSKEL_LINUX(4, 20), lskel_attach_old },
			  false,
			  false,
			  "a network namespace",
			  NULL };

/* The infrared device where.fd, /dev/lircN, with other programs. */
LSKEL_OLD_KIND(lirc) = { { "lirc_mode2", LSKEL_LINUX(4, 18), lskel_attach_old },
			 true,
			 false,
			 "an infrared device (/dev/lirc0)",
			 NULL };

#endif /* LSKEL_ATTACH_OLD_H */
