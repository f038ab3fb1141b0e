// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of gen/attach_kinds.h. */
#include <errno.h>
#include <string.h>
#include <lskel/attach_freplace.h>
#include <lskel/attach_kprobe_multi.h>
#include <lskel/attach_probe.h>
#include <lskel/attach_uprobe.h>
#include <lskel/attach_usdt.h>
#include <lskel/attach_link.h>
#include <lskel/attach_old.h>
#include <lskel/attach_socket.h>

#include "attach_kinds.h"
#include "util.h"

/* "raw_tp/NAME" */
static int parse_name(const struct bpf_program *prog, const char *target, struct lskel_where *where)
{
	(void)prog;
	where->func = target && *target ? xstrdup(target) : NULL;
	return 0;
}

/* "kprobe/FUNC+OFFSET": as attach_kprobe() of libbpf takes it, which does not mind what comes behind. */
static int parse_kprobe(const struct bpf_program *prog, const char *target,
			struct lskel_where *where)
{
	long offset = 0;
	char *func;

	(void)prog;
	if (!target || sscanf(target, "%m[a-zA-Z0-9_.]+%li", &func, &offset) < 1)
		return -EINVAL;
	if (offset < 0) {
		free(func);
		return -EINVAL;
	}
	where->func = func;
	where->offset = offset;
	return 0;
}

static int parse_kretprobe(const struct bpf_program *prog, const char *target,
			   struct lskel_where *where)
{
	int err = parse_kprobe(prog, target, where);

	return err ?: (where->offset ? -EINVAL : 0);
}

/* "kprobe.multi/PATTERN" */
static int parse_pattern(const struct bpf_program *prog, const char *target,
			 struct lskel_where *where)
{
	char *pattern;

	(void)prog;
	if (!target || sscanf(target, "%m[a-zA-Z0-9_.*?]", &pattern) < 1)
		return -EINVAL;
	where->func = pattern;
	return 0;
}

/* "uprobe.multi/PATH:PATTERN" */
static int parse_path_and_func(const struct bpf_program *prog, const char *target,
			       struct lskel_where *where)
{
	char *path = NULL, *func = NULL;

	(void)prog;
	if (!target || sscanf(target, "%m[^:]:%m[^\n]", &path, &func) != 2) {
		free(path);
		return -EINVAL;
	}
	where->path = path;
	where->func = func;
	return 0;
}

/* "uprobe/PATH:FUNC+OFFSET" */
static int parse_uprobe(const struct bpf_program *prog, const char *target,
			struct lskel_where *where)
{
	int err = parse_path_and_func(prog, target, where), len = 0;
	long offset = 0;
	char *plus;

	if (err)
		return err;
	plus = strrchr(where->func, '+');
	if (plus && sscanf(plus, "+%li%n", &offset, &len) == 1 && !plus[len]) {
		*plus = '\0';
		where->offset = offset;
	}
	return 0;
}

/* "usdt/PATH:PROVIDER:NAME" */
static int parse_usdt(const struct bpf_program *prog, const char *target, struct lskel_where *where)
{
	char *path = NULL, *provider = NULL, *name = NULL;
	int err = -EINVAL;

	(void)prog;
	if (!target)
		return SAYS_NOTHING;
	if (sscanf(target, "%m[^:]:%m[^:]:%m[^:]", &path, &provider, &name) == 3) {
		where->path = path;
		where->func = xprintf("%s:%s", provider, name);
		path = NULL;
		err = 0;
	}
	free(path);
	free(provider);
	free(name);
	return err;
}

static int parse_uretprobe(const struct bpf_program *prog, const char *target,
			   struct lskel_where *where)
{
	int err = parse_uprobe(prog, target, where);

	return err ?: (where->offset ? -EINVAL : 0);
}

/* "tp/CATEGORY/NAME" */
static int parse_tracepoint(const struct bpf_program *prog, const char *target,
			    struct lskel_where *where)
{
	const char *slash = target ? strchr(target, '/') : NULL;

	(void)prog;
	if (!slash)
		return -EINVAL;
	where->func = xprintf("%.*s:%s", (int)(slash - target), target, slash + 1);
	return 0;
}

