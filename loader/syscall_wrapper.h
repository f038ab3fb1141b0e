/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How the kernel calls its functions for system calls: for __kconfig externs (LINUX_HAS_SYSCALL_WRAPPER) and for
 * programs of SEC("ksyscall"), which must agree.
 */
#ifndef LSKEL_SYSCALL_WRAPPER_H
#define LSKEL_SYSCALL_WRAPPER_H

#include <linux/perf_event.h>

#include <lskel/sys.h>

/* Of architectures that have had CONFIG_ARCH_HAS_SYSCALL_WRAPPER: x86 since Linux 4.17, others later. */
#if defined(__x86_64__)
#define LSKEL_SYSCALL_PREFIX "__x64_sys_"
#elif defined(__aarch64__)
#define LSKEL_SYSCALL_PREFIX "__arm64_sys_"
#elif defined(__s390x__)
#define LSKEL_SYSCALL_PREFIX "__s390x_sys_"
#elif defined(__riscv)
#define LSKEL_SYSCALL_PREFIX "__riscv_sys_"
#else
#define LSKEL_SYSCALL_PREFIX ""
#endif

/*
 * Can a kprobe be opened on the function that wraps a system call? As libbpf's probe_kern_syscall_wrapper(), but for
 * a negative errno, where that is something else than that there is no such function.
 */
static inline int lskel_has_syscall_wrapper(void)
{
	FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	const char *prefix = LSKEL_SYSCALL_PREFIX;
	struct perf_event_attr attr;
	unsigned int type = 0;
	char function[32];
	int known, fd;

	known = file && fscanf(file, "%u", &type) == 1;
	if (file)
		fclose(file);
	if (!known || !prefix[0])
		return 0;
	snprintf(function, sizeof(function), "%sbpf", prefix);
	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = type;
	attr.config1 = lskel_u64(function);
	fd = (int)syscall(__NR_perf_event_open, &attr, getpid(), -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	close(fd);
	return 1;
}

#endif /* LSKEL_SYSCALL_WRAPPER_H */
