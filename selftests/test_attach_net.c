// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs for network devices and netfilter hooks run when a packet comes, in the order that was asked for, and
 * no longer when they are detached; other programs take their places; what was attached wrongly is refused with
 * words. For vmtest kernels only.
 */
#include "attach_net.h"
#include "own_bpffs.h"

/* Whether a kernel that is too old for it refuses @kind, which is then told with the first one that has it. */
static bool is_too_old(const char *kind, unsigned int since, attach_func *attach,
		       const struct lskel_where *where)
{
	struct lskel_link *link;
	char name[96], version[32];

	if (linux_version() >= since)
		return false;
	snprintf(name, sizeof(name), "without %s, an error names the version", kind);
	snprintf(version, sizeof(version), "Linux %u.%u", since >> 16, since >> 8 & 255);
	link = attach(skel, where);
	check_refused(name, link, EINVAL, version);
	return true;
}

ATTACH(xdp)
ATTACH(tcx)
ATTACH(netkit)
ATTACH(netfilter)

EVENTS(xdp, HIT_XDP)
EVENTS(tcx, HIT_TCX)
EVENTS(netfilter, HIT_NETFILTER)

static void xdp(void)
{
	struct lskel_link *link = attach_net__on_xdp__attach_to(skel, LO), *other;

	if (!check("XDP is attached", link && link->fd > 2, "%s", attach_net__error(skel)))
		return;
	check("XDP runs", runs(HIT_XDP) == 1, "%llu times", runs(HIT_XDP));
	other = attach_net__on_xdp_other__attach_to(skel, LO);
	check_refused("a second XDP program is refused", other, EBUSY, "'on_xdp_other'");
	check("update puts another program into the link",
	      !attach_net__link_update(skel, link, skel->progs.on_xdp_other.prog_fd) &&
		      runs(HIT_XDP_OTHER) == 1 && !runs(HIT_XDP),
	      "%s", attach_net__error(skel));
	check("and again",
	      !attach_net__link_update(skel, link, skel->progs.on_xdp.prog_fd) &&
		      runs(HIT_XDP) == 1 && !runs(HIT_XDP_OTHER),
	      "%s", attach_net__error(skel));
	check("not a program of another type",
	      attach_net__link_update(skel, link, skel->progs.on_tcx.prog_fd) == -EINVAL &&
		      strstr(attach_net__error(skel), "the update of its link") &&
		      runs(HIT_XDP) == 1,
	      "%s", attach_net__error(skel));
	attach_net__link_detach(skel, link);
	check("detached, it does not run", !runs(HIT_XDP) && !link_cnt(), "%u links", link_cnt());
	link = attach_net__on_xdp__attach_to(
		skel, &(struct lskel_where){ .ifindex = 1, .flags = XDP_FLAGS_SKB_MODE });
	check("XDP runs in generic mode", link && runs(HIT_XDP) == 1, "%s",
	      attach_net__error(skel));
	attach_net__link_detach(skel, link);
	link = attach_net__on_xdp__attach_to(
		skel, &(struct lskel_where){ .ifindex = 1, .flags = XDP_FLAGS_DRV_MODE });
	check_refused("lo has no native mode", link, EOPNOTSUPP, "'on_xdp'");
	check_refused("XDP needs a device",
		      attach_net__on_xdp__attach_to(skel, &(struct lskel_where){}), EINVAL,
		      "set where.ifindex, of a network device");
	check_each_call("XDP: each call fails", &attach_net__info, skel, attach_xdp, LO,
			events_xdp);
}

static void relative_tcx(struct lskel_link *first)
{
	struct lskel_where where = { .ifindex = 1,
				     .flags = BPF_F_BEFORE,
				     .relative_fd = skel->progs.on_tcx.prog_fd };
	struct lskel_link *link;

	where.relative_fd = first->fd;
	where.flags |= BPF_F_LINK;
	link = attach_net__on_tcx_other__attach_to(skel, &where);
	check("one is put before another link", link && run_in_order(HIT_TCX_OTHER, HIT_TCX), "%s",
	      attach_net__error(skel));
	attach_net__link_detach(skel, link);

	where = (struct lskel_where){ .ifindex = 1 };
	link = attach_net__on_tcx_other__attach_to(skel, &where);
	check("by default it is the last", link && run_in_order(HIT_TCX, HIT_TCX_OTHER), "%s",
	      attach_net__error(skel));
	attach_net__link_detach(skel, link);

	where.flags = BPF_F_BEFORE;
	link = attach_net__on_tcx_other__attach_to(skel, &where);
	check("before all", link && run_in_order(HIT_TCX_OTHER, HIT_TCX), "%s",
	      attach_net__error(skel));
	attach_net__link_detach(skel, link);

	where.revision = 1;
	link = attach_net__on_tcx_other__attach_to(skel, &where);
	check_refused("another revision is refused", link, ESTALE, "'on_tcx_other'");
	where = (struct lskel_where){ .ifindex = 1, .relative_fd = first->fd };
	link = attach_net__on_tcx_other__attach_to(skel, &where);
	check_refused("before or after must be said", link, EINVAL, "set where.flags");
}

