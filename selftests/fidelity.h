/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fidelity check: does an object that a skeleton loads look the same to the kernel as when
 * libbpf loads it? Each way happens in a process of its own, which describes what it has loaded as
 * text, without ids and addresses; the texts are compared.
 */
#ifndef LSKEL_SELFTESTS_FIDELITY_H
#define LSKEL_SELFTESTS_FIDELITY_H

#include <stdbool.h>
#include <stdio.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

/* A loaded map or program, with that part of its attr that the kernel does not show. */
struct fidelity_map {
	const char *name;
	int fd;
	__u32 id;
	__u32 numa_node;
	/* Of an arena: where this process has it, and the values of global variables there. */
	const void *arena;
	size_t arena_data;
};

struct fidelity_prog {
	const char *name;
	const char *section;
	int fd; /* -1: not loaded */
	__u32 id;
	__u32 flags;
	__u32 attach_type;
};

struct fidelity {
	struct fidelity_map *maps;
	__u32 map_cnt;
	struct fidelity_prog *progs;
	__u32 prog_cnt;
};

enum fidelity_result {
	FIDELITY_CRASHED, /* or reported nothing */
	FIDELITY_REFUSED, /* by the generator */
	FIDELITY_FAILED,  /* in the kernel */
	FIDELITY_LEAKED,  /* fds, maps, programs or BTF */
	FIDELITY_LOADED,
	FIDELITY_NOTHING, /* there is nothing to be done ahead of the load */
};

/* The first line of a report: result and errno. The description follows. */
#define FIDELITY_HEAD "%d %d\n"

/* What one of the processes left. */
struct fidelity_report {
	enum fidelity_result result;
	int err;
	char *text; /* the description */
	/* Of what was attached, or NULL: nothing was loaded, or it was not to be; part of @text. */
	const char *attached;
	int attach_err;
	int attach_cnt;
	char *messages;
};

/* Documentation/fidelity.md says what there is. */
const char *fidelity_classify(const struct fidelity_report *libbpf,
			      const struct fidelity_report *lskel);
const char *fidelity_classify_attach(const struct fidelity_report *libbpf,
				     const struct fidelity_report *lskel);
bool fidelity_too_slow(const struct fidelity_report *libbpf);

/* The number of the only program that is to be loaded, or -1: those that the object says. */
extern int fidelity_only;

int fidelity_program_cnt(const char *path);

/*
 * Loads the object at @path through libbpf or through a skeleton, and writes a report to @out.
 * Messages go to stderr.
 */
void fidelity_by_libbpf(const char *path, const char *name, FILE *out);
void fidelity_by_lskel(const char *path, const char *name, FILE *out);
/* Through a skeleton that was relocated for the running kernel before. */
void fidelity_by_relocated(const char *path, const char *name, FILE *out);

/*
 * Loads what programs of the object at @path are for: what is known, or if nothing is, some program.
 * Children inherit it, until it is closed.
 */
void fidelity_open_target(const char *path, const char *name);
void fidelity_close_target(void);

/* The two ways to say so. Return 0 or a negative errno. */
struct bpf_object;
struct info;
int fidelity_set_libbpf_targets(struct bpf_object *object);
int fidelity_set_lskel_targets(const struct info *info, void *skel);

/* The attr of the MAP_CREATE or PROG_LOAD that made @fd in this process. */
const union bpf_attr *fidelity_attr_of_fd(int fd);
/* What this process made a link with that the kernel does not show, or "". */
const char *fidelity_made_with(__u32 link_id);
/* The cookie of a perf event's link, which kernels before 6.9 do not show. */
__u64 fidelity_cookie(__u32 link_id);

/*
 * Whether what is loaded is attached as well, by what attaches a skeleton (bpf_object__attach_skeleton(),
 * foo__attach()), and taken back.
 */
extern bool fidelity_attaches;

/* Then that line follows the description: errno of that, and how much is attached. After it, what that is. */
#define FIDELITY_ATTACH_HEAD "attached with errno %d: %d\n"

/* One of the two ways. Functions return 0 or a negative errno. */
struct fidelity_attacher {
	int (*attach)(const struct fidelity_attacher *attacher);
	/* Program or map number @i alone. */
	int (*attach_one)(const struct fidelity_attacher *attacher, bool is_map, __u32 i);
	/* Program number @i, an iterator, to what the application says. */
	int (*attach_iter)(const struct fidelity_attacher *attacher, __u32 i,
			   union bpf_iter_link_info *of);
	void (*detach)(const struct fidelity_attacher *attacher);
	const char *(*error)(const struct fidelity_attacher *attacher);
};

struct lskel_info;
void fidelity_attach(const struct fidelity *loaded, const struct fidelity_attacher *attacher,
		     FILE *out);
void fidelity_attach_by_libbpf(struct bpf_object *object, const struct fidelity *loaded, FILE *out);
void fidelity_attach_by_lskel(const struct lskel_info *info, void *skel,
			      const struct fidelity *loaded, FILE *out);

/* Whether an iterator of that name, or in that section, is of the elements of one map. */
bool fidelity_iterates_map(const char *name);

/* What the kernel says of the link @fd, of which @info is known; the caller frees it. */
char *fidelity_link_text(const struct fidelity *loaded, int fd, const struct bpf_link_info *info);

/* Writes what the kernel says of programs and maps. Fills in the ids of @loaded. */
void fidelity_describe(struct fidelity *loaded, FILE *out);
void fidelity_describe_prog(const struct fidelity *loaded, const struct fidelity_prog *prog,
			    FILE *out);
void fidelity_describe_map(const struct fidelity *loaded, const struct fidelity_map *map,
			   FILE *out);

/* Names for ids; of maps of no object, what the kernel knows. Valid until the next call. */
const char *fidelity_map_name(const struct fidelity *loaded, __u32 id);
const char *fidelity_prog_name(const struct fidelity *loaded, __u32 id);

/* The BTF that the kernel has by that id, for btf__free(), or NULL. */
struct btf *fidelity_btf(__u32 id);
/*
 * What distinguishes the types @roots and all that they refer to, with their ids: number and checksum. Valid until the
 * next call.
 */
const char *fidelity_types(const struct btf *btf, const __u32 *roots, __u32 cnt);
__u64 fidelity_checksum(const void *data, size_t len);

/* For qsort() of an array of strings. */
int fidelity_compare_strings(const void *a, const void *b);

/* Writes the lines of /proc/self/fdinfo for @fd that are not ids, each after "@what NAME ". */
void fidelity_fdinfo(const char *what, const char *name, int fd, FILE *out);

#endif /* LSKEL_SELFTESTS_FIDELITY_H */
