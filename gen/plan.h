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
	bool patched;  /* the target of copies: the loader program writes there */
};

/* A word that is copied, just before the command is executed, from a slot of the FD array. */
struct plan_copy {
	const struct call *call; /* into the attr of this call ... */
	bool insns;		 /* ... or into its instructions ... */
	bool to_slot;		 /* ... or into another slot, number @offset */
	__u32 offset;
	int slot;
};

/* What is looked for in the target's kernel. */
struct plan_symbol {
	const char *name;
	__u32 kind; /* BTF_KIND_*, or 0 for an address */
	__u32 call; /* see struct lskel_symbol */
	__u32 offset;
	__u32 missing;
	bool target;
	const struct extern_symbol *symbol; /* the first declaration of it, or NULL */
	int slot;			    /* first of three for what is found */
	__u32 op;			    /* that searches */
};

#define PLAN_POINTERS 8
#define PLAN_COPIES   2

struct plan_op {
	__u32 cmd; /* enum bpf_cmd or LSKEL_CMD_* */

	/* Commands of bpf(2): */
	union bpf_attr attr; /* without pointers and fds */
	__u32 size;
	struct plan_pointer pointers[PLAN_POINTERS];
	__u32 pointer_cnt;
	int kobj;    /* what it creates, or for changes of a map the map; or NO_KOBJ */
	__u32 owner; /* see struct lskel_op */

	int symbol; /* LSKEL_CMD_FIND_*: index in plan.symbols */

	struct plan_copy copies[PLAN_COPIES];
	__u32 copy_cnt;

	/* Slot for the result, of LSKEL_CMD_CLOSE the one to be closed; or NO_SLOT. */
	int slot;
	/* The operation to go on with: after success, if not the next; after a failure that does not
	 * matter. 0: as usual.
	 */
	__u32 then;
	__u32 otherwise;
	/* A second try: uses the attr of this operation. 0: it has one of its own. */
	__u32 again;
};

struct plan_bind {
	int prog; /* objects of the trace */
	int map;
};

/* Initial data that no operation stores: of an arena, which the run time fills. */
struct plan_value {
	int kobj;
	const void *data; /* belongs to the object */
	__u32 len;
};

/* What a call has instead on older kernels, see struct lskel_old_info. */
struct plan_old {
	__u32 op;
	__u16 field; /* the pointer */
	const void *data;
	__u32 len;
};

struct plan {
	struct plan_op *ops;
	__u32 op_cnt;
	__u32 work_cnt;	   /* those that create something; the others, behind, clean up */
	__u32 fail;	   /* first operation of the clean-up after a failure */
	__u32 *op_of_call; /* for each call of the trace that is needed */
	int *slots;	   /* of each object of the trace, or NO_SLOT */
	__u32 *owners; /* of each object: whose operations those on it are, see struct lskel_op */
	__s32 *slot_init; /* the FD array before the replay */
	__u32 slot_cnt;
	struct plan_symbol *symbols;
	__u32 symbol_cnt;
	int zero; /* a slot that is always 0, or NO_SLOT */
	struct plan_old *olds;
	__u32 old_cnt;
	struct plan_value *values;
	__u32 value_cnt;
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

/* For the files that make up the planner: */

/* A new slot of the FD array. */
int plan_slot(struct plan *plan, __s32 init);
/* A slot with that word in it, which is not changed. */
int plan_constant(struct plan *plan, __u32 word);
/* An operation that does nothing but copy. */
struct plan_op plan_copy_op(void);
/* Prints that @what, of @call, can't be part of a skeleton and returns -EOPNOTSUPP. */
int plan_refuse(const struct object *object, const struct call *call, const char *what);

/* What comes after the operation of @call, just planned, if the kernel refuses it (gen/plan_fallbacks.c). */
void plan_fallbacks(struct plan *plan, const struct trace *trace, const struct call *call);

/*
 * Plans the search for the symbol in the kernel, unless it has been (gen/plan_symbols.c). Returns the
 * first of its three slots: id, fd of the BTF, first word of a call; or -ENAMETOOLONG after a message.
 * @symbol: what the object declares; what it declares with another type has a search of its own. NULL: it is the target of
 * programs, and so not wanted where none of these is loaded.
 */
int plan_find(struct plan *plan, const char *name, __u32 kind, const struct extern_symbol *symbol);
/*
 * Plans the search for all kernel symbols of the object and what becomes of the instructions that use
 * them. Returns 0 or a negative errno after a message.
 */
int plan_externs(struct plan *plan, const struct object *object);
/*
 * Makes @insns, a copy of those of @call, the ones that are stored: as if no weak symbol were there,
 * and without ids. Returns whether there is anything to patch.
 */
bool plan_strip_externs(const struct object *object, const struct call *call,
			struct bpf_insn *insns);

#endif /* LSKEL_GEN_PLAN_H */