static void tcx(void)
{
	struct lskel_where where = { .ifindex = 1, .attach_type = BPF_TCX_INGRESS };
	struct lskel_link *link, *tc;

	if (is_too_old("tcx", LSKEL_LINUX(6, 6), attach_tcx, LO)) {
		check("and the other way",
		      strstr(attach_net__error(skel), "on_tcx__attach_old_to()"), "%s",
		      attach_net__error(skel));
		return;
	}
	link = attach_net__on_tcx__attach_to(skel, LO);
	check("tcx runs", link && runs(HIT_TCX) == 1, "%s", attach_net__error(skel));
	relative_tcx(link);
	check_refused("SEC(\"tc\") does not say where", attach_net__on_tc__attach_to(skel, LO),
		      EINVAL, "set where.attach_type: BPF_TCX_INGRESS or BPF_TCX_EGRESS");
	tc = attach_net__on_tc__attach_to(skel, &where);
	check("told, it runs", tc && run_in_order(HIT_TCX, HIT_TC), "%s", attach_net__error(skel));
	where.attach_type = BPF_TCX_EGRESS;
	attach_net__link_detach(skel, tc);
	tc = attach_net__on_tc__attach_to(skel, &where);
	check("on egress, before the other", tc && run_in_order(HIT_TC, HIT_TCX), "%s",
	      attach_net__error(skel));
	check("tcx: update",
	      !attach_net__link_update(skel, link, skel->progs.on_tcx_other.prog_fd) &&
		      runs(HIT_TCX_OTHER) == 1 && !runs(HIT_TCX),
	      "%s", attach_net__error(skel));
	attach_net__detach(skel);
	check("detach() detaches tcx programs",
	      !runs(HIT_TCX_OTHER) && !runs(HIT_TC) && !link_cnt(), "%u links", link_cnt());
	check_each_call("tcx: each call fails", &attach_net__info, skel, attach_tcx, LO,
			events_tcx);
}

static __u64 netkit_runs(void)
{
	__u64 before = skel->bss->hits[HIT_NETKIT];

	net_send_out("kit0");
	return skel->bss->hits[HIT_NETKIT] - before;
}

static __u64 events_netkit(void *unused)
{
	(void)unused;
	return netkit_runs();
}

static void netkit(void)
{
	struct lskel_where where = {};
	struct lskel_link *link;
	int err;

	if (is_too_old("netkit", LSKEL_LINUX(6, 7), attach_netkit, LO))
		return;
	/* The other one of the pair is called nk0. */
	err = net_add_device("kit0", "netkit") ?: net_up("nk0");
	if (err) {
		skip("netkit", "this kernel has no such device: %s", strerror(-err));
		return;
	}
	where.ifindex = if_nametoindex("kit0");
	link = attach_net__on_netkit__attach_to(skel, &where);
	check("netkit runs", link && netkit_runs(), "%s", attach_net__error(skel));
	attach_net__link_detach(skel, link);
	check("detached, it does not run", !netkit_runs(), "it does");
	check_each_call("netkit: each call fails", &attach_net__info, skel, attach_netkit, &where,
			events_netkit);
	check_refused("lo is no netkit device", attach_net__on_netkit__attach_to(skel, LO), ENXIO,
		      "'on_netkit'");
}

static void netfilter(void)
{
	struct lskel_where where = { .family = 2 /* NFPROTO_IPV4 */,
				     .hook = 1 /* NF_INET_LOCAL_IN */,
				     .order = -7 };
	struct lskel_link *link, *again;

	if (!skel->progs.on_netfilter.autoload) {
		pass("netfilter: not loaded here, see netfilter_is_too_new()");
		return;
	}
	link = attach_net__on_netfilter__attach_to(skel, &where);
	if (!link && errno == EAFNOSUPPORT) {
		skip("netfilter", "this kernel has no netfilter for IPv4");
		return;
	}
	check("netfilter runs", link && runs(HIT_NETFILTER) == 1, "%s", attach_net__error(skel));
	again = attach_net__on_netfilter__attach_to(skel, &where);
	check_refused("another of the same priority is refused", again, EBUSY, "'on_netfilter'");
	where.order = 8;
	again = attach_net__on_netfilter__attach_to(skel, &where);
	check("at another it runs, too", again && runs(HIT_NETFILTER) == 2, "%s",
	      attach_net__error(skel));
	check("its link can't be changed",
	      attach_net__link_update(skel, again, skel->progs.on_netfilter.prog_fd) < 0, "it can");
	attach_net__detach(skel);
	check("detached, netfilter does not run", !runs(HIT_NETFILTER), "it does");
	check_each_call("netfilter: each call fails", &attach_net__info, skel, attach_netfilter,
			&where, events_netfilter);
}

