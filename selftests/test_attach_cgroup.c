// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs of every kind for cgroups run when something happens in the cgroup that they are attached to, by a link and in
 * the older way, and no longer when they are detached; libbpf attaches the same. What the kernel makes of several in one
 * cgroup is in test_attach_cgroup_rules.c. For vmtest kernels only.
 */
#include <sys/mount.h>
#include <bpf/libbpf.h>

#include "attach_cgroup.h"

#define OBJECT "build/selftests/attach_cgroup.bpf.o"

/* A kind, a program of it, and what makes it run. */
struct kind {
	const char *name;
	attach_func *to, *old_to;
	enum hit hit;
	__u32 attach_type;
	void (*event)(int family);
	int family;
};

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

int main(void)
{
	size_t i;

	if (!begin())
		return 1;
	check("attach() leaves them alone", !attach_cgroup__attach(skel), "%s",
	      attach_cgroup__error(skel));
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (runs(&kinds[i]))
			fail(NAME("%s: does not run before", kinds[i].name), "it does");
	all_by_link();
	all_by_old();
	end();
	return harness_status();
}
