// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The part of the C skeleton writer that is about relocation ahead of the load. */
#include "skeleton.h"

void skeleton_write_relocated(const struct info *info, FILE *out)
{
	const char *name = info->table.name;

	fprintf(out, "#pragma GCC diagnostic push\n"
		     "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n");
	skeleton_write_bytes(name, "hash", info->hash, sizeof(info->hash), out);
	skeleton_write_bytes(name, "forms", info->forms.data, info->forms.len, out);
	fprintf(out, "#pragma GCC diagnostic pop\n\n");
	fprintf(out,
		"static const struct lskel_relocated_info %s__relocated = {\n"
		"\t%s__hash, %s__forms, %zu, lskel_choose_relocated, lskel_apply_relocated,\n"
		"};\n\n",
		name, name, name, info->forms.len);
}
