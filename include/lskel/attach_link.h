/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kinds of attaching that are one LINK_CREATE with a target: to network devices and namespaces, cgroups, maps
 * of sockets. Sections do not say which, so they are for foo__PROG__attach_to(), see <lskel/attach.h>. What
 * these programs had before there were BPF links is in <lskel/attach_old.h> and <lskel/attach_netlink.h>.
 *
 * Internal: applications call foo__PROG__attach() and attach_to(). Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_LINK_H
#define LSKEL_ATTACH_LINK_H

#include <lskel/attach.h>

/* What of where a kind can't do without, and what else it looks at. */
enum {
	LSKEL_LINK_IFINDEX =
		1, /* the target is where.ifindex; it is where.fd of all others but netfilter's */
	LSKEL_LINK_FD = 2,
	LSKEL_LINK_MPROG = 4, /* where.relative_fd or relative_id, and revision */
	LSKEL_LINK_NETFILTER = 8,
	LSKEL_LINK_CGROUP = 16,	  /* whose LSKEL_LINK_MPROG is newer than it */
	LSKEL_LINK_OLD_WAY = 32,  /* foo__PROG__attach_old_to() does without such links */
	LSKEL_LINK_ONLY_ONE = 64, /* a link would silently take the place of what is there */
};

/* A kind whose function is lskel_attach_link(). */
struct lskel_link_kind {
	struct lskel_attach_kind kind;
	__u32 uses;	    /* LSKEL_LINK_* */
	const char *target; /* for messages */
	/* The types of attachment that such a program may have: for messages, where its section leaves it open. */
	const char *types;
};

/* A program's type of attachment: of its section, or that of the application where that leaves it open. */
static inline __u32 lskel_attach_type(const struct lskel_attaching *at)
{
	return at->where->attach_type ? at->where->attach_type :
					at->info->progs[at->prog].attach_type;
}

/* Of hierarchy_allows_attach() and __cgroup_bpf_attach() of the kernel. */
#define LSKEL_OTHER_FLAGS                                                                              \
	"the cgroup has programs with other flags, or one above it allows none below; links count as " \
	"BPF_F_ALLOW_MULTI"

/* -EPERM that no capability helps against. */
static inline int lskel_attach_not_allowed(const struct lskel_attaching *at, const char *why)
{
	((struct lskel_ctx *)at->skel)->failure.by_rule = true;
	return lskel_attach_fail(at, -EPERM, "%s", why);
}

/*
 * Says why a program was refused, with @err, in the cgroup @fd. Who may ask what is there, has the capability to attach.
 */
static inline int lskel_explain_refusal(const struct lskel_attaching *at, int err, int fd)
{
	__u64 revision;

	if (err == -EPERM && !lskel_sys_cgroup_revision(fd, &revision))
		return lskel_attach_not_allowed(at, LSKEL_OTHER_FLAGS);
	return err;
}

/*
 * Before Linux 6.17, programs of cgroups had no order to choose, and the revision was taken for nothing. A link is put
 * before or after another one only: get_prog_list() of the kernel.
 */
static inline int lskel_check_order(const struct lskel_attaching *at)
{
	const struct lskel_where *where = at->where;
	__u64 revision;

	if ((where->relative_fd || where->relative_id) && !(where->flags & LSKEL_F_LINK))
		return lskel_attach_fail(at, -EINVAL,
					 "in a cgroup, a link is before or after other links: set "
					 "BPF_F_LINK in where.flags");
	if ((where->flags & (LSKEL_F_BEFORE | LSKEL_F_AFTER) || where->revision) &&
	    !lskel_sys_cgroup_revision(where->fd, &revision) && !revision)
		return lskel_attach_fail(
			at, -EINVAL,
			"to be before or after others in a cgroup, and where.revision, need Linux 6.17");
	return 0;
}

