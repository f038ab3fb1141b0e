/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Subcommands: each is a file with one of these tables or functions. */
#ifndef LSKEL_GEN_CMD_H
#define LSKEL_GEN_CMD_H

/*
 * A word of the command line and what it does: a function, or a table of words to follow, ended by an
 * entry without a name. As with bpftool, a word may be cut short: the first that begins so is meant.
 */
struct cmd {
	const char *name;
	const char *args; /* for the usage line */
	const char *help; /* one line */
	const char *page; /* of the manual */
	/* argv[0] is the first argument, without the options of gen/options.h; returns an exit status. */
	int (*run)(int argc, char **argv);
	const struct cmd *sub;
};

/* For a command with a file as its only argument: that, or NULL after a message. */
const char *cmd_only_file(const char *command, int argc, char **argv);

/* One of several words may be meant by @word, which is cut short: is it @name? */
int cmd_is_word(const char *word, const char *name);

int cmd_gen_blob(int argc, char **argv);
int cmd_gen_skeleton(int argc, char **argv);
int cmd_gen_trace(int argc, char **argv);
int cmd_prog_load(int argc, char **argv);
int cmd_prog_loadall(int argc, char **argv);
int cmd_relocate(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif /* LSKEL_GEN_CMD_H */
