// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * struct_ops maps are laid out as the kernel at hand has the struct, whatever the object thinks of it, in one reading of its types; what
 * the application sets before load() counts; what can't be is an error that names map and member, leaves
 * nothing behind, and can be put right on the same skeleton. Loads only.
 */
#include "ca.lskel.h"
#include "ca_link.lskel.h"

#include "footprint.h"
#include "harness.h"

static int opened; /* so often the kernel's BTF */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	opened += !strcmp(path, "/sys/kernel/btf/vmlinux");
	return __real_open(path, flags);
}

/*
 * With only the maps that a kernel takes. libbpf 1.5 sees the '?' of SEC("?.struct_ops") only for the first
 * map of that section, "off"; and so does lskel.
 */
static struct ca *open_ca(void)
{
	struct ca *skel = ca__open();

	if (skel)
		skel->maps.wide.autocreate = skel->maps.kind.autocreate =
			skel->maps.no_such.autocreate = false;
	return skel;
}

/* On a busy machine the kernel takes longer to free these maps than others, hence two looks. */
static void expect_nothing_left(const char *name, const struct footprint *before,
				const struct lskel_info *info)
{
	const char *left = footprint_left(before, info) ? footprint_left(before, info) : NULL;

	check(name, !left, "%s", left);
}

static void expect_prog(const char *what, int fd, bool loaded)
{
	struct bpf_prog_info info = {};
	char name[128];

	snprintf(name, sizeof(name), "%s is %s", what, loaded ? "loaded" : "not loaded");
	if (!loaded)
		check(name, fd == -1, "its fd is %d", fd);
	else
		check(name, !object_info(fd, &info, sizeof(info)) && info.type == 27,
		      "fd %d is of type %u", fd, info.type);
}

static void expect_map(const char *what, int fd, bool created)
{
	struct bpf_map_info info = {};
	char name[128];

	snprintf(name, sizeof(name), "%s is %s", what, created ? "created" : "not created");
	if (!created)
		check(name, fd == -1, "its fd is %d", fd);
	else
		check(name, !object_info(fd, &info, sizeof(info)) && info.type == 26,
		      "fd %d is of type %u", fd, info.type);
}

static void load_as_it_is(void)
{
	struct ca *skel = open_ca();
	struct bpf_map_info info = {};

	if (!check("open shows the object's values",
		   skel && skel->struct_ops.first->init == &skel->progs.ca_init &&
			   skel->struct_ops.second->pkts_acked == &skel->progs.ca_pkts_acked &&
			   !skel->struct_ops.first->pkts_acked && !skel->struct_ops.first->flags,
		   "they differ"))
		goto out;
	opened = 0;
	if (!check("load", !ca__load(skel), "%s", ca__error(skel)))
		goto out;
	check("the kernel's BTF is read once, for maps and a kernel symbol", opened == 1,
	      "it was read %d times", opened);
	expect_map("a map", skel->maps.first.map_fd, true);
	expect_map("another", skel->maps.second.map_fd, true);
	expect_map("a map of SEC(\"?.struct_ops\")", skel->maps.off.map_fd, false);
	expect_prog("a program that two maps share", skel->progs.ca_init.prog_fd, true);
	expect_prog("a program of one map", skel->progs.ca_pkts_acked.prog_fd, true);
	expect_prog("a program of a map that is not created", skel->progs.ca_off_init.prog_fd,
		    false);
	expect_prog("a program of no map", skel->progs.ca_other_init.prog_fd, false);
	object_info(skel->maps.first.map_fd, &info, sizeof(info));
	check("the map has the kernel's type",
	      info.btf_vmlinux_value_type_id && info.value_size > sizeof(*skel->struct_ops.first),
	      "type %u, %u bytes", info.btf_vmlinux_value_type_id, info.value_size);
out:
	ca__destroy(skel);
}

static void choose(void)
{
	struct ca *skel = open_ca();

	skel->struct_ops.first->init = &skel->progs.ca_other_init;
	skel->struct_ops.second->pkts_acked = NULL;
	skel->maps.off.autocreate = true;
	if (check("load with other programs", !ca__load(skel), "%s", ca__error(skel))) {
		expect_prog("one of SEC(\"?...\") that was chosen",
			    skel->progs.ca_other_init.prog_fd, true);
		expect_prog("one that was taken out", skel->progs.ca_pkts_acked.prog_fd, false);
		expect_prog("one that is still used elsewhere", skel->progs.ca_init.prog_fd, true);
		expect_map("a map that was chosen", skel->maps.off.map_fd, true);
		expect_prog("its program", skel->progs.ca_off_init.prog_fd, true);
	}
	ca__destroy(skel);

	skel = open_ca();
	skel->maps.first.autocreate = false;
	skel->maps.second.autocreate = false;
	if (check("load without maps", !ca__load(skel), "%s", ca__error(skel)))
		expect_prog("a program of maps that are not created",
			    skel->progs.ca_ssthresh.prog_fd, false);
	ca__destroy(skel);
}

