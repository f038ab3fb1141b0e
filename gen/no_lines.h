/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A smaller skeleton: without line_info. */
#ifndef LSKEL_GEN_NO_LINES_H
#define LSKEL_GEN_NO_LINES_H

#include "trace.h"

/*
 * Takes the line_info out of all programs of a sliced @trace, and source lines and names of files out of its
 * BTF. The verifier's log does without source lines then, and so does whoever disassembles the programs.
 */
void no_lines(struct trace *trace);

#endif /* LSKEL_GEN_NO_LINES_H */
