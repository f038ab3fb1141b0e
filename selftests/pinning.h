/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For test_pinning*.c: the skeleton, and what is pinned in the test's own BPF file system. */
#ifndef LSKEL_SELFTESTS_PINNING_H
#define LSKEL_SELFTESTS_PINNING_H

#include <glob.h>

#include "pinned.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "own_bpffs.h"

#define PACKET_LEN 64
#define PINNED	   6 /* maps of the object */

static inline struct pinned *open_or_exit(void)
{
	struct pinned *skel = pinned__open();

	if (!skel) {
		fail("open", "%s", strerror(errno));
		exit(1);
	}
	return skel;
}

static inline bool load(struct pinned *skel, const char *name)
{
	int err = pinned__load(skel);

	if (err)
		fail(name, "%s", pinned__error(skel));
	return !err;
}

static inline __u32 count_pins(const char *pattern)
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

static inline void remove_pins(void)
{
	glob_t found = {};

	glob(BPFFS "/*", 0, NULL, &found);
	glob(BPFFS "/*/*", GLOB_APPEND, NULL, &found);
	for (size_t i = found.gl_pathc; i-- > 0;)
		if (unlink(found.gl_pathv[i]))
			rmdir(found.gl_pathv[i]);
	globfree(&found);
}

static inline __u32 map_id(int fd)
{
	struct bpf_map_info map;

	return lskel_sys_map_info(fd, &map) ? 0 : map.id;
}

static inline __u32 id_of_pin(const char *path)
{
	int fd = lskel_sys_obj_get(path);
	__u32 id = fd < 0 ? 0 : map_id(fd);

	if (fd >= 0)
		close(fd);
	return id;
}

static inline __u64 lookup(int fd, __u32 key)
{
	union bpf_attr attr = {};
	__u64 value = 0;

	attr.map_fd = (__u32)fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(&value);
	return lskel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr) ? ~0ULL : value;
}

static inline int run(const struct pinned *skel)
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

#endif /* LSKEL_SELFTESTS_PINNING_H */
