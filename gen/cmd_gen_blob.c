// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel gen blob: an object in, a saved blob out. */
#include <string.h>

#include "cmd.h"
#include "saved.h"

static int generate(const char *path, const char *name, struct bytes *out)
{
	_cleanup_(free_ptr) char *own = object_name(path);
	struct object object;
	struct info info = {};
	int err;

	err = object_load(&object, path, name ?: own);
	if (!err)
		err = info_make(&info, &object);
	if (!err)
		saved_write(&info, out);
	info_free(&info);
	object_free(&object);
	return err;
}

int cmd_gen_blob(int argc, char **argv)
{
	_cleanup_(bytes_free) struct bytes out = {};
	const char *path = NULL, *name = NULL;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "name") && path && !name && i + 1 < argc) {
			name = argv[++i];
		} else if (!path && argv[i][0] != '-') {
			path = argv[i];
		} else {
			complain("gen blob: unexpected '%s'", argv[i]);
			return 1;
		}
	}
	if (!path) {
		complain("gen blob: which object file?");
		return 1;
	}
	if (generate(path, name, &out))
		return 1;
	fwrite(out.data, 1, out.len, stdout);
	return 0;
}
