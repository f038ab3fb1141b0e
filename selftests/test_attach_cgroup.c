// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs of every kind for cgroups run when something happens in the cgroup that they are attached to, by a link and in
 * the older way, and no longer when they are detached; libbpf attaches the same. For vmtest kernels only.
 */
#include <sys/mount.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attach_cgroup.lskel.h"
#include "progs/attach_cgroup.h"

#include "attach_failures.h"
#include "cgroup.h"

#define OBJECT "build/selftests/attach_cgroup.bpf.o"

static struct attach_cgroup *skel;
static int root, here, below, elsewhere; /* cgroups: the process is in "here/below" */
static bool has_unix;

/* A kind, a program of it, and what makes it run. */
struct kind {
	const char *name;
	attach_func *to, *old_to;
	enum hit hit;
	__u32 attach_type;
	void (*event)(int family);
	int family;
};

#define TO(name, section, context)                                                                 \
	static __attribute__((unused)) struct lskel_link *to_##name(                               \
		void *skel, const struct lskel_where *where)                                       \
	{                                                                                          \
		return attach_cgroup__on_##name##__attach_to(skel, where);                         \
	}                                                                                          \
	static __attribute__((unused)) struct lskel_link *old_to_##name(                           \
		void *skel, const struct lskel_where *where)                                       \
	{                                                                                          \
		return attach_cgroup__on_##name##__attach_old_to(skel, where);                     \
	}
CGROUP_PROGS(TO)

#define KIND(name) #name, to_##name, old_to_##name, HIT_##name

static const struct kind kinds[] = {
	{ KIND(ingress), BPF_CGROUP_INET_INGRESS, event_message, AF_INET },
	{ KIND(egress), BPF_CGROUP_INET_EGRESS, event_message, AF_INET6 },
	{ KIND(skb), BPF_CGROUP_INET_INGRESS, event_message, AF_INET },
	{ KIND(sock_create), BPF_CGROUP_INET_SOCK_CREATE, event_socket, AF_INET },
	{ KIND(sock), BPF_CGROUP_INET_SOCK_CREATE, event_socket, AF_INET6 },
	{ KIND(sock_release), BPF_CGROUP_INET_SOCK_RELEASE, event_socket, AF_INET },
	{ KIND(post_bind4), BPF_CGROUP_INET4_POST_BIND, event_bind, AF_INET },
	{ KIND(post_bind6), BPF_CGROUP_INET6_POST_BIND, event_bind, AF_INET6 },
	{ KIND(dev), BPF_CGROUP_DEVICE, event_device, 0 },
	{ KIND(sysctl), BPF_CGROUP_SYSCTL, event_sysctl, 0 },
	{ KIND(getsockopt), BPF_CGROUP_GETSOCKOPT, event_option, AF_INET },
	{ KIND(setsockopt), BPF_CGROUP_SETSOCKOPT, event_option, AF_INET },
	{ KIND(bind4), BPF_CGROUP_INET4_BIND, event_bind, AF_INET },
	{ KIND(bind6), BPF_CGROUP_INET6_BIND, event_bind, AF_INET6 },
	{ KIND(connect4), BPF_CGROUP_INET4_CONNECT, event_connect, AF_INET },
	{ KIND(connect6), BPF_CGROUP_INET6_CONNECT, event_connect, AF_INET6 },
	{ KIND(sendmsg4), BPF_CGROUP_UDP4_SENDMSG, event_message, AF_INET },
	{ KIND(sendmsg6), BPF_CGROUP_UDP6_SENDMSG, event_message, AF_INET6 },
	{ KIND(recvmsg4), BPF_CGROUP_UDP4_RECVMSG, event_message, AF_INET },
	{ KIND(recvmsg6), BPF_CGROUP_UDP6_RECVMSG, event_message, AF_INET6 },
	{ KIND(getpeername4), BPF_CGROUP_INET4_GETPEERNAME, event_connect, AF_INET },
	{ KIND(getpeername6), BPF_CGROUP_INET6_GETPEERNAME, event_connect, AF_INET6 },
	{ KIND(getsockname4), BPF_CGROUP_INET4_GETSOCKNAME, event_bind, AF_INET },
	{ KIND(getsockname6), BPF_CGROUP_INET6_GETSOCKNAME, event_bind, AF_INET6 },
	{ KIND(sockops), BPF_CGROUP_SOCK_OPS, event_tcp, AF_INET },
	{ KIND(lsm), BPF_LSM_CGROUP, event_bind, AF_INET },
	{ KIND(connect_unix), BPF_CGROUP_UNIX_CONNECT, event_connect, AF_UNIX },
	{ KIND(sendmsg_unix), BPF_CGROUP_UNIX_SENDMSG, event_message, AF_UNIX },
	{ KIND(recvmsg_unix), BPF_CGROUP_UNIX_RECVMSG, event_message, AF_UNIX },
	{ KIND(getpeername_unix), BPF_CGROUP_UNIX_GETPEERNAME, event_connect, AF_UNIX },
	{ KIND(getsockname_unix), BPF_CGROUP_UNIX_GETSOCKNAME, event_bind, AF_UNIX },
};

