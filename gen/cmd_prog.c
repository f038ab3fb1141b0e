// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lskel prog load, loadall: an object or a saved blob goes into the kernel, and its programs and maps are
 * pinned (gen/load_pin.c). Either all of that happens, or nothing is left.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "cmd.h"
#include "input.h"
#include "json.h"
#include "load_impl.h"
#include "options.h"
#include "progress.h"
#include <lskel/error.h>
#include <lskel/load.h>

/* What the verifier says of a program with -d, as bpftool asks for it: two levels, and statistics. */
#define LOG_LEVEL 7
#define LOG_SIZE  ((16U << 20) - 1)

static int choose_map(struct load *load, const struct map_choice *choice)
{
	__u32 i = choice->idx;

	for (i = choice->name ? 0 : i; choice->name && i < load->info->map_cnt; i++)
		if (!strcmp(load->info->maps[i].name, choice->name))
			break;
	if (i >= load->info->map_cnt) {
		if (choice->name)
			complain("%s: no map '%s'", load->args->file, choice->name);
		else
			complain("%s: no map number %u, there are %u", load->args->file, i,
				 load->info->map_cnt);
		return -ENOENT;
	}
	if (lskel_map_at(load->info, load->skel, i)->reuse_fd >= 0) {
		complain("%s: map '%s' is given twice", load->args->file, load->info->maps[i].name);
		return -EINVAL;
	}
	lskel_map_at(load->info, load->skel, i)->reuse_fd = choice->fd;
	return 0;
}

