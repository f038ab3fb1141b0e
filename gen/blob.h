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

struct blob {
	struct bytes image;
	struct blob_kobj *kobjs; /* for each object of the trace */
	__u32 mask;
	bool finds_symbols; /* has LSKEL_CMD_FIND_* */
};

/* Returns 0, or -EFBIG after a message. Free in either case. */
int blob_make(struct blob *blob, const struct plan *plan, const struct trace *trace);
void blob_free(struct blob *blob);

#endif /* LSKEL_GEN_BLOB_H */
