// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line as commands see it: gen/options.h, and the words of gen/cmd.h. */
#include <string.h>

#include "cmd.h"
#include "options.h"
#include "util.h"

struct options options;

const char *cmd_only_file(const char *command, int argc, char **argv)
{
	int wrong = argc && argv[0][0] != '-' ? 1 : 0;

	if (!argc)
		complain("%s: which file?", command);
	else if (wrong < argc)
		complain("%s: unexpected '%s'", command, argv[wrong]);
	else
		return argv[0];
	return NULL;
}

int cmd_is_word(const char *word, const char *name)
{
	return *word && !strncmp(word, name, strlen(word));
}
