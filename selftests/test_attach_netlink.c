// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * XDP programs and filters of traffic control that are attached without links: they take the place of others and
 * give it back, outlive what gives them up, and are taken away with all that was made for them, and nothing else.
 * For vmtest kernels only; clsact is for those with the modules sch_ingress and cls_bpf.
 */
#include <linux/pkt_sched.h>

#include "attach_net.h"

static struct lskel_link *attach_xdp(void *skel, const struct lskel_where *where)
{
	return attach_net__on_xdp__attach_old_to(skel, where);
}

static struct lskel_link *attach_tc(void *skel, const struct lskel_where *where)
{
	return attach_net__on_tc__attach_old_to(skel, where);
}

EVENTS(xdp, HIT_XDP)
EVENTS(tc, HIT_TC)

static const char *message(void)
{
	return attach_net__error(skel);
}

static void xdp(void)
{
	struct lskel_where where = { .ifindex = 1 };
	struct lskel_link *first, *second;

	first = attach_xdp(skel, &where);
	check("XDP without a link runs", first && !first->fd && !link_cnt() && runs(HIT_XDP) == 1,
	      "%s", message());
	second = attach_net__on_xdp_other__attach_old_to(skel, &where);
	check_refused("there is only one", second, EBUSY,
		      "the kernel says 'XDP program already attached'");
	second = attach_net__on_xdp_other__attach_to(skel, &where);
	check_refused("nor a link", second, EBUSY, "'on_xdp_other'");
	where.replace_fd = skel->progs.on_xdp_other.prog_fd;
	second = attach_net__on_xdp_other__attach_old_to(skel, &where);
	check_refused("what is replaced must be there", second, EEXIST, "'on_xdp_other'");
	where.replace_fd = skel->progs.on_xdp.prog_fd;
	second = attach_net__on_xdp_other__attach_old_to(skel, &where);
	check("it is replaced", second && runs(HIT_XDP_OTHER) == 1 && !runs(HIT_XDP), "%s",
	      message());
	check("without a link there is nothing to update",
	      attach_net__link_update(skel, second, skel->progs.on_xdp.prog_fd) == -EOPNOTSUPP &&
		      strstr(message(), "it has no BPF link"),
	      "%s", message());
	attach_net__link_detach(skel, second);
	check("and comes back", runs(HIT_XDP) == 1 && !runs(HIT_XDP_OTHER), "no");
	attach_net__link_detach(skel, first);
	check("detached, nothing runs", !runs(HIT_XDP) && !runs(HIT_XDP_OTHER), "it does");
	where.replace_fd = 0;
	check_each_call("XDP without a link: each call fails", &attach_net__info, skel, attach_xdp,
			&where, events_xdp);

	/* Somebody else has replaced it meanwhile: that is not ours to take away. */
	first = attach_xdp(skel, &where);
	where.replace_fd = skel->progs.on_xdp.prog_fd;
	second = attach_net__on_xdp_other__attach_old_to(skel, &where);
	attach_net__link_detach(skel, first);
	check("a replaced program's link takes nothing away", runs(HIT_XDP_OTHER) == 1, "it does");
	check("a disowned program stays",
	      !attach_net__link_disown(skel, second) && runs(HIT_XDP_OTHER) == 1, "no");
	where.replace_fd = skel->progs.on_xdp_other.prog_fd;
	first = attach_xdp(skel, &where);
	check("and can be replaced by its fd", first && runs(HIT_XDP) == 1, "%s", message());
	attach_net__detach(skel);
	check("detach() puts it back", runs(HIT_XDP_OTHER) == 1, "no");
	/* No link has it: the namespace takes it along. */
}

/* Adds or deletes a qdisc that is somebody else's. */
static int change_clsact(unsigned short type)
{
	struct {
		struct nlmsghdr hdr;
		struct tcmsg tcm;
		char attrs[64];
	} msg = { .hdr = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
			   .nlmsg_type = type,
			   .nlmsg_flags = type == RTM_NEWQDISC ? NLM_F_CREATE | NLM_F_EXCL : 0 },
		  .tcm = { .tcm_ifindex = 1,
			   .tcm_parent = TC_H_CLSACT,
			   .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0) } };

	net_add_attr(&msg.hdr, TCA_KIND, "clsact", sizeof("clsact"));
	return net_talk(&msg.hdr);
}

/* Whether lo has one: then there can't be another. */
static bool has_clsact(void)
{
	int err = change_clsact(RTM_NEWQDISC);

	if (!err)
		change_clsact(RTM_DELQDISC);
	return err == -EEXIST;
}

