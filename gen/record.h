/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The pretend kernel: while a recording is on, libbpf's bpf(2) ends here, succeeds and is written
 * down; its files and its BTF are pretended, too (gen/pretend_fs.c, gen/pretend_btf.c). Nothing of
 * the machine at hand gets in, and no privileges are needed.
 *
 * One recording at a time; not for several threads.
 */
#ifndef LSKEL_GEN_RECORD_H
#define LSKEL_GEN_RECORD_H

#include <bpf/btf.h>

#include "externs.h"
#include "trace.h"

/* Writes calls to @trace, which must outlive the recording, until record_stop(). */
void record_start(struct trace *trace);
void record_stop(void);

/* Calls that the pretend kernel refuses, so that libbpf shows what it does then. */
struct refusals {
	const struct call *btf_load; /* BTF_LOAD of the same BTF, or NULL */
	bool map_types;		     /* creation of maps with BTF types */
	bool newer_btf;		     /* what Linux 6.1 does not know: see btf_is_newer() */
};

/* Until record_stop(). */
void record_refuse(struct refusals refusals);
bool record_is_refused(const struct call *call, const struct refusals *refusals);

/*
 * libbpf remembers what it has found out of the kernel, and asks again only for an object with a BPF
 * token. This path has one.
 */
#define PRETEND_TOKEN_PATH "/sys/fs/bpf/lskel"

/*
 * Whether BTF has, for libbpf to change, what is newer than Linux 6.1: the tag "arg:ctx" (6.8) or
 * names of sections that begin with '?' (6.11).
 */
bool btf_is_newer(const struct arg *btf);

bool record_is_on(void);

/* The object behind a pretend fd of @trace, or NO_KOBJ. */
int record_kobj(const struct trace *trace, int fd);

/* What libbpf reads from /proc/kallsyms of the pretend kernel; NULL: there is none. */
void pretend_kallsyms(const char *text);

/* The same for the kernel's configuration. */
void pretend_kconfig(const char *text);

/* A type that libbpf found, by this name and kind, in the pretend kernel's BTF. */
struct pretend_type {
	char *name;
	__u32 kind;
	__u32 id;
	const struct extern_symbol *symbol; /* that is declared as it, or NULL */
};

/*
 * The pretend kernel's BTF has the types of @btf, so that the kernel symbols that the object declares, @externs,
 * are found, each with the type that it is declared with; or only the strong ones. All may be NULL. Until the
 * next call.
 */
void pretend_btf_use(const struct btf *btf, const struct externs *externs, bool without_weak);

/* The type that libbpf found as @id, or NULL. */
const struct pretend_type *pretend_btf_type(__u32 id);

/*
 * The types, in the BTF of pretend_btf_use(), of the struct_ops maps that libbpf is going to look for, in
 * its order. Until the next call.
 */
void pretend_btf_struct_ops(const __u32 *type_ids, __u32 cnt);

/* Forgets what was found in recordings before. */
void pretend_btf_reset(void);

#endif /* LSKEL_GEN_RECORD_H */
