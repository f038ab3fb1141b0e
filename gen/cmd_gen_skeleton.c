// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel gen skeleton: an object in, a C header out. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "options.h"
#include "prune_btf.h"
#include "skeleton.h"

struct skeleton_args {
	const char *path;
	const char *name;
	enum skeleton_form form;
	char **kernels; /* of --btf */
	__u32 kernel_cnt;
	bool cache;
	bool no_lines;
};

/* Into memory first: no output is better than half a header. */
static int generate(const struct skeleton_args *args, char **text, size_t *len)
{
	struct object object;
	struct info info = {};
	FILE *out;
	int err;

	err = object_load(&object, args->path, args->name);
	if (!err && args->no_lines)
		drop_line_info(&object.trace);
	if (!err)
		err = info_make(&info, &object);
	if (!err)
		err = info_relocate(&info, args->kernels, args->kernel_cnt, args->cache);
	if (!err) {
		out = open_memstream(text, len);
		err = out ? skeleton_write(&info, args->form, out) : -errno;
		if (out && fclose(out))
			err = -ENOMEM;
	}
	info_free(&info);
	object_free(&object);
	return err;
}

static int parse(struct skeleton_args *args, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--standalone")) {
			args->form = SKELETON_STANDALONE;
		} else if (!strcmp(argv[i], "--btf") && i + 1 < argc) {
			push(args->kernels, args->kernel_cnt) = argv[++i];
		} else if (!strcmp(argv[i], "--cache")) {
			args->cache = true;
		} else if (!strcmp(argv[i], "--no-line-info")) {
			args->no_lines = true;
		} else if (!strcmp(argv[i], "name") && args->path && !args->name && i + 1 < argc) {
			args->name = argv[++i];
		} else if (!args->path && argv[i][0] != '-') {
			args->path = argv[i];
		} else {
			complain("gen skeleton: unexpected '%s'", argv[i]);
			return -EINVAL;
		}
	}
	if (options.use_loader)
		args->form = SKELETON_BPFTOOL;
	if (args->path)
		return 0;
	complain("gen skeleton: which object file?");
	return -EINVAL;
}

int cmd_gen_skeleton(int argc, char **argv)
{
	struct skeleton_args args = { .form = SKELETON_PLAIN };
	_cleanup_(free_ptr) char *text = NULL;
	size_t len;
	int err;

	err = parse(&args, argc, argv);
	if (!err)
		err = generate(&args, &text, &len);
	if (!err)
		fwrite(text, 1, len, stdout);
	free(args.kernels);
	return err ? 1 : 0;
}
