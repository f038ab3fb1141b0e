// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How and where programs are attached, in a skeleton: constant tables of what their sections say, a function
 * for each program, and which parts of the run time these need.
 */
#include "skeleton.h"

/* All members, in order: C++ knows no others. */
static void write_where(const struct lskel_where *where, FILE *out)
{
	fprintf(out, "{\n\t");
	skeleton_write_quoted(where->func, out);
	fprintf(out, ", ");
	skeleton_write_quoted(where->path, out);
	fprintf(out, ", %lluULL, %lluULL, 0, NULL, NULL, NULL, NULL, 0,\n",
		(unsigned long long)where->offset, (unsigned long long)where->ref_ctr);
	fprintf(out, "\t0, 0, 0, %u, %u, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0,\n};\n\n",
		where->attach_type, where->flags);
}

void skeleton_write_wheres(const struct info *info, FILE *out)
{
	for (__u32 i = 0; i < info->table.prog_cnt; i++) {
		if (!info->table.progs[i].where)
			continue;
		fprintf(out, "static const struct lskel_where %s__%s__where = ", info->table.name,
			info->prog_idents[i]);
		write_where(info->table.progs[i].where, out);
	}
}

void skeleton_write_attach(const struct info *info, __u32 i, FILE *out)
{
	const struct lskel_prog_info *prog = &info->table.progs[i];

	fprintf(out, "%u, ", prog->attach_type);
	if (prog->kind)
		fprintf(out, "&%s, ", attach_kind_ident(prog->kind));
	else
		fprintf(out, "NULL, ");
	if (prog->where)
		fprintf(out, "&%s__%s__where", info->table.name, info->prog_idents[i]);
	else
		fprintf(out, "NULL");
}

void skeleton_write_attach_functions(const struct info *info, FILE *out)
{
	for (__u32 i = 0; i < info->table.prog_cnt; i++) {
		const struct attach_kind *kind = info->prog_kinds[i];

		fprintf(out, "LSKEL_DEFINE_ATTACH(%s, %s, %u)\n", info->table.name,
			info->prog_idents[i], i);
		if (kind)
			fprintf(out, "LSKEL_DEFINE_ATTACH_TO(%s, %s, %u, &%s)\n", info->table.name,
				info->prog_idents[i], i, kind->ident);
		if (attach_old_of(kind))
			fprintf(out, "LSKEL_DEFINE_ATTACH_OLD_TO(%s, %s, %u, %s)\n",
				info->table.name, info->prog_idents[i], i,
				attach_old_of(kind)->kind);
	}
}

bool skeleton_needs_parts(const struct info *info, __u32 parts)
{
	for (__u32 i = 0; i < info->table.prog_cnt; i++) {
		const struct attach_kind *kind = info->prog_kinds[i];
		const struct attach_old *old = attach_old_of(kind);

		if (kind && (1U << kind->part & parts || (old && 1U << old->part & parts)))
			return true;
	}
	return false;
}
