/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For headers made by "lskel gen skeleton -L": the names that the structures of a skeleton have in
 * bpftool's light skeletons, for applications that were written for those and use the names. Only names:
 * what the structures have in common is map_fd, max_entries, prog_fd, log_level, log_size and log_buf.
 *
 * libbpf's <bpf/skel_internal.h> declares structures of these names. A file that includes it as well
 * includes it first, and has libbpf's.
 *
 * Since: lskel 0.1
 */
#ifndef LSKEL_BPFTOOL_H
#define LSKEL_BPFTOOL_H

#include <lskel/skel.h>

#ifndef __SKEL_INTERNAL_H
#define bpf_loader_ctx lskel_ctx
#define bpf_map_desc   lskel_map
#define bpf_prog_desc  lskel_prog
#endif

#endif /* LSKEL_BPFTOOL_H */