/* What the kernel would not understand, or would understand otherwise. */
static inline int lskel_check_link(const struct lskel_attaching *at,
				   const struct lskel_link_kind *kind)
{
	const struct lskel_where *where = at->where;

	if (kind->uses & LSKEL_LINK_IFINDEX && !where->ifindex)
		return lskel_attach_fail(at, -EINVAL, "set where.ifindex, of %s", kind->target);
	if (kind->uses & LSKEL_LINK_FD && where->fd <= 0)
		return lskel_attach_fail(at, -EINVAL, "set where.fd, of %s", kind->target);
	if (kind->types && !lskel_attach_type(at))
		return lskel_attach_fail(at, -EINVAL, "set where.attach_type: %s", kind->types);
	if (where->relative_fd && where->relative_id)
		return lskel_attach_fail(at, -EINVAL,
					 "where.relative_fd and relative_id exclude each other");
	if ((where->relative_fd || where->relative_id) &&
	    !(where->flags & (LSKEL_F_BEFORE | LSKEL_F_AFTER)))
		return lskel_attach_fail(at, -EINVAL,
					 "set where.flags: BPF_F_BEFORE or BPF_F_AFTER");
	if (where->replace_fd)
		return lskel_attach_fail(at, -EINVAL,
					 "a new link takes no other's place (where.replace_fd)");
	return kind->uses & LSKEL_LINK_CGROUP ? lskel_check_order(at) : 0;
}

/*
 * A link to a map of sockets takes the place of a program that has none (sock_map_link_create() of the kernel), which
 * never comes back.
 */
static inline int lskel_check_only_one(const struct lskel_attaching *at, int target)
{
	__u32 id = 0;
	int err = lskel_sys_prog_query(target, lskel_attach_type(at), &id);

	/* It is no such map: LINK_CREATE says so. */
	if (err == -EINVAL || (!err && !id))
		return 0;
	if (err)
		return lskel_attach_fail(at, err, "ask what is attached there");
	return lskel_attach_fail(
		at, -EBUSY,
		"program %u is there; %s__%s__attach_old_to() takes the place of one "
		"that has no link",
		id, at->info->name, at->info->progs[at->prog].name);
}

static inline int lskel_attach_link(const struct lskel_attaching *at, struct lskel_link *link)
{
	const struct lskel_link_kind *kind = (const struct lskel_link_kind *)(const void *)at->kind;
	const struct lskel_where *where = at->where;
	struct lskel_link_attr attr;
	int target = kind->uses & LSKEL_LINK_IFINDEX ? (int)where->ifindex : where->fd;
	int err = lskel_check_link(at, kind);

	if (!err && kind->uses & LSKEL_LINK_ONLY_ONE)
		err = lskel_check_only_one(at, target);
	if (err)
		return err;
	lskel_link_attr_init(&attr, at->prog_fd, target, lskel_attach_type(at));
	attr.flags = where->flags;
	if (kind->uses & LSKEL_LINK_MPROG) {
		attr.u.mprog.relative_fd =
			where->relative_id ? where->relative_id : (__u32)where->relative_fd;
		attr.u.mprog.expected_revision = where->revision;
		if (where->relative_id)
			attr.flags |= LSKEL_F_ID;
	}
	if (kind->uses & LSKEL_LINK_NETFILTER) {
		attr.u.netfilter.pf = where->family;
		attr.u.netfilter.hooknum = where->hook;
		attr.u.netfilter.priority = where->order;
		attr.u.netfilter.flags = where->flags;
		attr.flags = 0;
	}
	link->fd = lskel_sys_link_create(&attr);
	if (link->fd >= 0)
		return 0;
	if (link->fd == -EINVAL && kind->uses & LSKEL_LINK_OLD_WAY &&
	    lskel_running_linux() < kind->kind.since)
		return lskel_attach_fail(at, link->fd,
					 "there are no such links, use %s__%s__attach_old_to()",
					 at->info->name, at->info->progs[at->prog].name);
	return kind->uses & LSKEL_LINK_CGROUP ? lskel_explain_refusal(at, link->fd, target) :
						link->fd;
}

#define LSKEL_LINK_KIND(name)                                                                      \
	static const struct lskel_link_kind lskel_kind_##name __attribute__((unused))

/*
 * XDP, on the device where.ifindex: where.flags are XDP_FLAGS_SKB_MODE and its like of <linux/if_link.h>, 0: what
 * the driver can. -EBUSY: the device has another program.
 */
LSKEL_LINK_KIND(xdp) = { { "XDP", LSKEL_LINUX(5, 9), lskel_attach_link },
			 LSKEL_LINK_IFINDEX,
			 "a network device",
			 NULL };