#define KIND(kind) &lskel_kind_##kind, "lskel_kind_" #kind

/* Those of <lskel/attach_link.h>. */
#define LINK_KIND(name) &lskel_kind_##name.kind, "lskel_kind_" #name ".kind", PART_LINK, NULL

#define SOCKET_KIND(name) &lskel_kind_##name.kind, "lskel_kind_" #name ".kind", PART_SOCKET, NULL

static const struct attach_kind kinds[] = {
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, ANY_ATTACH_TYPE, NULL, KIND(raw_tp), PART_CORE,
	  parse_name },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, ANY_ATTACH_TYPE, NULL, KIND(raw_tp), PART_CORE,
	  parse_name },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, NULL, KIND(iter), PART_CORE, NULL },
	{ BPF_PROG_TYPE_TRACING, ANY_ATTACH_TYPE, NULL, KIND(trace), PART_CORE, NULL },
	{ BPF_PROG_TYPE_EXT, ANY_ATTACH_TYPE, NULL, KIND(freplace), PART_FREPLACE, NULL },
	{ BPF_PROG_TYPE_LSM, BPF_LSM_MAC, NULL, KIND(trace), PART_CORE, NULL },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "kprobe", KIND(kprobe), PART_PROBE, parse_kprobe },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "kretprobe", KIND(kretprobe), PART_PROBE,
	  parse_kretprobe },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "ksyscall", KIND(ksyscall), PART_PROBE,
	  parse_name },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "kretsyscall", KIND(kretsyscall), PART_PROBE,
	  parse_name },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "kprobe.multi", KIND(kprobe_multi),
	  PART_KPROBE_MULTI, parse_pattern },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "kretprobe.multi", KIND(kretprobe_multi),
	  PART_KPROBE_MULTI, parse_pattern },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "kprobe.session", KIND(kprobe_session),
	  PART_KPROBE_MULTI, parse_pattern },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uprobe", KIND(uprobe), PART_UPROBE,
	  parse_uprobe },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uprobe.s", KIND(uprobe), PART_UPROBE,
	  parse_uprobe },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uretprobe", KIND(uretprobe), PART_UPROBE,
	  parse_uretprobe },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uretprobe.s", KIND(uretprobe), PART_UPROBE,
	  parse_uretprobe },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uprobe.multi", KIND(uprobe_multi), PART_UPROBE,
	  parse_path_and_func },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uprobe.multi.s", KIND(uprobe_multi), PART_UPROBE,
	  parse_path_and_func },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uretprobe.multi", KIND(uretprobe_multi),
	  PART_UPROBE, parse_path_and_func },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "uretprobe.multi.s", KIND(uretprobe_multi),
	  PART_UPROBE, parse_path_and_func },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "usdt", KIND(usdt), PART_USDT, parse_usdt },
	{ BPF_PROG_TYPE_KPROBE, ANY_ATTACH_TYPE, "usdt.s", KIND(usdt), PART_USDT, parse_usdt },
	{ BPF_PROG_TYPE_TRACEPOINT, ANY_ATTACH_TYPE, NULL, KIND(tracepoint), PART_PROBE,
	  parse_tracepoint },
	{ BPF_PROG_TYPE_PERF_EVENT, ANY_ATTACH_TYPE, NULL, KIND(perf_event), PART_PROBE, NULL },
	{ BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, NULL, LINK_KIND(lsm_cgroup) },
	{ BPF_PROG_TYPE_XDP, BPF_XDP, NULL, LINK_KIND(xdp) },
	{ BPF_PROG_TYPE_SCHED_CLS, BPF_NETKIT_PRIMARY, NULL, LINK_KIND(netkit) },
	{ BPF_PROG_TYPE_SCHED_CLS, BPF_NETKIT_PEER, NULL, LINK_KIND(netkit) },
	{ BPF_PROG_TYPE_SCHED_CLS, ANY_ATTACH_TYPE, NULL, LINK_KIND(tcx) },
	{ BPF_PROG_TYPE_NETFILTER, ANY_ATTACH_TYPE, NULL, LINK_KIND(netfilter) },
	{ BPF_PROG_TYPE_SK_LOOKUP, ANY_ATTACH_TYPE, NULL, LINK_KIND(sk_lookup) },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, ANY_ATTACH_TYPE, NULL, LINK_KIND(netns) },
	{ BPF_PROG_TYPE_SK_MSG, ANY_ATTACH_TYPE, NULL, LINK_KIND(sockmap) },
	{ BPF_PROG_TYPE_SK_SKB, ANY_ATTACH_TYPE, NULL, LINK_KIND(sockmap) },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_CONNECT, NULL, LINK_KIND(cgroup_unix) },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_SENDMSG, NULL, LINK_KIND(cgroup_unix) },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_RECVMSG, NULL, LINK_KIND(cgroup_unix) },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_GETPEERNAME, NULL,
	  LINK_KIND(cgroup_unix) },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_GETSOCKNAME, NULL,
	  LINK_KIND(cgroup_unix) },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_CGROUP_SKB, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_CGROUP_SOCK, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_SOCK_OPS, ANY_ATTACH_TYPE, NULL, LINK_KIND(cgroup) },
	{ BPF_PROG_TYPE_LIRC_MODE2, ANY_ATTACH_TYPE, NULL, &lskel_kind_old_lirc.kind,
	  "lskel_kind_old_lirc.kind", PART_OLD, NULL },
	{ BPF_PROG_TYPE_SOCKET_FILTER, ANY_ATTACH_TYPE, NULL, SOCKET_KIND(socket) },
	{ BPF_PROG_TYPE_SK_REUSEPORT, ANY_ATTACH_TYPE, NULL, SOCKET_KIND(reuseport) },
};

