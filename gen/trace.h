/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The trace: what libbpf asked of the kernel while it loaded an object, with everything that the
 * calls pointed at. Written by the recorder (gen/record.c), marked by the slicer (gen/slice.c), read
 * by the planner and the printer. It knows bpf(2) and nothing of skeletons.
 */
#ifndef LSKEL_GEN_TRACE_H
#define LSKEL_GEN_TRACE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "commands.h"

enum kobj_kind { KOBJ_MAP, KOBJ_PROG, KOBJ_BTF, KOBJ_LINK };

#define NO_KOBJ (-1)

/* What a field of a call referred to. */
struct arg {
	void *data; /* copy of what a pointer pointed at, or NULL */
	__u32 len;
	int kobj; /* the object behind an fd, or behind the fd that is a map value */
};

struct call {
	const struct command *command;
	union bpf_attr attr; /* pointers and fds in it mean nothing any more */
	__u32 size;	     /* of the attr, as libbpf gave it */
	struct arg *args;    /* one for each of command->fields */
	int made;	     /* the object that it created, or NO_KOBJ */
	bool needed;	     /* by what the object consists of, when loaded */
	/* What libbpf does instead, or NULL (gen/learn.c): */
	struct bpf_insn *without_weak; /* PROG_LOAD: instructions where weak symbols are missing */
	union bpf_attr *without_btf;   /* attr, where the kernel refuses the object's BTF */
	union bpf_attr *without_types; /* MAP_CREATE: attr of the second try */
	struct arg old; /* for older kernels: BTF_LOAD: "btf"; PROG_LOAD: "func_info" */
};

/* A kernel object that a call created. */
struct kobj {
	enum kobj_kind kind;
	__u32 creator; /* index of the call */
	dev_t dev;     /* of its pretend fd */
	ino_t ino;
	char *name; /* for people */
	bool needed;
	bool kept; /* stays open after the load, others are for the load only */
};

struct trace {
	struct call *calls;
	__u32 call_cnt;
	struct kobj *kobjs;
	__u32 kobj_cnt;
};

void trace_free(struct trace *trace);

/* The argument of @call for the field called @name. */
struct arg *call_arg(const struct call *call, const char *name);

/*
 * An instruction in a trace that loads the address of a map or of a map's value: it is BPF_PSEUDO_MAP_IDX or
 * BPF_PSEUDO_MAP_IDX_VALUE there, and its imm the map's index in trace->kobjs.
 */
bool insn_is_map_load(const struct bpf_insn *insn);

/* Marks what the objects that are kept need (gen/slice.c). */
void trace_slice(struct trace *trace);

/* One needed call a line, in the manner of strace; or as a JSON array (gen/print_trace.c). */
void trace_print(const struct trace *trace, FILE *out);
void trace_print_json(const struct trace *trace, FILE *out);

#endif /* LSKEL_GEN_TRACE_H */
