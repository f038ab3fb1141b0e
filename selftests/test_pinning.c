// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Maps that are pinned: made by the first who needs them, used by whoever comes later, refused where they
 * differ, and not left behind by a load that fails. In a BPF file system of the test's own.
 */
#include <glob.h>
#include <sched.h>
#include <sys/wait.h>

#include "pinned.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "own_bpffs.h"

#define PACKET_LEN   64
#define CALL_ERRNO   ENOSPC
#define LOADERS	     8 /* at the same time */
#define PINNED	     6 /* maps of the object */
#define STARTED_FAST 42

/* Called before each bpf(2) of the run time; what is not 0 is its result. */
static int (*before_call)(long cmd, const union bpf_attr *attr);

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);

long __wrap_syscall(long number, long a, long b, long c)
{
	int err = before_call && number == __NR_bpf ?
			  before_call(a, (const union bpf_attr *)(unsigned long)b) :
			  0;

	if (!err)
		return __real_syscall(number, a, b, c);
	errno = -err;
	return -1;
}

static struct pinned *open_or_exit(void)
{
	struct pinned *skel = pinned__open();

	if (!skel) {
		fail("open", "%s", strerror(errno));
		exit(1);
	}
	return skel;
}

static bool load(struct pinned *skel, const char *name)
{
	int err = pinned__load(skel);

	if (err)
		fail(name, "%s", pinned__error(skel));
	return !err;
}

static __u32 count_pins(const char *pattern)
{
	glob_t found = {};
	__u32 cnt = 0;

	glob(pattern, 0, NULL, &found);
	/* Those with a dot are the kernel's own. */
	for (size_t i = 0; i < found.gl_pathc; i++)
		cnt += !strchr(found.gl_pathv[i], '.');
	globfree(&found);
	return cnt;
}

static void remove_pins(void)
{
	glob_t found = {};

	glob(BPFFS "/*", 0, NULL, &found);
	glob(BPFFS "/*/*", GLOB_APPEND, NULL, &found);
	for (size_t i = found.gl_pathc; i-- > 0;)
		if (unlink(found.gl_pathv[i]))
			rmdir(found.gl_pathv[i]);
	globfree(&found);
}

static __u32 map_id(int fd)
{
	struct bpf_map_info map;

	return lskel_sys_map_info(fd, &map) ? 0 : map.id;
}

static __u32 id_of_pin(const char *path)
{
	int fd = lskel_sys_obj_get(path);
	__u32 id = fd < 0 ? 0 : map_id(fd);

	if (fd >= 0)
		close(fd);
	return id;
}

static __u64 lookup(int fd, __u32 key)
{
	union bpf_attr attr = {};
	__u64 value = 0;

	attr.map_fd = (__u32)fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(&value);
	return lskel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr) ? ~0ULL : value;
}

static int run(const struct pinned *skel)
{
	union bpf_attr attr = {};
	char packet[PACKET_LEN] = {};
	int err;

	attr.test.prog_fd = (__u32)skel->progs.count.prog_fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	return err ?: (int)attr.test.retval;
}

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

static int calls_until_failure;

static int fail_later(long cmd, const union bpf_attr *attr)
{
	(void)cmd, (void)attr;
	return calls_until_failure-- ? 0 : -CALL_ERRNO;
}

/* Each call of a load fails once. @pins: how many there are before. */
static void each_call_fails(const char *name, __u32 pins)
{
	static struct footprint before;
	int n, err = -CALL_ERRNO;
	const char *left;

	footprint_take(&before);
	for (n = 0; err == -CALL_ERRNO; n++) {
		struct pinned *skel = open_or_exit();

		calls_until_failure = n;
		before_call = fail_later;
		err = pinned__load(skel);
		before_call = NULL;
		/* In a PROG_ARRAY that is pinned, the program that was stored last stays. */
		left = pins || !err ? fds_left(&before) : footprint_left(&before, &pinned__info);
		if (err && (left || count_pins(BPFFS "/*") != pins)) {
			fail(name, "call %d: leaves %s, %u pins, %s", n, left ?: "nothing",
			     count_pins(BPFFS "/*"), pinned__error(skel));
			pinned__destroy(skel);
			return;
		}
		if (err && !strstr(pinned__error(skel), strerror(CALL_ERRNO)))
			fail(name, "call %d: %s", n, pinned__error(skel));
		if (err && err != -CALL_ERRNO)
			fail(name, "call %d: %d: %s", n, err, pinned__error(skel));
		pinned__destroy(skel);
	}
	left = fds_left(&before);
	/* More calls than pins, and at last one that succeeds. */
	check(name, !err && n > PINNED && !left && count_pins(BPFFS "/*") == PINNED,
	      "%d after %d calls, %s is left", err, n, left ?: "nothing");
}

