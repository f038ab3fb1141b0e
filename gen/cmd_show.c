// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel show: what is in an object, a saved blob or a header. */
#include "cmd.h"
#include "options.h"
#include "show.h"

__u32 show_count_ops(const struct contents *contents, __u32 cmd)
{
	__u32 cnt = 0;

	for (__u32 i = 0; i < contents->hdr->op_cnt; i++)
		cnt += contents->ops[i].cmd == cmd;
	return cnt;
}

int cmd_show(int argc, char **argv)
{
	const char *path = cmd_only_file("show", argc, argv);
	struct contents contents;
	struct input input;
	int err;

	if (!path)
		return 1;
	err = input_read(&input, path, NULL, true);
	if (!err) {
		contents_make(&contents, &input.info);
		(options.json ? show_json : show_text)(&contents, &input, path);
		contents_free(&contents);
	}
	input_free(&input);
	return err ? 1 : 0;
}
