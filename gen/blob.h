/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The blob: the plan as bytes, in the format of <lskel/blob.h>. */
#ifndef LSKEL_GEN_BLOB_H
#define LSKEL_GEN_BLOB_H

#include "plan.h"

/* Where the run time finds what it patches. */
struct blob_kobj {
	__u32 attr;  /* of the MAP_CREATE or PROG_LOAD that makes the object */
	__u32 value; /* of a map with initial data, else 0 */
};

/* Of what an attr has on older kernels, see struct lskel_old_info. */
struct blob_old {
	__u32 pointer; /* offset of the field */
	__u32 target;  /* what it points at then */
	__u32 len;
};

struct blob {
	struct bytes image;
	struct blob_kobj *kobjs; /* for each object of the trace */
	struct blob_old *olds;	 /* for each of the plan's */
	__u32 mask;
	bool finds_types;   /* has LSKEL_CMD_FIND_BTF */
	bool finds_symbols; /* has LSKEL_CMD_FIND_SYM */
};

/* Returns 0, or -EFBIG after a message. Free in either case. */
int blob_make(struct blob *blob, const struct plan *plan, const struct trace *trace);
void blob_free(struct blob *blob);

#endif /* LSKEL_GEN_BLOB_H */
