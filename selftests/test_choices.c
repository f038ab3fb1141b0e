// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an application chooses between open() and load(), without generating again: which programs are loaded
 * and which maps created, a map of its own, other value sizes, a log for one program, a device. What it
 * can't have is refused with a message, and nothing is left behind. Sizes and data are in test_settings.
 */
#include <sched.h>
#include <net/if.h>

#include "choices.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "run_packet.h"

#define DEV_BOUND_ONLY (1U << 6) /* BPF_F_XDP_DEV_BOUND_ONLY, Linux 6.3 */

static struct choices *open_or_exit(void)
{
	struct choices *skel = choices__open();

	if (!skel) {
		fail("open", "%s", strerror(errno));
		exit(1);
	}
	return skel;
}

static bool loads(const char *name, struct choices *skel)
{
	int err = choices__load(skel);

	return check(name, !err, "%s", choices__error(skel));
}

/* Fails with @err, and a message that has both words in it. */
static void refused(const char *name, struct choices *skel, int err, const char *word,
		    const char *other)
{
	int ret = choices__load(skel);
	const char *message = choices__error(skel);

	check(name, ret == err && strstr(message, word) && strstr(message, other),
	      "%d, not %d: %s (does not say '%s', '%s')", ret, err, message, word, other);
}

static __u32 map_id(int fd)
{
	struct bpf_map_info map = {};

	return object_info(fd, &map, sizeof(map)) ? 0 : map.id;
}

static void programs_can_be_turned_on_and_off(void)
{
	struct choices *skel = open_or_exit();

	skel->progs.is_off.autoload = true;
	skel->progs.adds_numbers.autoload = false;
	if (loads("autoload", skel)) {
		check("a program that is off can be turned on",
		      run_on_packet(skel->progs.is_off.prog_fd) == 42, "fd %d",
		      skel->progs.is_off.prog_fd);
		check("one that is on can be turned off", skel->progs.adds_numbers.prog_fd == -1,
		      "fd %d", skel->progs.adds_numbers.prog_fd);
		check("the next one has its own fd",
		      run_on_packet(skel->progs.last_of_tail.prog_fd) == 7, "fd %d",
		      skel->progs.last_of_tail.prog_fd);
	}
	choices__destroy(skel);

	skel = open_or_exit();
	skel->progs.is_off_and_wrong.autoload = true;
	refused("one that the verifier refuses is refused when it is turned on", skel, -EACCES,
		"'is_off_and_wrong'", "invalid mem access");
	skel->progs.is_off_and_wrong.autoload = false;
	loads("and can be turned off again", skel);
	choices__destroy(skel);

	skel = open_or_exit();
	skel->progs.has_no_target_either.autoload = true;
	refused("a target is looked for if one of its programs is on", skel, -ESRCH,
		"no_such_tracepoint', the target of program 'has_no_target_either'",
		"no such symbol");
	choices__destroy(skel);
}

static void maps_can_be_left_out(void)
{
	struct choices *skel = open_or_exit();

	skel->maps.extra.autocreate = false;
	refused("a program that needs a map that is not created is refused", skel, -EINVAL,
		"'uses_extra'", "map 'extra', which is not created");
	skel->progs.uses_extra.autoload = false;
	if (loads("autocreate", skel)) {
		check("a map that is off is not created", skel->maps.extra.map_fd == -1, "fd %d",
		      skel->maps.extra.map_fd);
		check("the others are there", run_on_packet(skel->progs.adds_numbers.prog_fd) == 0,
		      "no");
	}
	choices__destroy(skel);

	skel = open_or_exit();
	skel->maps.outer.autocreate = false;
	loads("a map of maps can be left out", skel);
	choices__destroy(skel);

	skel = open_or_exit();
	skel->maps.data_tail.autocreate = false;
	skel->progs.last_of_tail.autoload = false;
	if (loads("so can global data", skel))
		check("its initial values stay", skel->data_tail->tail[0] == 7, "%u",
		      skel->data_tail->tail[0]);
	choices__destroy(skel);
}

static int make_numbers(void)
{
	union bpf_attr attr = {};
	__u64 value = 10;
	int fd;

	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(__u32);
	attr.value_size = sizeof(value);
	attr.max_entries = 4;
	fd = lskel_sys_bpf(BPF_MAP_CREATE, &attr);
	for (__u32 key = 0; key < 4; key++) {
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = (__u32)fd;
		attr.key = lskel_u64(&key);
		attr.value = lskel_u64(&value);
		lskel_sys_bpf(BPF_MAP_UPDATE_ELEM, &attr);
	}
	return fd;
}

static void maps_can_be_reused(void)
{
	struct choices *first = open_or_exit(), *skel = open_or_exit();
	int fd = make_numbers();

	skel->maps.numbers.reuse_fd = fd;
	if (loads("reuse_fd", skel)) {
		check("programs use the map that was given",
		      run_on_packet(skel->progs.adds_numbers.prog_fd) == 40, "%d",
		      run_on_packet(skel->progs.adds_numbers.prog_fd));
		check("it is that map", map_id(skel->maps.numbers.map_fd) == map_id(fd),
		      "%u, not %u", map_id(skel->maps.numbers.map_fd), map_id(fd));
	}
	choices__destroy(skel);
	check("the application's fd stays its own", map_id(fd), "%s", strerror(errno));

	first->maps.numbers.reuse_fd = fd;
	skel = open_or_exit();
	if (loads("global data that is there already: the first", first)) {
		run_on_packet(first->progs.adds_numbers.prog_fd);
		skel->maps.bss.reuse_fd = first->maps.bss.map_fd;
		if (loads("and the second", skel))
			check("it keeps its values", skel->bss->sum == 40, "%llu",
			      (unsigned long long)skel->bss->sum);
	}
	choices__destroy(skel);
	choices__destroy(first);

	skel = open_or_exit();
	skel->maps.outer.reuse_fd = 4000;
	refused("what is no fd is refused", skel, -EBADF, "reuse_fd of map 'outer'",
		"Bad file descriptor");
	choices__destroy(skel);
	close(fd);
}

