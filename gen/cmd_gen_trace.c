// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel gen trace: the recorded and sliced calls, for people or as JSON. */
#include <string.h>

#include "cmd.h"
#include "object.h"
#include "util.h"

int cmd_gen_trace(int argc, char **argv)
{
	const char *path = NULL;
	struct object object;
	bool json = false;
	int err;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "-j")) {
			json = true;
		} else if (!path && argv[i][0] != '-') {
			path = argv[i];
		} else {
			complain("gen trace: unexpected '%s'", argv[i]);
			return 1;
		}
	}
	if (!path) {
		complain("gen trace: which object file?");
		return 1;
	}
	err = object_load(&object, path, NULL);
	if (!err)
		(json ? trace_print_json : trace_print)(&object.trace, stdout);
	object_free(&object);
	return err ? 1 : 0;
}
