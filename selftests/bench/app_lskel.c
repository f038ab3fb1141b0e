// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A skeleton of lskel. The linker sends the run time's system calls here, which tells the phases of a
 * load apart (see app_phase()).
 */
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
int __real_munmap(void *addr, size_t len);
int __wrap_munmap(void *addr, size_t len);

static int blob_is_gone;

long __wrap_syscall(long number, long cmd, long attr, long size)
{
	long ret;

	if (cmd == BPF_BTF_LOAD)
		app_phase("blob_map");
	else if (cmd == BPF_PROG_TEST_RUN)
		app_phase("fill");
	ret = __real_syscall(number, cmd, attr, size);
	if (cmd == BPF_PROG_TEST_RUN)
		app_phase("run");
	else if (cmd == BPF_BTF_LOAD)
		app_phase("loader_btf");
	else if (cmd == BPF_PROG_LOAD)
		app_phase("loader_prog");
	return ret;
}

int __wrap_munmap(void *addr, size_t len)
{
	int ret;

	if (!blob_is_gone)
		app_phase("read_back");
	ret = __real_munmap(addr, len);
	blob_is_gone = 1;
	return ret;
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
