/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of lskel prog load (gen/cmd_prog.c, gen/load_pin.c) share; nobody else includes it. */
#ifndef LSKEL_GEN_LOAD_IMPL_H
#define LSKEL_GEN_LOAD_IMPL_H

#include "load_args.h"
#include "pins.h"
#include "util.h"
#include <lskel/open.h>

struct load {
	const struct load_args *args;
	const struct lskel_info *info;
	void *skel;
	bool all;
	struct pins pins;
	char **prog_paths; /* where programs or their links are pinned, or NULL */
	bool *attached;
	char **map_paths;
};

/*
 * Before anything is loaded: makes the directories, and finds what can't be pinned and so need not be loaded. Returns 0, or
 * a negative errno after a message.
 */
int load_prepare_pins(struct load *load);

/* Attaches and pins what was asked for; or nothing, and returns a negative errno after a message. */
int load_pin(struct load *load);

#endif /* LSKEL_GEN_LOAD_IMPL_H */
