// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Maps that are pinned: made by the first who needs them, used by whoever comes later, refused where they
 * differ. In a BPF file system of the test's own. Others at the same time, and failures, are in test_pinning_races.c.
 */
#include <sched.h>
#include <sys/wait.h>

#include "pinning.h"

static void first_load_pins(void)
{
	struct pinned *skel = open_or_exit();

	check("open() has the path that libbpf makes",
	      skel->maps.counts.pin_path && !strcmp(skel->maps.counts.pin_path, BPFFS "/counts") &&
		      !skel->maps.first.pin_path && !skel->maps.bss.pin_path,
	      "%s", skel->maps.counts.pin_path ?: "(none)");
	/* For the next test, in the next process. */
	skel->maps.bss.pin_path = BPFFS "/dir/bss";
	if (!load(skel, "the first load"))
		return;
	check("the first load pins what it creates",
	      id_of_pin(BPFFS "/counts") == map_id(skel->maps.counts.map_fd) &&
		      skel->maps.counts.pinned == LSKEL_PIN_MADE,
	      "%u pins", count_pins(BPFFS "/*"));
	check("and nothing else", count_pins(BPFFS "/*") == PINNED + 1 && !skel->maps.first.pinned,
	      "%u pins", count_pins(BPFFS "/*"));
	check("a path of the application's, in a directory that it makes",
	      id_of_pin(BPFFS "/dir/bss") == map_id(skel->maps.bss.map_fd), "no such pin");
	check("programs run with pinned maps", run(skel) == 42, "%d", run(skel));
	pinned__destroy(skel);
	check("pins outlive the skeleton", count_pins(BPFFS "/*") == PINNED + 1, "%u pins",
	      count_pins(BPFFS "/*"));
}

static void next_load_finds_them(void)
{
	struct pinned *skel = open_or_exit();
	__u64 before;

	skel->maps.bss.pin_path = BPFFS "/dir/bss";
	skel->bss->runs = 1000;
	if (!load(skel, "the next load"))
		return;
	check("the next load uses what is pinned",
	      id_of_pin(BPFFS "/counts") == map_id(skel->maps.counts.map_fd) &&
		      skel->maps.counts.pinned == LSKEL_PIN_FOUND &&
		      skel->maps.samples.pinned == LSKEL_PIN_FOUND &&
		      skel->maps.events.pinned == LSKEL_PIN_FOUND &&
		      skel->maps.ports.pinned == LSKEL_PIN_FOUND,
	      "other maps");
	before = lookup(skel->maps.counts.map_fd, 1);
	check("with its contents", before >= 1 && before != ~0ULL, "%llu",
	      (unsigned long long)before);
	check("data is what the map has, not what the application set",
	      skel->bss->runs == 5 * before, "%llu", (unsigned long long)skel->bss->runs);
	check("programs run with maps that were pinned", run(skel) == 42, "%d", run(skel));
	check("and write to them", lookup(skel->maps.counts.map_fd, 1) > before, "%llu",
	      (unsigned long long)lookup(skel->maps.counts.map_fd, 1));
	check("an outer map keeps its inner ones, as with libbpf",
	      lookup(skel->maps.first.map_fd, 1) == 0, "%llu",
	      (unsigned long long)lookup(skel->maps.first.map_fd, 1));
	pinned__destroy(skel);
}

/* @path: where it is not as it should be. */
static void fails(const char *name, struct pinned *skel, int err, const char *path, const char *why)
{
	static struct footprint before;
	const char *left, *message;
	__u32 pins = count_pins(BPFFS "/*");
	int ret;

	footprint_take(&before);
	ret = pinned__load(skel);
	message = pinned__error(skel);
	if (check(name,
		  ret == err && errno == -err && strstr(message, path) && strstr(message, why),
		  "%d: %s", ret, message))
		printf("# %s\n", message);
	left = footprint_left(&before, &pinned__info);
	check("  and leaves nothing", !left && count_pins(BPFFS "/*") == pins, "%s, %u pins",
	      left ?: "no maps", count_pins(BPFFS "/*"));
	pinned__destroy(skel);
}

