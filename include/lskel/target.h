/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Targets of BTF tracing, LSM and freplace programs that are chosen on the target machine: a function of
 * another BPF program, another function of the kernel, or one of a certain module. Part of liblskel.a; who
 * calls none of it, and has no SEC(".../MODULE:func"), links nothing of it.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_TARGET_H
#define LSKEL_TARGET_H

#include <lskel/skel.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * Makes a function the target of program number @i of @skel, in place of the one that its section names, as
 * bpf_program__set_attach_target() does: between open() and load().
 *
 * @prog_fd: a loaded BPF program that has the function; or 0: the kernel has it. It stays the caller's;
 * the skeleton has a duplicate until a load() that succeeds, or destroy().
 * @func: its name, NULL for the one in the section. The main function of a program, too, is found under
 * its name in C. For the kernel it is what could stand in the section: "func" or "MODULE:func", the name
 * of a tracepoint, LSM hook or iterator for such programs; it can't be NULL.
 *
 * Returns 0, or a negative errno, also in errno, with the failure noted in the skeleton's context. Then the
 * program keeps the target that it had. The errors are libbpf's: -ENOENT: the program has no such
 * function; -ESRCH: nor has the kernel; -EBADF or -EBADFD; -EINVAL: @prog_fd is no program or one without BTF,
 * there is no name, @skel is loaded, or program @i is of a kind that has no target.
 */
LSKEL_API int lskel_set_target(const struct lskel_info *info, void *skel, __u32 i, int prog_fd,
			       const char *func);

/*
 * lskel_info.find_targets: finds the targets of the programs that are to be loaded and whose sections name
 * a module, where the application has set no other. Called by load(). Returns as lskel_set_target().
 */
LSKEL_API int lskel_find_targets(const struct lskel_info *info, void *skel);

#ifdef __cplusplus
}
#endif

/* int foo__PROG__set_target(struct foo *skel, int prog_fd, const char *func): see lskel_set_target(). */
#define LSKEL_DEFINE_TARGET(name, prog, number)                                                    \
	static inline __attribute__((unused)) int name##__##prog##__set_target(                    \
		struct name *skel, int prog_fd, const char *func)                                  \
	{                                                                                          \
		return lskel_set_target(&name##__info, skel, number, prog_fd, func);               \
	}

#endif /* LSKEL_TARGET_H */