#define NAME(...)                                                                                  \
	({                                                                                         \
		static char test_name[128];                                                        \
		snprintf(test_name, sizeof(test_name), __VA_ARGS__);                               \
		test_name;                                                                         \
	})

/* How often the program of @kind runs for one event. */
static __u64 runs(const struct kind *kind)
{
	__u64 before = skel->bss->hits[kind->hit];

	skel->bss->ran = 0;
	kind->event(kind->family);
	return skel->bss->hits[kind->hit] - before;
}

/* Programs for LSM hooks can be attached, but run only if the kernel was started with that LSM. */
static bool can_run(const struct kind *kind)
{
	char lsms[256] = "";
	int fd;

	if (kind->attach_type != BPF_LSM_CGROUP)
		return true;
	fd = open("/sys/kernel/security/lsm", O_RDONLY);
	if (read(fd, lsms, sizeof(lsms) - 1) < 0)
		lsms[0] = '\0';
	close(fd);
	return strstr(lsms, "bpf");
}

/* What the kernel says of the link @fd, which is to be the same for libbpf's. */
static bool same_link(int fd, int libbpf_fd)
{
	struct bpf_link_info infos[2] = {};
	__u32 len = sizeof(infos[0]);

	return !bpf_link_get_info_by_fd(fd, &infos[0], &len) &&
	       !bpf_link_get_info_by_fd(libbpf_fd, &infos[1], &len) &&
	       infos[0].type == infos[1].type &&
	       infos[0].cgroup.cgroup_id == infos[1].cgroup.cgroup_id &&
	       infos[0].cgroup.attach_type == infos[1].cgroup.attach_type &&
	       infos[0].type == BPF_LINK_TYPE_CGROUP;
}

static void compare_with_libbpf(const struct kind *kind, const struct bpf_object *object,
				struct lskel_link *link)
{
	struct bpf_program *prog =
		bpf_object__find_program_by_name(object, NAME("on_%s", kind->name));
	struct bpf_link *other = prog ? bpf_program__attach_cgroup(prog, here) : NULL;

	check(NAME("%s: libbpf makes the same link", kind->name),
	      link && other && same_link(link->fd, bpf_link__fd(other)), "%s", strerror(errno));
	bpf_link__destroy(other);
}

