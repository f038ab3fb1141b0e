/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs whose BTF target (the function, tracepoint or hook that they are for) is decided on the
 * target machine: by the application, or by the run time where the section names a module. libbpf does
 * not load them without one, so in the pretend kernel they get a program as their target.
 */
#ifndef LSKEL_GEN_TARGETS_H
#define LSKEL_GEN_TARGETS_H

#include <stdbool.h>
#include <bpf/libbpf.h>

/* The fd of that program: no fd, so that nothing real can be meant. */
#define PRETEND_TARGET_FD (1 << 30)

/* Whether @prog has a target at all, which the application may choose. */
bool target_is_possible(const struct bpf_program *prog);

/* Whether @prog's section does not tell it: SEC("freplace/..."), SEC("fentry") and the like. */
bool target_is_missing(const struct bpf_program *prog);

/* Whether @prog's section names a module, too: SEC("fentry/MODULE:func"). */
bool target_names_module(const struct bpf_program *prog);

/* Gives pretend targets to those programs of the opened object. Returns 0 or a negative errno. */
int targets_pretend(struct bpf_object *bpf);

#endif /* LSKEL_GEN_TARGETS_H */