static void what_differs_is_refused(void)
{
	struct pinned *skel = open_or_exit();

	skel->maps.counts.max_entries = 100;
	fails("another size is refused", skel, -EINVAL, "'" BPFFS "/counts'",
	      "max_entries is 200, not 100");
	skel = open_or_exit();
	skel->maps.events.max_entries = 9000;
	fails("another size of a ring buffer, rounded", skel, -EINVAL, "map 'events'",
	      "max_entries is 8192, not 16384");
	skel = open_or_exit();
	skel->maps.counts.pin_path = BPFFS "/jumps";
	fails("another type is refused", skel, -EINVAL, "'" BPFFS "/jumps'", "type is 3, not 1");
	skel = open_or_exit();
	skel->maps.data.pin_path = BPFFS "/dir/bss";
	fails("other flags or sizes are refused", skel, -EINVAL, "map 'pinned.data'",
	      "value_size is 8, not 4");
}

static void what_can_t_be_pinned_is_refused(void)
{
	struct pinned *skel = open_or_exit();

	skel->maps.first.pin_path = "/dev/shm/lskel-pin";
	fails("a path that is in no BPF file system", skel, -EINVAL, "'/dev/shm/lskel-pin'",
	      "mount -t bpf");
	skel = open_or_exit();
	skel->maps.first.pin_path = BPFFS "/no/such/first";
	fails("a path without directories", skel, -ENOENT, "'" BPFFS "/no/such/first'",
	      "last directory");
	skel = open_or_exit();
	skel->maps.first.pin_path = BPFFS "/first.map";
	fails("a name with a dot", skel, -EPERM, "'" BPFFS "/first.map'", "'.'");
	skel = open_or_exit();
	skel->maps.first.pin_path = BPFFS "/dir";
	fails("a directory", skel, -EACCES, "'" BPFFS "/dir'", "no map");
}

static void paths_can_be_changed(void)
{
	struct pinned *skel = open_or_exit();
	char path[] = BPFFS "/mine/first";

	remove_pins();
	check("set_pin_root", !pinned__set_pin_root(skel, BPFFS "/root"), "%s", strerror(errno));
	skel->maps.first.pin_path = path;
	skel->maps.jumps.pin_path = NULL;
	if (load(skel, "paths of the application's")) {
		check("all that is pinned by name has another root",
		      id_of_pin(BPFFS "/root/counts") == map_id(skel->maps.counts.map_fd) &&
			      count_pins(BPFFS "/root/*") == PINNED - 1,
		      "%u pins", count_pins(BPFFS "/root/*"));
		check("a path that is cleared is not pinned",
		      !skel->maps.jumps.pinned && run(skel) == 42, "it is pinned");
		check("a path that is set is",
		      id_of_pin(BPFFS "/mine/first") == map_id(skel->maps.first.map_fd),
		      "no such pin");
	}
	pinned__destroy(skel);
	remove_pins();
}

/* A map of the application's is pinned; where one is pinned, that goes first. As with libbpf. */
static void reuse_fd_and_pins(void)
{
	struct pinned *mine = open_or_exit(), *skel = open_or_exit();
	__u32 i;

	for (i = 0; i < pinned__info.map_cnt; i++)
		lskel_map_at(&pinned__info, mine, i)->pin_path = NULL;
	mine->maps.counts.max_entries = 300;
	if (!load(mine, "without pins"))
		return;
	skel->maps.counts.reuse_fd = mine->maps.counts.map_fd;
	if (load(skel, "a map of the application's"))
		check("a map of the application's is pinned",
		      id_of_pin(BPFFS "/counts") == map_id(mine->maps.counts.map_fd), "no");
	pinned__destroy(skel);
	skel = open_or_exit();
	skel->maps.counts.reuse_fd = mine->maps.counts.map_fd;
	if (load(skel, "the map that is pinned"))
		check("and found", skel->maps.counts.pinned == LSKEL_PIN_FOUND, "not");
	pinned__destroy(skel);
	skel = open_or_exit();
	fails("by others only if it is as they want it", skel, -EINVAL, "map 'counts'",
	      "max_entries is 300, not 200");
	pinned__destroy(mine);
	remove_pins();
}

static void refused_program_unpins(void)
{
	struct pinned *skel = open_or_exit();

	skel->progs.refused.autoload = true;
	fails("a program is refused", skel, -EACCES, "'refused'", "verifier");
}

static void in_own_process(void (*test)(void))
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		test();
		exit(harness_status());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		harness_failures++;
}

int main(void)
{
	int err = own_bpffs();

	if (err) {
		fail("pinning", "can't mount a BPF file system: %s", strerror(-err));
		return 1;
	}
	in_own_process(first_load_pins);
	in_own_process(next_load_finds_them);
	what_differs_is_refused();
	what_can_t_be_pinned_is_refused();
	paths_can_be_changed();
	reuse_fd_and_pins();
	refused_program_unpins();
	return harness_status();
}