/* Attaches by a link: the program sees what happens in its cgroup, and below it, only. */
static void by_link(const struct kind *kind, const struct bpf_object *object)
{
	struct lskel_where where = { .fd = elsewhere };
	struct lskel_link *link = kind->to(skel, &where);
	bool runs_here = can_run(kind);

	check(NAME("%s: attached to another cgroup, it does not run", kind->name),
	      link && !runs(kind), "%s", attach_cgroup__error(skel));
	attach_cgroup__link_detach(skel, link);

	where.fd = here;
	link = kind->to(skel, &where);
	check(NAME("%s: is attached by a link", kind->name), link && link->fd > 2, "%s",
	      attach_cgroup__error(skel));
	if (runs_here)
		check(NAME("%s: runs", kind->name), runs(kind), "it does not");
	else
		skip(NAME("%s: runs", kind->name), "the kernel runs without the BPF LSM");
	compare_with_libbpf(kind, object, link);
	attach_cgroup__link_detach(skel, link);
	check(NAME("%s: detached, it does not run", kind->name), !runs(kind), "it does");
}

static void all_by_link(void)
{
	struct bpf_object *object = bpf_object__open(OBJECT);
	size_t i;

#define AUTOLOAD(name, section, context)                                                           \
	bpf_program__set_autoload(bpf_object__find_program_by_name(object, "on_" #name), has_unix);
	if (object) {
		CGROUP_UNIX_PROGS(AUTOLOAD)
	}
	if (!object || bpf_object__load(object)) {
		fail("libbpf loads " OBJECT, "%s", strerror(errno));
		return;
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (has_unix || kinds[i].family != AF_UNIX)
			by_link(&kinds[i], object);
	bpf_object__close(object);
}

/*
 * What the kernel says is attached to the cgroup @fd, for programs of @type: how many, with which flags. It does not
 * say these of LSM hooks.
 */
static __u32 count_attached(int fd, __u32 type, __u32 *ret_flags)
{
	__u32 cnt = 0;

	*ret_flags = 0;
	return bpf_prog_query(fd, (enum bpf_attach_type)type, 0, ret_flags, NULL, &cnt) ? ~0U : cnt;
}

static void by_old(const struct kind *kind, const char *name, __u32 flags)
{
	struct lskel_where where = { .fd = here, .flags = flags };
	struct lskel_link *link = kind->old_to(skel, &where);
	__u32 has;

	check(NAME("%s: is attached with %s", kind->name, name),
	      link && !link->fd && count_attached(here, kind->attach_type, &has) == 1 &&
		      has == (kind->attach_type == BPF_LSM_CGROUP ? 0 : flags),
	      "flags %x, %s", has, attach_cgroup__error(skel));
	if (can_run(kind))
		check(NAME("%s: runs with %s", kind->name, name), runs(kind), "it does not");
	attach_cgroup__link_detach(skel, link);
	check(NAME("%s: detached, it does not run with %s", kind->name, name),
	      !runs(kind) && !count_attached(here, kind->attach_type, &has), "it does");
}

static void all_by_old(void)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!has_unix && kinds[i].family == AF_UNIX)
			continue;
		by_old(&kinds[i], "BPF_F_ALLOW_MULTI", BPF_F_ALLOW_MULTI);
		if (kinds[i].attach_type == BPF_LSM_CGROUP)
			continue;
		by_old(&kinds[i], "BPF_F_ALLOW_OVERRIDE", BPF_F_ALLOW_OVERRIDE);
		by_old(&kinds[i], "no flags", 0);
	}
}

/* Whether these programs run, in this order, when a socket is made; HITS for none. */
static bool socket_runs(enum hit first, enum hit second)
{
	const __u32 cnt = (first != HITS) + (second != HITS);

	skel->bss->ran = 0;
	event_socket(AF_INET);
	return skel->bss->ran == cnt && (cnt < 1 || skel->bss->order[0] == first) &&
	       (cnt < 2 || skel->bss->order[1] == second);
}

#define RUNS(first, second) socket_runs(HIT_##first, HIT_##second)
#define PROG_FD(name)	    (skel->progs.on_##name.prog_fd)

static void check_refused(const char *name, struct lskel_link *link, int err, const char *words)
{
	const char *message = attach_cgroup__error(skel);

	check(name, !link && errno == err && strstr(message, words), "%p, %s: %s", (void *)link,
	      strerror(errno), message);
}

