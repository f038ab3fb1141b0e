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

#include <sys/stat.h>
#include <lskel/attach_link.h>

/* What a place is like. */
enum {
	LSKEL_OLD_MANY =
		1, /* programs are there, which else only BPF_F_ALLOW_MULTI makes possible */
	LSKEL_OLD_MULTI = 2, /* where.flags must have that */
	LSKEL_OLD_CGROUP = 4,
};

/* A kind whose function is lskel_attach_old(). */
struct lskel_old_kind {
	struct lskel_attach_kind kind;
	__u32 is;	    /* LSKEL_OLD_* */
	const char *target; /* as in struct lskel_link_kind */
	const char *types;
};

/* What detaching has to know, besides the link. */
struct lskel_old {
	struct lskel_ctx *ctx; /* that the link belongs to */
};

/*
 * What PROG_ATTACH and PROG_DETACH take for the target: a program of a network namespace can only be that of the
 * process, and the kernel refuses an fd of it (netns_bpf_prog_attach(), Linux 5.8).
 */
static inline int lskel_old_target(const struct lskel_link *link)
{
	return link->attach_type == BPF_FLOW_DISSECTOR ? 0 : link->target_fd;
}

/* Whether PROG_ATTACH and PROG_DETACH get at the target of @link: 0, -EXDEV if not, or another negative errno. */
static inline int lskel_old_reach(const struct lskel_link *link)
{
	struct stat own, target;

	if (link->attach_type != BPF_FLOW_DISSECTOR)
		return 0;
	if (stat("/proc/thread-self/ns/net", &own) || fstat(link->target_fd, &target))
		return -errno;
	return own.st_dev == target.st_dev && own.st_ino == target.st_ino ? 0 : -EXDEV;
}

/* Attaches @prog_fd where @link is, in the place of @replace_fd among others unless that is 0. */
static inline int lskel_old_put(const struct lskel_link *link, int prog_fd, int replace_fd)
{
	return lskel_sys_prog_attach(lskel_old_target(link), prog_fd, link->attach_type,
				     link->flags, replace_fd);
}

/* The id of the program @fd, or 0. */
static inline __u32 lskel_prog_id(int fd)
{
	struct bpf_prog_info info;

	return lskel_sys_prog_info(fd, &info) ? 0 : info.id;
}

