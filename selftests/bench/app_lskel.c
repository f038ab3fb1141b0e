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

static int blob_is_gone, in_kernel, replaying;

/* Whether the loader program is being prepared: its BTF comes first. */
static int is_loader_btf(long cmd, long attr)
{
	return cmd == BPF_BTF_LOAD &&
	       ((const union bpf_attr *)attr)->btf == lskel_u64(bench__info.btf);
}

long __wrap_syscall(long number, long cmd, long attr, long size)
{
	int loader = is_loader_btf(cmd, attr);
	long ret;

	if (loader)
		app_phase("blob_map");
	else if (cmd == BPF_PROG_TEST_RUN || (!in_kernel && !replaying))
		app_phase("fill");
	replaying = 1;
	ret = __real_syscall(number, cmd, attr, size);
	if (loader)
		app_phase("loader_btf");
	else if (in_kernel && cmd == BPF_PROG_LOAD)
		app_phase("loader_prog");
	else if (cmd == BPF_PROG_TEST_RUN)
		app_phase("run");
	return ret;
}

int __wrap_munmap(void *addr, size_t len)
{
	int ret;

	if (!blob_is_gone)
		app_phase(in_kernel ? "read_back" : "run");
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
	in_kernel = skel && lskel_needs_loader(&bench__info, &skel->ctx);
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
