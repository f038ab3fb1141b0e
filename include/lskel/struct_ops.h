/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * struct_ops maps: structs of the kernel's with programs as members, such as a TCP congestion control.
 * The kernel's struct need not be the one that the object was compiled with, so that load() looks at the
 * target's BTF and puts each member where it has the member of that name, as libbpf does. Part of
 * liblskel.a; the tables of a skeleton refer to it if the object has such maps.
 *
 * Between open() and load() the application may change skel->struct_ops.NAME: numbers, and which program
 * a member is set to (&skel->progs.OTHER, or NULL). Programs that only maps use which are not created
 * are not loaded, others that a map uses are, whatever their autoload was.
 *
 * Errors of load() for one of these maps:
 * -ESRCH: the kernel has no BTF, or no such struct_ops
 * -ENOTSUP: a member is not in the kernel's struct and not zero, or of another type there
 * -EINVAL: a program is set to two different members, or is to be loaded and set to none
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_STRUCT_OPS_H
#define LSKEL_STRUCT_OPS_H

#include <lskel/skel.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * Registers struct_ops map number @i (of info->struct_ops) with the kernel and keeps an fd in skel->links:
 * that of a link, for SEC(".struct_ops.link"), or a duplicate of the map's. Returns that fd, which the
 * skeleton owns, or 0 when there is nothing to do: the map is not created, or it is attached already.
 * Otherwise a negative errno, also in errno. As bpf_map__attach_struct_ops().
 */
LSKEL_API int lskel_struct_ops_attach_map(const struct lskel_info *info, void *skel, __u32 i);

/*
 * Puts struct_ops map number @i, of SEC(".struct_ops.link"), in the place of the map that the link @link_fd has, of this
 * or of another skeleton: BPF_LINK_UPDATE. The link stays whose it is. Returns 0, or a negative errno, also in errno:
 * -EINVAL: it is not loaded, is not for links, or is another struct, or has another name, than the link's; -EOPNOTSUPP:
 * the kernel can't change such a struct (TCP congestion controls since Linux 6.4).
 */
LSKEL_API int lskel_struct_ops_put_into(const struct lskel_info *info, void *skel, __u32 i,
					int link_fd);

/* For the functions of every skeleton, see struct lskel_struct_ops_calls: */

/* Makes what skel->struct_ops points at. Returns 0 or -ENOMEM. */
LSKEL_API int lskel_struct_ops_open(const struct lskel_info *info, void *skel);

/*
 * Fits all maps that are to be created to the kernel's types, and decides which programs are loaded.
 * Returns 0, or a negative errno with the failure noted.
 */
LSKEL_API int lskel_struct_ops_prepare(const struct lskel_info *info, void *skel);

/* Puts what was found into @blob. */
LSKEL_API void lskel_struct_ops_fill(const struct lskel_info *info, void *skel, char *blob);

/* After a load, successful or not: closes what was needed for it, and takes the programs' fds. */
LSKEL_API void lskel_struct_ops_finish(const struct lskel_info *info, void *skel);

/* Attaches all maps. Returns 0 or the first failure. */
LSKEL_API int lskel_struct_ops_attach(const struct lskel_info *info, void *skel);

/* Takes them back. */
LSKEL_API void lskel_struct_ops_detach(const struct lskel_info *info, void *skel);

/* Frees everything. */
LSKEL_API void lskel_struct_ops_close(const struct lskel_info *info, void *skel);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_STRUCT_OPS_H */
