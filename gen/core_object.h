/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * CO-RE relocation by libbpf, of single instructions: they become the programs of an object file, which libbpf
 * loads into a pretend kernel with a certain BTF. An instruction's relocation depends on nothing else.
 */
#ifndef LSKEL_GEN_CORE_OBJECT_H
#define LSKEL_GEN_CORE_OBJECT_H

#include <bpf/btf.h>
#include <linux/bpf.h>

struct core_prog {
	struct bpf_insn *insns; /* only those that are relocated */
	__u32 insn_cnt;
	struct bpf_core_relo *relos; /* offsets are in insns */
	__u32 relo_cnt;
	bool ready; /* to be relocated; has been */
};

/* Makes BTF that is loaded to the kernel fit for core_object_relocate(). Returns 0 or a negative errno. */
int core_object_prepare_btf(struct btf *local);

/*
 * Relocates, in place, those of @progs that are ready. @local is what their relocations refer to, @kernel the
 * BTF of the kernel. Returns 0, or libbpf's negative errno; then nothing is relocated.
 */
int core_object_relocate(struct core_prog *progs, __u32 cnt, struct btf *local,
			 const struct btf *kernel);

#endif /* LSKEL_GEN_CORE_OBJECT_H */