static void netfilter_is_too_new(void)
{
	struct attach_net *other = attach_net__open();
	int err;

	other->progs.on_netfilter.autoload = true;
	err = attach_net__load(other);
	check("without netfilter, the load fails at it",
	      err == -EINVAL && strstr(attach_net__error(other), "'on_netfilter'"), "%d: %s", err,
	      attach_net__error(other));
	check("and names the version",
	      strstr(attach_net__error(other),
		     "program type netfilter is there since Linux 6.4; this is 6.1"),
	      "%s", attach_net__error(other));
	attach_net__destroy(other);
}

static void pins(void)
{
	struct lskel_link *link = attach_net__on_xdp__attach_to(skel, LO);
	int err;

	err = attach_net__pin(skel, link->fd, BPFFS "/sub/link");
	check("a link is pinned", !err, "%s", attach_net__error(skel));
	attach_net__link_detach(skel, link);
	check("it outlives its detachment", runs(HIT_XDP) == 1 && link_cnt() == 1, "%u links",
	      link_cnt());
	err = attach_net__unpin(skel, BPFFS "/sub/link");
	/* The file system gives the link up when it frees the inode, after a grace period of RCU. */
	for (int ms = 0; link_cnt() && ms < FOOTPRINT_WAIT_MS; ms++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	check("unpin takes it away", !err && !link_cnt() && !runs(HIT_XDP), "%s, %u links",
	      attach_net__error(skel), link_cnt());
	err = attach_net__pin(skel, skel->progs.on_xdp.prog_fd, BPFFS "/prog");
	check("a program is pinned", !err && !access(BPFFS "/prog", F_OK), "%s",
	      attach_net__error(skel));
	err = attach_net__pin(skel, skel->progs.on_xdp.prog_fd, BPFFS "/prog");
	check("not where something is",
	      err == -EEXIST &&
		      strstr(attach_net__error(skel), "pin program 'on_xdp' at '" BPFFS "/prog'"),
	      "%s", attach_net__error(skel));
	check("and unpinned",
	      !attach_net__unpin(skel, BPFFS "/prog") && access(BPFFS "/prog", F_OK), "%s",
	      attach_net__error(skel));
	check("what is not there can't be unpinned",
	      attach_net__unpin(skel, BPFFS "/prog") == -ENOENT, "%s", attach_net__error(skel));
	err = attach_net__pin(skel, skel->progs.on_xdp.prog_fd, "/tmp/prog");
	check("there are no pins outside of a BPF file system",
	      err == -EINVAL && strstr(attach_net__error(skel), "not in a BPF file system"), "%s",
	      attach_net__error(skel));
	close(open("/tmp/file", O_CREAT | O_WRONLY, 0600));
	check("nor is a file unpinned",
	      attach_net__unpin(skel, "/tmp/file") == -EINVAL && !access("/tmp/file", F_OK), "%s",
	      attach_net__error(skel));
	err = attach_net__pin(skel, skel->links.on_xdp_fd, BPFFS "/none");
	check("what is not attached is not pinned", err == -EBADF, "%s", attach_net__error(skel));
}

static void disowned(void)
{
	struct lskel_link *link = attach_net__on_xdp__attach_to(skel, LO);
	int fd = attach_net__link_disown(skel, link);

	attach_net__detach(skel);
	check("a link that was given up outlives detach()", fd > 2 && runs(HIT_XDP) == 1, "fd %d",
	      fd);
	close(fd);
	check("until its fd is closed", !runs(HIT_XDP) && !link_cnt(), "%u links", link_cnt());
}

int main(void)
{
	static struct footprint before;
	const char *left;

	if (net_new() || own_bpffs()) {
		fail("a network namespace", "%s", strerror(errno));
		return 1;
	}
	footprint_take(&before);
	skel = attach_net__open();
	skel->progs.on_netfilter.autoload = linux_version() >= LSKEL_LINUX(6, 4);
	if (attach_net__load(skel)) {
		fail("load", "%s", attach_net__error(skel));
		return 1;
	}
	check("attach() leaves them alone", !attach_net__attach(skel) && !link_cnt(), "%s",
	      attach_net__error(skel));
	xdp();
	tcx();
	netkit();
	netfilter();
	if (!skel->progs.on_netfilter.autoload)
		netfilter_is_too_new();
	pins();
	disowned();
	check("in the end XDP is attached once more", attach_net__on_xdp__attach_to(skel, LO), "%s",
	      attach_net__error(skel));
	attach_net__destroy(skel);
	left = footprint_left(&before, &attach_net__info);
	check("destroy() leaves nothing", !left && !link_cnt(), "%s, %u links", left, link_cnt());
	return harness_status();
}
