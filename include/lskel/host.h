/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few questions about the target that the run time answers without bpf(2): page size, CPUs, symbols.
 *
 * Every function returns a result or a negative errno.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_HOST_H
#define LSKEL_HOST_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <linux/time_types.h>
#include <linux/types.h>

/*
 * What libc hides from -std=c11 when no feature test macro was defined before its first header: that is
 * the application's choice, so it is made good here.
 */
#ifndef __cplusplus
long syscall(long number, ...);
#endif

static inline __u32 lskel_page_size(void)
{
	return (__u32)sysconf(_SC_PAGESIZE);
}

/* The Linux that runs, as LSKEL_LINUX() of <lskel/attach_kind.h> has it, or 0 if it does not say. */
static inline __u32 lskel_running_linux(void)
{
	struct utsname name;
	unsigned int major, minor;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return 0;
	return major << 16 | minor << 8;
}

/*
 * The size of a ring buffer must be a power of two of pages: rounds @size up to one, as libbpf's
 * adjust_ringbuf_sz() does. A size that can't be rounded stays, for the kernel to refuse.
 */
static inline __u32 lskel_round_to_pages(__u32 size)
{
	__u32 pages = lskel_page_size();
	__u64 rounded = pages;

	if (!size)
		return 0;
	while (rounded < size)
		rounded <<= 1;
	return rounded > 0xffffffffU ? size : (__u32)rounded;
}

/* Counts "0-3,5" as 5; -EINVAL when @list isn't of that form. */
static inline int lskel_count_cpus(const char *list)
{
	int cpus = 0;

	for (;;) {
		char *end = (char *)list;
		long first, last;

		if (*list < '0' || *list > '9')
			return -EINVAL;
		first = last = strtol(list, &end, 10);
		if (*end == '-') {
			list = end + 1;
			last = *list >= '0' && *list <= '9' ? strtol(list, &end, 10) : -1;
		}
		if (last < first || last - first > 0xffff)
			return -EINVAL;
		cpus += (int)(last - first) + 1;
		if (*end != ',')
			return *end == '\0' || *end == '\n' ? cpus : -EINVAL;
		list = end + 1;
	}
}

/*
 * Finds a symbol in /proc/kallsyms as libbpf does (kallsyms_cb()): of those of BPF programs, too, and of variables that
 * clang has renamed. Returns whether it is there; all are at 0 if the kernel does not tell addresses.
 */
static inline int lskel_find_kallsym(const char *name, __u64 *ret)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[640], symbol[512], type, *suffix;
	unsigned long long address = 0;
	int found = 0;

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %c %511s", &address, &type, symbol) != 3)
			continue;
		suffix = type == 'd' ? strstr(symbol, ".llvm.") : NULL;
		if (suffix)
			*suffix = '\0';
		found = !strcmp(symbol, name);
	}
	if (file)
		fclose(file);
	*ret = address;
	return found;
}

/* The number of possible CPUs: what a PERF_EVENT_ARRAY without a size gets. */
static inline int lskel_possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	char list[256];
	int cpus;

	if (!file)
		return -errno;
	cpus = fgets(list, sizeof(list), file) ? lskel_count_cpus(list) : -EIO;
	fclose(file);
	return cpus;
}

/* Milliseconds of CLOCK_MONOTONIC, whose function libc hides from -std=c11. */
static inline long long lskel_now_ms(void)
{
	struct __kernel_timespec now = { 0, 0 };

#ifdef __NR_clock_gettime64
	syscall(__NR_clock_gettime64, 1, &now);
#else
	syscall(__NR_clock_gettime, 1, &now);
#endif
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

#endif /* LSKEL_HOST_H */
