/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pins that are made together or not at all: what was pinned, made and mounted is written down, and taken
 * back in the reverse order unless all went well.
 */
#ifndef LSKEL_GEN_PINS_H
#define LSKEL_GEN_PINS_H

#include <stdbool.h>

struct pins {
	struct pins_step *steps;
	unsigned int cnt;
};

/*
 * Sees to it that things can be pinned in the directory @dir, as bpftool does: if it is in no BPF file
 * system, one is mounted there, unless @no_mount. A directory that is not there is made, at the latest
 * when something is pinned in it; but not if it @must_exist. Returns 0, or a negative errno after a
 * message.
 */
int pins_prepare_dir(struct pins *pins, const char *dir, bool must_exist, bool no_mount);

/* Pins @fd as @path. @what: "program 'x'", for the message. */
int pins_add(struct pins *pins, int fd, const char *path, const char *what);

/* Takes everything back; or lets it be. Both free @pins. */
void pins_undo(struct pins *pins);
void pins_keep(struct pins *pins);

#endif /* LSKEL_GEN_PINS_H */