#define OLD(program, ...)                                                                          \
	attach_cgroup__on_##program##__attach_old_to(skel, &(struct lskel_where){ __VA_ARGS__ })
#define LINK(program, ...)                                                                         \
	attach_cgroup__on_##program##__attach_to(skel, &(struct lskel_where){ __VA_ARGS__ })
#define DETACH(link) attach_cgroup__link_detach(skel, link)

#define MULTI	 .flags = BPF_F_ALLOW_MULTI
#define OVERRIDE .flags = BPF_F_ALLOW_OVERRIDE

/* Programs in a list, of which one takes the place of another. */
static void multi(void)
{
	struct lskel_link *first = OLD(sock_create, .fd = here, MULTI);
	struct lskel_link *second = OLD(second, .fd = here, MULTI), *third;

	check("multi: two programs run in order", first && second && RUNS(sock_create, second),
	      "%s", attach_cgroup__error(skel));
	third = OLD(third, .fd = here, MULTI, .replace_fd = PROG_FD(sock_create));
	check("multi: another takes the place of the first", third && RUNS(third, second), "%s",
	      attach_cgroup__error(skel));
	DETACH(third);
	check("multi: detached, the first is back in its place", RUNS(sock_create, second),
	      "it is not");

	third = OLD(third, .fd = here, MULTI, .replace_fd = PROG_FD(sock_create));
	DETACH(first);
	check("multi: to detach what is replaced changes nothing", RUNS(third, second), "it does");
	DETACH(third);
	check("multi: it does not come back", socket_runs(HIT_second, HITS), "it does");

	third = OLD(third, .fd = here, MULTI, .replace_fd = PROG_FD(second));
	first = OLD(second, .fd = here, MULTI);
	check("multi: what was replaced is attached once more", RUNS(third, second), "%s",
	      attach_cgroup__error(skel));
	DETACH(third);
	check("multi: where it can't come back, the other goes all the same",
	      socket_runs(HIT_second, HITS), "it does not");
	DETACH(first);
	DETACH(second);
	check("multi: all are detached", socket_runs(HITS, HITS), "they are not");

	first = OLD(sock_create, .fd = here, MULTI);
	check_refused("multi: what is not there is not replaced",
		      OLD(third, .fd = here, MULTI, .replace_fd = PROG_FD(second)), ENOENT,
		      "'on_third'");
	check_refused("multi: no program is attached twice", OLD(sock_create, .fd = here, MULTI),
		      EINVAL, "'on_sock_create'");
	second = LINK(second, .fd = here);
	check("multi: a link is after it", second && RUNS(sock_create, second), "%s",
	      attach_cgroup__error(skel));
	attach_cgroup__detach(skel);
	check("multi: detach() detaches both", socket_runs(HITS, HITS), "it does not");
}

