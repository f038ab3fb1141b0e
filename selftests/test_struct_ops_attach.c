// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attached struct_ops maps do what they are for: TCP knows a congestion control, by registration or by link,
 * and a socket runs its programs, with what the application set before load(). After detach() or
 * destroy() TCP does not know it any more, whatever failed in between. For vmtest kernels only.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "ca.lskel.h"
#include "ca_link.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "own_bpffs.h"

/* For flags: who may use it. */
#define TCP_CONG_NON_RESTRICTED 1

static void raise_loopback(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
}

/* Whether /proc/sys/net/ipv4/@file lists @name. */
static bool is_listed(const char *file, const char *name)
{
	char path[128], list[1024] = {};
	FILE *in;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", file);
	in = fopen(path, "re");
	if (!in || !fgets(list, sizeof(list), in))
		abort();
	fclose(in);
	for (char *word = strtok(list, " \n"); word; word = strtok(NULL, " \n"))
		if (!strcmp(word, name))
			return true;
	return false;
}

static bool is_known(const char *name)
{
	return is_listed("tcp_available_congestion_control", name);
}

/* The kernel forgets a congestion control some time after the last use of it. */
static bool is_forgotten(const char *name)
{
	for (int i = 0; i < 500 && is_known(name); i++)
		usleep(10000);
	return !is_known(name);
}

/* Makes a connection with that congestion control. Returns 0 or a negative errno. */
static int use(const char *name)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(addr);
	int err = 0;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(server, (struct sockaddr *)&addr, len) ||
	    getsockname(server, (struct sockaddr *)&addr, &len) || listen(server, 1) ||
	    setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name)) ||
	    connect(client, (struct sockaddr *)&addr, len) || write(client, "x", 1) != 1)
		err = -errno;
	close(client);
	close(server);
	return err;
}

static struct ca *open_ca(void)
{
	struct ca *skel = ca__open();

	if (!skel)
		abort();
	skel->maps.wide.autocreate = skel->maps.kind.autocreate = skel->maps.no_such.autocreate =
		false;
	return skel;
}

static struct ca *load_ca(void)
{
	struct ca *skel = open_ca();

	if (ca__load(skel))
		fail("load", "%s", ca__error(skel));
	return skel;
}

static void register_both(void)
{
	struct ca *skel = open_ca();
	int ret;

	skel->struct_ops.first->flags = TCP_CONG_NON_RESTRICTED;
	skel->struct_ops.second->init = &skel->progs.ca_other_init;
	check("load", !ca__load(skel), "%s", ca__error(skel));
	check("nothing is registered by load", !is_known("lskel_r_first"), "it is");
	ret = ca__attach(skel);
	check("attach registers", !ret && is_known("lskel_r_first") && is_known("lskel_r_second"),
	      "%d: %s", ret, ca__error(skel));
	check("links has fds", skel->links.first_fd > 2 && skel->links.second_fd > 2, "%d and %d",
	      skel->links.first_fd, skel->links.second_fd);
	ret = use("lskel_r_first");
	check("a connection runs the object's program",
	      !ret && skel->bss->inits == 1 && !skel->bss->other_inits, "%s, %d runs",
	      strerror(-ret), skel->bss->inits);
	ret = use("lskel_r_second");
	check("or the one that the application chose",
	      !ret && skel->bss->inits == 1 && skel->bss->other_inits == 1, "%s, %d runs",
	      strerror(-ret), skel->bss->other_inits);
	check("a number that the application set is there",
	      is_listed("tcp_allowed_congestion_control", "lskel_r_first"), "it is not");
	check("and only there", !is_listed("tcp_allowed_congestion_control", "lskel_r_second"),
	      "elsewhere, too");
	check("attach again does nothing", !ca__attach(skel), "%s", ca__error(skel));
	check("nor does attach of a map that is not created", !ca__off__attach(skel), "%s",
	      ca__error(skel));
	ca__detach(skel);
	check("detach takes them back",
	      is_forgotten("lskel_r_first") && is_forgotten("lskel_r_second"), "TCP knows them");
	check("and their fds", !skel->links.first_fd && !skel->links.second_fd, "%d and %d",
	      skel->links.first_fd, skel->links.second_fd);
	ca__destroy(skel);
}

