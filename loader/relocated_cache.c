// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The cache of relocated forms: files that "lskel relocate" wrote, see <lskel/relocated_cache.h>. What others may
 * have written is not looked at.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <lskel/open.h>
#include <lskel/relocated.h>

/* Hidden from -std=c11, see <lskel/sys.h>. */
#if defined(O_NOFOLLOW)
#define LSKEL_O_NOFOLLOW O_NOFOLLOW
#elif defined(__alpha__)
#define LSKEL_O_NOFOLLOW 0200000 /* arch/alpha/include/uapi/asm/fcntl.h */
#elif defined(__hppa__)
#define LSKEL_O_NOFOLLOW 0200 /* arch/parisc/include/uapi/asm/fcntl.h */
#elif defined(__arm__) || defined(__aarch64__) || defined(__powerpc__) || defined(__m68k__)
#define LSKEL_O_NOFOLLOW 0100000 /* arch/{arm,arm64,powerpc,m68k}/include/uapi/asm/fcntl.h */
#else
#define LSKEL_O_NOFOLLOW 0400000 /* include/uapi/asm-generic/fcntl.h */
#endif

static char *lskel_put_hex(char *at, const __u8 *bytes, __u32 len)
{
	static const char digits[] = "0123456789abcdef";

	for (; len; len--, bytes++) {
		*at++ = digits[*bytes >> 4];
		*at++ = digits[*bytes & 15];
	}
	return at;
}

LSKEL_API void lskel_cache_name(const void *hash, const __u8 *build_id, __u32 build_id_len,
				char name[LSKEL_CACHE_NAME_MAX])
{
	char *at = lskel_put_hex(name, (const __u8 *)hash, 16);

	*at++ = '-';
	*lskel_put_hex(at, build_id, build_id_len) = '\0';
}

/* Owned by root or by who we are, and nobody else may write to it. */
static int lskel_is_trusted(const struct stat *st)
{
	return !(st->st_mode & (S_IWGRP | S_IWOTH)) && (st->st_uid == 0 || st->st_uid == geteuid());
}

/* Reads a file that does not grow meanwhile, or else is of no use. */
static int lskel_read_form(int fd, size_t size, void **ret)
{
	char *form = (char *)malloc(size ? size : 1);
	size_t at = 0;

	if (!form)
		return -ENOMEM;
	while (at < size) {
		ssize_t len = read(fd, form + at, size - at);

		if (len <= 0) {
			int err = len ? -errno : -EINVAL;

			free(form);
			return err;
		}
		at += (size_t)len;
	}
	*ret = form;
	return 0;
}

/* Opens a directory or, in @dir_fd, a file. Returns an fd with *@st, or a negative errno. */
static int lskel_open_trusted(int dir_fd, const char *path, struct stat *st)
{
	/* A FIFO must not stop us. */
	const int flags = O_RDONLY | O_NONBLOCK | LSKEL_O_NOFOLLOW | LSKEL_O_CLOEXEC;
	int fd = dir_fd < 0 ? open(path, flags) : (int)syscall(__NR_openat, dir_fd, path, flags);
	int err;

	if (fd < 0)
		return errno == ELOOP ? -EPERM : -errno;
	err = fstat(fd, st) ? -errno : 0;
	if (!err &&
	    (!(dir_fd < 0 ? S_ISDIR(st->st_mode) : S_ISREG(st->st_mode)) || !lskel_is_trusted(st)))
		err = -EPERM;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

LSKEL_API int lskel_read_cache(const void *image, const void *hash, const char *dir,
			       const __u8 *build_id, __u32 build_id_len, void **form)
{
	/* No form is larger than what it is for. */
	const size_t max = ((const struct lskel_blob_hdr *)image)->image_size + 4096;
	char name[LSKEL_CACHE_NAME_MAX];
	int dir_fd, fd, err;
	struct stat st;
	void *read = NULL;

	lskel_cache_name(hash, build_id, build_id_len, name);
	dir_fd = lskel_open_trusted(-1, dir, &st);
	if (dir_fd < 0)
		return dir_fd;
	fd = lskel_open_trusted(dir_fd, name, &st);
	close(dir_fd);
	if (fd < 0)
		return fd;
	err = (__u64)st.st_size > max ? -EINVAL : lskel_read_form(fd, (size_t)st.st_size, &read);
	close(fd);
	if (err)
		return err;
	err = lskel_check_relocated(image, hash, read, (size_t)st.st_size, build_id, build_id_len);
	if (err)
		free(read);
	else
		*form = read;
	return err;
}

LSKEL_API int lskel_use_cache(const struct lskel_info *info, void *skel, const char *dir)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u8 build_id[LSKEL_BUILD_ID_MAX];
	void *form = NULL;
	__u32 len;
	int err;

	len = lskel_running_build_id(build_id);
	if (ctx->loaded || !info->relocated)
		err = -EINVAL;
	else if (!len)
		err = -ENODATA;
	else
		err = lskel_read_cache(info->image, info->relocated->hash,
				       dir ? dir : LSKEL_CACHE_DIR, build_id, len, &form);
	if (err) {
		errno = -err;
		return err;
	}
	free(ctx->cache);
	ctx->cache = form;
	ctx->relocated = (const struct lskel_relocated *)form;
	return 0;
}
