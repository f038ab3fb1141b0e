/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's BTF for all parts of a load that look something up in it: it is read once, and gone over once,
 * which is what takes time. The BTF of modules is everybody's own business. Not for applications.
 */
#ifndef LSKEL_LOADER_KERNEL_BTF_H
#define LSKEL_LOADER_KERNEL_BTF_H

#include <lskel/skel.h>
#include "btf.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lskel_kernel_btf {
	struct lskel_btf btf;
	struct lskel_btf_names names; /* with the ids that vmlinux has for them */
};

/*
 * Opens ctx->kernel, unless that is done. Looks for all names on the way that a load of this object will ask for: kernel
 * symbols, targets, struct_ops. Returns 0 or a negative errno, as lskel_btf_open_kernel(); load() closes it.
 */
LSKEL_API int lskel_kernel_btf_open(const struct lskel_info *info, void *skel);

/* The id of the first type of that name and kind (BTF_KIND_*), or -ENOENT. A name that was not looked for takes long. */
LSKEL_API int lskel_kernel_btf_find(const struct lskel_kernel_btf *kernel, const char *name,
				    __u32 kind);

/* ctx->drop_kernel */
LSKEL_API void lskel_kernel_btf_close(struct lskel_ctx *ctx);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_LOADER_KERNEL_BTF_H */
