/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel configuration that an object refers to (__kconfig). Its values are decided on the target; here
 * it is only found out what there is, and libbpf gets a configuration that has all of it.
 */
#ifndef LSKEL_GEN_KCONFIG_H
#define LSKEL_GEN_KCONFIG_H

#include <lskel/skel.h>
#include <bpf/libbpf.h>

#include "image.h"

struct kconfigs {
	struct lskel_kconfig_info *infos; /* names belong to them */
	__u32 cnt;
	bool needs_file; /* some are CONFIG_* */
};

/* Lists the __kconfig externs of the opened object @bpf, whose file is @image. */
void kconfigs_collect(struct kconfigs *kconfigs, const struct bpf_object *bpf,
		      const struct image *image);

/* A configuration file that has a value for each, for the caller to free. */
char *kconfigs_pretend(const struct kconfigs *kconfigs);

void kconfigs_free(struct kconfigs *kconfigs);

#endif /* LSKEL_GEN_KCONFIG_H */