/* Finds what @link is about to take the place of, where there can be but one program. */
static inline int lskel_old_find_replaced(const struct lskel_attaching *at, struct lskel_link *link)
{
	int replace_fd = at->where->replace_fd;
	struct bpf_prog_info info;
	__u32 id = 0;
	int err = lskel_sys_prog_query(link->target_fd, link->attach_type, &id);

	if (err == -E2BIG)
		return lskel_attach_not_allowed(at, LSKEL_OTHER_FLAGS);
	if (err && err != -EINVAL) /* it is not a place that can be asked */
		return lskel_attach_fail(at, err, "ask what is attached there");
	if (replace_fd > 0) {
		err = lskel_sys_prog_info(replace_fd, &info);
		if (err)
			return lskel_attach_fail(at, err, "where.replace_fd");
		if (info.id != id)
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

/* Maps have fds of one inode. */
static inline bool lskel_same_target(int a, int b)
{
	struct bpf_map_info map, other;
	struct stat st, other_st;

	if (fstat(a, &st) || fstat(b, &other_st) || st.st_dev != other_st.st_dev ||
	    st.st_ino != other_st.st_ino)
		return false;
	return lskel_sys_map_info(a, &map) || lskel_sys_map_info(b, &other) || map.id == other.id;
}

/*
 * Another program is in the place of @link's. If it is the skeleton that has put it there, that one would bring
 * @link's back when it is detached; from now on, it brings what was there before.
 */
static inline void lskel_old_pass_on(struct lskel_link *link)
{
	const struct lskel_old *old = (const struct lskel_old *)link->data;
	const __u32 id = lskel_prog_id(link->prog_fd);
	struct lskel_link *other = old->ctx->links;

	for (; other; other = other->next) {
		if (other->target_fd <= 0 || other->replaced_fd <= 0 ||
		    other->attach_type != link->attach_type ||
		    lskel_prog_id(other->replaced_fd) != id ||
		    !lskel_same_target(other->target_fd, link->target_fd))
			continue;
		close(other->replaced_fd);
		other->replaced_fd = link->replaced_fd;
		link->replaced_fd = 0;
		return;
	}
}

/* Brings back what was there, or if that can't be, at least takes the program away. */
static inline int lskel_old_take_back(const struct lskel_link *link, int in_place_of)
{
	if (link->replaced_fd > 0 && !lskel_old_put(link, link->replaced_fd, in_place_of))
		return 0;
	return lskel_sys_prog_detach(lskel_old_target(link), link->prog_fd, link->attach_type);
}

/* Of one program among others. */
static inline void lskel_undo_old_many(struct lskel_link *link)
{
	if (lskel_old_take_back(link, link->prog_fd) == -ENOENT)
		lskel_old_pass_on(link);
}

/* Of the only one. Some places give up whatever program is in them, so look where that is possible: it may be another's. */
static inline void lskel_undo_old(struct lskel_link *link)
{
	__u32 id = 0;
	int err;

	if (lskel_old_reach(link))
		return;
	err = lskel_sys_prog_query(link->target_fd, link->attach_type, &id);
	if (err == -EINVAL || (!err && id && id == lskel_prog_id(link->prog_fd)))
		lskel_old_take_back(link, 0);
	else
		lskel_old_pass_on(link);
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

/* What the kernel would not understand, or would understand otherwise. */
static inline int lskel_check_old(const struct lskel_attaching *at,
				  const struct lskel_old_kind *kind)
{
	const struct lskel_where *where = at->where;

	if (where->fd <= 0)
		return lskel_attach_fail(at, -EINVAL, "set where.fd, of %s", kind->target);
	if (kind->types && !lskel_attach_type(at))
		return lskel_attach_fail(at, -EINVAL, "set where.attach_type: %s", kind->types);
	if (kind->is & LSKEL_OLD_MULTI && !(where->flags & BPF_F_ALLOW_MULTI))
		return lskel_attach_fail(at, -EINVAL, "set where.flags: BPF_F_ALLOW_MULTI");
	if (where->relative_fd || where->relative_id || where->revision)
		return lskel_attach_fail(
			at, -EINVAL, "where.relative_fd, relative_id and revision are for links");
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
	bool many = kind->is & LSKEL_OLD_MANY || where->flags & BPF_F_ALLOW_MULTI;
	struct lskel_old *old;
	int err = lskel_check_old(at, kind);

	if (err)
		return err;
	old = (struct lskel_old *)malloc(sizeof(*old));
	if (!old)
		return -ENOMEM;
	old->ctx = (struct lskel_ctx *)at->skel;
	link->data = old;
	link->attach_type = lskel_attach_type(at);
	link->flags = where->flags | (many && where->replace_fd > 0 ? BPF_F_REPLACE : 0);

	err = lskel_keep_fd(at, where->fd, &link->target_fd, "where.fd");
	if (!err)
		err = lskel_keep_fd(at, at->prog_fd, &link->prog_fd, "duplicate its fd");
	if (!err && lskel_old_reach(link))
		return lskel_attach_fail(at, -EINVAL,
					 "where.fd is not the network namespace of the process");
	if (!err && !many)
		err = lskel_old_find_replaced(at, link);
	else if (!err && where->replace_fd > 0)
		err = lskel_keep_fd(at, where->replace_fd, &link->replaced_fd, "where.replace_fd");
	if (err)
		return err;
	err = lskel_old_put(link, link->prog_fd, many ? where->replace_fd : 0);
	if (err && kind->is & LSKEL_OLD_CGROUP)
		return lskel_explain_refusal(at, err, link->target_fd);
	if (err)
		return err;
	link->undo = many ? lskel_undo_old_many : lskel_undo_old;
	return 0;
}

#define LSKEL_OLD_KIND(name)                                                                       \
	static const struct lskel_old_kind lskel_kind_old_##name __attribute__((unused))

/*
 * The cgroup where.fd. where.flags: BPF_F_ALLOW_MULTI: after the others in this cgroup, and with those above it; with
 * where.replace_fd in the place of one of these, -ENOENT if it is not there. BPF_F_ALLOW_OVERRIDE: the only one, in
 * place of which cgroups below may have another; 0: none may. -EPERM: the cgroup has programs with other flags, of which
 * links are with BPF_F_ALLOW_MULTI, or one above it allows none below.
 */
LSKEL_OLD_KIND(cgroup) = { { "cgroup", LSKEL_LINUX(4, 10), lskel_attach_old },
			   LSKEL_OLD_CGROUP,
			   "a cgroup",
			   NULL };
LSKEL_OLD_KIND(cgroup_unix) = { { "cgroup unix socket", LSKEL_LINUX(6, 7), lskel_attach_old },
				LSKEL_OLD_CGROUP,
				"a cgroup",
				NULL };

/*
 * LSM hooks of a cgroup, with BPF_F_ALLOW_MULTI: a single program of one hook can't be told from those of others, which
 * have the same type.
 */
LSKEL_OLD_KIND(lsm_cgroup) = { { "lsm_cgroup", LSKEL_LINUX(6, 0), lskel_attach_old },
			       LSKEL_OLD_CGROUP | LSKEL_OLD_MULTI,
			       "a cgroup",
			       NULL };

/* The sockets in the map where.fd; see lskel_kind_sockmap. */
LSKEL_OLD_KIND(sockmap) = {
	{ "sockmap", LSKEL_LINUX(4, 14), lskel_attach_old },
	0,
	"a map of sockets",
	"BPF_SK_SKB_STREAM_PARSER, BPF_SK_SKB_STREAM_VERDICT or BPF_SK_SKB_VERDICT"
};

/*
 * The kernel has it for the network namespace of the process only: where.fd has to be that one, and has to be it
 * again when the program is detached. -EEXIST: the namespace, or the first one, has a link.
 */
LSKEL_OLD_KIND(netns) = { { "network namespace", LSKEL_LINUX(4, 20), lskel_attach_old },
			  0,
			  "a network namespace",
			  NULL };

/* The infrared device where.fd, /dev/lircN, with other programs. */
LSKEL_OLD_KIND(lirc) = { { "lirc_mode2", LSKEL_LINUX(4, 18), lskel_attach_old },
			 LSKEL_OLD_MANY,
			 "an infrared device (/dev/lirc0)",
			 NULL };

#endif /* LSKEL_ATTACH_OLD_H */