static void register_one(void)
{
	struct ca *skel = load_ca();
	int fd = ca__second__attach(skel);

	check("one map is attached by itself",
	      fd > 2 && fd == skel->links.second_fd && is_known("lskel_r_second") &&
		      !is_known("lskel_r_first"),
	      "fd %d: %s", fd, ca__error(skel));
	check("and again does nothing", !ca__second__attach(skel), "%s", ca__error(skel));
	ca__destroy(skel);
	check("destroy takes it back", is_forgotten("lskel_r_second"), "TCP knows it");
}

static void fail_half_way(void)
{
	struct ca *one = load_ca(), *other = load_ca(), *unloaded = open_ca();
	int ret;

	ca__second__attach(other);
	ret = ca__attach(one);
	check("a name that is taken is an error", ret == -EEXIST && errno == EEXIST, "%d", ret);
	check("that names the map",
	      strstr(ca__error(one), "'second'") && strstr(ca__error(one), "registered already"),
	      "%s", ca__error(one));
	check("what it has attached before is taken back",
	      is_forgotten("lskel_r_first") && one->links.first_fd <= 0, "TCP knows it");
	/* The kernel takes no value again for a map that was registered without a link. */
	ca__destroy(one);
	one = load_ca();
	ca__first__attach(one);
	check("what was attached by another call stays",
	      ca__attach(one) == -EEXIST && is_known("lskel_r_first"), "it does not");
	ca__destroy(one);
	check("until destroy", is_forgotten("lskel_r_first"), "TCP knows it");
	check("which leaves that of the other", is_known("lskel_r_second"), "it does not");
	ca__destroy(other);
	check("until it is destroyed", is_forgotten("lskel_r_second"), "TCP knows it");
	check("attach before load is an error", ca__first__attach(unloaded) == -EINVAL,
	      "it is not");
	ca__destroy(unloaded);
}

/* In a process that ends. */
static void attach_and_end(void)
{
	struct ca *skel = load_ca();
	int err = ca__pin(skel, skel->maps.second.map_fd, BPFFS "/second");

	ca__attach(skel);
	err = err ?: ca__disown(skel, &skel->links.second_fd);
	check("a map without a link is given up", !err && !skel->links.second_fd, "%s",
	      ca__error(skel));
	check("once",
	      ca__disown(skel, &skel->links.second_fd) == -ENOENT &&
		      strstr(ca__error(skel), "it is not attached"),
	      "%s", ca__error(skel));
	check("it is no program to update",
	      ca__update(skel, &skel->links.first_fd, skel->maps.second.map_fd) == -EOPNOTSUPP &&
		      strstr(ca__error(skel), "ca__MAP__put_into() can"),
	      "%s", ca__error(skel));
	check("nor is it for links",
	      ca__second__put_into(skel, skel->links.first_fd) == -EINVAL &&
		      strstr(ca__error(skel), "'second'"),
	      "%s", ca__error(skel));
	ca__destroy(skel);
	exit(harness_status());
}

static void outlive_process(void)
{
	union bpf_attr attr = { .pathname = lskel_u64(BPFFS "/second") };
	const __u32 key = 0;
	int status = -1, fd;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		attach_and_end();
	waitpid(pid, &status, 0);
	if (status)
		harness_failures++;
	check("it outlives its process, and only it",
	      is_known("lskel_r_second") && is_forgotten("lskel_r_first"), "no");
	fd = lskel_sys_bpf(BPF_OBJ_GET, &attr);
	check("by its map it is taken back",
	      fd >= 0 && !lskel_sys_map_delete(fd, &key) && is_forgotten("lskel_r_second"), "fd %d",
	      fd);
	close(fd);
	unlink(BPFFS "/second");
}

