// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs for sockets and network namespaces: each has its effect on real traffic, by a link and in the older way;
 * another takes its place and gives it back; detached, the traffic is as it was before. Maps of sockets are in
 * selftests/test_attach_sockmaps.c. For vmtest kernels only.
 */
#include "attach_sockets.h"

ATTACH(lookup, attach_to)
ATTACH(flow, attach_to)
ATTACH(flow, attach_old_to)
ATTACH(reuseport, attach_to)
ATTACH(filter, attach_to)

/* sk_lookup: nobody listens to the one port; a listener to the other gets its connections. */
static int silent, listener;

static bool is_redirected(void)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd = connect_lo(SOCK_STREAM, (int)skel->bss->from_port), other;
	bool good = false;

	if (fd < 0)
		return false;
	other = is_readable(listener, WAIT_MS) ? accept(listener, NULL, NULL) : -1;
	if (!getsockname(other, (void *)&addr, &len))
		good = ntohs(addr.sin_port) == skel->bss->from_port;
	close(other);
	close(fd);
	return good;
}

static bool is_refused(void)
{
	int fd = connect_lo(SOCK_STREAM, (int)skel->bss->from_port);

	close(fd);
	return fd == -ECONNREFUSED;
}

static __u64 lookups(void *unused)
{
	__u64 before = hits(HIT_LOOKUP);

	(void)unused;
	if (is_redirected() != (hits(HIT_LOOKUP) != before))
		fail("a connection", "does not go where the program says");
	return hits(HIT_LOOKUP) - before;
}

static void sk_lookup(int netns)
{
	struct lskel_where here = at_fd(netns);
	struct lskel_link *link, *other;
	int port = 0, fd;

	silent = bind_lo(SOCK_STREAM, &port, false);
	skel->bss->from_port = (__u32)port;
	port = 0;
	listener = bind_lo(SOCK_STREAM, &port, false);
	listen(listener, 8);
	put_socket(skel->maps.listeners.map_fd, 0, listener);

	check("nobody listens", is_refused(), "somebody does");
	link = lookup_attach_to(skel, &here);
	check("sk_lookup redirects to another listener", link && link->fd > 2 && is_redirected(),
	      "%s", message());
	other = attach_sockets__on_lookup_other__attach_to(skel, &here);
	check("one that drops runs with it, and does not win",
	      other && is_redirected() && hits(HIT_LOOKUP_OTHER), "%s", message());
	detach(link);
	check("alone, it does", is_refused(), "it does not");
	detach(other);
	link = lookup_attach_to(skel, &here);
	check("without it, the first one redirects again", link && is_redirected(), "%s",
	      message());
	check("sk_lookup: update",
	      !attach_sockets__link_update(skel, link, skel->progs.on_lookup_other.prog_fd) &&
		      is_refused(),
	      "%s", message());
	check("and again",
	      !attach_sockets__link_update(skel, link, skel->progs.on_lookup.prog_fd) &&
		      is_redirected(),
	      "%s", message());
	fd = attach_sockets__link_disown(skel, link);
	attach_sockets__detach(skel);
	check("given up, it outlives detach()", fd > 2 && is_redirected(), "fd %d", fd);
	close(fd);
	check("until its fd is closed", is_refused(), "it runs");
	check_refused("sk_lookup needs a namespace",
		      lookup_attach_to(skel, &(struct lskel_where){}), EINVAL,
		      "set where.fd, of a network namespace");
	check_refused("a socket is none",
		      lookup_attach_to(skel, &(struct lskel_where){ .fd = silent }), EINVAL,
		      "'on_lookup'");
	check_each_call("sk_lookup: each call fails", &attach_sockets__info, skel, lookup_attach_to,
			&here, lookups);
	close(silent);
	close(listener);
}

/* flow_dissector: packets of different flows, which two packet sockets share by the hash of the flow. */
#define FLOWS 8

static int open_fanout(void)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_IP),
				    .sll_ifindex = 1 };
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0), group = 7 | PACKET_FANOUT_HASH << 16;

	if (bind(fd, (void *)&addr, sizeof(addr)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)))
		fail("packet sockets", "%s", strerror(errno));
	return fd;
}

/* Packets that @fd gets of the FLOWS, once all are there. */
static void send_flows(int got[2])
{
	struct pollfd fds[2] = { { open_fanout(), POLLIN, 0 }, { open_fanout(), POLLIN, 0 } };
	int port = 0, to = bind_lo(SOCK_DGRAM, &port, false);
	char c;

	got[0] = got[1] = 0;
	for (int i = 0; i < FLOWS; i++)
		send_datagram(port);
	while (got[0] + got[1] < FLOWS && poll(fds, 2, WAIT_MS) > 0)
		for (int i = 0; i < 2; i++)
			if (fds[i].revents)
				got[i] += recv(fds[i].fd, &c, 1, 0) == 1;
	close(to);
	close(fds[0].fd);
	close(fds[1].fd);
}

