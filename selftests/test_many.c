// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * There is no limit to the number of programs and maps of an object: 200 and 300 load, each fd is the
 * one of its name, each program uses its own map, and destroy() leaves nothing.
 */
#include <sys/resource.h>

#include "many.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PROGS 200
#define MAPS  300

static const struct lskel_info *const info = &many__info;

static int map_fd(const struct many *skel, __u32 i)
{
	return lskel_at(struct lskel_map, skel, info->maps[i].desc)->map_fd;
}

static int prog_fd(const struct many *skel, __u32 i)
{
	return lskel_at(struct lskel_prog, skel, info->progs[i].desc)->prog_fd;
}

static void check_names(const struct many *skel)
{
	static struct number_set fds;
	__u32 maps = 0, progs = 0;

	for (__u32 i = 0; i < MAPS; i++) {
		struct bpf_map_info map = {};

		if (!number_is_in(&fds, map_fd(skel, i)))
			number_add(&fds, map_fd(skel, i));
		if (!object_info(map_fd(skel, i), &map, sizeof(map)) &&
		    !strcmp(map.name, info->maps[i].name) && map.max_entries == i + 1)
			maps++;
	}
	for (__u32 i = 0; i < PROGS; i++) {
		struct bpf_prog_info prog = {};

		if (!number_is_in(&fds, prog_fd(skel, i)))
			number_add(&fds, prog_fd(skel, i));
		if (!object_info(prog_fd(skel, i), &prog, sizeof(prog)) &&
		    !strcmp(prog.name, info->progs[i].name))
			progs++;
	}
	check("many: all fds differ", fds.cnt == MAPS + PROGS, "%u fds", fds.cnt);
	check("many: each map fd is the map of that name", maps == MAPS, "%u are", maps);
	check("many: each program fd is the program of that name", progs == PROGS, "%u are", progs);
}

static int run(int fd, __u32 *ret)
{
	union bpf_attr attr = {};
	char packet[64] = {};
	int err;

	attr.test.prog_fd = (__u32)fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	*ret = attr.test.retval;
	return err;
}

static __u64 count_of(int fd)
{
	union bpf_attr attr = {};
	__u32 key = 0;
	__u64 value = 0;

	attr.map_fd = (__u32)fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(&value);
	return lskel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr) ? ~0ULL : value;
}

static void check_programs(const struct many *skel)
{
	__u32 right = 0, counted = 0, ret;

	for (__u32 i = 0; i < PROGS; i++)
		if (!run(prog_fd(skel, i), &ret) && ret == i + 1)
			right++;
	for (__u32 i = 0; i < MAPS; i++)
		if (count_of(map_fd(skel, i)) == (i < PROGS))
			counted++;
	check("many: each program returns its own number", right == PROGS, "%u do", right);
	check("many: each program counts in its own map", counted == MAPS, "%u counts", counted);
}

int main(void)
{
	static struct footprint before;
	struct rlimit limit = { 4096, 4096 };
	const char *left;
	struct many *skel;

	if (info->map_cnt != MAPS || info->prog_cnt != PROGS)
		fail("many: tables", "%u maps, %u programs", info->map_cnt, info->prog_cnt);
	setrlimit(RLIMIT_NOFILE, &limit);
	footprint_take(&before);
	skel = many__open();
	if (skel && !many__load(skel)) {
		pass("many: 200 programs and 300 maps load");
		check_names(skel);
		check_programs(skel);
	} else {
		fail("many: load", "%s", skel ? many__error(skel) : strerror(errno));
	}
	many__destroy(skel);
	left = footprint_left(&before, info);
	check("many: destroy leaves nothing", !left, "%s", left);
	return harness_status();
}
