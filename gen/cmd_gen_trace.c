// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel gen trace: the recorded and sliced calls, for people or as JSON. */
#include "cmd.h"
#include "object.h"
#include "options.h"
#include "util.h"

int cmd_gen_trace(int argc, char **argv)
{
	const char *path = cmd_only_file("gen trace", argc, argv);
	struct object object;
	int err;

	if (!path)
		return 1;
	err = object_load(&object, path, NULL);
	if (!err)
		(options.json ? trace_print_json : trace_print)(&object.trace, stdout);
	object_free(&object);
	return err ? 1 : 0;
}
