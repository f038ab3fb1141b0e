// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lskel command: takes the options, finds the command in a table and runs it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "options.h"
#include "util.h"

static int cmd_version(int argc, char **argv);

static const struct cmd gen_cmds[] = {
	{ "skeleton",
	  "FILE [name NAME] [--standalone] [-L] [--btf PATH]... [--cache] [--no-line-info]",
	  "write a light skeleton, a C header, to stdout", "lskel-gen", cmd_gen_skeleton, NULL },
	{ "blob", "FILE [name NAME]", "write what loading FILE takes, for \"prog load\", to stdout",
	  "lskel-gen", cmd_gen_blob, NULL },
	{ "trace", "FILE [-j]", "print what libbpf asks of the kernel to load FILE", "lskel-gen",
	  cmd_gen_trace, NULL },
	{},
};

#define LOAD_ARGS                                                                                  \
	"FILE PATH [type TYPE] [map {idx N|name NAME} MAP]... [pinmaps DIR] [autoattach] "         \
	"[{offload_dev|xdpmeta_dev} DEV]"

static const struct cmd prog_cmds[] = {
	{ "load", LOAD_ARGS, "load FILE and pin its first program as PATH", "lskel-prog",
	  cmd_prog_load, NULL },
	{ "loadall", LOAD_ARGS, "load FILE and pin its programs in the directory PATH",
	  "lskel-prog", cmd_prog_loadall, NULL },
	{},
};

static const struct cmd cmds[] = {
	{ "gen", NULL, "generate from a BPF object", "lskel-gen", NULL, gen_cmds },
	{ "prog", NULL, "load programs and pin them", "lskel-prog", NULL, prog_cmds },
	{ "show", "FILE", "print what is in an object, blob or header", "lskel-show", cmd_show,
	  NULL },
	{ "verify", "FILE", "check that an object, blob or header is what lskel makes",
	  "lskel-verify", cmd_verify, NULL },
	{ "relocate", "FILE [name NAME] [--dir DIR] [--btf PATH]",
	  "relocate the skeletons in FILE for this kernel, ahead of their load", "lskel-relocate",
	  cmd_relocate, NULL },
	{ "version", "", "print the version", "lskel", cmd_version, NULL },
	{},
};

static bool wants_help, wants_version, ignored;

/* bpftool's options stand anywhere; those that mean nothing here are taken for its makefiles' sake. */
static const struct option {
	char letter;
	const char *name;
	bool *flag;
	const char *help; /* or NULL: not shown */
} option_table[] = {
	{ 'j', "json", &options.json, "print JSON" },
	{ 'p', "pretty", &options.pretty, "print JSON with line breaks" },
	{ 'd', "debug", &options.debug, "print what libbpf and the verifier say" },
	{ 'L', "use-loader", &options.use_loader,
	  "gen skeleton: a header in place of bpftool's; prog load: load and don't pin" },
	{ 'n', "nomount", &options.no_mount, "don't mount a BPF file system" },
	{ 'h', "help", &wants_help, "print the usage" },
	{ 'V', "version", &wants_version, "print the version" },
	{ 'f', "bpffs", &ignored, NULL },
	{ 'm', "mapcompat", &ignored, NULL },
	{ 'l', "legacy", &ignored, NULL },
};

static const struct option *find_option(char letter, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++)
		if (name ? !strcmp(option_table[i].name, name) : option_table[i].letter == letter)
			return &option_table[i];
	return NULL;
}

/* Takes "-jp" or "--json"; false if any of it is no option of these: the command may know it. */
static bool take_option(const char *arg)
{
	const struct option *option;

	if (arg[0] != '-' || !arg[1])
		return false;
	if (arg[1] == '-') {
		option = find_option(0, arg + 2);
		if (option)
			*option->flag = true;
		return option;
	}
	for (const char *p = arg + 1; *p; p++)
		if (!find_option(*p, NULL))
			return false;
	for (const char *p = arg + 1; *p; p++)
		*find_option(*p, NULL)->flag = true;
	return true;
}

