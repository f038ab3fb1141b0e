// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Opening and closing of loader/elf_file.h: the search for files as libbpf's resolve_full_path() does it, and members of
 * archives. The functions are in loader/elf_symbols.c.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <sys/stat.h>

#include "elf_file.h"
#include "zip_file.h"

/* Debian's folder for libraries of the architecture: what is traced most likely is of the same. */
#if defined(__x86_64__)
#define LSKEL_LIB_PATH "/lib/x86_64-linux-gnu"
#elif defined(__i386__)
#define LSKEL_LIB_PATH "/lib/i386-linux-gnu"
#elif defined(__s390x__)
#define LSKEL_LIB_PATH "/lib/s390x-linux-gnu"
#elif defined(__s390__)
#define LSKEL_LIB_PATH "/lib/s390-linux-gnu"
#elif defined(__arm__) && defined(__SOFTFP__)
#define LSKEL_LIB_PATH "/lib/arm-linux-gnueabi"
#elif defined(__arm__)
#define LSKEL_LIB_PATH "/lib/arm-linux-gnueabihf"
#elif defined(__aarch64__)
#define LSKEL_LIB_PATH "/lib/aarch64-linux-gnu"
#elif defined(__mips__) && defined(__MIPSEL__) && _MIPS_SZLONG == 64
#define LSKEL_LIB_PATH "/lib/mips64el-linux-gnuabi64"
#elif defined(__mips__) && defined(__MIPSEL__)
#define LSKEL_LIB_PATH "/lib/mipsel-linux-gnu"
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LSKEL_LIB_PATH "/lib/powerpc64le-linux-gnu"
#elif defined(__sparc__) && defined(__arch64__)
#define LSKEL_LIB_PATH "/lib/sparc64-linux-gnu"
#elif defined(__riscv) && __riscv_xlen == 64
#define LSKEL_LIB_PATH "/lib/riscv64-linux-gnu"
#else
#define LSKEL_LIB_PATH NULL
#endif

/* What libc hides from -std=c11: AT_FDCWD and AT_EACCESS. */
static int lskel_may_access(const char *path, int how)
{
	return !syscall(__NR_faccessat2, -100, path, how, 0x200);
}

/* Looks for @name in the folders of @list, which are separated by ':'. */
static int lskel_find_in(const char *list, const char *name, int how, char ret[LSKEL_PATH_MAX])
{
	while (list && *list) {
		size_t len = strcspn(list, ":");
		int printed = snprintf(ret, LSKEL_PATH_MAX, "%.*s/%s", (int)len, list, name);

		if (len && printed > 0 && printed < LSKEL_PATH_MAX && lskel_may_access(ret, how))
			return 1;
		list += len;
		list += *list == ':';
	}
	return 0;
}

static int lskel_is_library(const char *name)
{
	size_t len = strlen(name);

	return strstr(name, ".so.") || (len >= 3 && !strcmp(name + len - 3, ".so"));
}

static int lskel_find_file(const char *name, char ret[LSKEL_PATH_MAX])
{
	if (lskel_is_library(name))
		return lskel_find_in(getenv("LD_LIBRARY_PATH"), name, R_OK, ret) ||
		       lskel_find_in("/usr/lib64:/usr/lib", name, R_OK, ret) ||
		       lskel_find_in(LSKEL_LIB_PATH, name, R_OK, ret) ||
		       lskel_find_in("/lib64:/lib", name, R_OK, ret);
	return lskel_find_in(getenv("PATH"), name, R_OK | X_OK, ret) ||
	       lskel_find_in("/usr/bin:/usr/sbin", name, R_OK | X_OK, ret);
}

/* Maps the archive elf->path, and finds @member. */
static int lskel_elf_open_member(const struct lskel_attaching *at, struct lskel_elf *elf,
				 const char *member)
{
	struct lskel_zip_member found;
	struct stat st;
	void *addr;
	int err;

	if (fstat(elf->fd, &st))
		return -errno;
	if (st.st_size <= 0 || (__u64)st.st_size > (size_t)-1 / 2)
		return lskel_attach_fail(at, -EINVAL, "'%s' is no archive", elf->path);
	addr = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, elf->fd, 0);
	if (addr == MAP_FAILED)
		return lskel_attach_fail(at, -errno, "mapping '%s'", elf->path);
	elf->archive = addr;
	elf->archive_len = (size_t)st.st_size;
	err = lskel_zip_find(elf->archive, elf->archive_len, member, &found);
	if (err == -EOPNOTSUPP)
		return lskel_attach_fail(at, err, "'%s' in '%s' is compressed", member, elf->path);
	if (err == -ENOENT)
		return lskel_attach_fail(at, err, "there is no '%s' in '%s'", member, elf->path);
	if (err)
		return lskel_attach_fail(at, err, "'%s' is no archive", elf->path);
	elf->base = found.offset;
	/* libelf does not write to it: nothing is changed, and there is no elf_update(). */
	elf->elf = elf_memory((char *)addr + found.offset, found.len);
	return 0;
}

/* The kernel wants the file only; @member: what stands behind "!/" in where.path, or NULL. */
static int lskel_elf_find_path(const struct lskel_attaching *at, struct lskel_elf *elf,
			       const char **member)
{
	const char *path = at->where->path, *mark;

	if (!path)
		return lskel_attach_fail(at, -EINVAL, "where.path is needed");
	mark = strstr(path, "!/");
	*member = mark ? mark + 2 : NULL;
	if (strlen(path) >= sizeof(elf->path))
		return lskel_attach_fail(at, -ENAMETOOLONG, "'%.40s...'", path);
	if (!mark && !strchr(path, '/')) {
		if (lskel_find_file(path, elf->path))
			return 0;
		return lskel_attach_fail(at, -ENOENT, "there is no '%s' where %s are", path,
					 lskel_is_library(path) ? "libraries" : "executables");
	}
	snprintf(elf->path, sizeof(elf->path), "%.*s",
		 (int)(mark ? (size_t)(mark - path) : strlen(path)), path);
	return 0;
}

LSKEL_API int lskel_elf_open(const struct lskel_attaching *at, struct lskel_elf *elf, int read)
{
	const char *member = NULL;
	int err;

	memset(elf, 0, sizeof(*elf));
	elf->fd = -1;
	err = lskel_elf_find_path(at, elf, &member);
	if (err || (!read && !member))
		return err;
	elf->fd = open(elf->path, O_RDONLY | LSKEL_O_CLOEXEC);
	if (elf->fd < 0)
		return lskel_attach_fail(at, -errno, "'%s'", elf->path);
	if (elf_version(EV_CURRENT) == EV_NONE)
		return lskel_attach_fail(at, -EINVAL, "libelf: %s", elf_errmsg(-1));
	if (member) {
		err = lskel_elf_open_member(at, elf, member);
		if (err)
			return err;
	} else {
		/*
		 * Not mapped: if it is this process's own file, the kernel would put the breakpoints of uprobes
		 * into that mapping, too, and count their counters (USDT semaphores) twice.
		 */
		elf->elf = elf_begin(elf->fd, ELF_C_READ, NULL);
	}
	if (!elf->elf || elf_kind(elf->elf) != ELF_K_ELF)
		return lskel_attach_fail(at, -ENOEXEC, "'%s' is no ELF file", at->where->path);
	return 0;
}

LSKEL_API void lskel_elf_close(struct lskel_elf *elf)
{
	elf_end(elf->elf);
	if (elf->archive)
		munmap(elf->archive, elf->archive_len);
	if (elf->fd >= 0)
		close(elf->fd);
}