static void values_can_have_another_size(void)
{
	struct choices *skel = open_or_exit();
	const __u32 len = 900;
	struct bpf_map_info map = {};
	int err;

	err = choices__set_value_size(skel, &skel->maps.data_tail, len * sizeof(__u32));
	check("value size of global data", !err, "%s", strerror(-err));
	check("old values stay", skel->data_tail->tail[0] == 7, "%u", skel->data_tail->tail[0]);
	((volatile __u32 *)skel->data_tail->tail)[len - 1] = 77;
	skel->rodata->len = len;
	choices__set_value_size(skel, &skel->maps.extra, 64);
	skel->progs.uses_extra.autoload = false;
	if (loads("other value sizes", skel)) {
		check("programs reach what is new",
		      run_on_packet(skel->progs.last_of_tail.prog_fd) == 77, "%d",
		      run_on_packet(skel->progs.last_of_tail.prog_fd));
		((volatile __u32 *)skel->data_tail->tail)[len - 1]++;
		check("and share it with the application",
		      run_on_packet(skel->progs.last_of_tail.prog_fd) == 78, "%d",
		      run_on_packet(skel->progs.last_of_tail.prog_fd));
		object_info(skel->maps.extra.map_fd, &map, sizeof(map));
		check("an ordinary map has the size, too", map.value_size == 64, "%u",
		      map.value_size);
		err = choices__set_value_size(skel, &skel->maps.extra, 8);
		check("but not after the load", err == -EBUSY && errno == EBUSY, "%d", err);
	}
	choices__destroy(skel);

	skel = open_or_exit();
	err = choices__set_value_size(skel, &skel->maps.extra, 0);
	check("no value has no size", err == -EINVAL && errno == EINVAL, "%d", err);
	choices__set_value_size(skel, &skel->maps.data_tail, 2);
	skel->progs.last_of_tail.autoload = false;
	loads("a smaller size is possible", skel);
	choices__destroy(skel);
}

static void one_program_can_have_a_log(void)
{
	static char log[1 << 16], all[1 << 16];
	struct choices *skel = open_or_exit();

	skel->progs.adds_numbers.log_level = 1;
	skel->progs.adds_numbers.log_buf = log;
	skel->progs.adds_numbers.log_size = sizeof(log);
	if (loads("a log for one program", skel))
		check("it is there after success, too", strstr(log, "processed"), "'%s'", log);
	choices__destroy(skel);

	skel = open_or_exit();
	skel->ctx.log_level = 1;
	skel->ctx.log_buf = lskel_u64(all);
	skel->ctx.log_size = sizeof(all);
	skel->progs.is_off_and_wrong.autoload = true;
	skel->progs.is_off_and_wrong.log_level = 1;
	skel->progs.is_off_and_wrong.log_buf = log;
	skel->progs.is_off_and_wrong.log_size = sizeof(log);
	refused("the message has the program's log", skel, -EACCES, "'is_off_and_wrong'",
		"invalid mem access");
	check("the log of one is not that of all",
	      strstr(log, "invalid mem access") && !strstr(all, "invalid mem access"), "%s", all);
	choices__destroy(skel);
}

static void a_program_can_be_for_a_device(void)
{
	struct choices *skel = open_or_exit();

	skel->progs.for_a_device.autoload = true;
	skel->progs.for_a_device.ifindex = 12345;
	refused("a program for a device that is not there is refused", skel, -EINVAL,
		"'for_a_device'", "Invalid argument");

	/* In a network of its own, which goes with the process. */
	if (unshare(CLONE_NEWNET) || system("modprobe -q veth 2>/dev/null; "
					    "ip link add lskel0 type veth 2>/dev/null")) {
		skip("a program for a device", "no veth device can be made here");
		choices__destroy(skel);
		return;
	}
	skel->progs.for_a_device.ifindex = 0;
	if (!choices__load(skel)) {
		skip("a program for a device", "the kernel has no kfunc for those (Linux 6.3)");
		choices__destroy(skel);
		return;
	}
	check("a program that is not for a device can't do what needs one",
	      strstr(choices__error(skel), "device-bound"), "%s", choices__error(skel));
	skel->progs.for_a_device.ifindex = if_nametoindex("lskel0");
	skel->progs.for_a_device.flags = DEV_BOUND_ONLY;
	loads("a program for a device can", skel);
	choices__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	programs_can_be_turned_on_and_off();
	maps_can_be_left_out();
	maps_can_be_reused();
	values_can_have_another_size();
	one_program_can_have_a_log();
	a_program_can_be_for_a_device();
	left = footprint_left(&before, &choices__info);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
