/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * CO-RE relocations: kept from libbpf, which would apply them to the build host's BTF, and given to
 * the kernel of the target with each program.
 *
 * libbpf moves code: it appends subprograms, once for each program that calls them. To find an
 * instruction again, its imm is replaced by a token before libbpf sees the object and put back, in
 * every copy, in the recorded program. libbpf has no use for the imm of an instruction that only a
 * CO-RE relocation touches.
 */
#ifndef LSKEL_GEN_CORE_RELO_H
#define LSKEL_GEN_CORE_RELO_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>

#include "image.h"

struct btf;

struct core_token {
	struct bpf_core_relo relo; /* insn_off still as in the section */
	__s32 imm;		   /* of the instruction */
	__u32 next;		   /* further relocation of the same instruction, or 0 */
};

struct core_relos {
	struct core_token *tokens;
	__u32 cnt;
	__s32 base; /* imm of an instruction with token i: base + i */
};

/*
 * Takes the CO-RE relocations out of @image, in place. An image that libbpf will refuse or in which it
 * will find no .BTF.ext is left alone. Returns 0, or -EINVAL after a message.
 */
int core_relos_hide(struct core_relos *relos, const struct image *image);

/*
 * Restores the instructions @insns of a recorded program. Returns its relocations in an array of
 * @ret_cnt that the caller frees, or NULL.
 */
struct bpf_core_relo *core_relos_restore(const struct core_relos *relos, struct bpf_insn *insns,
					 __u32 insn_cnt, __u32 *ret_cnt);

/*
 * Puts the relocations of one program in an order in which those for types of one name follow each other.
 * For each name the kernel searches all of its BTF (half a millisecond) and keeps what it found in a cache
 * of 31 slots (bpf_core_find_cands(), Linux 5.17): two names of one slot drive each other out. @backwards: for
 * every other program, so that it begins with the type that the one before has ended with.
 */
void core_relos_group(struct bpf_core_relo *relos, __u32 cnt, const struct btf *btf,
		      bool backwards);

/*
 * Whether @access is what the kernel can take: numbers separated by ':'. Linux up to 7.0 follows a
 * negative index out of bounds.
 */
bool core_relo_access_is_valid(const char *access);

void core_relos_free(struct core_relos *relos);

#endif /* LSKEL_GEN_CORE_RELO_H */
