// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What can happen while maps are pinned: a call that fails leaves no pin behind, and others who pin the same maps at the
 * same time share them. In a BPF file system of the test's own.
 */
#include <sys/wait.h>

#include "pinning.h"

#define CALL_ERRNO   ENOSPC
#define LOADERS	     8 /* at the same time */
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

int main(void)
{
	int err = own_bpffs();

	if (err) {
		fail("pinning", "can't mount a BPF file system: %s", strerror(-err));
		return 1;
	}
	each_call_fails("without pins, each call fails", 0);
	each_call_fails("with pins, each call fails", PINNED);
	others_are_faster(2, 1);
	others_are_faster(1, 4);
	others_are_faster(0, PINNED);
	many_at_once();
	return harness_status();
}
