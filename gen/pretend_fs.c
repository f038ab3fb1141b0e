// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The pretend kernel's files and facts: while a recording is on, whatever libbpf would read from the
 * machine at hand does not exist or is a constant. The linker sends these calls here (--wrap).
 *
 * What the constants stand for is decided again on the target, by the run time: the number of CPUs is
 * the size of a perf event array without one, the page size rounds the size of ring buffers.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "record.h"
#include "util.h"

#define PRETEND_PAGE_SIZE 4096

static const struct pretend_file {
	const char *path;
	const char *content;
} files[] = {
	{ "/sys/devices/system/cpu/possible", "0\n" },
	{ PRETEND_TOKEN_PATH, "" },
};

static const char *kallsyms;
static const char *kconfig;

void pretend_kallsyms(const char *text)
{
	kallsyms = text;
}

void pretend_kconfig(const char *text)
{
	kconfig = text;
}

static int refuse(void)
{
	errno = ENOENT;
	return -1;
}

static int open_text(const char *text)
{
	int fd = memfd_create("lskel-file", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd >= 0 && (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int pretend_open(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(files[i].path, path))
			return open_text(files[i].content);
	return refuse();
}

static FILE *pretend_fopen(const char *path)
{
	if (kallsyms && !strcmp(path, "/proc/kallsyms"))
		return fmemopen((void *)kallsyms, strlen(kallsyms), "r");
	refuse();
	return NULL;
}

/* libbpf opens nothing with zlib but the configuration, and zlib reads plain text, too. */
static gzFile pretend_gzopen(void)
{
	int fd = kconfig ? open_text(kconfig) : refuse();

	return fd < 0 ? NULL : gzdopen(fd, "r");
}

/* A function that takes a path: refused while recording, else the real one. */
#define WRAP_PATH(type, name, refused, params, ...)                                                \
	type __real_##name params;                                                                 \
	type __wrap_##name params;                                                                 \
	type __wrap_##name params                                                                  \
	{                                                                                          \
		if (record_is_on())                                                                \
			return refused;                                                            \
		return __real_##name(__VA_ARGS__);                                                 \
	}

WRAP_PATH(int, open, pretend_open(path), (const char *path, int flags, mode_t mode), path, flags,
	  mode)
WRAP_PATH(int, open64, pretend_open(path), (const char *path, int flags, mode_t mode), path, flags,
	  mode)
WRAP_PATH(FILE *, fopen, pretend_fopen(path), (const char *path, const char *mode), path, mode)
WRAP_PATH(FILE *, fopen64, pretend_fopen(path), (const char *path, const char *mode), path, mode)
WRAP_PATH(gzFile, gzopen, pretend_gzopen(), (const char *path, const char *mode), path, mode)
WRAP_PATH(gzFile, gzopen64, pretend_gzopen(), (const char *path, const char *mode), path, mode)
WRAP_PATH(int, access, refuse(), (const char *path, int mode), path, mode)
WRAP_PATH(int, faccessat, refuse(), (int dir, const char *path, int mode, int flags), dir, path,
	  mode, flags)
WRAP_PATH(int, mkdir, refuse(), (const char *path, mode_t mode), path, mode)
WRAP_PATH(int, unlink, refuse(), (const char *path), path)
WRAP_PATH(char *, realpath, (refuse(), NULL), (const char *path, char *buf), path, buf)
WRAP_PATH(char *, getenv, NULL, (const char *name), name)
WRAP_PATH(uid_t, geteuid, 0, (void))
WRAP_PATH(int, getpagesize, PRETEND_PAGE_SIZE, (void))
WRAP_PATH(long, sysconf, PRETEND_PAGE_SIZE, (int name), name)

int __real_uname(struct utsname *uts);
int __wrap_uname(struct utsname *uts);
int __wrap_uname(struct utsname *uts)
{
	if (!record_is_on())
		return __real_uname(uts);
	*uts = (struct utsname){ .sysname = "Linux", .release = "6.12.0", .machine = "pretend" };
	return 0;
}