/* Returns how many words of @argv are left. Behind "--" there are no options. */
static int take_options(int argc, char **argv)
{
	int left = 0, i;

	for (i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (!take_option(argv[i]))
			argv[left++] = argv[i];
	for (i++; i < argc; i++)
		argv[left++] = argv[i];
	options.json |= options.pretty;
	return left;
}

static int cmd_version(int argc, char **argv)
{
	struct json json = { .out = stdout, .pretty = options.pretty };

	(void)argv;
	if (argc) {
		complain("version takes no arguments");
		return 1;
	}
	if (!options.json) {
		printf("lskel %s\n", LSKEL_VERSION);
		return 0;
	}
	json_open(&json, NULL, '{');
	json_string(&json, "version", LSKEL_VERSION);
	json_close(&json, '}');
	return 0;
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

static void print_options(FILE *out)
{
	fprintf(out, "options, anywhere:\n");
	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++)
		if (option_table[i].help)
			fprintf(out, "  -%c, --%-12s %s\n", option_table[i].letter,
				option_table[i].name, option_table[i].help);
}

/* As bpftool: there is no usage in JSON. */
static int json_help(void)
{
	printf("null\n");
	return 0;
}

static int print_help(const struct cmd *table, const char *path, const char *page, FILE *out)
{
	if (options.json)
		return json_help();
	fprintf(out, "usage:\n");
	print_usage(table, path, out);
	print_options(out);
	fprintf(out,
		"\nFILE is a BPF object or a saved blob; for \"show\" and \"verify\" also a "
		"generated header.\nSee %s(8).\n",
		page);
	return out == stdout ? 0 : 1;
}

static const struct cmd *find_cmd(const struct cmd *table, const char *word)
{
	for (const struct cmd *cmd = table; cmd->name; cmd++)
		if (cmd_is_word(word, cmd->name))
			return cmd;
	return NULL;
}

/* What of bpftool's lskel has not. Where no group stands, the word is one. */
static const struct {
	const char *group, *word;
} bpftools[] = {
	{ "gen", "object" },	{ "gen", "subskeleton" }, { "gen", "min_core_btf" },
	{ "prog", "show" },	{ "prog", "list" },	  { "prog", "dump" },
	{ "prog", "pin" },	{ "prog", "attach" },	  { "prog", "detach" },
	{ "prog", "tracelog" }, { "prog", "run" },	  { "prog", "profile" },
	{ NULL, "map" },	{ NULL, "link" },	  { NULL, "cgroup" },
	{ NULL, "perf" },	{ NULL, "net" },	  { NULL, "feature" },
	{ NULL, "btf" },	{ NULL, "struct_ops" },	  { NULL, "iter" },
	{ NULL, "token" },	{ NULL, "batch" },
};

static int unknown_command(const char *path, const char *word)
{
	const char *space = strchr(path, ' '), *group = space ? space + 1 : NULL;

	if (*word == '-') {
		complain("unknown option '%s'; try '%s help'", word, path);
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(bpftools); i++) {
		if (strcmp(bpftools[i].word, word) != 0 || !group != !bpftools[i].group ||
		    (group && strcmp(group, bpftools[i].group) != 0))
			continue;
		complain(
			"unknown command '%s': it is bpftool's. The script libexec/lskel/bpftool does what "
			"lskel has and hands the rest to bpftool; see lskel(8)",
			word);
		return 1;
	}
	complain("unknown command '%s'; try '%s help'", word, path);
	return 1;
}

static int run(const struct cmd *table, const char *path, const char *page, int argc, char **argv)
{
	_cleanup_(free_ptr) char *name = NULL;
	const struct cmd *cmd;

	if (!argc && options.json && !wants_help) {
		complain("%s: which command? try '%s help'", path, path);
		return 1;
	}
	if (!argc)
		return print_help(table, path, page, wants_help ? stdout : stderr);
	if (!strcmp(argv[0], "help"))
		return print_help(table, path, page, stdout);
	cmd = find_cmd(table, argv[0]);
	if (!cmd)
		return unknown_command(path, argv[0]);
	name = xprintf("%s %s", path, cmd->name);
	if (cmd->sub)
		return run(cmd->sub, name, cmd->page, argc - 1, argv + 1);
	if (wants_help || (argc > 1 && !strcmp(argv[1], "help"))) {
		if (options.json)
			return json_help();
		printf("usage: %s %s\n\n%s; see %s(8)\n", name, cmd->args, cmd->help, cmd->page);
		return 0;
	}
	return cmd->run(argc - 1, argv + 1);
}

/* As bpftool does, what went wrong is in the JSON, too. */
static void print_json_error(void)
{
	struct json json = { .out = stdout, .pretty = options.pretty };

	json_open(&json, NULL, '{');
	json_string(&json, "error", complaints());
	json_close(&json, '}');
}

int main(int argc, char **argv)
{
	int status;

	argc = take_options(argc - 1, argv + 1);
	if (wants_version)
		status = cmd_version(0, NULL);
	else
		status = run(cmds, "lskel", "lskel", argc, argv + 1);
	if (status && options.json && *complaints())
		print_json_error();
	if (fflush(stdout) || ferror(stdout)) {
		complain("can't write the output: %s", strerror(errno));
		return 1;
	}
	return status;
}
