/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words behind "lskel prog load" and "loadall": bpftool's. */
#ifndef LSKEL_GEN_LOAD_ARGS_H
#define LSKEL_GEN_LOAD_ARGS_H

#include "object.h"

/* "map idx 1 pinned FILE": a map that is there already. */
struct map_choice {
	const char *name; /* or NULL: by number */
	__u32 idx;
	int fd;
};

struct load_args {
	const char *file;
	const char *path; /* NULL with -L */
	const char *pinmaps;
	struct object_type type;
	bool has_type;
	bool autoattach;
	__u32 offload_dev, xdpmeta_dev; /* interface indexes, or 0 */
	struct map_choice *maps;
	__u32 map_cnt;
};

/* Returns 0, or -EINVAL or what the kernel says after a message. Free in either case. */
int load_args_parse(struct load_args *args, int argc, char **argv);
void load_args_free(struct load_args *args);

#endif /* LSKEL_GEN_LOAD_ARGS_H */
