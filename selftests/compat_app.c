// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An application of a light skeleton, written for the header that bpftool generates and compiled,
 * as it is, with that and with lskel's. Prints what it sees, for selftests/test_bpftool_compat.sh to
 * compare.
 *
 * usage: compat_app [attach]
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include COMPAT_HEADER

static int error(const char *what, int err)
{
	printf("%s failed: %s\n", what, strerror(err < 0 ? -err : errno));
	return 1;
}

static unsigned int max_entries_of(int map_fd)
{
	struct bpf_map_info info = {};
	union bpf_attr attr = {};

	attr.info.bpf_fd = (__u32)map_fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (__u64)(unsigned long)&info;
	return syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) ? 0 :
										info.max_entries;
}

/* Runs the program once, as if system call @id had been made. */
static int run(int prog_fd, unsigned long long id)
{
	unsigned long long args[2] = { 0, id };
	union bpf_attr attr = {};

	attr.test.prog_fd = (__u32)prog_fd;
	attr.test.ctx_in = (__u64)(unsigned long)args;
	attr.test.ctx_size_in = sizeof(args);
	return (int)syscall(__NR_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr));
}

static int set_and_load(struct compat *skel)
{
	static char log[1 << 20];

	skel->rodata->step = 5;
	skel->data->factor = 2;
	skel->maps.ringbuf.max_entries = 8192;
	skel->ctx.log_level = 4;
	skel->ctx.log_size = sizeof(log);
	skel->ctx.log_buf = (__u64)(unsigned long)log;
	return compat__load(skel);
}

static int load_and_run(void)
{
	struct compat *skel = compat__open();
	int err;

	if (!skel)
		return error("open", 0);
	printf("opened: step %d, factor %d, calls %d\n", skel->rodata->step, skel->data->factor,
	       skel->bss->calls);
	err = set_and_load(skel);
	if (err) {
		compat__destroy(skel);
		return error("load", err);
	}
	printf("ring buffer of %u, hash of %u\n", max_entries_of(skel->maps.ringbuf.map_fd),
	       max_entries_of(skel->maps.seen.map_fd));
	skel->data->factor = 3;
	if (run(skel->progs.count_calls.prog_fd, 42))
		error("run", 0);
	printf("ran: calls %d, last %lld, step %d, link %d\n", skel->bss->calls, skel->bss->last_id,
	       skel->rodata->step, skel->links.count_calls_fd);
	compat__destroy(skel);
	return 0;
}

static int attach(void)
{
	struct compat *skel = compat__open();
	int fd, calls;

	if (!skel)
		return error("open", 0);
	skel->rodata->only_pid = getpid();
	if (compat__load(skel)) {
		compat__destroy(skel);
		return error("load", 0);
	}
	fd = compat__count_calls__attach(skel);
	printf("attached one: %d, %d\n", fd > 0, fd == skel->links.count_calls_fd);
	compat__detach(skel);
	printf("attached all: %d\n", compat__attach(skel));
	printf("links: %d %d\n", skel->links.count_calls_fd > 0, skel->links.count_returns_fd > 0);
	calls = skel->bss->calls;
	for (int i = 0; i < 100; i++)
		syscall(__NR_getppid);
	printf("counted: %d, last %d\n", skel->bss->calls - calls,
	       skel->bss->last_id == __NR_getppid);
	compat__detach(skel);
	calls = skel->bss->calls;
	syscall(__NR_getppid);
	printf("detached: %d\n", skel->bss->calls - calls);
	compat__destroy(skel);
	return 0;
}

int main(int argc, char **argv)
{
	struct compat *skel;

	if (argc > 1 && !strcmp(argv[1], "attach"))
		return attach();
	compat__destroy(NULL);
	skel = compat__open_and_load();
	if (!skel)
		return error("open and load", 0);
	printf("fds: %d %d\n", skel->progs.count_calls.prog_fd > 0, skel->maps.seen.map_fd > 0);
	compat__destroy(skel);
	return load_and_run();
}