static void choose_devices(struct load *load)
{
	const struct load_args *args = load->args;

	for (__u32 i = 0; i < load->info->map_cnt; i++)
		if (lskel_image_attr(load->info, load->info->maps[i].attr).map_type !=
		    BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			lskel_map_at(load->info, load->skel, i)->ifindex = args->offload_dev;
	for (__u32 i = 0; i < load->info->prog_cnt; i++) {
		struct lskel_prog *prog = lskel_prog_at(load->info, load->skel, i);
		__u32 attr = load->info->progs[i].attr;

		prog->ifindex = args->offload_dev;
		if (args->xdpmeta_dev && attr != LSKEL_NOT_LOADED &&
		    lskel_image_attr(load->info, attr).prog_type == BPF_PROG_TYPE_XDP) {
			prog->ifindex = args->xdpmeta_dev;
			prog->flags |= BPF_F_XDP_DEV_BOUND_ONLY;
		}
	}
}

static void give_logs(struct load *load)
{
	for (__u32 i = 0; options.debug && i < load->info->prog_cnt; i++) {
		struct lskel_prog *prog = lskel_prog_at(load->info, load->skel, i);
		void *log = mmap(NULL, LOG_SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (log == MAP_FAILED)
			return;
		prog->log_buf = log;
		prog->log_size = LOG_SIZE;
		prog->log_level = LOG_LEVEL;
	}
}

static void show_logs(struct load *load)
{
	for (__u32 i = 0; options.debug && i < load->info->prog_cnt; i++) {
		const struct lskel_prog *prog = lskel_prog_at(load->info, load->skel, i);

		if (prog->log_buf && *prog->log_buf)
			fprintf(stderr, "lskel: program '%s': the verifier says:\n%s\n",
				load->info->progs[i].name, prog->log_buf);
	}
}

static void drop_logs(struct load *load)
{
	for (__u32 i = 0; options.debug && i < load->info->prog_cnt; i++) {
		struct lskel_prog *prog = lskel_prog_at(load->info, load->skel, i);

		if (prog->log_buf)
			munmap(prog->log_buf, LOG_SIZE);
		prog->log_buf = NULL;
	}
}

static int load_skel(struct load *load)
{
	struct progress progress;
	int err = 0;

	for (__u32 i = 0; i < load->args->map_cnt && !err; i++)
		err = choose_map(load, &load->args->maps[i]);
	if (err)
		return err;
	choose_devices(load);
	give_logs(load);
	progress_start(&progress, load->info, load->skel);
	err = lskel_load(load->info, load->skel);
	progress_end(&progress);
	show_logs(load);
	if (err)
		complain("%s", lskel_error(load->info, load->skel));
	drop_logs(load);
	return err;
}

static __u32 prog_id(int fd)
{
	struct bpf_prog_info info;

	memset(&info, 0, sizeof(info));
	return lskel_sys_obj_info(fd, &info, sizeof(info)) ? 0 : info.id;
}

static __u32 map_id(int fd)
{
	struct bpf_map_info info;

	return lskel_sys_map_info(fd, &info) ? 0 : info.id;
}

static void print_json(const struct load *load)
{
	struct json json = { .out = stdout, .pretty = options.pretty };

	json_open(&json, NULL, '{');
	json_open(&json, "programs", '[');
	for (__u32 i = 0; i < load->info->prog_cnt; i++) {
		int fd = lskel_prog_at(load->info, load->skel, i)->prog_fd;

		if (fd < 0)
			continue;
		json_open(&json, NULL, '{');
		json_string(&json, "name", load->info->progs[i].name);
		json_number(&json, "id", prog_id(fd));
		json_string(&json, "pinned", load->prog_paths[i]);
		json_bool(&json, "attached", load->attached[i]);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_open(&json, "maps", '[');
	for (__u32 i = 0; i < load->info->map_cnt; i++) {
		int fd = lskel_map_at(load->info, load->skel, i)->map_fd;

		if (fd < 0)
			continue;
		json_open(&json, NULL, '{');
		json_string(&json, "name", load->info->maps[i].name);
		json_number(&json, "id", map_id(fd));
		json_string(&json, "pinned", load->map_paths[i]);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

static int load_and_pin(struct load *load)
{
	int err = 0;

	if (!load->info->prog_cnt && load->args->path && !load->all) {
		complain("%s: there is no program in it", load->args->file);
		return -ENOENT;
	}
	load->skel = lskel_open(load->info);
	if (!load->skel) {
		err = -errno;
		complain("%s: %s", load->args->file, strerror(errno));
		return err;
	}
	load->prog_paths = xcalloc(load->info->prog_cnt, sizeof(*load->prog_paths));
	load->map_paths = xcalloc(load->info->map_cnt, sizeof(*load->map_paths));
	load->attached = xcalloc(load->info->prog_cnt, sizeof(*load->attached));
	if (load->args->path)
		err = load_prepare_pins(load);
	err = err ?: load_skel(load) ?: load_pin(load);
	if (!err && options.json)
		print_json(load);
	/* If load_pin() has taken everything back, there is nothing left to do. */
	if (err)
		pins_undo(&load->pins);
	else
		pins_keep(&load->pins);
	return err;
}

static void free_load(struct load *load)
{
	for (__u32 i = 0; load->prog_paths && i < load->info->prog_cnt; i++)
		free(load->prog_paths[i]);
	for (__u32 i = 0; load->map_paths && i < load->info->map_cnt; i++)
		free(load->map_paths[i]);
	free(load->prog_paths);
	free(load->map_paths);
	free(load->attached);
	lskel_destroy(load->info, load->skel);
}

static int run(int argc, char **argv, bool all)
{
	struct load_args args;
	struct input input = {};
	struct load load = { .args = &args, .info = &input.info.table, .all = all };
	int err = load_args_parse(&args, argc, argv);

	err = err ?: input_read(&input, args.file, args.has_type ? &args.type : NULL, false);
	if (!err) {
		err = load_and_pin(&load);
		free_load(&load);
	}
	input_free(&input);
	load_args_free(&args);
	return err ? 1 : 0;
}

int cmd_prog_load(int argc, char **argv)
{
	return run(argc, argv, false);
}

int cmd_prog_loadall(int argc, char **argv)
{
	return run(argc, argv, true);
}
