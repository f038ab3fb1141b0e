/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is in a skeleton, for people: taken from its tables and its blob, which are known to be good.
 * Nothing is printed here.
 */
#ifndef LSKEL_GEN_CONTENTS_H
#define LSKEL_GEN_CONTENTS_H

#include <lskel/blob.h>

#include "info.h"

/* The first Linux that has all of something; 0: newer than what lskel knows. */
struct need {
	__u32 linux_version;
	char *why; /* what has come last */
};

/* Something of the kernel's that is looked up by name. */
struct symbol_use {
	const char *name;
	const char *kind;		    /* "kfunc", "variable", "symbol", "target" */
	const struct lskel_extern_info *as; /* how the object declares it; NULL: without a type */
	bool weak;			    /* the program does without */
};

struct prog_contents {
	union bpf_attr attr;
	const struct bpf_insn *insns; /* NULL: it can't be loaded */
	__u32 *helpers;		      /* BPF_FUNC_*, ascending */
	__u32 helper_cnt;
	struct symbol_use *symbols;
	__u32 symbol_cnt;
	struct need need;
};

struct contents {
	const struct lskel_info *info;
	const struct lskel_blob_hdr *hdr;
	const struct lskel_op *ops;
	struct prog_contents *progs; /* as in the table */
	union bpf_attr *maps;
	struct need need;
};

void contents_make(struct contents *contents, const struct info *info);
void contents_free(struct contents *contents);

/* "map_lookup_elem", or NULL. */
const char *helper_name(__u32 id);
/* "PROG_LOAD", "FIND_BTF", ... */
const char *op_name(__u32 cmd);

#endif /* LSKEL_GEN_CONTENTS_H */