static void tc_replaces(void)
{
	struct lskel_where where = {
		.ifindex = 1, .attach_type = BPF_TCX_INGRESS, .handle = 7, .priority = 3
	};
	struct lskel_link *first = attach_tc(skel, &where), *second;

	check("a filter gets the handle that it is to have", first && runs(HIT_TC) == 1, "%s",
	      message());
	second = attach_net__on_tc_other__attach_old_to(skel, &where);
	check_refused("which no other can have", second, EEXIST, "make the filter");
	check("the first is still there", runs(HIT_TC) == 1, "no");
	where.replace_fd = skel->progs.on_tc_other.prog_fd;
	second = attach_net__on_tc_other__attach_old_to(skel, &where);
	check_refused("a filter that is replaced must have the program", second, ENOENT,
		      "no filter there has where.replace_fd");
	where.replace_fd = skel->progs.on_tc.prog_fd;
	second = attach_net__on_tc_other__attach_old_to(skel, &where);
	check("it is replaced", second && runs(HIT_TC_OTHER) == 1 && !runs(HIT_TC), "%s",
	      message());
	attach_net__link_detach(skel, second);
	check("and comes back", runs(HIT_TC) == 1 && !runs(HIT_TC_OTHER), "no");
	where.handle = 0;
	second = attach_net__on_tc_other__attach_old_to(skel, &where);
	check_refused("only what has a handle is replaced", second, EINVAL, "set where.handle");
	where = (struct lskel_where){ .ifindex = 1, .attach_type = BPF_TCX_INGRESS, .priority = 2 };
	second = attach_net__on_tc_other__attach_old_to(skel, &where);
	check("a smaller priority goes first", second && run_in_order(HIT_TC_OTHER, HIT_TC), "%s",
	      message());
	attach_net__link_detach(skel, first);
	check("the qdisc stays while others use it", has_clsact() && runs(HIT_TC_OTHER) == 1, "no");
	attach_net__link_detach(skel, second);
	/* It was made for the first, which could not take it along. */
	check("and after that, since it is nobody's", has_clsact() && !runs(HIT_TC_OTHER), "no");
	check("it can be removed", !change_clsact(RTM_DELQDISC) && !has_clsact(), "no");
}

static void tc(void)
{
	struct lskel_where where = { .ifindex = 1, .attach_type = BPF_TCX_INGRESS };
	struct lskel_link *link, *egress;

	if (change_clsact(RTM_NEWQDISC)) {
		link = attach_tc(skel, &where);
		check_refused("without clsact, an error says so", link, ENOENT,
			      "make the qdisc 'clsact': the kernel says");
		skip("filters of traffic control", "no modules sch_ingress, cls_bpf here");
		return;
	}
	change_clsact(RTM_DELQDISC);
	check_refused("ingress or egress must be told",
		      attach_tc(skel, &(struct lskel_where){ .ifindex = 1 }), EINVAL,
		      "set where.attach_type: BPF_TCX_INGRESS");
	check_refused("and the device",
		      attach_tc(skel, &(struct lskel_where){ .attach_type = BPF_TCX_INGRESS }),
		      EINVAL, "set where.ifindex");
	link = attach_tc(skel, &where);
	check("a filter runs", link && runs(HIT_TC) == 1 && has_clsact(), "%s", message());
	where.attach_type = BPF_TCX_EGRESS;
	egress = attach_net__on_tc_other__attach_old_to(skel, &where);
	check("on egress, before that", egress && run_in_order(HIT_TC_OTHER, HIT_TC), "%s",
	      message());
	attach_net__link_detach(skel, egress);
	check("detached, only the other runs", runs(HIT_TC) == 1 && !runs(HIT_TC_OTHER), "no");
	attach_net__link_detach(skel, link);
	check("nothing is left", !runs(HIT_TC) && !has_clsact(), "the qdisc is");
	link = attach_net__on_tcx__attach_old_to(skel, &(struct lskel_where){ .ifindex = 1 });
	check("SEC(\"tcx/ingress\") says where", link && runs(HIT_TCX) == 1, "%s", message());
	attach_net__detach(skel);
	where.attach_type = BPF_TCX_INGRESS;
	check_each_call("filter: each call fails", &attach_net__info, skel, attach_tc, &where,
			events_tc);
	check("and leaves no qdisc", !has_clsact(), "it does");

	change_clsact(RTM_NEWQDISC);
	link = attach_tc(skel, &where);
	attach_net__detach(skel);
	check("somebody else's qdisc stays", has_clsact() && !runs(HIT_TC), "no");
	check_each_call("filter in a qdisc that is there: each call fails", &attach_net__info, skel,
			attach_tc, &where, events_tc);
	where.parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	where.attach_type = 0;
	link = attach_tc(skel, &where);
	check("a parent can be told", link && runs(HIT_TC) == 1, "%s", message());
	check("a disowned filter stays", !attach_net__link_disown(skel, link), "no");
	attach_net__detach(skel);
	check("after detach()", runs(HIT_TC) == 1, "no");
	change_clsact(RTM_DELQDISC);
	check("until its qdisc goes", !runs(HIT_TC), "no");
	tc_replaces();
}

/* A device whose driver runs XDP programs. */
static void veth(void)
{
	struct lskel_where where = { .flags = XDP_FLAGS_DRV_MODE };
	struct lskel_link *link;
	__u64 before;
	int err = net_add_device("pair0", "veth") ?: net_up("veth0");

	if (err) {
		skip("XDP in the driver", "no module veth here");
		return;
	}
	where.ifindex = if_nametoindex("veth0");
	for (int old = 0; old < 2; old++) {
		link = old ? attach_xdp(skel, &where) : attach_net__on_xdp__attach_to(skel, &where);
		before = skel->bss->hits[HIT_XDP];
		/* The driver takes packets in its own time. */
		for (int i = 0; i < 1000 && skel->bss->hits[HIT_XDP] == before; i++) {
			net_send_out("pair0");
			usleep(1000);
		}
		check(old ? "XDP runs in a driver, without a link" : "XDP runs in a driver",
		      link && skel->bss->hits[HIT_XDP] > before, "%s", message());
		attach_net__detach(skel);
	}
}

int main(void)
{
	static struct footprint before;
	const char *left;

	if (net_new()) {
		fail("a network namespace", "%s", strerror(errno));
		return 1;
	}
	footprint_take(&before);
	skel = attach_net__open_and_load();
	if (!check("load", skel, "%s", strerror(errno)))
		return 1;
	tc();
	veth();
	xdp();
	attach_net__destroy(skel);
	left = fds_left(&before);
	check("destroy() leaves no fd", !left, "%s", left);
	return harness_status();
}
