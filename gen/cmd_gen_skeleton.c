// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel gen skeleton: an object in, a C header out. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "skeleton.h"

struct options {
	const char *path;
	const char *name;
	enum skeleton_form form;
	char **kernels; /* of --btf */
	__u32 kernel_cnt;
	bool cache;
};

/* Into memory first: no output is better than half a header. */
static int generate(const struct options *options, char **text, size_t *len)
{
	struct object object;
	struct info info = {};
	FILE *out;
	int err;

	err = object_load(&object, options->path, options->name);
	if (!err)
		err = info_make(&info, &object);
	if (!err)
		err = info_relocate(&info, options->kernels, options->kernel_cnt, options->cache);
	if (!err) {
		out = open_memstream(text, len);
		err = out ? skeleton_write(&info, options->form, out) : -errno;
		if (out && fclose(out))
			err = -ENOMEM;
	}
	info_free(&info);
	object_free(&object);
	return err;
}

static int parse(struct options *options, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "-L") || !strcmp(argv[i], "--use-loader")) {
			options->form = SKELETON_BPFTOOL;
		} else if (!strcmp(argv[i], "--standalone")) {
			if (options->form == SKELETON_PLAIN)
				options->form = SKELETON_STANDALONE;
		} else if (!strcmp(argv[i], "--btf") && i + 1 < argc) {
			push(options->kernels, options->kernel_cnt) = argv[++i];
		} else if (!strcmp(argv[i], "--cache")) {
			options->cache = true;
		} else if (!strcmp(argv[i], "name") && options->path && !options->name &&
			   i + 1 < argc) {
			options->name = argv[++i];
		} else if (!options->path && argv[i][0] != '-') {
			options->path = argv[i];
		} else {
			complain("gen skeleton: unexpected '%s'", argv[i]);
			return -EINVAL;
		}
	}
	if (options->path)
		return 0;
	complain("gen skeleton: which object file?");
	return -EINVAL;
}

int cmd_gen_skeleton(int argc, char **argv)
{
	struct options options = { .form = SKELETON_PLAIN };
	_cleanup_(free_ptr) char *text = NULL;
	size_t len;
	int err;

	err = parse(&options, argc, argv);
	if (!err)
		err = generate(&options, &text, &len);
	if (!err)
		fwrite(text, 1, len, stdout);
	free(options.kernels);
	return err ? 1 : 0;
}