/* One program, which cgroups below may have another for. */
static void override(void)
{
	struct lskel_link *first = OLD(sock_create, .fd = here, OVERRIDE);
	struct lskel_link *second = OLD(second, .fd = below, OVERRIDE), *third;

	check("override: the one of the cgroup below runs", second && socket_runs(HIT_second, HITS),
	      "%s", attach_cgroup__error(skel));
	DETACH(second);
	check("override: detached, the one above runs again", socket_runs(HIT_sock_create, HITS),
	      "it does not");

	second = OLD(second, .fd = here, OVERRIDE, .replace_fd = PROG_FD(sock_create));
	check("override: another takes its place", second && socket_runs(HIT_second, HITS), "%s",
	      attach_cgroup__error(skel));
	third = OLD(third, .fd = here, OVERRIDE);
	check("override: also if that is not said", third && socket_runs(HIT_third, HITS), "%s",
	      attach_cgroup__error(skel));
	check_refused("override: what is not there is not replaced",
		      OLD(second, .fd = here, OVERRIDE, .replace_fd = PROG_FD(sock_create)), ENOENT,
		      "where.replace_fd is not there");
	DETACH(second);
	check("override: to detach what is replaced changes nothing", socket_runs(HIT_third, HITS),
	      "it does");
	DETACH(third);
	check("override: what was there before that is back", socket_runs(HIT_sock_create, HITS),
	      "it is not");

	second = OLD(second, .fd = here, OVERRIDE);
	DETACH(first);
	DETACH(second);
	check("override: what is detached does not come back", socket_runs(HITS, HITS), "it does");

	first = OLD(sock_create, .fd = here, OVERRIDE);
	bpf_prog_detach2(PROG_FD(sock_create), here, BPF_CGROUP_INET_SOCK_CREATE);
	bpf_prog_attach(PROG_FD(second), here, BPF_CGROUP_INET_SOCK_CREATE, BPF_F_ALLOW_OVERRIDE);
	DETACH(first);
	check("override: what somebody else has put there stays", socket_runs(HIT_second, HITS),
	      "it does not");
	first = OLD(sock_create, .fd = here, OVERRIDE);
	check("override: it is replaced", first && socket_runs(HIT_sock_create, HITS), "%s",
	      attach_cgroup__error(skel));
	attach_cgroup__detach(skel);
	check("override: and is back after detach()", socket_runs(HIT_second, HITS), "it is not");
	bpf_prog_detach2(PROG_FD(second), here, BPF_CGROUP_INET_SOCK_CREATE);
}

static void refusals(void)
{
	static const char *const flags = "the cgroup has programs with other flags";
	struct lskel_link *first = OLD(sock_create, .fd = here), *second;

	check_refused("no flags: none below may have one", OLD(second, .fd = below, OVERRIDE),
		      EPERM, flags);
	check("no flags: no capability helps", !strstr(attach_cgroup__error(skel), "CAP_"), "%s",
	      attach_cgroup__error(skel));
	check_refused("no flags: nor a link", LINK(second, .fd = below), EPERM, flags);
	check("no flags: of a link, too", !strstr(attach_cgroup__error(skel), "CAP_"), "%s",
	      attach_cgroup__error(skel));
	check_refused("no flags: there are no others", OLD(second, .fd = here, MULTI), EPERM,
		      flags);
	DETACH(first);
	first = LINK(sock_create, .fd = here);
	check_refused("where there is a link, there is no only one",
		      OLD(third, .fd = here, OVERRIDE), EPERM, flags);
	second = LINK(second, .fd = here);
	check_refused("nor where there are two", OLD(third, .fd = here, OVERRIDE), EPERM, flags);
	check("the links still run", second && RUNS(sock_create, second), "they do not");
	check("a link below runs before", LINK(third, .fd = below) && skel->ctx.links, "%s",
	      attach_cgroup__error(skel));
	attach_cgroup__detach(skel);
	check("detach() detaches what came before a failure", socket_runs(HITS, HITS),
	      "it does not");

	check_refused("a cgroup is needed", LINK(sock_create, .fd = 0), EINVAL,
		      "set where.fd, of a cgroup");
	check_refused("for the older attach, too", OLD(sock_create, .fd = 0), EINVAL,
		      "set where.fd, of a cgroup");
	check_refused("a socket is no cgroup", LINK(sock_create, .fd = STDOUT_FILENO), EBADF,
		      "'on_sock_create'");
	check_refused("a link takes no other's place",
		      LINK(second, .fd = here, .replace_fd = PROG_FD(sock_create)), EINVAL,
		      "where.replace_fd");
	check_refused("order is for links",
		      OLD(second, .fd = here, MULTI, .relative_fd = PROG_FD(sock_create)), EINVAL,
		      "are for links");
	check_refused("lsm_cgroup is with others", OLD(lsm, .fd = here), EINVAL,
		      "set where.flags: BPF_F_ALLOW_MULTI");
}

