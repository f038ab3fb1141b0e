// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an application sets between open() and load() takes effect: sizes of maps as the target needs
 * them, global data as maps and programs see it. After the load, data is shared with programs, but
 * for what is read-only. Wrong use is refused, with a message.
 */
#include <sys/wait.h>

#include "settings.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PACKET_LEN 64

static struct settings *open_or_fail(void)
{
	struct settings *skel = settings__open();

	if (!skel) {
		fail("open", "%s", strerror(errno));
		exit(1);
	}
	return skel;
}

static bool load(struct settings *skel, const char *name)
{
	int err = settings__load(skel);

	if (err)
		fail(name, "%s", settings__error(skel));
	return !err;
}

static __u32 max_entries(int fd)
{
	struct bpf_map_info map = {};

	return object_info(fd, &map, sizeof(map)) ? 0 : map.max_entries;
}

/* Value 0 of an array, as a system call sees it. */
static int lookup(int fd, void *value)
{
	union bpf_attr attr = {};
	__u32 key = 0;

	attr.map_fd = (__u32)fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(value);
	return lskel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

/* Runs the program on a packet. Returns its return value, or a negative errno. */
static int run(const struct settings *skel)
{
	union bpf_attr attr = {};
	char packet[PACKET_LEN] = {};
	int err;

	attr.test.prog_fd = (__u32)skel->progs.compute.prog_fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	return err ?: (int)attr.test.retval;
}

/* Of the packet, a socket filter sees what follows the Ethernet header. */
static int expected(int factor, int offset, int step)
{
	return (PACKET_LEN - 14) * factor + offset + step;
}

static void sizes_are_the_object_s_or_the_target_s(void)
{
	struct settings *skel = open_or_fail();
	__u32 cpus = (__u32)sysconf(_SC_NPROCESSORS_CONF), entries;

	if (load(skel, "sizes by default")) {
		entries = max_entries(skel->maps.table.map_fd);
		check("max_entries is the object's", entries == 10, "%u", entries);
		entries = max_entries(skel->maps.ring.map_fd);
		check("a ring buffer of a page is one", entries == 4096, "%u", entries);
		entries = max_entries(skel->maps.samples.map_fd);
		check("a PERF_EVENT_ARRAY without a size has one entry for each possible CPU",
		      entries == (__u32)lskel_possible_cpus() && entries >= cpus, "%u", entries);
	}
	settings__destroy(skel);
}

static void sizes_can_be_set(void)
{
	struct settings *skel = open_or_fail();
	__u32 entries;

	skel->maps.table.max_entries = 77;
	skel->maps.ring.max_entries = 5000;
	skel->maps.samples.max_entries = 3;
	if (load(skel, "sizes that are set")) {
		entries = max_entries(skel->maps.table.map_fd);
		check("max_entries can be set", entries == 77, "%u", entries);
		entries = max_entries(skel->maps.ring.map_fd);
		check("the size of a ring buffer is rounded up", entries == 8192, "%u", entries);
		entries = max_entries(skel->maps.samples.map_fd);
		check("the size of a PERF_EVENT_ARRAY can be set", entries == 3, "%u", entries);
	}
	settings__destroy(skel);
}

static void data_has_its_initial_values(void)
{
	struct settings *skel = open_or_fail();
	int ret;

	check("open() has the initial values",
	      skel->rodata->factor == 2 && skel->data->offset == 5 &&
		      skel->data_step->step == 100 && !skel->bss->runs,
	      "other values");
	if (load(skel, "initial values")) {
		ret = run(skel);
		check("a program sees the initial values", ret == expected(2, 5, 100), "%d", ret);
		check("load() keeps them", skel->rodata->factor == 2 && skel->data->offset == 5,
		      "%d, %d", skel->rodata->factor, skel->data->offset);
	}
	settings__destroy(skel);
}

static void data_can_be_set(void)
{
	struct settings *skel = open_or_fail();
	static struct settings__bss bss;
	int value = 0, ret;

	skel->rodata->factor = 3;
	skel->data->offset = -7;
	skel->data_step->step = 1000;
	skel->bss->runs = 40;
	skel->bss->page[4999] = 'a';
	if (load(skel, "data that is set")) {
		ret = run(skel);
		check("a program sees what was set", ret == expected(3, -7, 1000), "%d", ret);
		lookup(skel->maps.rodata.map_fd, &value);
		check(".rodata in the map is what was set", value == 3, "%d", value);
		lookup(skel->maps.data.map_fd, &value);
		check(".data in the map is what was set", value == -7, "%d", value);
		lookup(skel->maps.bss.map_fd, &bss);
		check(".bss in the map is what was set, one run later",
		      bss.runs == 41 && bss.page[4999] == 'b' && bss.result == ret, "%llu runs, %d",
		      (unsigned long long)bss.runs, bss.page[4999]);
	}
	settings__destroy(skel);
}

static void data_is_shared(void)
{
	struct settings *skel = open_or_fail();
	int ret;

	if (load(skel, "shared data")) {
		run(skel);
		check("the application sees what a program writes",
		      skel->bss->runs == 1 && skel->bss->result == expected(2, 5, 100),
		      "%llu runs, %d", (unsigned long long)skel->bss->runs, skel->bss->result);
		skel->data->offset = 1;
		skel->bss->runs = 100;
		ret = run(skel);
		check("a program sees what the application writes", ret == expected(2, 1, 100),
		      "%d", ret);
		check("both ways", skel->bss->runs == 101, "%llu",
		      (unsigned long long)skel->bss->runs);
	}
	settings__destroy(skel);
}

static bool is_frozen(int fd)
{
	char path[64], line[64];
	bool frozen = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		frozen |= !strcmp(line, "frozen:\t1\n");
	if (file)
		fclose(file);
	return frozen;
}

static int update(int fd, void *value)
{
	union bpf_attr attr = {};
	__u32 key = 0;

	attr.map_fd = (__u32)fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(value);
	return lskel_sys_bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static void rodata_is_read_only(void)
{
	struct settings *skel = open_or_fail();
	int value = 9, err, status;
	pid_t pid;

	if (load(skel, "read-only data")) {
		check(".rodata is frozen", is_frozen(skel->maps.rodata.map_fd), "it is not");
		check(".data is not", !is_frozen(skel->maps.data.map_fd), "it is");
		err = update(skel->maps.rodata.map_fd, &value);
		check("bpf(2) can't change .rodata", err == -EPERM, "%d", err);
		pid = fork();
		if (!pid) {
			*(volatile int *)&skel->rodata->factor = 9;
			_exit(0);
		}
		waitpid(pid, &status, 0);
		check("the application can't write to it",
		      WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "status %d", status);
	}
	settings__destroy(skel);
}

static void wrong_use_is_refused(void)
{
	struct settings *skel = open_or_fail();
	int err;

	check("there is no error at first", !strcmp(settings__error(skel), "no error"), "%s",
	      settings__error(skel));
	err = settings__compute__attach(skel);
	check("attach() before load() is refused", err == -EINVAL && errno == EINVAL, "%d", err);
	check("with a message", strstr(settings__error(skel), "Invalid argument"), "%s",
	      settings__error(skel));
	if (load(skel, "first load")) {
		err = settings__load(skel);
		check("a second load() is refused", err == -EINVAL && errno == EINVAL, "%d", err);
		check("with a message that says so",
		      strstr(settings__error(skel), "loaded already"), "%s", settings__error(skel));
		err = run(skel);
		check("what is loaded stays", err == expected(2, 5, 100), "%d", err);
	}
	settings__destroy(skel);
	settings__destroy(NULL);
}

static void load_can_be_tried_again(void)
{
	struct settings *skel = open_or_fail();
	int err, ret;

	skel->maps.table.max_entries = ~0U;
	skel->rodata->factor = 4;
	err = settings__load(skel);
	check("a map that is too large is refused", err < 0, "%d", err);
	check("the message names it", strstr(settings__error(skel), "'table'"), "%s",
	      settings__error(skel));
	skel->maps.table.max_entries = 0;
	if (load(skel, "load() after a failed one works")) {
		pass("load() after a failed one works");
		check("then there is no error", !strcmp(settings__error(skel), "no error"), "%s",
		      settings__error(skel));
		ret = run(skel);
		check("data keeps what was set", ret == expected(4, 5, 100), "%d", ret);
	}
	settings__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	settings__destroy(open_or_fail());
	left = fds_left(&before);
	check("open() and destroy() without load() leave no fd", !left, "%s", left);
	sizes_are_the_object_s_or_the_target_s();
	sizes_can_be_set();
	data_has_its_initial_values();
	data_can_be_set();
	data_is_shared();
	rodata_is_read_only();
	wrong_use_is_refused();
	load_can_be_tried_again();
	left = footprint_left(&before, &settings__info);
	check("all of this leaves nothing", !left, "%s", left);
	return harness_status();
}
