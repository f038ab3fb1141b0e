/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is between the ELF notes of USDT probes and the maps of usdt.bpf.h: places with a probe, and descriptions of
 * their arguments.
 */
#ifndef LSKEL_USDT_H
#define LSKEL_USDT_H

#include "elf_file.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LSKEL_USDT_ARGS 12 /* BPF_USDT_MAX_ARG_CNT */

/* enum __bpf_usdt_arg_type */
enum {
	LSKEL_USDT_CONST,
	LSKEL_USDT_REG,
	LSKEL_USDT_DEREF,
	LSKEL_USDT_SIB,
};

/* An argument, as struct __bpf_usdt_arg_spec has it. */
struct lskel_usdt_arg {
	__u64 value; /* or offset */
	__u8 type;
	__u8 is_signed;
	__u8 bitshift;
	__u8 scale_bitshift;
	__s16 reg, index; /* offsets in struct pt_regs */
};

struct lskel_usdt_spec {
	struct lskel_usdt_arg args[LSKEL_USDT_ARGS];
	__u32 cnt;
	const char *text; /* in the ELF file, as long as that is open */
};

/* A place with a probe. */
struct lskel_usdt_place {
	__u64 offset;  /* in the file */
	__u64 ref_ctr; /* of its semaphore, or 0 */
	__u32 spec;    /* index in specs */
};

struct lskel_usdt {
	struct lskel_usdt_place *places;
	__u32 place_cnt;
	struct lskel_usdt_spec *specs; /* all different */
	__u32 spec_cnt;
};

/*
 * Parses the arguments of a probe, for the registers of @machine (EM_*). Returns 0; -EINVAL: they can't be described, *@bad is the
 * argument; -E2BIG: there are too many; -EOPNOTSUPP: not of this architecture.
 */
LSKEL_API int lskel_usdt_parse(__u32 machine, const char *text, struct lskel_usdt_spec *ret,
			       const char **bad);

/*
 * Finds all places of probe @provider:@name. lskel_usdt_free() in any case. Returns 0, or a negative errno after
 * lskel_attach_fail().
 */
LSKEL_API int lskel_usdt_find(const struct lskel_attaching *at, struct lskel_elf *elf,
			      const char *provider, const char *name, struct lskel_usdt *ret);
LSKEL_API void lskel_usdt_free(struct lskel_usdt *usdt);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_USDT_H */
