// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The C skeleton writer: the run time or its includes, the skeleton's struct, and one line of C for each function of
 * the skeleton, which calls the run time with the tables (gen/skeleton_tables.c).
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "runtime_text.h"
#include "skeleton.h"
#include <lskel/open.h>

/* Bytes of data on one line. */
#define LINE_BYTES 64

/* Writes @c as it stands in a string literal to @to, and returns where that ends: 4 bytes at most. */
static char *put_char(char *to, unsigned char c, bool digit_follows)
{
	if (c == '"' || c == '\\') {
		*to++ = '\\';
		*to++ = c;
	} else if (c >= 0x20 && c < 0x7f && c != '?') { /* no trigraphs */
		*to++ = c;
	} else {
		*to++ = '\\';
		if (c >= 0100 || digit_follows)
			*to++ = '0' + (c >> 6);
		if (c >= 010 || digit_follows)
			*to++ = '0' + (c >> 3 & 7);
		*to++ = '0' + (c & 7);
	}
	return to;
}

/* Most of a header is data, and most of the time that it takes is spent here: no printf(). */
void skeleton_write_string(const void *data, size_t len, FILE *out)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len;) {
		char line[3 + 4 * LINE_BYTES + 1], *end = line;
		size_t stop = len - i < LINE_BYTES ? len : i + LINE_BYTES;

		*end++ = '\n';
		*end++ = '\t';
		*end++ = '"';
		for (; i < stop; i++)
			end = put_char(end, bytes[i], i + 1 < stop && isdigit(bytes[i + 1]));
		*end++ = '"';
		fwrite(line, 1, end - line, out);
	}
	if (!len)
		fprintf(out, " \"\"");
}

void skeleton_write_bytes(const char *name, const char *part, const void *data, size_t len,
			  FILE *out)
{
	fprintf(out, "static const char %s__%s[] __attribute__((aligned(8))) =", name, part);
	skeleton_write_string(data, len, out);
	fprintf(out, ";\n\n");
}

void skeleton_write_quoted(const char *s, FILE *out)
{
	char text[4];

	if (!s) {
		fprintf(out, "NULL");
		return;
	}
	fputc('"', out);
	for (; *s; s++)
		fwrite(text, 1, put_char(text, *s, isdigit((unsigned char)s[1])) - text, out);
	fputc('"', out);
}

static int write_struct(const struct info *info, FILE *out)
{
	const struct lskel_info *table = &info->table;
	int err = 0;

	fprintf(out, "struct %s {\n\tstruct lskel_ctx ctx;\n", table->name);
	if (table->map_cnt) {
		fprintf(out, "\tstruct {\n");
		for (__u32 i = 0; i < table->map_cnt; i++)
			fprintf(out, "\t\tstruct lskel_map %s;\n", info->map_idents[i]);
		fprintf(out, "\t} maps;\n");
	}
	if (info->types)
		fputs(info->types->struct_ops, out);
	else
		err = skeleton_write_struct_ops(info, out);
	if (err)
		return err;
	if (table->prog_cnt) {
		fprintf(out, "\tstruct {\n");
		for (__u32 i = 0; i < table->prog_cnt; i++)
			fprintf(out, "\t\tstruct lskel_prog %s;\n", info->prog_idents[i]);
		fprintf(out, "\t} progs;\n");
	}
	if (table->prog_cnt || table->struct_ops_cnt) {
		fprintf(out, "\tstruct {\n");
		for (__u32 i = 0; i < table->prog_cnt; i++)
			fprintf(out, "\t\tint %s_fd;\n", info->prog_idents[i]);
		for (__u32 i = 0; i < table->struct_ops_cnt; i++)
			fprintf(out, "\t\tint %s_fd;\n",
				info->map_idents[table->struct_ops[i].map]);
		fprintf(out, "\t} links;\n");
	}
	if (info->types)
		fputs(info->types->data, out);
	else
		err = skeleton_write_data(info, out);
	fprintf(out, "};\n\n");
	return err;
}

static void write_functions(const struct info *info, FILE *out)
{
	const char *name = info->table.name;

	fprintf(out, "LSKEL_DEFINE_SKELETON(%s)\n", name);
	skeleton_write_attach_functions(info, out);
	for (__u32 i = 0; i < info->table.struct_ops_cnt; i++)
		fprintf(out, "LSKEL_DEFINE_ATTACH_MAP(%s, %s, %u)\n", name,
			info->map_idents[info->table.struct_ops[i].map], i);
	for (__u32 i = 0; i < info->table.prog_cnt; i++)
		if (info->prog_targets[i])
			fprintf(out, "LSKEL_DEFINE_TARGET(%s, %s, %u)\n", name,
				info->prog_idents[i], i);
	if (info->cache)
		fprintf(out, "LSKEL_DEFINE_CACHE(%s)\n", name);
	fprintf(out,
		"\nstatic inline __attribute__((unused)) void %s__assert(struct %s *s)\n"
		"{\n\t(void)s;\n",
		name, name);
	if (info->types) {
		fputs(info->types->asserts, out);
	} else {
		skeleton_write_asserts(info, out);
		skeleton_write_struct_ops_asserts(info, out);
	}
	fprintf(out, "}\n\n");
	skeleton_write_map_functions(info, out);
}

