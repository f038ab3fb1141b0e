/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The loader program (progs/loader.bpf.c) as the generator carries it: compiled and recorded when
 * lskel was built (gen/mkloader.c), linked to each blob here.
 */
#ifndef LSKEL_GEN_LOADER_H
#define LSKEL_GEN_LOADER_H

#include <stdbool.h>
#include <linux/bpf.h>

struct loader {
	const struct bpf_insn *insns;
	__u32 insn_cnt;
	const __u32 *mask_uses; /* instructions that load the mask */
	__u32 mask_use_cnt;
	const void *btf;
	__u32 btf_size;
	const struct bpf_func_info *func_info;
	__u32 func_info_cnt;
};

/* The smallest variant that can do what is asked: LSKEL_CMD_FIND_BTF, LSKEL_CMD_FIND_SYM. */
const struct loader *loader_choose(bool finds_types, bool finds_symbols);

/* Returns a copy of the instructions, which the caller frees, for a blob of that mask. */
struct bpf_insn *loader_link(const struct loader *loader, __u32 mask);

#endif /* LSKEL_GEN_LOADER_H */
