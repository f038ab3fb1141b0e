// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs for maps of sockets: each drops what it shall of the data of real connections, by a link where the kernel
 * has one and in the older way; another takes its place and gives it back; detached, nothing is dropped. For vmtest
 * kernels only.
 *
 * A socket has the programs that the map had when it was put there, so that each event is a new connection.
 */
#include "attach_sockets.h"

ATTACH(msg, attach_to)
ATTACH(msg, attach_old_to)
ATTACH(stream, attach_to)
ATTACH(stream, attach_old_to)
ATTACH(verdict, attach_old_to)

/*
 * Of a new connection, one end of which is in the map. The kernel asks about nothing more of a socket
 * after it has dropped something (tcp_bpf_send_verdict()), so that comes last.
 */
static __u64 messages_of(enum hit hit, bool *ret_dropped)
{
	__u64 before = hits(hit);
	int ends[2];
	char c;

	*ret_dropped = false;
	if (!tcp_pair(ends))
		return 0;
	put_socket(skel->maps.socks.map_fd, 0, ends[0]);
	if (send(ends[0], "x", 1, 0) != 1 || receive(ends[1], &c) != 1 || c != 'x')
		fail("what is not to be dropped", "does not come");
	*ret_dropped = send(ends[0], "d", 1, 0) < 0 && errno == EACCES;
	if (!*ret_dropped && (receive(ends[1], &c) != 1 || c != 'd'))
		fail("what is not dropped", "does not come");
	close_pair(ends);
	return hits(hit) - before;
}

static __u64 messages(void *unused)
{
	bool dropped;
	__u64 cnt = messages_of(HIT_MSG, &dropped);

	(void)unused;
	if (dropped != (cnt != 0))
		fail("sk_msg", "%s dropped", dropped ? "is" : "is not");
	return cnt;
}

static __u64 other_messages(void)
{
	bool dropped;
	__u64 cnt = messages_of(HIT_MSG_OTHER, &dropped);

	if (dropped)
		fail("sk_msg", "the other one drops nothing");
	return cnt;
}

/* How often the program runs that drops what it shall; nothing is dropped without. */
static __u64 streams_of(enum hit hit)
{
	__u64 before = hits(hit), cnt;
	int ends[2];
	char c;

	if (!tcp_pair(ends))
		return 0;
	put_socket(skel->maps.socks.map_fd, 1, ends[1]);
	send(ends[0], "x", 1, 0);
	if (receive(ends[1], &c) != 1 || c != 'x')
		fail("what is not to be dropped", "does not come");
	cnt = hits(hit) - before;
	send(ends[0], "d", 1, 0);
	if (cnt && !hit_within_limit(hit, before + cnt))
		fail("a verdict", "is not asked for");
	if (!cnt && (receive(ends[1], &c) != 1 || c != 'd'))
		fail("without a program", "something is dropped");
	send(ends[0], "y", 1, 0);
	if (receive(ends[1], &c) != 1 || c != 'y')
		fail("what is dropped", "comes, or the rest does not");
	close_pair(ends);
	return cnt;
}

static __u64 streams(void *unused)
{
	(void)unused;
	return streams_of(HIT_STREAM);
}

static __u64 verdicts(void *unused)
{
	(void)unused;
	return streams_of(HIT_VERDICT);
}

static void sockmap_links(const struct lskel_where *map)
{
	struct lskel_where typed = *map;
	struct lskel_link *link, *other, *parser;

	if (linux_version() < LSKEL_LINUX(6, 10)) {
		link = msg_attach_to(skel, map);
		check_refused("without links for maps of sockets, an error names the version", link,
			      EINVAL, "sockmap link needs Linux 6.10");
		check("and the other way", strstr(message(), "on_msg__attach_old_to()"), "%s",
		      message());
		return;
	}
	link = msg_attach_to(skel, map);
	check("sk_msg drops", link && link->fd > 2 && messages(NULL), "%s", message());
	check_refused("a second one is refused", msg_attach_to(skel, map), EBUSY, "'on_msg'");
	check_refused("and one without a link", msg_attach_old_to(skel, map), EBUSY, "'on_msg'");
	check("sk_msg: update",
	      !attach_sockets__link_update(skel, link, skel->progs.on_msg_other.prog_fd) &&
		      other_messages(),
	      "%s", message());
	detach(link);
	check("detached, it does not run", !messages(NULL) && !other_messages(), "it does");
	other = msg_attach_old_to(skel, map);
	check_refused("a link takes no place that is not given back",
		      attach_sockets__on_msg_other__attach_to(skel, map), EBUSY,
		      "on_msg_other__attach_old_to() takes the place");
	check("what is there without a link stays", other && messages(NULL), "no");
	detach(other);
	link = stream_attach_to(skel, map);
	parser = attach_sockets__on_parser__attach_to(skel, map);
	check("a stream verdict with its parser drops",
	      link && parser && streams(NULL) && hits(HIT_PARSER), "%s", message());
	detach(parser);
	detach(link);
	check_refused("SEC(\"sk_skb\") does not say which it is",
		      attach_sockets__on_skb__attach_to(skel, map), EINVAL,
		      "set where.attach_type: BPF_SK_SKB_STREAM_PARSER");
	typed.attach_type = BPF_SK_SKB_VERDICT;
	link = attach_sockets__on_skb__attach_to(skel, &typed);
	check("told, it drops", link && streams_of(HIT_SKB), "%s", message());
	detach(link);
	check("detached, nothing is dropped", !streams_of(HIT_SKB) && !streams(NULL), "it is");
	check_each_call("sk_msg: each call fails", &attach_sockets__info, skel, msg_attach_to, map,
			messages);
	check_each_call("stream verdict: each call fails", &attach_sockets__info, skel,
			stream_attach_to, map, streams);
}