static int pins_before_others, pins_of_others;

/* Another process is faster: between the look for the pin and the making of one. */
static int pin_before(long cmd, const union bpf_attr *attr)
{
	const char *path = (const char *)(unsigned long)attr->pathname;
	struct pinned *other;
	__u32 i;

	if (cmd != BPF_OBJ_PIN || pins_before_others-- > 0 || !pins_of_others)
		return 0;
	pins_of_others--;
	before_call = NULL;
	other = open_or_exit();
	for (i = 0; i < pinned__info.map_cnt; i++)
		if (strcmp(lskel_map_at(&pinned__info, other, i)->pin_path ?: "", path))
			lskel_map_at(&pinned__info, other, i)->pin_path = NULL;
	load(other, "the other process");
	pinned__destroy(other);
	before_call = pin_before;
	return 0;
}

/* After @mine maps of this load, somebody else is faster with @n. */
static void others_are_faster(int mine, int n)
{
	static struct footprint before;
	struct pinned *skel = open_or_exit();
	int made = 0, found = 0, err;
	const char *left;
	char name[64];
	__u32 i;

	remove_pins();
	footprint_take(&before);
	pins_before_others = mine;
	pins_of_others = n;
	before_call = pin_before;
	err = pinned__load(skel);
	before_call = NULL;
	for (i = 0; i < pinned__info.map_cnt; i++) {
		const struct lskel_map *map = lskel_map_at(&pinned__info, skel, i);

		made += map->pinned == LSKEL_PIN_MADE;
		found += map->pinned == LSKEL_PIN_FOUND;
		if (map->pin_path && id_of_pin(map->pin_path) != map_id(map->map_fd))
			fail(map->pin_path, "another map is there");
	}
	snprintf(name, sizeof(name), "others pin %d maps first, after %d", n, mine);
	check(name, !err && found == n && made == PINNED - n && run(skel) == 42,
	      "%d found, %d made, %s", found, made, pinned__error(skel));
	if (!err)
		check("  inner maps are in outer ones of the same load",
		      skel->maps.outer.pinned == LSKEL_PIN_FOUND ||
			      lookup(skel->maps.first.map_fd, 1) == 1,
		      "%llu", (unsigned long long)lookup(skel->maps.first.map_fd, 1));
	pinned__destroy(skel);
	left = fds_left(&before);
	check("  and no fd is left", !left, "%s", left);
}

/* In a process of its own, all at the same time. Returns the id of a map. */
static int load_at_once(int start)
{
	struct pinned *skel = open_or_exit();
	char c;
	__u32 i;

	if (read(start, &c, 1))
		return 1;
	if (pinned__load(skel)) {
		printf("# %s\n", pinned__error(skel));
		return 1;
	}
	for (i = 0; i < pinned__info.map_cnt; i++) {
		const struct lskel_map *map = lskel_map_at(&pinned__info, skel, i);

		if (map->pin_path && id_of_pin(map->pin_path) != map_id(map->map_fd))
			return 1;
	}
	return run(skel);
}

static void many_at_once(void)
{
	int good = 0, start[2], i, status;
	pid_t pids[LOADERS];

	remove_pins();
	fflush(NULL);
	if (pipe(start))
		return;
	for (i = 0; i < LOADERS; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			close(start[1]);
			exit(load_at_once(start[0]));
		}
	}
	close(start[0]);
	close(start[1]);
	for (i = 0; i < LOADERS; i++)
		if (waitpid(pids[i], &status, 0) == pids[i] && WIFEXITED(status) &&
		    WEXITSTATUS(status) == STARTED_FAST)
			good++;
	check("processes that load at the same time share maps", good == LOADERS, "%d of %d do",
	      good, LOADERS);
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
	each_call_fails("without pins, each call fails", 0);
	each_call_fails("with pins, each call fails", PINNED);
	others_are_faster(2, 1);
	others_are_faster(1, 4);
	others_are_faster(0, PINNED);
	many_at_once();
	return harness_status();
}