/* Linux 6.17, and 6.12 in its later releases: programs have an order to choose, and their list a revision. */
static void order(void)
{
	struct lskel_link *first = LINK(sock_create, .fd = here), *other;
	__u64 revision;
	int err = lskel_sys_cgroup_revision(here, &revision);

	if (!err && !revision) {
		check_refused("an older kernel knows no revisions",
			      LINK(second, .fd = here, .revision = 1), EINVAL, "need Linux 6.17");
		check_refused("nor an order", LINK(second, .fd = here, .flags = BPF_F_BEFORE),
			      EINVAL, "need Linux 6.17");
		check_refused("nor has lsm_cgroup", LINK(lsm, .fd = here, .flags = BPF_F_BEFORE),
			      EINVAL, "need Linux 6.17");
		DETACH(first);
		return;
	}
	other = LINK(second, .fd = here, .flags = BPF_F_BEFORE);
	check("one is put before all others", other && RUNS(second, sock_create), "%s",
	      attach_cgroup__error(skel));
	DETACH(other);
	other = LINK(second, .fd = here, .flags = BPF_F_BEFORE | BPF_F_LINK,
		     .relative_fd = first->fd);
	check("before a certain link", other && RUNS(second, sock_create), "%s",
	      attach_cgroup__error(skel));
	check_refused("before or after must be said",
		      LINK(third, .fd = here, .relative_fd = first->fd), EINVAL, "set where.flags");
	check_refused("a link is not before a program",
		      LINK(third, .fd = here, .flags = BPF_F_BEFORE,
			   .relative_fd = PROG_FD(second)),
		      EINVAL, "set BPF_F_LINK");
	check_refused("another revision is refused", LINK(third, .fd = here, .revision = 1 << 20),
		      ESTALE, "'on_third'");
	attach_cgroup__detach(skel);
	check("detached, those in order do not run", socket_runs(HITS, HITS), "they do");
}

static void update(void)
{
	struct lskel_link *first = LINK(sock_create, .fd = here);
	struct lskel_link *old;

	LINK(second, .fd = here);
	check("update puts another program into the link",
	      !attach_cgroup__link_update(skel, first, PROG_FD(third)) && RUNS(third, second), "%s",
	      attach_cgroup__error(skel));
	check("but none of another type",
	      attach_cgroup__link_update(skel, first, PROG_FD(dev)) == -EINVAL &&
		      strstr(attach_cgroup__error(skel), "the update of its link") &&
		      RUNS(third, second),
	      "%s", attach_cgroup__error(skel));
	old = OLD(dev, .fd = here);
	check("without a link, there is no update",
	      attach_cgroup__link_update(skel, old, PROG_FD(dev)) == -EOPNOTSUPP &&
		      strstr(attach_cgroup__error(skel), "it has no BPF link"),
	      "%s", attach_cgroup__error(skel));
	attach_cgroup__detach(skel);
	check("what was updated is detached", socket_runs(HITS, HITS), "it is not");
}

static __u64 events_third(void *unused)
{
	__u64 before = skel->bss->hits[HIT_third];

	(void)unused;
	event_socket(AF_INET);
	return skel->bss->hits[HIT_third] - before;
}

/* Whatever fails of an attachment, what was there stays there. */
static void failing_calls(void)
{
	struct lskel_where where = { .fd = here };
	struct lskel_link *first;

	check_each_call("link: each call fails", &attach_cgroup__info, skel, to_third, &where,
			events_third);
	check_each_call("no flags: each call fails", &attach_cgroup__info, skel, old_to_third,
			&where, events_third);
	first = OLD(sock_create, .fd = here, OVERRIDE);
	where.flags = BPF_F_ALLOW_OVERRIDE;
	where.replace_fd = PROG_FD(sock_create);
	check_each_call("override: each call fails", &attach_cgroup__info, skel, old_to_third,
			&where, events_third);
	check("override: the other is still there", socket_runs(HIT_sock_create, HITS),
	      "it is not");
	DETACH(first);
	first = OLD(sock_create, .fd = here, MULTI);
	where.flags = BPF_F_ALLOW_MULTI;
	check_each_call("replace: each call fails", &attach_cgroup__info, skel, old_to_third,
			&where, events_third);
	check("replace: the other is still there", socket_runs(HIT_sock_create, HITS), "it is not");
	DETACH(first);
}

