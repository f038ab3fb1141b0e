// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lskel command: finds the subcommand in a table and runs it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "util.h"

static int cmd_version(int argc, char **argv);

static const struct cmd gen_cmds[] = {
	{ "skeleton", "FILE [name NAME] [--standalone] [-L] [--btf PATH]... [--cache]",
	  "write a light skeleton, a C header, to stdout", cmd_gen_skeleton, NULL },
	{ "trace", "FILE [-j]", "print what libbpf asks of the kernel to load FILE", cmd_gen_trace,
	  NULL },
	{},
};

static const struct cmd cmds[] = {
	{ "gen", NULL, "generate from a BPF object", NULL, gen_cmds },
	{ "relocate", "FILE [name NAME] [--dir DIR] [--btf PATH]",
	  "relocate the skeletons in FILE for this kernel, ahead of their load", cmd_relocate, NULL },
	{ "version", "", "print the version", cmd_version, NULL },
	{},
};

static int cmd_version(int argc, char **argv)
{
	(void)argv;
	if (argc) {
		complain("version takes no arguments");
		return 1;
	}
	printf("lskel %s\n", LSKEL_VERSION);
	return 0;
}

int cmd_wants_help(const char *arg)
{
	return !strcmp(arg, "help") || !strcmp(arg, "--help") || !strcmp(arg, "-h");
}

/* The usage of every command of @table. @path: the words before it. */
static void print_usage(const struct cmd *table, const char *path, FILE *out)
{
	for (; table->name; table++) {
		_cleanup_(free_ptr) char *name = xprintf("%s %s", path, table->name);

		if (table->sub)
			print_usage(table->sub, name, out);
		else
			fprintf(out, "  %s%s%s\n        %s\n", name, *table->args ? " " : "",
				table->args, table->help);
	}
}

static int run(const struct cmd *table, const char *path, int argc, char **argv)
{
	if (!argc || cmd_wants_help(argv[0])) {
		fprintf(argc ? stdout : stderr, "usage:\n");
		print_usage(table, path, argc ? stdout : stderr);
		if (argc)
			printf("\nSee lskel-gen(8).\n");
		return argc ? 0 : 1;
	}
	for (const struct cmd *cmd = table; cmd->name; cmd++) {
		_cleanup_(free_ptr) char *name = xprintf("%s %s", path, cmd->name);

		if (strcmp(cmd->name, argv[0]))
			continue;
		if (cmd->sub)
			return run(cmd->sub, name, argc - 1, argv + 1);
		if (argc > 1 && cmd_wants_help(argv[1])) {
			printf("usage: %s %s\n\n%s; see lskel-gen(8)\n", name, cmd->args,
			       cmd->help);
			return 0;
		}
		return cmd->run(argc - 1, argv + 1);
	}
	complain("unknown command '%s'; try '%s help'", argv[0], path);
	return 1;
}

int main(int argc, char **argv)
{
	int status;

	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
		status = cmd_version(0, NULL);
	else
		status = run(cmds, "lskel", argc - 1, argv + 1);
	if (fflush(stdout) || ferror(stdout)) {
		complain("can't write the output: %s", strerror(errno));
		return 1;
	}
	return status;
}
