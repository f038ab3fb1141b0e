// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel gen skeleton: an object in, a C header out. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "skeleton.h"

/* Into memory first: no output is better than half a header. */
static int generate(const char *path, const char *name, enum skeleton_form form, char **text,
		    size_t *len)
{
	struct object object;
	struct info info = {};
	FILE *out;
	int err;

	err = object_load(&object, path, name);
	if (!err)
		err = info_make(&info, &object);
	if (!err) {
		out = open_memstream(text, len);
		err = out ? skeleton_write(&info, form, out) : -errno;
		if (out && fclose(out))
			err = -ENOMEM;
	}
	info_free(&info);
	object_free(&object);
	return err;
}

int cmd_gen_skeleton(int argc, char **argv)
{
	const char *path = NULL, *name = NULL;
	enum skeleton_form form = SKELETON_PLAIN;
	_cleanup_(free_ptr) char *text = NULL;
	size_t len;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "-L") || !strcmp(argv[i], "--use-loader")) {
			form = SKELETON_BPFTOOL;
		} else if (!strcmp(argv[i], "--standalone")) {
			if (form == SKELETON_PLAIN)
				form = SKELETON_STANDALONE;
		} else if (!strcmp(argv[i], "name") && path && !name && i + 1 < argc) {
			name = argv[++i];
		} else if (!path && argv[i][0] != '-') {
			path = argv[i];
		} else {
			complain("gen skeleton: unexpected '%s'", argv[i]);
			return 1;
		}
	}
	if (!path) {
		complain("gen skeleton: which object file?");
		return 1;
	}
	if (generate(path, name, form, &text, &len))
		return 1;
	fwrite(text, 1, len, stdout);
	return 0;
}
