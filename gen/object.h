/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A BPF object as the later stages see it: opened and loaded by libbpf in the pretend kernel, with
 * the trace of that, sliced.
 */
#ifndef LSKEL_GEN_OBJECT_H
#define LSKEL_GEN_OBJECT_H

#include <bpf/libbpf.h>

#include "attach_kinds.h"
#include "core_relo.h"
#include "externs.h"
#include "kconfig.h"
#include "struct_ops.h"
#include "trace.h"
#include "util.h"

/* How a program is attached, learnt from what libbpf did. */
struct attach {
	const struct attach_kind *kind; /* or NULL */
	bool automatic;			/* libbpf attaches it by its section */
	bool invalid;			/* or fails to, because of what the section says */
	__u32 type;			/* enum bpf_attach_type */
	struct lskel_where where;	/* that its section says, if it is automatic */
};

struct object_prog {
	struct bpf_program *prog;
	int kobj; /* NO_KOBJ when it is not loaded */
	struct attach attach;
	bool usdt; /* expected_attach_type became uprobe_multi in load */
	bool off;  /* SEC("?..."): loaded only if the application says so */
};

struct object_map {
	struct bpf_map *map;
	int kobj;
	bool sized_by_cpus; /* a PERF_EVENT_ARRAY without max_entries */
	bool off;	    /* SEC("?.struct_ops"): created only if the application says so */
	void *arena_data;   /* initial values of global variables in an arena, or NULL */
	size_t arena_size;
	char *pin_path; /* as libbpf has it on every machine, or NULL */
};

/* bpf_program__set_type(), bpf_program__set_expected_attach_type(). */
struct object_type {
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type;
};

struct object {
	char *name; /* of the skeleton: a C identifier */
	struct bpf_object *bpf;
	const struct object_type *as;
	bool all; /* those that are off are recorded, too */
	struct trace trace;
	struct core_relos relos;
	struct externs externs;
	struct kconfigs kconfigs;
	struct struct_ops struct_ops;
	char *config;		   /* of the pretend kernel */
	struct object_prog *progs; /* all, in libbpf's order */
	__u32 prog_cnt;
	struct object_map *maps;
	__u32 map_cnt;
};

/*
 * Loads the file at @path into the pretend kernel. @name is that of the skeleton and, as in libbpf,
 * the beginning of the names of data maps; if NULL it is made from @path. Returns 0, or a negative
 * errno after a message. Free in either case.
 */
int object_load(struct object *object, const char *path, const char *name);
/* The name that libbpf gives the object in the file at @path, as an identifier; the caller frees it. */
char *object_name(const char *path);
/* The same for a file that has been read. @as: what all programs are, whatever their sections say, or NULL. */
int object_load_data(struct object *object, const char *path, const char *name,
		     const struct bytes *file, const struct object_type *as);
void object_free(struct object *object);

/*
 * Opens the object in a recording of its own, which goes on until record_stop(). @token_path: NULL, or
 * PRETEND_TOKEN_PATH. Returns 0, or a negative errno after a message.
 */
int object_open(const struct object *object, const struct image *image, const char *token_path,
		struct trace *trace, struct bpf_object **ret);

enum object_part {
	OBJECT_WHOLE,
	OBJECT_MAPS, /* no programs, which take libbpf most of the time */
};

/* Has libbpf load the opened object @bpf with the programs that are recorded: bpf_object__load(). */
int object_load_bpf(const struct object *object, struct bpf_object *bpf, enum object_part part);

/* Lists the programs and maps of the opened object; forgets them (gen/object_list.c). */
void object_list(struct object *object);
void object_unlist(struct object *object);

/*
 * Finds out which objects of the trace they are, before the fds are closed. Returns 0, or -ENOENT after a
 * message.
 */
int object_find_kobjs(struct object *object);

/* Gives names to what is there during the load only. */
void object_name_temporaries(struct object *object);

/*
 * Finds out what libbpf does on kernels that refuse something or lack weak symbols, and notes it in
 * the calls of the trace (gen/learn.c). Returns 0, or a negative errno after a message.
 */
int learn_alternatives(struct object *object, const struct image *image);

/* What libbpf does to attach @prog, which is loaded (gen/learn_attach.c). */
struct attach attach_learn(struct trace *trace, struct bpf_program *prog);

#endif /* LSKEL_GEN_OBJECT_H */
