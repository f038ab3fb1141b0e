/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A smaller skeleton: what nothing refers to is left out of the BTF, and line_info where it is not wanted. */
#ifndef LSKEL_GEN_PRUNE_BTF_H
#define LSKEL_GEN_PRUNE_BTF_H

#include "trace.h"

/*
 * Takes out of the BTF of a sliced @trace what neither maps nor programs refer to: types, such as those of which
 * map definitions are made, and strings. All others keep their ids, so that nothing but the BTF is
 * another than with libbpf: a type that is not needed becomes an anonymous pointer to void, of 12 bytes.
 */
void prune_btf(struct trace *trace);

/*
 * Takes the line_info out of all programs of a sliced @trace. The verifier's log does without source lines then,
 * and so does whoever disassembles the programs. prune_btf() afterwards drops the source lines.
 */
void drop_line_info(struct trace *trace);

#endif /* LSKEL_GEN_PRUNE_BTF_H */