static void set_absent(struct ca *skel)
{
	skel->struct_ops.first->in_no_kernel = &skel->progs.ca_init;
}

static void create_wide(struct ca *skel)
{
	skel->maps.wide.autocreate = true;
}

static void create_kind(struct ca *skel)
{
	skel->maps.kind.autocreate = true;
}

static void create_no_such(struct ca *skel)
{
	skel->maps.no_such.autocreate = true;
}

static void use_twice(struct ca *skel)
{
	skel->struct_ops.second->pkts_acked = &skel->progs.ca_init;
}

static void set_socket_filter(struct ca *skel)
{
	skel->struct_ops.second->init = &skel->progs.no_struct_ops;
}

static void set_nonsense(struct ca *skel)
{
	skel->struct_ops.second->init = (struct lskel_prog *)skel;
}

static void load_unused(struct ca *skel)
{
	skel->progs.ca_other_init.autoload = true;
}

/* libbpf's errno for each, and what the message names. */
static const struct mistake {
	const char *what;
	void (*make)(struct ca *skel);
	int err;
	const char *named[2];
} mistakes[] = {
	{ "a member that the kernel has not",
	  set_absent,
	  ENOTSUP,
	  { "'first'", "'in_no_kernel'" } },
	{ "a member of another size", create_wide, ENOTSUP, { "'wide'", "'flags' has 4 bytes" } },
	{ "a member of another kind", create_kind, ENOTSUP, { "'kind'", "'name'" } },
	{ "a struct_ops that the kernel has not",
	  create_no_such,
	  ESRCH,
	  { "'no_such'", "'lskel_no_such_ops'" } },
	{ "a program in two members", use_twice, EINVAL, { "'second'", "'pkts_acked'" } },
	{ "a program of another type", set_socket_filter, ENOTSUP, { "'second'", "'init'" } },
	{ "a pointer to no program", set_nonsense, ENOTSUP, { "'second'", "'init'" } },
	{ "a program that no map uses",
	  load_unused,
	  EINVAL,
	  { "'ca_other_init'", "no struct_ops map" } },
};

static void fail_and_retry(const struct mistake *mistake)
{
	static struct footprint before;
	struct ca *skel = open_ca(), *good = open_ca();
	char name[128];
	int err;

	footprint_take(&before);
	mistake->make(skel);
	err = ca__load(skel);
	snprintf(name, sizeof(name), "%s is an error", mistake->what);
	check(name, err == -mistake->err && errno == mistake->err, "load gives %d: %s", err,
	      ca__error(skel));
	snprintf(name, sizeof(name), "%s is named", mistake->what);
	check(name,
	      strstr(ca__error(skel), mistake->named[0]) &&
		      strstr(ca__error(skel), mistake->named[1]),
	      "%s", ca__error(skel));
	snprintf(name, sizeof(name), "%s leaves nothing", mistake->what);
	expect_nothing_left(name, &before, &ca__info);

	/* Back to what the object has. */
	memcpy(skel->struct_ops.first, good->struct_ops.first, sizeof(*skel->struct_ops.first));
	skel->struct_ops.first->init = &skel->progs.ca_init;
	skel->struct_ops.first->ssthresh = &skel->progs.ca_ssthresh;
	skel->struct_ops.first->undo_cwnd = &skel->progs.ca_undo_cwnd;
	skel->struct_ops.first->cong_avoid = &skel->progs.ca_cong_avoid;
	skel->maps.second.autocreate = skel->maps.wide.autocreate = false;
	skel->maps.kind.autocreate = skel->maps.no_such.autocreate = false;
	skel->progs.ca_other_init.autoload = false;
	snprintf(name, sizeof(name), "%s, put right, loads", mistake->what);
	check(name, !ca__load(skel), "%s", ca__error(skel));
	ca__destroy(good);
	ca__destroy(skel);
}

/* A kernel that has no links to struct_ops refuses the map, as it does libbpf's. */
static void load_with_links(void)
{
	static struct footprint before;
	struct ca_link *skel;
	int err;

	footprint_take(&before);
	skel = ca_link__open();
	skel->maps.wide.autocreate = skel->maps.kind.autocreate = skel->maps.no_such.autocreate =
		false;
	err = ca_link__load(skel);
	if (!err)
		pass("load of maps with links");
	else
		check("maps with links are refused by a kernel before 6.4",
		      err == -EINVAL && strstr(ca_link__error(skel), "create map 'first'"), "%s",
		      ca_link__error(skel));
	ca_link__destroy(skel);
	expect_nothing_left("and nothing is left", &before, &ca_link__info);
}

int main(void)
{
	static struct footprint before;

	footprint_take(&before);
	load_as_it_is();
	choose();
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		fail_and_retry(&mistakes[i]);
	expect_nothing_left("nothing is left", &before, &ca__info);
	load_with_links();
	return harness_status();
}
