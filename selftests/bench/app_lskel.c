// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A skeleton of lskel. The linker sends system calls of the run time here, which tell the phases of a
 * load apart (see app_phase()).
 */
#include <poll.h>
#include <stdio.h>

#include "types.h"
#ifdef BENCH_READY
#include "ready.h"
#else
#include "lskel.h"
#endif

#include "app.h"

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);
int __real_poll(struct pollfd *fds, nfds_t cnt, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t cnt, int timeout);
int __real_munmap(void *addr, size_t len);
int __wrap_munmap(void *addr, size_t len);

/* How far the load is; the blob is in a map when the kernel replays it, else in memory. */
static __thread enum { LOOK_AHEAD, IN_KERNEL, IN_PROCESS, REPLAY_IN_PROCESS, AFTER } stage;

/* Ends the phases that are over when @cmd is called. */
static void before_bpf(long cmd, const union bpf_attr *attr)
{
	if (stage == LOOK_AHEAD && cmd == BPF_MAP_CREATE && !strcmp(attr->map_name, "lskel_blob")) {
		app_phase("look_ahead");
		stage = IN_KERNEL;
	} else if (stage == IN_KERNEL && cmd == BPF_BTF_LOAD) {
		app_phase("blob_map");
	} else if (stage == IN_KERNEL && cmd == BPF_PROG_TEST_RUN) {
		app_phase("fill");
	} else if (stage == IN_PROCESS) {
		app_phase("fill");
		stage = REPLAY_IN_PROCESS;
	}
}

static void after_bpf(long cmd)
{
	if (stage != IN_KERNEL)
		return;
	if (cmd == BPF_BTF_LOAD)
		app_phase("loader_btf");
	else if (cmd == BPF_PROG_LOAD)
		app_phase("loader_prog");
	else if (cmd == BPF_PROG_TEST_RUN)
		app_phase("run");
}

long __wrap_syscall(long number, long cmd, long attr, long size)
{
	long ret;

	before_bpf(cmd, (const union bpf_attr *)attr);
	ret = __real_syscall(number, cmd, attr, size);
	after_bpf(cmd);
	return ret;
}

/* Of a replay from the process the first thing is to look for standard files. */
int __wrap_poll(struct pollfd *fds, nfds_t cnt, int timeout)
{
	if (stage == LOOK_AHEAD) {
		app_phase("look_ahead");
		stage = IN_PROCESS;
	}
	return __real_poll(fds, cnt, timeout);
}

/* The first after the replay is the blob's. */
int __wrap_munmap(void *addr, size_t len)
{
	if (stage == IN_KERNEL || stage == REPLAY_IN_PROCESS) {
		app_phase(stage == IN_KERNEL ? "read_back" : "run");
		stage = AFTER;
	}
	return __real_munmap(addr, len);
}

void app_prepare(void)
{
}

void *app_load(void)
{
	struct bench *skel = bench__open();

	app_phase("open");
	if (!skel || bench__load(skel)) {
		fprintf(stderr, "%s\n", skel ? bench__error(skel) : "open");
		return NULL;
	}
	app_phase("close");
	return skel;
}

void app_unload(void *loaded)
{
	bench__destroy(loaded);
}