/*
 * Traffic control without qdiscs, among others on the device where.ifindex. SEC("tc") leaves open whether
 * where.attach_type is BPF_TCX_INGRESS or BPF_TCX_EGRESS. where.flags: BPF_F_BEFORE or BPF_F_AFTER the program
 * where.relative_fd or relative_id (or link, with BPF_F_LINK), or all if there is none; 0: after all.
 * -ESTALE: where.revision is not that of the list (BPF_PROG_QUERY tells it).
 */
LSKEL_LINK_KIND(tcx) = { { "tcx", LSKEL_LINUX(6, 6), lskel_attach_link },
			 LSKEL_LINK_IFINDEX | LSKEL_LINK_MPROG | LSKEL_LINK_OLD_WAY,
			 "a network device",
			 "BPF_TCX_INGRESS or BPF_TCX_EGRESS" };

/* The same on a netkit device: where.ifindex is that of the primary one, for both. */
LSKEL_LINK_KIND(netkit) = { { "netkit", LSKEL_LINUX(6, 7), lskel_attach_link },
			    LSKEL_LINK_IFINDEX | LSKEL_LINK_MPROG,
			    "a netkit device",
			    NULL };

/*
 * A netfilter hook of this network namespace: where.family and hook, NFPROTO_* and NF_INET_* of <linux/netfilter.h>;
 * where.order is the priority, which no other program may have there; where.flags BPF_F_NETFILTER_IP_DEFRAG.
 */
LSKEL_LINK_KIND(netfilter) = { { "netfilter", LSKEL_LINUX(6, 4), lskel_attach_link },
			       LSKEL_LINK_NETFILTER,
			       NULL,
			       NULL };

/* A network namespace, as /proc/self/ns/net: where.fd. */
LSKEL_LINK_KIND(netns) = { { "network namespace", LSKEL_LINUX(5, 8), lskel_attach_link },
			   LSKEL_LINK_FD,
			   "a network namespace",
			   NULL };
LSKEL_LINK_KIND(sk_lookup) = { { "sk_lookup", LSKEL_LINUX(5, 9), lskel_attach_link },
			       LSKEL_LINK_FD,
			       "a network namespace",
			       NULL };

/*
 * The sockets in a map, where.fd. SEC("sk_skb") leaves where.attach_type open. -EBUSY: the map has such a program,
 * with or without a link.
 */
LSKEL_LINK_KIND(sockmap) = {
	{ "sockmap link", LSKEL_LINUX(6, 10), lskel_attach_link },
	LSKEL_LINK_FD | LSKEL_LINK_OLD_WAY | LSKEL_LINK_ONLY_ONE,
	"a map of sockets",
	"BPF_SK_SKB_STREAM_PARSER, BPF_SK_SKB_STREAM_VERDICT or BPF_SK_SKB_VERDICT"
};

/*
 * A cgroup, where.fd, and all below it, after the others; before or after all or a certain link, as tcx, since
 * Linux 6.17 (and 6.12 in its later releases). SEC("cgroup/skb") is for ingress unless where.attach_type is BPF_CGROUP_INET_EGRESS.
 */
LSKEL_LINK_KIND(cgroup) = { { "cgroup link", LSKEL_LINUX(5, 7), lskel_attach_link },
			    LSKEL_LINK_FD | LSKEL_LINK_MPROG | LSKEL_LINK_CGROUP,
			    "a cgroup",
			    NULL };
LSKEL_LINK_KIND(lsm_cgroup) = { { "lsm_cgroup", LSKEL_LINUX(6, 0), lskel_attach_link },
				LSKEL_LINK_FD | LSKEL_LINK_MPROG | LSKEL_LINK_CGROUP,
				"a cgroup",
				NULL };
/* Programs for addresses of unix sockets. */
LSKEL_LINK_KIND(cgroup_unix) = { { "cgroup unix socket", LSKEL_LINUX(6, 7), lskel_attach_link },
				 LSKEL_LINK_FD | LSKEL_LINK_MPROG | LSKEL_LINK_CGROUP,
				 "a cgroup",
				 NULL };

#endif /* LSKEL_ATTACH_LINK_H */