static bool has_targets(const struct info *info)
{
	for (__u32 i = 0; i < info->table.prog_cnt; i++)
		if (info->prog_targets[i])
			return true;
	return false;
}

/* Kinds of attaching that are not in every skeleton's run time, and what several of these have in common. */
static const struct {
	__u32 parts;	    /* for these, PART() of enum runtime_part */
	const char *header; /* in include/lskel/, or NULL */
	const char *text;   /* of scripts/amalgamate */
} parts[] = {
	{ PART(LINK) | PART(OLD) | PART(NETLINK), "attach_link.h", runtime_attach_link_text },
	{ PART(SOCKET), "attach_socket.h", runtime_attach_socket_text },
	{ PART(OLD) | PART(NETLINK), "attach_old.h", runtime_attach_old_text },
	{ PART(NETLINK), "attach_netlink.h", runtime_attach_netlink_text },
	{ PART(PROBE) | PART(UPROBE) | PART(USDT), NULL, runtime_perf_event_text },
	{ PART(KPROBE_MULTI) | PART(UPROBE) | PART(USDT), NULL, runtime_glob_text },
	{ PART(UPROBE) | PART(USDT), NULL, runtime_elf_file_text },
	{ PART(PROBE), "attach_probe.h", runtime_attach_probe_text },
	{ PART(KPROBE_MULTI), "attach_kprobe_multi.h", runtime_attach_kprobe_multi_text },
	{ PART(UPROBE), "attach_uprobe.h", runtime_attach_uprobe_text },
	{ PART(USDT), "attach_usdt.h", runtime_attach_usdt_text },
	{ PART(FREPLACE), "attach_freplace.h", runtime_attach_freplace_text },
};

/* What reads and writes maps. */
static const struct {
	enum skeleton_part part;
	const char *header;
	const char *text;
} map_parts[] = {
	{ SKELETON_MAPS, "map.h", runtime_map_text },
	{ SKELETON_RINGBUF, "ringbuf.h", runtime_ringbuf_text },
	{ SKELETON_USER_RINGBUF, "user_ringbuf.h", runtime_user_ringbuf_text },
	{ SKELETON_PERFBUF, "perfbuf.h", runtime_perfbuf_text },
};

static void write_runtime(const struct info *info, enum skeleton_form form, FILE *out)
{
	bool targets = has_targets(info);

	if (form != SKELETON_PLAIN) {
		fputs(runtime_text, out);
		if (info->table.kconfig_cnt)
			fputs(runtime_kconfig_text, out);
		if (skeleton_needs_config_file(info) || targets || info->table.struct_ops_cnt)
			fputs(runtime_externs_text, out);
		if (skeleton_needs_config_file(info))
			fputs(runtime_kconfig_file_text, out);
		if (targets || info->table.struct_ops_cnt || info->table.extern_cnt)
			fputs(runtime_btf_text, out);
		if (info->table.extern_cnt)
			fputs(runtime_extern_types_text, out);
		if (targets)
			fputs(runtime_target_text, out);
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
			if (skeleton_needs_parts(info, parts[i].parts))
				fputs(parts[i].text, out);
		for (size_t i = 0; i < ARRAY_SIZE(map_parts); i++)
			if (skeleton_has(info, map_parts[i].part))
				fputs(map_parts[i].text, out);
		if (info->table.struct_ops_cnt)
			fputs(runtime_struct_ops_text, out);
		if (info->table.relocated)
			fputs(runtime_relocated_text, out);
		if (info->cache)
			fputs(runtime_cache_text, out);
		if (form == SKELETON_BPFTOOL)
			fputs(runtime_bpftool_text, out);
	} else {
		fprintf(out, "#include <lskel/lskel.h>\n%s%s%s%s",
			info->table.kconfig_cnt ? "#include <lskel/kconfig.h>\n" : "",
			targets ? "#include <lskel/target.h>\n" : "",
			info->table.extern_cnt ? "#include <lskel/extern_types.h>\n" : "",
			info->table.struct_ops_cnt ? "#include <lskel/struct_ops.h>\n" : "");
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
			if (parts[i].header && skeleton_needs_parts(info, parts[i].parts))
				fprintf(out, "#include <lskel/%s>\n", parts[i].header);
		for (size_t i = 0; i < ARRAY_SIZE(map_parts); i++)
			if (skeleton_has(info, map_parts[i].part))
				fprintf(out, "#include <lskel/%s>\n", map_parts[i].header);
		fprintf(out, "%s\n", info->table.relocated ? "#include <lskel/relocated.h>\n" : "");
	}
}

int skeleton_write(const struct info *info, enum skeleton_form form, FILE *out)
{
	_cleanup_(free_ptr) char *guard = xprintf("%s_LSKEL_H", info->table.name);
	int err;

	for (char *p = guard; *p; p++)
		*p = toupper((unsigned char)*p);
	fprintf(out,
		"/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n"
		"/* Made by lskel %s. Do not edit: generate it again. */\n"
		"#ifndef %s\n#define %s\n\n",
		LSKEL_VERSION, guard, guard);
	write_runtime(info, form, out);
	err = write_struct(info, out);
	if (err)
		return err;
	skeleton_write_tables(info, out);
	write_functions(info, out);
	fprintf(out, "#endif /* %s */\n", guard);
	return 0;
}
