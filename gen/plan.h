/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The plan: the sliced trace as operations for the loader program, in order. Fds have become slots of
 * the FD array and ids of the host have become names; everything else is as libbpf asked for it. What
 * the loader program may not do is set aside for the run time. Offsets come later (gen/blob.c).
 */
#ifndef LSKEL_GEN_PLAN_H
#define LSKEL_GEN_PLAN_H

#include "object.h"
#include "util.h"

#define NO_SLOT (-1)

/* A pointer in an attr. */
struct plan_pointer {
	__u16 field;	  /* offset in the attr */
	const void *data; /* belongs to the trace or to the plan */
	__u32 len;
	int slot;      /* points at this slot of the FD array instead */
	bool fd_array; /* points at the FD array */
	bool shared;   /* equal constants may be stored once */
};

/* An fd in an attr, copied there from its slot just before the command is executed. */
struct plan_fd {
	__u16 field; /* offset in the attr */
	int slot;
};

#define PLAN_POINTERS 8
#define PLAN_FDS      2

struct plan_op {
	__u32 cmd; /* enum bpf_cmd or LSKEL_CMD_* */

	/* Commands of bpf(2): */
	union bpf_attr attr; /* without pointers and fds */
	__u32 size;
	struct plan_pointer pointers[PLAN_POINTERS];
	__u32 pointer_cnt;
	struct plan_fd fds[PLAN_FDS];
	__u32 fd_cnt;
	int kobj; /* what it creates, or for changes of a map the map */

	/* LSKEL_CMD_FIND_BTF: the result goes to attach_btf_id of operation @target. */
	const struct pretend_type *type;
	__u32 target;

	/* Slot for the result, of LSKEL_CMD_CLOSE the one to be closed; or NO_SLOT. */
	int slot;
};

struct plan_bind {
	int prog; /* objects of the trace */
	int map;
};

struct plan {
	struct plan_op *ops;
	__u32 op_cnt;
	__u32 work_cnt; /* those that create something; the others, behind, clean up */
	__u32 fail;	/* first operation of the clean-up after a failure */
	int *slots;	/* of each object of the trace, or NO_SLOT */
	__u32 slot_cnt;
	struct plan_bind *binds;
	__u32 bind_cnt;
	void **owned; /* memory that pointers refer to */
	__u32 owned_cnt;
};

/*
 * Makes the plan of a loaded object, which must outlive it. Returns 0, or a negative errno after a
 * message. Free in either case.
 */
int plan_make(struct plan *plan, const struct object *object);
void plan_free(struct plan *plan);

#endif /* LSKEL_GEN_PLAN_H */
