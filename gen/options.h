/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Options that every command takes, wherever they stand: those of bpftool. Which command makes something of
 * which, the table in gen/main.c and the manual say.
 */
#ifndef LSKEL_GEN_OPTIONS_H
#define LSKEL_GEN_OPTIONS_H

#include <stdbool.h>

struct options {
	bool json;
	bool pretty; /* JSON with line breaks */
	bool debug;  /* what libbpf and the verifier say */
	bool use_loader;
	bool no_mount; /* of a BPF file system */
};

extern struct options options;

#endif /* LSKEL_GEN_OPTIONS_H */
