// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is in a skeleton, for people, see gen/show.h. */
#include <string.h>

#include "attach_kinds.h"
#include "show.h"
#include "term.h"
#include "../loader/versions.h"
#include <lskel/attach_kind.h>

static void print_need(const struct need *need)
{
	if (need->linux_version)
		printf("Linux %u.%u or newer", LSKEL_LINUX_MAJOR(need->linux_version),
		       LSKEL_LINUX_MINOR(need->linux_version));
	else
		printf("a Linux that this lskel does not know");
	printf(" (%s)\n", need->why);
}

static void print_heading(const char *text)
{
	printf("%s%s%s\n", term_bold(stdout), text, term_end(stdout));
}

static void print_blob(const struct contents *contents)
{
	static const __u32 cmds[] = { BPF_MAP_CREATE,	  BPF_MAP_UPDATE_ELEM, BPF_MAP_FREEZE,
				      BPF_PROG_LOAD,	  BPF_BTF_LOAD,	       LSKEL_CMD_FIND_BTF,
				      LSKEL_CMD_FIND_SYM, LSKEL_CMD_CLOSE };
	const struct lskel_blob_hdr *hdr = contents->hdr;
	const char *separator = ": ";

	printf("blob: %u bytes stored, %u in the kernel, mask 0x%x\n", hdr->image_size, hdr->size,
	       hdr->mask);
	printf("loader program: %u instructions\n%u operations", contents->info->insn_cnt,
	       hdr->op_cnt);
	for (size_t i = 0; i < ARRAY_SIZE(cmds); i++) {
		__u32 cnt = show_count_ops(contents, cmds[i]);

		if (!cnt)
			continue;
		printf("%s%u %s", separator, cnt, op_name(cmds[i]));
		separator = ", ";
	}
	printf("\n");
}

static void print_helpers(const struct prog_contents *prog)
{
	if (!prog->helper_cnt)
		return;
	printf("    helpers:");
	for (__u32 i = 0; i < prog->helper_cnt; i++)
		if (helper_name(prog->helpers[i]))
			printf(" bpf_%s", helper_name(prog->helpers[i]));
		else
			printf(" #%u", prog->helpers[i]);
	printf("\n");
}

static void print_symbols(const struct prog_contents *prog)
{
	for (__u32 i = 0; i < prog->symbol_cnt; i++) {
		const struct symbol_use *use = &prog->symbols[i];

		printf("    %s: %s%s%s%s\n", use->kind, use->as ? use->as->name : use->name,
		       use->weak ? " (weak)" : "", use->as ? ", " : "",
		       use->as ? use->as->words : "");
	}
}

static void print_prog(const struct contents *contents, __u32 i)
{
	const struct lskel_prog_info *info = &contents->info->progs[i];
	const struct prog_contents *prog = &contents->progs[i];

	printf("  %s%s%s SEC(\"%s\"): ", term_bold(stdout), info->name, term_end(stdout),
	       info->section);
	if (!prog->insns) {
		printf("can't be loaded\n");
		return;
	}
	printf("%s, %u instructions", libbpf_bpf_prog_type_str(prog->attr.prog_type) ?: "?",
	       prog->attr.insn_cnt);
	if (info->flags & LSKEL_PROG_OFF)
		printf(", off by default");
	if (info->flags & LSKEL_PROG_TARGET)
		printf(", target given by the application");
	if (info->kind)
		printf(", attached by its section (%s%s%s)", info->kind->name,
		       info->where && info->where->func ? " " : "",
		       info->where && info->where->func ? info->where->func : "");
	printf("\n");
	if (prog->need.linux_version != LSKEL_LINUX_MIN) {
		printf("    needs ");
		print_need(&prog->need);
	}
	print_helpers(prog);
	print_symbols(prog);
}

static void print_map(const struct contents *contents, __u32 i)
{
	const struct lskel_map_info *info = &contents->info->maps[i];
	const union bpf_attr *attr = &contents->maps[i];

	printf("  %s%s%s: %s, key %u, value %u bytes", term_bold(stdout), info->name,
	       term_end(stdout), libbpf_bpf_map_type_str(attr->map_type) ?: "?", attr->key_size,
	       attr->value_size);
	if (info->flags & LSKEL_MAP_CPUS)
		printf(", max_entries: possible CPUs");
	else
		printf(", max_entries %u", attr->max_entries);
	if (attr->map_flags)
		printf(", flags 0x%x", attr->map_flags);
	if (info->flags & LSKEL_MAP_OFF)
		printf(", off by default");
	if (info->pin_path)
		printf(", pinned at %s", info->pin_path);
	for (__u32 j = 0; j < contents->info->data_cnt; j++)
		if (contents->info->data[j].map == i)
			printf(", global data%s",
			       contents->info->data[j].readonly ? " (read only)" : "");
	printf("\n");
}

static void print_rest(const struct lskel_info *info)
{
	if (info->kconfig_cnt)
		print_heading("kernel configuration:");
	for (__u32 i = 0; i < info->kconfig_cnt; i++)
		printf("  %s%s\n", info->kconfigs[i].name,
		       info->kconfigs[i].is_weak ? " (weak)" : "");
	if (info->struct_ops_cnt)
		print_heading("struct_ops:");
	for (__u32 i = 0; i < info->struct_ops_cnt; i++)
		printf("  %s: struct %s, %u members%s\n", info->maps[info->struct_ops[i].map].name,
		       info->struct_ops[i].type, info->struct_ops[i].member_cnt,
		       info->struct_ops[i].by_link ? ", attached by a link" : "");
}

void show_text(const struct contents *contents, const struct input *input, const char *path)
{
	const struct lskel_info *info = contents->info;

	printf("%s%s%s: %s %s\n", term_bold(stdout), info->name, term_end(stdout),
	       input_kind_name(input->kind), path);
	printf("needs ");
	print_need(&contents->need);
	print_blob(contents);
	if (info->prog_cnt)
		print_heading("programs:");
	for (__u32 i = 0; i < info->prog_cnt; i++)
		print_prog(contents, i);
	if (info->map_cnt)
		print_heading("maps:");
	for (__u32 i = 0; i < info->map_cnt; i++)
		print_map(contents, i);
	print_rest(info);
}
