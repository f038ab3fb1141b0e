// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which programs, links and maps lskel prog load pins, and under which names. How that is done, and undone, is in
 * gen/pins.c.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "load_impl.h"
#include "options.h"
#include <lskel/attach.h>
#include <lskel/error.h>

/* Attaches program @i if its section says where. Returns the fd that is to be pinned. */
static int attach(struct load *load, __u32 i)
{
	const struct lskel_prog_info *prog = &load->info->progs[i];
	int fd = lskel_prog_at(load->info, load->skel, i)->prog_fd, link;

	if (!load->args->autoattach)
		return fd;
	if (!prog->kind) {
		fprintf(stderr,
			"lskel: program '%s': its section does not say where to attach it; "
			"pinned only\n",
			prog->name);
		return fd;
	}
	link = lskel_attach_prog(load->info, load->skel, i);
	if (link < 0)
		complain("%s", lskel_error(load->info, load->skel));
	if (link == 0)
		complain(
			"program '%s': this kernel attaches it without a BPF link, so that nothing "
			"can be pinned",
			prog->name);
	load->attached[i] = link > 0;
	return link ?: -EOPNOTSUPP;
}

static int pin_prog(struct load *load, __u32 i, const char *path)
{
	_cleanup_(free_ptr) char *what = xprintf("program '%s'", load->info->progs[i].name);
	int fd = attach(load, i);

	if (fd < 0)
		return fd;
	load->prog_paths[i] = xstrdup(path);
	return pins_add(&load->pins, fd, path, what);
}

static char *path_in(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	return xprintf("%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", name);
}

/* A name becomes one of a file, and comes from a file that may be anybody's. */
static int check_file_name(const char *name)
{
	if (*name && !strchr(name, '/'))
		return 0;
	complain("'%s' can't be the name of a pin", name);
	return -EINVAL;
}

/* The first program that is loaded, or all. */
static int pin_progs(struct load *load)
{
	__u32 cnt = 0;
	int err = 0;

	for (__u32 i = 0; i < load->info->prog_cnt && !err && (load->all || !cnt); i++) {
		_cleanup_(free_ptr) char *path = NULL;

		if (lskel_prog_at(load->info, load->skel, i)->prog_fd < 0)
			continue;
		cnt++;
		path = load->all ? path_in(load->args->path, load->info->progs[i].name) :
				   xstrdup(load->args->path);
		err = check_file_name(load->info->progs[i].name) ?: pin_prog(load, i, path);
	}
	return err;
}

/* libbpf's sanitize_pin_path(): in a BPF file system, no name has a '.'. */
static char *map_path(const struct load *load, __u32 i)
{
	_cleanup_(free_ptr) char *name = xstrdup(load->info->maps[i].name);

	for (char *p = name; *p; p++)
		if (*p == '.')
			*p = '_';
	return path_in(load->args->pinmaps, name);
}

static int pin_maps(struct load *load)
{
	int err = 0;

	for (__u32 i = 0; i < load->info->map_cnt && !err; i++) {
		const struct lskel_map *map = lskel_map_at(load->info, load->skel, i);
		_cleanup_(free_ptr) char *path = NULL, *what = NULL;

		if (map->pinned)
			load->map_paths[i] = xstrdup(map->pin_path);
		if (map->map_fd <= 0 || map->pinned || !load->args->pinmaps)
			continue;
		path = map_path(load, i);
		what = xprintf("map '%s'", load->info->maps[i].name);
		err = check_file_name(load->info->maps[i].name) ?:
			      pins_add(&load->pins, map->map_fd, path, what);
		load->map_paths[i] = xstrdup(path);
	}
	return err;
}

/* A map that the object has pinned by name can't be pinned elsewhere, too: bpf_map__pin(). */
static int check_pin_paths(const struct load *load)
{
	for (__u32 i = 0; load->args->pinmaps && i < load->info->map_cnt; i++) {
		const char *own = load->info->maps[i].pin_path;
		_cleanup_(free_ptr) char *path = map_path(load, i);

		if (!own || !strcmp(own, path))
			continue;
		complain("map '%s' is pinned as '%s' by the object itself, and can't be pinned as "
			 "'%s'",
			 load->info->maps[i].name, own, path);
		return -EINVAL;
	}
	return 0;
}

int load_prepare_pins(struct load *load)
{
	const struct load_args *args = load->args;
	char *slash = strrchr(args->path, '/');
	_cleanup_(free_ptr) char *dir =
		slash ? strndup(args->path, slash - args->path + 1) : xstrdup(".");
	int err;

	if (!load->all && !access(args->path, F_OK)) {
		complain("can't pin as '%s': it exists", args->path);
		return -EEXIST;
	}
	err = pins_prepare_dir(&load->pins, load->all ? args->path : dir, !load->all,
			       options.no_mount);
	if (!err && args->pinmaps)
		err = pins_prepare_dir(&load->pins, args->pinmaps, false, options.no_mount);
	return err ?: check_pin_paths(load);
}

int load_pin(struct load *load)
{
	sigset_t all, before;
	int err = 0;

	/* Nobody who presses Ctrl-C leaves half of the pins. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if (load->args->path)
		err = pin_progs(load) ?: pin_maps(load);
	if (err) {
		lskel_detach(load->info, load->skel);
		lskel_unpin_maps(load->info, load->skel);
		pins_undo(&load->pins);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
