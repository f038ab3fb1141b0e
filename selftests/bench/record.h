/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What libbpf really asks of this kernel, as a trace: the same as the generator's, but nothing is
 * pretended, and host ids and CO-RE relocations are those of this kernel.
 */
#ifndef LSKEL_BENCH_RECORD_H
#define LSKEL_BENCH_RECORD_H

#include <bpf/libbpf.h>

#include "trace.h"

/* Loads @object. Returns 0 or a negative errno; -EOPNOTSUPP if something of it can't be made again. */
int bench_record(struct bpf_object *object, struct trace *trace);

/* The object of the trace behind @fd, or NO_KOBJ. */
int bench_kobj(int fd);

#endif /* LSKEL_BENCH_RECORD_H */
