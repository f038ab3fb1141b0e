/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Since which Linux there is what a BPF object may use: helpers, types of maps and programs, kinds of
 * attachment, flags, instructions. The one table of these facts, for messages and for "lskel show"; what
 * is older than a loader program can be (Linux 6.1) is in it for the messages.
 *
 * kfuncs are not here: they belong to no version, and the kernel's BTF says whether it has one.
 */
#ifndef LSKEL_VERSIONS_H
#define LSKEL_VERSIONS_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <lskel/attach_kind.h>

#ifndef LSKEL_API
#define LSKEL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a loader program and its run time need. */
#define LSKEL_LINUX_MIN LSKEL_LINUX(6, 1)

/* The first Linux that has it, or 0 when that is not known: it is newer than this table. */
LSKEL_API __u32 lskel_helper_since(__u32 id);	     /* BPF_FUNC_* */
LSKEL_API __u32 lskel_map_type_since(__u32 type);    /* BPF_MAP_TYPE_* */
LSKEL_API __u32 lskel_prog_type_since(__u32 type);   /* BPF_PROG_TYPE_* */
LSKEL_API __u32 lskel_attach_type_since(__u32 type); /* enum bpf_attach_type */
LSKEL_API __u32 lskel_map_flags_since(__u32 flags);  /* all of map_flags */
LSKEL_API __u32 lskel_prog_flags_since(__u32 flags); /* all of prog_flags */

/* The same for what an instruction is, not for what it calls. */
LSKEL_API __u32 lskel_insn_since(const struct bpf_insn *insn);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_VERSIONS_H */
