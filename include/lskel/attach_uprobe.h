/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kinds of attaching to functions of executables and libraries: uprobe, uretprobe, and many of them at once. Part of
 * liblskel.a, and needs libelf (-lelf): who has no such program links nothing of either.
 *
 * where.path: of the file; a name without '/' is searched as libbpf does, libraries (".so") in LD_LIBRARY_PATH and
 * the system's folders, executables in PATH. "/proc/PID/root/..." is the file of a process in another mount
 * namespace; "ARCHIVE!/MEMBER" a member of an APK or another zip file that is not compressed.
 * where.pid: 0, or the process to trace.
 * where.flags: 0 or LSKEL_AT_RETURN.
 *
 * -ENOENT: there is no such file, or no such function in it; -ENOEXEC: it is no ELF file; -EINVAL: several functions
 * have the name, or nothing can be at that offset; -ESRCH: there is no such process.
 *
 * Internal: applications call foo__PROG__attach() and attach_to(). Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_UPROBE_H
#define LSKEL_ATTACH_UPROBE_H

#include <lskel/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * where.func: a function, "name", or "name@VERSION" as in "memcpy@GLIBC_2.14" (two '@' are the same), and
 * where.offset: bytes from it. Or where.func is NULL, and where.offset is one in the file.
 * where.ref_ctr: the offset in the file of a 2-byte counter of who is attached, or 0. where.cookie.
 */
LSKEL_API int lskel_attach_uprobe(const struct lskel_attaching *at, struct lskel_link *link);
LSKEL_API int lskel_attach_uretprobe(const struct lskel_attaching *at, struct lskel_link *link);

/*
 * One of:
 *	where.func: all functions whose names fit the pattern, in which '*' stands for any characters and '?' for one
 *	where.funcs, where.cnt: names
 *	where.offsets, where.cnt: offsets in the file
 * where.cookie is for all of them; with the latter two, where.cookies may have one for each instead, and
 * where.ref_ctrs the offsets of counters.
 */
LSKEL_API int lskel_attach_uprobe_multi(const struct lskel_attaching *at, struct lskel_link *link);
LSKEL_API int lskel_attach_uretprobe_multi(const struct lskel_attaching *at,
					   struct lskel_link *link);

#ifdef __cplusplus
}
#endif

static const struct lskel_attach_kind lskel_kind_uprobe
	__attribute__((unused)) = { "uprobe", LSKEL_LINUX(4, 17), lskel_attach_uprobe };

static const struct lskel_attach_kind lskel_kind_uretprobe
	__attribute__((unused)) = { "uretprobe", LSKEL_LINUX(4, 17), lskel_attach_uretprobe };

static const struct lskel_attach_kind lskel_kind_uprobe_multi
	__attribute__((unused)) = { "uprobe.multi", LSKEL_LINUX(6, 6), lskel_attach_uprobe_multi };

static const struct lskel_attach_kind lskel_kind_uretprobe_multi
	__attribute__((unused)) = { "uretprobe.multi", LSKEL_LINUX(6, 6),
				    lskel_attach_uretprobe_multi };

#endif /* LSKEL_ATTACH_UPROBE_H */
