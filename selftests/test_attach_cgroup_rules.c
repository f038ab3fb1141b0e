// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Several programs in one cgroup, or below each other, by links and in the older way: which run, in which order, what takes
 * the place of what and comes back, what the kernel refuses and why. For vmtest kernels only.
 */
#include <sys/mount.h>

#include "attach_cgroup.h"

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

int main(void)
{
	if (!begin())
		return 1;
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
	end();
	return harness_status();
}
