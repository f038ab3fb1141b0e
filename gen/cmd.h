/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Subcommands: each is a file with one of these tables or functions. */
#ifndef LSKEL_GEN_CMD_H
#define LSKEL_GEN_CMD_H

/*
 * A word of the command line and what it does: a function, or a table of words to follow, ended by an
 * entry without a name.
 */
struct cmd {
	const char *name;
	const char *args; /* for the usage line */
	const char *help; /* one line */
	/* argv[0] is the first argument; returns an exit status. */
	int (*run)(int argc, char **argv);
	const struct cmd *sub;
};

/* For a subcommand: @arg asks for help. */
int cmd_wants_help(const char *arg);

int cmd_gen_skeleton(int argc, char **argv);
int cmd_gen_trace(int argc, char **argv);
int cmd_relocate(int argc, char **argv);

#endif /* LSKEL_GEN_CMD_H */