static void sockmap_without_links(const struct lskel_where *map)
{
	struct lskel_where typed = *map;
	struct lskel_link *link, *other, *parser;

	check("no program of a map of sockets runs", !messages(NULL) && !streams(NULL), "one does");
	link = msg_attach_old_to(skel, map);
	check("sk_msg without a link drops", link && !link->fd && messages(NULL), "%s", message());
	other = attach_sockets__on_msg_other__attach_old_to(skel, map);
	check("another sk_msg takes its place", other && other_messages(), "%s", message());
	detach(other);
	check("and gives it back", messages(NULL), "it does not");
	attach_sockets__link_disown(skel, link);
	attach_sockets__detach(skel);
	check("given up, it stays with the map", messages(NULL), "it does not");
	typed.replace_fd = skel->progs.on_stream.prog_fd;
	other = attach_sockets__on_msg_other__attach_old_to(skel, &typed);
	check_refused("what is replaced has to be there", other, ENOENT,
		      "the program where.replace_fd is not there");
	lskel_sys_prog_detach(map->fd, skel->progs.on_msg.prog_fd, BPF_SK_MSG_VERDICT);
	check("until somebody takes it away", !messages(NULL), "it does not go");

	parser = attach_sockets__on_parser__attach_old_to(skel, map);
	link = stream_attach_old_to(skel, map);
	check("a stream verdict with its parser drops without links",
	      parser && link && streams(NULL) && hits(HIT_PARSER), "%s", message());
	other = verdict_attach_old_to(skel, map);
	check_refused("two sorts of verdict exclude each other", other, EBUSY, "'on_verdict'");
	attach_sockets__detach(skel);
	check("detach() takes both back", !streams(NULL), "it does not");
	link = verdict_attach_old_to(skel, map);
	check("a verdict without a link drops", link && verdicts(NULL), "%s", message());
	detach(link);
	typed = *map;
	typed.attach_type = BPF_SK_SKB_STREAM_VERDICT;
	link = attach_sockets__on_skb__attach_old_to(skel, &typed);
	check("told which it is, it drops without a link", link && streams_of(HIT_SKB), "%s",
	      message());
	detach(link);
	check_each_call("sk_msg without a link: each call fails", &attach_sockets__info, skel,
			msg_attach_old_to, map, messages);
	check_each_call("stream verdict without a link: each call fails", &attach_sockets__info,
			skel, stream_attach_old_to, map, streams);
	check_each_call("verdict without a link: each call fails", &attach_sockets__info, skel,
			verdict_attach_old_to, map, verdicts);
}

/* A socket has the programs that the map had when it was put in. */
static void keeps_programs(const struct lskel_where *map)
{
	__u64 before = hits(HIT_MSG);
	struct lskel_link *link;
	int ends[2];
	char c;

	if (!tcp_pair(ends))
		return;
	put_socket(map->fd, 0, ends[0]);
	link = msg_attach_old_to(skel, map);
	check("a socket that was in the map before does not run the program",
	      link && send(ends[0], "x", 1, 0) == 1 && receive(ends[1], &c) == 1 &&
		      hits(HIT_MSG) == before,
	      "%s", message());
	put_socket(map->fd, 1, ends[0]);
	detach(link);
	check("one that is put in then does, also when it is detached",
	      send(ends[0], "x", 1, 0) == 1 && receive(ends[1], &c) == 1 &&
		      hits(HIT_MSG) == before + 1,
	      "no");
	close_pair(ends);
}

int main(void)
{
	static struct footprint before;
	struct lskel_where map;
	const char *left;

	if (net_new()) {
		fail("a network namespace", "%s", strerror(errno));
		return 1;
	}
	footprint_take(&before);
	skel = attach_sockets__open_and_load();
	if (!skel) {
		fail("load", "%s", strerror(errno));
		return 1;
	}
	map = at_fd(skel->maps.socks.map_fd);
	sockmap_links(&map);
	sockmap_without_links(&map);
	keeps_programs(&map);
	attach_sockets__destroy(skel);
	left = footprint_left(&before, &attach_sockets__info);
	check("destroy() leaves nothing", !left, "%s", left);
	return harness_status();
}
