/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel configuration (__kconfig externs), decided on the target. Part of liblskel.a; a generated
 * header refers to one of these functions if the object has such externs, so that others link nothing
 * of it. Called by load(), before anything is created.
 *
 * Both write to the data of the .kconfig map in @skel and return 0, or a negative errno with the
 * failure noted in the skeleton's context: -ESRCH for a strong extern that has no value here, -EINVAL
 * for a value that the extern's type can't hold, or if there is no configuration file; -ERANGE for a value of LINUX_*
 * that is too large.
 * A weak extern without a value is 0. Values and errors are those of libbpf (libbpf.c,
 * bpf_object__resolve_externs()).
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_KCONFIG_H
#define LSKEL_KCONFIG_H

#include <lskel/skel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The type of tristate options, for who does not include <bpf/libbpf.h> (if so, do it first). */
#ifndef __LIBBPF_LIBBPF_H
enum libbpf_tristate {
	TRI_NO = 0,
	TRI_YES = 1,
	TRI_MODULE = 2,
};
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/* For LINUX_KERNEL_VERSION, LINUX_HAS_BPF_COOKIE and LINUX_HAS_SYSCALL_WRAPPER only. */
LSKEL_API int lskel_kconfig_resolve(const struct lskel_info *info, void *skel);

#ifndef LSKEL_API_IS_STATIC /* a standalone header without CONFIG_* has no such function */
/*
 * These, and CONFIG_* from /boot/config-RELEASE or else /proc/config.gz. Needs zlib (-lz).
 */
LSKEL_API int lskel_kconfig_resolve_file(const struct lskel_info *info, void *skel);
#endif

/* For the two: */

/* The bytes of extern number @i in @skel. */
LSKEL_API char *lskel_kconfig_data(const struct lskel_info *info, void *skel, __u32 i);

/* Stores a number. Returns 0, -EINVAL or -ERANGE. */
LSKEL_API int lskel_kconfig_set_number(const struct lskel_kconfig_info *kconfig, char *data,
				       __u64 value);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_KCONFIG_H */
