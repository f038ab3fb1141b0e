// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A process without standard files can load a skeleton: none of its fds is 0, 1 or 2, which bpf(2)
 * would take for "none" or a stray printf() for its own, and those numbers are free again afterwards.
 */
#include <sys/wait.h>

#include "maps_only.lskel.h"
#include "rich.lskel.h"

#include "footprint.h"
#include "harness.h"

/* Exit status of the child, which has no file to print to. */
enum { GOOD, NOT_OPENED, NOT_LOADED, FD_IS_LOW, LOW_FD_IS_TAKEN, FD_IS_LEFT };

static const char *const meanings[] = { "",
					"can't be opened",
					"can't be loaded",
					"has a low fd",
					"a low fd is taken",
					"leaves an fd" };

static bool low_fds_are(unsigned int closed)
{
	unsigned int closed_now = 0;

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			closed_now |= 1U << fd;
	return closed_now == closed;
}

static int check_fds(const struct lskel_info *info, void *skel, unsigned int closed)
{
	for (__u32 i = 0; i < info->map_cnt; i++)
		if (lskel_at(struct lskel_map, skel, info->maps[i].desc)->map_fd < 3)
			return FD_IS_LOW;
	for (__u32 i = 0; i < info->prog_cnt; i++)
		if (lskel_at(struct lskel_prog, skel, info->progs[i].desc)->prog_fd < 3)
			return FD_IS_LOW;
	return low_fds_are(closed) ? GOOD : LOW_FD_IS_TAKEN;
}

static int load_without(const struct lskel_info *info, unsigned int closed)
{
	static struct footprint before;
	void *skel;
	int status;

	list_fds(&before.fds);
	for (int fd = 0; fd < 3; fd++)
		if (closed & 1U << fd)
			close(fd);
	skel = lskel_open(info);
	if (!skel)
		return NOT_OPENED;
	status = lskel_load(info, skel) ? NOT_LOADED : check_fds(info, skel, closed);
	lskel_destroy(info, skel);
	if (!status && !low_fds_are(closed))
		return LOW_FD_IS_TAKEN;
	list_fds(&before.progs);
	return status ?: before.progs.cnt > before.fds.cnt ? FD_IS_LEFT : GOOD;
}

static void check_load(const struct lskel_info *info)
{
	for (unsigned int closed = 0; closed < 8; closed++) {
		char name[96];
		int status;
		pid_t pid;

		snprintf(name, sizeof(name), "load %s without fds%s%s%s%s", info->name,
			 closed & 1 ? " 0" : "", closed & 2 ? " 1" : "", closed & 4 ? " 2" : "",
			 closed ? "" : ": none");
		pid = fork();
		if (!pid)
			_exit(load_without(info, closed));
		if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
			fail(name, "the child was killed");
		else
			check(name, !WEXITSTATUS(status), "%s", meanings[WEXITSTATUS(status)]);
	}
}

int main(void)
{
	check_load(&rich__info);
	check_load(&maps_only__info); /* without loader program */
	return harness_status();
}
