// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/kconfig.h. */
#include <errno.h>
#include <string.h>

#include "kconfig.h"
#include "util.h"

static const struct btf_type *skip_modifiers(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (btf_is_mod(t) || btf_is_typedef(t))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/* libbpf has accepted the type: see find_kcfg_type() there. */
static void set_type(struct lskel_kconfig_info *info, const struct btf_type *t)
{
	if (btf_is_array(t)) {
		info->type = LSKEL_KCONFIG_STRING;
	} else if (btf_is_any_enum(t)) {
		info->type = LSKEL_KCONFIG_TRISTATE;
	} else if (btf_int_encoding(t) & BTF_INT_BOOL) {
		info->type = LSKEL_KCONFIG_BOOL;
	} else {
		info->type = t->size == 1 ? LSKEL_KCONFIG_CHAR : LSKEL_KCONFIG_INT;
		info->is_signed = !!(btf_int_encoding(t) & BTF_INT_SIGNED);
	}
}

void kconfigs_collect(struct kconfigs *kconfigs, const struct bpf_object *bpf,
		      const struct image *image)
{
	const struct btf *btf = bpf_object__btf(bpf);
	__s32 id = btf ? btf__find_by_name_kind(btf, ".kconfig", BTF_KIND_DATASEC) : -ENOENT;
	const struct btf_type *sec = id > 0 ? btf__type_by_id(btf, id) : NULL;
	const struct btf_var_secinfo *vars = sec ? btf_var_secinfos(sec) : NULL;

	for (__u32 i = 0; sec && i < btf_vlen(sec); i++) {
		const struct btf_type *var = btf__type_by_id(btf, vars[i].type);
		const char *name = btf__str_by_offset(btf, var->name_off);
		struct lskel_kconfig_info info = {
			.name = xstrdup(name),
			.offset = vars[i].offset,
			.size = vars[i].size,
			.is_weak = image_is_weak(image, name),
		};

		set_type(&info, skip_modifiers(btf, var->type));
		if (!strncmp(name, "CONFIG_", strlen("CONFIG_")))
			kconfigs->needs_file = true;
		push(kconfigs->infos, kconfigs->cnt) = info;
	}
}

char *kconfigs_pretend(const struct kconfigs *kconfigs)
{
	static const char *const values[] = {
		[LSKEL_KCONFIG_BOOL] = "y",	 [LSKEL_KCONFIG_TRISTATE] = "y",
		[LSKEL_KCONFIG_CHAR] = "y",	 [LSKEL_KCONFIG_INT] = "1",
		[LSKEL_KCONFIG_STRING] = "\"\"",
	};
	struct bytes text = {};

	for (__u32 i = 0; i < kconfigs->cnt; i++) {
		const struct lskel_kconfig_info *info = &kconfigs->infos[i];
		_cleanup_(free_ptr) char *line = xprintf("%s=%s\n", info->name, values[info->type]);

		bytes_add(&text, line, strlen(line));
	}
	bytes_add(&text, "", 1);
	return text.data;
}

void kconfigs_free(struct kconfigs *kconfigs)
{
	for (__u32 i = 0; i < kconfigs->cnt; i++)
		free((char *)kconfigs->infos[i].name);
	free(kconfigs->infos);
	*kconfigs = (struct kconfigs){};
}