static __u64 flows_of(enum hit hit)
{
	__u64 before = hits(hit);
	int got[2];

	send_flows(got);
	if (got[0] + got[1] != FLOWS)
		fail("packets", "%d of %d come", got[0] + got[1], FLOWS);
	else if (hits(hit) != before && got[0] && got[1])
		fail("packets of one flow", "%d and %d of them part", got[0], got[1]);
	return hits(hit) - before;
}

static __u64 flows(void *unused)
{
	(void)unused;
	return flows_of(HIT_FLOW);
}

static void flow_dissector(int netns)
{
	struct lskel_where here = at_fd(netns);
	struct lskel_link *link, *other;

	check("no flow dissector runs", !flows_of(HIT_FLOW), "one does");
	link = flow_attach_to(skel, &here);
	check("a flow dissector makes one flow of all", link && link->fd > 2 && flows_of(HIT_FLOW),
	      "%s", message());
	check_refused("there is only one", flow_attach_to(skel, &here), E2BIG, "'on_flow'");
	check_refused("nor one without a link", flow_attach_old_to(skel, &here), EEXIST,
		      "'on_flow'");
	check("flow dissector: update",
	      !attach_sockets__link_update(skel, link, skel->progs.on_flow_other.prog_fd) &&
		      flows_of(HIT_FLOW_OTHER) && !flows_of(HIT_FLOW),
	      "%s", message());
	detach(link);
	check("detached, it does not run", !flows_of(HIT_FLOW_OTHER), "it does");
	check_each_call("flow dissector: each call fails", &attach_sockets__info, skel,
			flow_attach_to, &here, flows);

	link = flow_attach_old_to(skel, &here);
	check("a flow dissector without a link runs", link && !link->fd && flows_of(HIT_FLOW), "%s",
	      message());
	other = attach_sockets__on_flow_other__attach_old_to(skel, &here);
	check("another takes its place", other && flows_of(HIT_FLOW_OTHER) && !flows_of(HIT_FLOW),
	      "%s", message());
	check_refused("which a link does not", flow_attach_to(skel, &here), EEXIST, "'on_flow'");
	detach(other);
	check("detached, it gives it back", flows_of(HIT_FLOW) && !flows_of(HIT_FLOW_OTHER), "no");
	check("given up, it outlives detach()",
	      !attach_sockets__link_disown(skel, link) &&
		      (attach_sockets__detach(skel), flows_of(HIT_FLOW)),
	      "it does not");
	/* What has been given up is taken away by who takes its place for good. */
	other = attach_sockets__on_flow_other__attach_old_to(skel, &here);
	lskel_sys_prog_detach(0, skel->progs.on_flow_other.prog_fd, BPF_FLOW_DISSECTOR);
	detach(other);
	check("and ends as any other", !flows_of(HIT_FLOW) && !flows_of(HIT_FLOW_OTHER), "no");
	check_each_call("flow dissector without a link: each call fails", &attach_sockets__info,
			skel, flow_attach_old_to, &here, flows);
}

/* In another namespace than the process's, only links can be made. */
static void other_namespace(int netns)
{
	struct lskel_where here = at_fd(netns), there;
	struct lskel_link *link, *old = flow_attach_old_to(skel, &here);
	int fd;

	if (net_new()) {
		fail("another namespace", "%s", strerror(errno));
		return;
	}
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	there = at_fd(fd);
	link = flow_attach_to(skel, &there);
	check("a link in the new namespace", link && flows_of(HIT_FLOW), "%s", message());
	detach(link);
	check_refused("no program without a link in the other one", flow_attach_old_to(skel, &here),
		      EINVAL, "where.fd is not the network namespace of the process");
	link = flow_attach_old_to(skel, &there);
	detach(old);
	check("detach in the wrong namespace takes nothing away there", flows_of(HIT_FLOW),
	      "it does");
	detach(link);
	close(fd);
	setns(netns, CLONE_NEWNET);
	lskel_sys_prog_detach(0, skel->progs.on_flow.prog_fd, BPF_FLOW_DISSECTOR);
}

/* sk_reuseport: two sockets of one port. */
static int members[2], shared_port;

/* Which of them gets a datagram, or -1: none. */
static int who_gets_it(bool somebody)
{
	struct pollfd fds[2] = { { members[0], POLLIN, 0 }, { members[1], POLLIN, 0 } };
	__u64 before = hits(HIT_REUSEPORT_OTHER);
	char c;

	send_datagram(shared_port);
	if (!somebody)
		hit_within_limit(HIT_REUSEPORT_OTHER, before);
	if (poll(fds, 2, somebody ? WAIT_MS : 0) != 1)
		return -1;
	recv(fds[fds[0].revents ? 0 : 1].fd, &c, 1, 0);
	return fds[0].revents ? 0 : 1;
}

static bool is_chosen(__u32 member)
{
	skel->bss->chosen = member;
	for (int i = 0; i < 4; i++)
		if (who_gets_it(true) != (int)member)
			return false;
	return true;
}

static __u64 choices(void *unused)
{
	__u64 before = hits(HIT_REUSEPORT);

	(void)unused;
	if (who_gets_it(true) < 0)
		fail("a datagram for one of two sockets", "does not come");
	return hits(HIT_REUSEPORT) - before;
}

