/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching to USDT probes of executables and libraries, for programs that include <bpf/usdt.bpf.h>. Part of
 * liblskel.a, and needs libelf (-lelf): who has no such program links nothing of either.
 *
 * Internal: applications call foo__PROG__attach() and attach_to(). Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_USDT_H
#define LSKEL_ATTACH_USDT_H

#include <lskel/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * where.path: of the file, as in <lskel/attach_uprobe.h>; where.func: "provider:name"; where.pid: 0, or the process
 * to trace; where.cookie: what bpf_usdt_cookie() gives the program (the kernel's cookie is the number of the arguments'
 * description).
 *
 * All places that have the probe are one link; before Linux 6.6 as many, of which skel->links has the fd of the
 * first.
 *
 * -ENOENT: there is no such file, or no such probe in it; -ENOEXEC: it is no ELF file of this architecture; -EINVAL:
 * arguments that can't be described; -ESRCH: the object is without the maps of usdt.bpf.h, or there is no such
 * process; -E2BIG: too many arguments, or descriptions (BPF_USDT_MAX_SPEC_CNT).
 */
LSKEL_API int lskel_attach_usdt(const struct lskel_attaching *at, struct lskel_link *link);

#ifdef __cplusplus
}
#endif

static const struct lskel_attach_kind lskel_kind_usdt
	__attribute__((unused)) = { "USDT", LSKEL_LINUX(4, 20), lskel_attach_usdt };

#endif /* LSKEL_ATTACH_USDT_H */