/* Kinds that the kernel lacks: the error says since when it has them. */
static void too_old(void)
{
#define TOO_OLD(name, section, context)                                                            \
	{                                                                                          \
		struct attach_cgroup *other = attach_cgroup__open();                               \
		int err;                                                                           \
                                                                                                   \
		other->progs.on_##name.autoload = true;                                            \
		err = attach_cgroup__load(other);                                                  \
		check(#name ": the error names the version",                                       \
		      err == -EINVAL &&                                                            \
			      strstr(attach_cgroup__error(other), "program 'on_" #name "'") &&     \
			      strstr(attach_cgroup__error(other), "Linux 6.7"),                    \
		      "%s", attach_cgroup__error(other));                                          \
		attach_cgroup__destroy(other);                                                     \
	}
	CGROUP_UNIX_PROGS(TOO_OLD)
	check_refused("and it can't be attached", to_connect_unix(skel, &(struct lskel_where){}),
		      EINVAL, "is not loaded");
}

/* What a disowned program, and one whose process forgets it, leave is the cgroup's. */
static void disowned(void)
{
	struct lskel_link *link = OLD(sock_create, .fd = here, MULTI);

	check("what is given up has no fd", !attach_cgroup__link_disown(skel, link), "it has");
	attach_cgroup__detach(skel);
	check("and stays attached", socket_runs(HIT_sock_create, HITS), "it does not");
	bpf_prog_detach2(PROG_FD(sock_create), here, BPF_CGROUP_INET_SOCK_CREATE);
}

/* The cgroups, the process in the last one, in a network namespace of its own. */
static int enter_cgroups(void)
{
	if (net_new())
		return -1;
	root = open(CGROUPS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	elsewhere = cgroup_new(CGROUPS "/elsewhere");
	here = cgroup_new(CGROUPS "/here");
	below = cgroup_new(CGROUPS "/here/below");
	return elsewhere < 0 || here < 0 || below < 0 || cgroup_enter(below) ? -1 : 0;
}

static int leave_cgroups(void)
{
	if (cgroup_enter(root))
		return -1;
	close(root);
	close(below);
	close(here);
	close(elsewhere);
	return rmdir(CGROUPS "/here/below") || rmdir(CGROUPS "/here") ||
			       rmdir(CGROUPS "/elsewhere") ?
		       -1 :
		       0;
}

int main(void)
{
	static struct footprint before;
	const char *left;
	size_t i;

	if (enter_cgroups()) {
		fail("cgroups", "%s", strerror(errno));
		return 1;
	}
	has_unix = linux_version() >= LSKEL_LINUX(6, 7);
	footprint_take(&before);
	skel = attach_cgroup__open();
#define OPEN(name, section, context) skel->progs.on_##name.autoload = has_unix;
	CGROUP_UNIX_PROGS(OPEN)
	if (attach_cgroup__load(skel)) {
		fail("load", "%s", attach_cgroup__error(skel));
		return 1;
	}
	check("attach() leaves them alone", !attach_cgroup__attach(skel), "%s",
	      attach_cgroup__error(skel));
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (runs(&kinds[i]))
			fail(NAME("%s: does not run before", kinds[i].name), "it does");
	all_by_link();
	all_by_old();
	multi();
	override();
	refusals();
	order();
	update();
	failing_calls();
	disowned();
	if (!has_unix)
		too_old();
	check("in the end, some are attached",
	      LINK(sock_create, .fd = here) && OLD(dev, .fd = here, OVERRIDE), "%s",
	      attach_cgroup__error(skel));
	attach_cgroup__destroy(skel);
	left = footprint_left(&before, &attach_cgroup__info);
	check("destroy() leaves nothing", !left, "%s", left);
	check("the cgroups can be removed", !leave_cgroups(), "%s", strerror(errno));
	return harness_status();
}