static void reuseport(void)
{
	struct lskel_link *link, *other;
	struct lskel_where where;

	for (__u32 i = 0; i < 2; i++) {
		members[i] = bind_lo(SOCK_DGRAM, &shared_port, true);
		put_socket(skel->maps.group.map_fd, i, members[i]);
	}
	where = at_fd(members[0]);
	check("no program chooses", !choices(NULL), "one does");
	link = reuseport_attach_to(skel, &where);
	check("sk_reuseport chooses the socket", link && is_chosen(0) && is_chosen(1), "%s",
	      message());
	other = attach_sockets__on_reuseport_other__attach_to(skel, &where);
	check("another takes its place, and drops", other && who_gets_it(false) < 0, "%s",
	      message());
	detach(link);
	check("which detaching the first one leaves alone", who_gets_it(false) < 0, "it does not");
	detach(other);
	check("detached, none chooses", !choices(NULL) && choices(NULL) == 0, "one does");
	check_refused("sk_reuseport needs a socket",
		      reuseport_attach_to(skel, &(struct lskel_where){}), EINVAL,
		      "set where.fd, of a socket");
	check_each_call("sk_reuseport: each call fails", &attach_sockets__info, skel,
			reuseport_attach_to, &where, choices);
	link = reuseport_attach_to(skel, &where);
	check("given up, sk_reuseport outlives detach()",
	      !attach_sockets__link_disown(skel, link) &&
		      (attach_sockets__detach(skel), is_chosen(0) && is_chosen(1)),
	      "it does not");
	close(members[0]);
	close(members[1]);
}

/* Socket filters: 3 of the 10 bytes of a datagram are left. */
static int filtered, filtered_port;

static ssize_t bytes_left(void)
{
	char c;

	send_datagram(filtered_port);
	return receive(filtered, &c);
}

static __u64 filters(void *unused)
{
	__u64 before = hits(HIT_FILTER);
	ssize_t len = bytes_left();

	(void)unused;
	if (len != (hits(HIT_FILTER) == before ? 10 : 3))
		fail("a filtered datagram", "%zd bytes are left", len);
	return hits(HIT_FILTER) - before;
}

static void socket_filter(void)
{
	struct lskel_where where;
	struct lskel_link *link, *other;
	int option;

	skel->bss->kept = 8 + 3; /* with the UDP header */
	filtered = bind_lo(SOCK_DGRAM, &filtered_port, false);
	where = at_fd(filtered);
	check("nothing is filtered", bytes_left() == 10, "it is");
	link = filter_attach_to(skel, &where);
	check("a socket filter truncates", link && !link->fd && bytes_left() == 3, "%s", message());
	check("it has no link to update",
	      attach_sockets__link_update(skel, link, skel->progs.on_filter.prog_fd) ==
			      -EOPNOTSUPP &&
		      strstr(message(), "it has no BPF link"),
	      "%s", message());
	other = filter_attach_to(skel, &where);
	detach(link);
	check("the filter that took its place stays", other && bytes_left() == 3, "it does not");
	detach(other);
	check("detached, nothing is filtered", bytes_left() == 10, "it is");
	check_each_call("socket filter: each call fails", &attach_sockets__info, skel,
			filter_attach_to, &where, filters);

	/* The fd is another socket's by now, whose filter is somebody else's. */
	link = filter_attach_to(skel, &where);
	close(filtered);
	filtered_port = 0;
	option = bind_lo(SOCK_DGRAM, &filtered_port, false);
	check("the next socket has the same fd", option == filtered, "%d", option);
	option = skel->progs.on_filter.prog_fd;
	setsockopt(filtered, SOL_SOCKET, SO_ATTACH_BPF, &option, sizeof(option));
	detach(link);
	check("another socket keeps its filter", bytes_left() == 3, "it does not");
	setsockopt(filtered, SOL_SOCKET, SO_DETACH_FILTER, &option, sizeof(option));

	link = filter_attach_to(skel, &where);
	check("given up, it outlives detach()",
	      !attach_sockets__link_disown(skel, link) &&
		      (attach_sockets__detach(skel), bytes_left() == 3),
	      "it does not");
	close(filtered);
	check_refused("a closed fd is refused", filter_attach_to(skel, &where), EBADF, "where.fd");
}

int main(void)
{
	static struct footprint before;
	const char *left;
	int netns;

	if (net_new()) {
		fail("a network namespace", "%s", strerror(errno));
		return 1;
	}
	netns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	footprint_take(&before);
	skel = attach_sockets__open_and_load();
	if (!skel) {
		fail("load", "%s", strerror(errno));
		return 1;
	}
	check("attach() leaves them alone", !attach_sockets__attach(skel) && !skel->ctx.links, "%s",
	      message());
	sk_lookup(netns);
	flow_dissector(netns);
	other_namespace(netns);
	reuseport();
	socket_filter();
	attach_sockets__destroy(skel);
	left = footprint_left(&before, &attach_sockets__info);
	check("destroy() leaves nothing", !left, "%s", left);
	return harness_status();
}
