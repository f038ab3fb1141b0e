// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tables of skeletons that are relocated for known kernels, or want a cache: see gen/info.h. */
#include <errno.h>
#include <lskel/open.h>

#include "info.h"
#include "relocate.h"

static int add_form(struct info *info, const char *path)
{
	struct target_kernel kernel;
	int err = target_kernel_open(&kernel, path);

	if (!err)
		err = relocate(info->table.name, info->table.image,
			       lskel_image_hdr(&info->table)->image_size, &kernel, &info->table,
			       &info->forms);
	target_kernel_close(&kernel);
	return err == -ENOENT ? 0 : err; /* there may be nothing to relocate */
}

int info_relocate(struct info *info, char *const *kernels, __u32 kernel_cnt, bool cache)
{
	int err = 0;

	info->cache = cache;
	for (__u32 i = 0; i < kernel_cnt && !err; i++)
		err = add_form(info, kernels[i]);
	if (err || (!cache && !info->forms.len))
		return err;
	sha256(info->table.image, lskel_image_hdr(&info->table)->image_size, info->hash);
	info->relocated = (struct lskel_relocated_info){
		.hash = info->hash,
		.forms = info->forms.data,
		.forms_size = info->forms.len,
		.choose = lskel_choose_relocated,
		.apply = lskel_apply_relocated,
	};
	info->table.relocated = &info->relocated;
	return 0;
}
