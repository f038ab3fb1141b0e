// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/cache_file.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache_file.h"

char *cache_file_path(const char *dir, const void *hash, const struct target_kernel *kernel)
{
	char name[LSKEL_CACHE_NAME_MAX];

	lskel_cache_name(hash, kernel->build_id, kernel->build_id_len, name);
	return xprintf("%s/%s", dir, name);
}

bool cache_file_is_there(const char *dir, const void *image, const void *hash,
			 const struct target_kernel *kernel)
{
	void *form;

	if (lskel_read_cache(image, hash, dir, kernel->build_id, kernel->build_id_len, &form))
		return false;
	free(form);
	return true;
}

static int make_dir(const char *dir)
{
	struct stat st;

	if ((mkdir(dir, 0755) && errno != EEXIST) || lstat(dir, &st)) {
		int err = -errno;

		complain("%s: can't make the directory: %s", dir, strerror(-err));
		return err;
	}
	if (S_ISDIR(st.st_mode) && !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
	    (!st.st_uid || st.st_uid == geteuid()))
		return 0;
	complain("%s: no application would trust it: it must be a directory of root's or of yours "
		 "that nobody else may write to",
		 dir);
	return -EPERM;
}

static int write_all(int fd, const struct bytes *form)
{
	for (size_t at = 0; at < form->len;) {
		ssize_t len = write(fd, form->data + at, form->len - at);

		if (len < 0)
			return -errno;
		at += len;
	}
	return fchmod(fd, 0644) ? -errno : 0;
}

int cache_file_write(const char *dir, const char *path, const struct bytes *form)
{
	_cleanup_(free_ptr) char *temporary = xprintf("%s.XXXXXX", path);
	int fd, err;

	err = make_dir(dir);
	if (err)
		return err;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
	} else {
		err = write_all(fd, form);
		if (close(fd) && !err)
			err = -errno;
		if (!err && rename(temporary, path))
			err = -errno;
		if (err)
			unlink(temporary);
	}
	if (err)
		complain("%s: can't write it: %s", path, strerror(-err));
	return err;
}