/* Kinds that had another way before there were links for them. */
static const struct attach_old olds[] = {
	{ "lskel_kind_xdp.kind", "lskel_kind_xdp_old()", PART_NETLINK },
	{ "lskel_kind_tcx.kind", "lskel_kind_tc()", PART_NETLINK },
	{ "lskel_kind_netns.kind", "&lskel_kind_old_netns.kind", PART_OLD },
	{ "lskel_kind_sockmap.kind", "&lskel_kind_old_sockmap.kind", PART_OLD },
	{ "lskel_kind_cgroup.kind", "&lskel_kind_old_cgroup.kind", PART_OLD },
	{ "lskel_kind_cgroup_unix.kind", "&lskel_kind_old_cgroup_unix.kind", PART_OLD },
	{ "lskel_kind_lsm_cgroup.kind", "&lskel_kind_old_lsm_cgroup.kind", PART_OLD },
};

const struct attach_old *attach_old_of(const struct attach_kind *kind)
{
	for (size_t i = 0; kind && i < ARRAY_SIZE(olds); i++)
		if (!strcmp(olds[i].ident, kind->ident))
			return &olds[i];
	return NULL;
}

static bool is_section(const char *section, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(section, name, len) && (!section[len] || section[len] == '/');
}

const struct attach_kind *attach_kind_of(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);
	const int attach_type = bpf_program__expected_attach_type(prog);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == bpf_program__type(prog) &&
		    (kinds[i].attach_type == ANY_ATTACH_TYPE ||
		     kinds[i].attach_type == attach_type) &&
		    (!kinds[i].section || is_section(section, kinds[i].section)))
			return &kinds[i];
	return NULL;
}

/* Of no program by itself: libbpf attaches it, and the run time can't; libbpf fails to. */
static const struct attach_kind others[] = {
	{ .kind = &lskel_kind_unknown, .ident = "lskel_kind_unknown" },
	{ .kind = &lskel_kind_invalid, .ident = "lskel_kind_invalid" },
};

const struct attach_kind *attach_kind_find(const char *ident)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].ident, ident))
			return &kinds[i];
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(others[i].ident, ident))
			return &others[i];
	return NULL;
}

const char *attach_kind_ident(const struct lskel_attach_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].ident;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].kind == kind)
			return others[i].ident;
	return NULL;
}

void where_free(struct lskel_where *where)
{
	free((char *)where->func);
	free((char *)where->path);
}