/* Of a skeleton whose links are made: another map takes the place of the first one. */
static void change_links(struct ca_link *skel)
{
	struct ca_link *other = ca_link__open();
	int fd, ret;

	other->maps.wide.autocreate = other->maps.kind.autocreate = other->maps.no_such.autocreate =
		false;
	other->struct_ops.first->init = &other->progs.ca_other_init;
	ret = ca_link__load(other);
	if (ret || ca_link__attach(skel)) {
		fail("links to change", "%s, %s", ca_link__error(other), ca_link__error(skel));
		return;
	}
	ret = ca_link__first__put_into(other, skel->links.first_fd);
	check("a map takes the place of another", !ret, "%s", ca_link__error(other));
	skel->bss->inits = other->bss->other_inits = 0;
	ret = use("lskel_l_first");
	check("and its programs run", !ret && !skel->bss->inits && other->bss->other_inits == 1,
	      "%s, %d and %d runs", strerror(-ret), skel->bss->inits, other->bss->other_inits);
	ret = ca_link__second__put_into(skel, skel->links.first_fd);
	check("not a map of another name",
	      ret == -EINVAL && strstr(ca_link__error(skel), "'second'"), "%d: %s", ret,
	      ca_link__error(skel));
	ca_link__destroy(other);
	ret = ca_link__detach_one(skel, &skel->links.second_fd);
	check("one is detached alone",
	      !ret && !skel->links.second_fd && is_forgotten("lskel_l_second") &&
		      is_known("lskel_l_first"),
	      "%s", ca_link__error(skel));
	check("what is no member of links is refused",
	      ca_link__detach_one(skel, &skel->maps.first.map_fd) == -EINVAL &&
		      strstr(ca_link__error(skel), "that is no member of skel->links"),
	      "%s", ca_link__error(skel));
	fd = ca_link__disown(skel, &skel->links.first_fd);
	ca_link__detach(skel);
	check("a link is given up", fd > 2 && is_known("lskel_l_first"), "fd %d", fd);
	close(fd);
	check("and ends with its fd", is_forgotten("lskel_l_first"), "TCP knows it");
}

static void attach_links(void)
{
	struct ca_link *skel = ca_link__open();
	int ret;

	skel->maps.wide.autocreate = skel->maps.kind.autocreate = skel->maps.no_such.autocreate =
		false;
	skel->struct_ops.second->init = &skel->progs.ca_other_init;
	ret = ca_link__load(skel);
	if (ret == -EINVAL && strstr(ca_link__error(skel), "create map 'first'")) {
		skip("links", "the kernel has none for struct_ops: %s", ca_link__error(skel));
		ca_link__destroy(skel);
		return;
	}
	check("load of maps with links", !ret, "%s", ca_link__error(skel));
	ret = ca_link__attach(skel);
	check("attach links", !ret && is_known("lskel_l_first") && is_known("lskel_l_second"),
	      "%d: %s", ret, ca_link__error(skel));
	ret = use("lskel_l_first") ?: use("lskel_l_second");
	check("connections run the programs",
	      !ret && skel->bss->inits == 1 && skel->bss->other_inits == 1, "%s, %d and %d runs",
	      strerror(-ret), skel->bss->inits, skel->bss->other_inits);
	ca_link__detach(skel);
	check("detach closes the links",
	      is_forgotten("lskel_l_first") && is_forgotten("lskel_l_second"), "TCP knows them");
	change_links(skel);
	ret = ca_link__first__attach(skel);
	check("a link can be made again", ret > 2 && is_known("lskel_l_first"), "%d: %s", ret,
	      ca_link__error(skel));
	ca_link__destroy(skel);
	check("destroy closes it", is_forgotten("lskel_l_first"), "TCP knows it");
}

int main(void)
{
	static struct footprint before;
	const char *left;

	raise_loopback();
	if (own_bpffs()) {
		fail("a BPF file system", "%s", strerror(errno));
		return 1;
	}
	footprint_take(&before);
	register_both();
	register_one();
	fail_half_way();
	outlive_process();
	attach_links();
	left = footprint_left(&before, &ca__info) ?: footprint_left(&before, &ca_link__info);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
