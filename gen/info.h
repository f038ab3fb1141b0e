/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables of a skeleton (struct lskel_info) as values: made from an object, or read from what was made
 * earlier (gen/input.h). A skeleton writer prints them; whoever wants to load an object at once, without a
 * compiler between, hands them to the run time as they are.
 */
#ifndef LSKEL_GEN_INFO_H
#define LSKEL_GEN_INFO_H

#include <lskel/skel.h>

#include "blob.h"
#include "sha256.h"

struct skeleton_types;

struct info {
	struct lskel_info table; /* refers to everything below */
	struct lskel_map_info *maps;
	struct lskel_prog_info *progs;
	struct lskel_data_info *data;
	struct lskel_bind_info *binds;
	struct lskel_old_info *olds;
	struct lskel_extern_info *externs;
	struct lskel_struct_ops_info *struct_ops;
	struct bpf_insn *insns;
	size_t image_len; /* bytes at table.image */
	/* Names as C identifiers: members of the skeleton. */
	char **map_idents;
	char **prog_idents;
	const struct attach_kind **prog_kinds; /* how attach_to() attaches a program, or NULL */
	bool *prog_targets;		       /* programs that set_target() is for */
	/* Of info_relocate(): */
	struct lskel_relocated_info relocated;
	struct bytes forms;
	__u8 hash[SHA256_SIZE];
	bool cache; /* the skeleton has foo__use_cache() */

	/* Of one that was read and not made: */
	const struct skeleton_types *types;
	void **owned; /* memory that everything refers to */
	__u32 owned_cnt;

	/* Of one that was made: */
	const struct object *object;
	struct plan plan;
	struct blob blob;
};

/*
 * Makes the tables of a loaded object, which must outlive them. Returns 0, or a negative errno after
 * a message. Free in either case.
 */
int info_make(struct info *info, struct object *object);
void info_free(struct info *info);

/* Has info_free() free @p, which is returned. */
void *info_own(struct info *info, void *p);

/*
 * Adds forms that are relocated for @kernels, see target_kernel_open() for what these say; @cache: and lets the
 * application have others from files. Does nothing where there are no CO-RE relocations. Returns 0, or a
 * negative errno after a message (gen/info_relocated.c).
 */
int info_relocate(struct info *info, char *const *kernels, __u32 kernel_cnt, bool cache);

#endif /* LSKEL_GEN_INFO_H */
