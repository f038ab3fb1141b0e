// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/pins.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "pins.h"
#include "util.h"
#include <lskel/pin.h>

struct pins_step {
	enum { STEP_PIN, STEP_DIR, STEP_MOUNT } kind;
	char *path;
};

static void note(struct pins *pins, int kind, const char *path)
{
	push(pins->steps, pins->cnt) = (struct pins_step){ kind, xstrdup(path) };
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (unsigned int)fs.f_type == LSKEL_BPF_FS_MAGIC;
}

static char *parent_of(const char *path)
{
	char *parent = xstrdup(path), *slash;

	while ((slash = strrchr(parent, '/')) && !slash[1] && slash > parent)
		*slash = '\0';
	if (!slash) {
		free(parent);
		return xstrdup(".");
	}
	slash[slash == parent] = '\0';
	return parent;
}

static int mount_at(struct pins *pins, const char *dir)
{
	int err;

	/* As bpftool: what is mounted here shows up nowhere else. */
	if (mount("bpf", dir, "bpf", 0, "mode=0700")) {
		err = -errno;
		complain("can't mount a BPF file system on '%s': %s", dir, strerror(errno));
		return err;
	}
	note(pins, STEP_MOUNT, dir);
	return 0;
}

static int make_dir(struct pins *pins, const char *dir)
{
	int err;

	if (mkdir(dir, 0700)) {
		err = -errno;
		complain("can't make the directory '%s': %s", dir, strerror(errno));
		return err;
	}
	note(pins, STEP_DIR, dir);
	return 0;
}

int pins_prepare_dir(struct pins *pins, const char *dir, bool must_exist, bool no_mount)
{
	_cleanup_(free_ptr) char *parent = parent_of(dir);
	bool exists = !access(dir, F_OK), mounts = !is_bpffs(exists ? dir : parent);
	int err;

	if (!exists && (must_exist || access(parent, F_OK))) {
		complain("can't pin in '%s': '%s' does not exist", dir, must_exist ? dir : parent);
		return -ENOENT;
	}
	if (mounts && no_mount) {
		complain("'%s' is in no BPF file system, and --nomount says not to mount one", dir);
		return -EINVAL;
	}
	if (!mounts)
		return 0;
	err = exists ? 0 : make_dir(pins, dir);
	return err ?: mount_at(pins, dir);
}

int pins_add(struct pins *pins, int fd, const char *path, const char *what)
{
	_cleanup_(free_ptr) char *parent = parent_of(path);
	int err = access(parent, F_OK) ? make_dir(pins, parent) : 0;

	if (err)
		return err;
	err = lskel_sys_obj_pin(fd, path);
	if (err) {
		complain("can't pin %s as '%s': %s%s", what, path, strerror(-err),
			 err == -EPERM && strchr(strrchr(path, '/') ?: path, '.') ?
				 "; in a BPF file system, no name may have a '.'" :
				 "");
		return err;
	}
	note(pins, STEP_PIN, path);
	return 0;
}

void pins_undo(struct pins *pins)
{
	for (unsigned int i = pins->cnt; i-- > 0;) {
		const struct pins_step *step = &pins->steps[i];

		if (step->kind == STEP_PIN ? unlink(step->path) :
		    step->kind == STEP_DIR ? rmdir(step->path) :
					     umount(step->path))
			complain("can't take back '%s': %s", step->path, strerror(errno));
	}
	pins_keep(pins);
}

void pins_keep(struct pins *pins)
{
	for (unsigned int i = 0; i < pins->cnt; i++)
		free(pins->steps[i].path);
	free(pins->steps);
	*pins = (struct pins){};
}
