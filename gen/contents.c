// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/contents.h. */
#include <string.h>

#include "commands.h"
#include "contents.h"
#include "extern_types.h"
#include "../loader/versions.h"
#include <bpf/btf.h>
#include <lskel/open.h>

const char *helper_name(__u32 id)
{
#define NAME(name) #name
	static const char *const names[] = { __BPF_FUNC_MAPPER(NAME) };

	return id && id < ARRAY_SIZE(names) ? names[id] : NULL;
}

const char *op_name(__u32 cmd)
{
	const struct command *command = command_find(cmd);

	if (command)
		return command->name;
	return cmd == LSKEL_CMD_FIND_BTF ? "FIND_BTF" :
	       cmd == LSKEL_CMD_FIND_SYM ? "FIND_SYM" :
					   "CLOSE";
}

/* Something needs that Linux, 0: one that is not known. */
static void __printf(3, 4) need(struct need *need, __u32 since, const char *format, ...)
{
	va_list args;

	if (!need->linux_version || (since && since <= need->linux_version))
		return;
	free(need->why);
	va_start(args, format);
	if (vasprintf(&need->why, format, args) < 0)
		need->why = NULL;
	va_end(args);
	need->linux_version = since;
}

static struct need need_least(void)
{
	return (struct need){ LSKEL_LINUX_MIN, xstrdup("what a loader program takes") };
}

static void add_helper(struct prog_contents *prog, __u32 id)
{
	__u32 i = 0;

	while (i < prog->helper_cnt && prog->helpers[i] < id)
		i++;
	if (i < prog->helper_cnt && prog->helpers[i] == id)
		return;
	push(prog->helpers, prog->helper_cnt) = 0;
	memmove(prog->helpers + i + 1, prog->helpers + i,
		(prog->helper_cnt - 1 - i) * sizeof(*prog->helpers));
	prog->helpers[i] = id;
}

static void look_at_insn(struct prog_contents *prog, __u32 i)
{
	const struct bpf_insn *insn = &prog->insns[i];
	const char *name;

	need(&prog->need, lskel_insn_since(insn), "instruction %u", i);
	if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg)
		return;
	name = helper_name(insn->imm);
	add_helper(prog, insn->imm);
	need(&prog->need, lskel_helper_since(insn->imm), "helper bpf_%s", name ?: "?");
}

static void look_at_attr(struct prog_contents *prog)
{
	const union bpf_attr *attr = &prog->attr;

	need(&prog->need, lskel_prog_type_since(attr->prog_type), "program type %s",
	     libbpf_bpf_prog_type_str(attr->prog_type) ?: "?");
	need(&prog->need, lskel_attach_type_since(attr->expected_attach_type), "attach type %s",
	     libbpf_bpf_attach_type_str(attr->expected_attach_type) ?: "?");
	need(&prog->need, lskel_prog_flags_since(attr->prog_flags), "program flags 0x%x",
	     attr->prog_flags);
}

/* The search whose result is copied from @src, or NULL. */
static const struct lskel_op *find_of(const struct contents *contents, __u32 src)
{
	for (__u32 i = 0; i < contents->hdr->op_cnt; i++) {
		const struct lskel_op *op = &contents->ops[i];

		if ((op->cmd == LSKEL_CMD_FIND_BTF || op->cmd == LSKEL_CMD_FIND_SYM) &&
		    src >= op->result && src < op->result + 3 * sizeof(__u32))
			return op;
	}
	return NULL;
}

/* Where operations lead whose failure is the load's. */
static __u32 failure_of(const struct contents *contents)
{
	__u32 last = 0;

	for (__u32 i = 0; i < contents->hdr->op_cnt; i++)
		if (contents->ops[i].next[0] != contents->ops[i].next[1] &&
		    contents->ops[i].next[1] > last)
			last = contents->ops[i].next[1];
	return last;
}

static void add_symbol(const struct contents *contents, struct prog_contents *prog,
		       const struct lskel_op *find, bool target)
{
	const struct lskel_symbol *symbol =
		(const void *)((const char *)contents->info->image + find->attr);
	struct symbol_use use = {
		.name = symbol->name,
		.kind = target			      ? "target" :
			!symbol->kind		      ? "symbol" :
			symbol->kind == BTF_KIND_FUNC ? "kfunc" :
							"variable",
		.as = extern_row_of_op(
			contents->info,
			(__u32)((const char *)find - (const char *)contents->info->image)),
		.weak = find->next[1] != failure_of(contents),
	};

	for (__u32 i = 0; i < prog->symbol_cnt; i++)
		if (prog->symbols[i].name == use.name)
			return;
	push(prog->symbols, prog->symbol_cnt) = use;
}

static void look_at_copies(const struct contents *contents, struct prog_contents *prog, __u32 attr)
{
	const __u32 insns = prog->attr.insns;
	const __u32 target = attr + offsetof(union bpf_attr, attach_btf_id);

	for (__u32 i = 0; i < contents->hdr->op_cnt; i++)
		for (int j = 0; j < 2; j++) {
			__u32 dst = contents->ops[i].copy[j].dst;
			const struct lskel_op *find;

			if (dst != target &&
			    (dst < insns ||
			     dst >= insns + prog->attr.insn_cnt * sizeof(struct bpf_insn)))
				continue;
			find = find_of(contents, contents->ops[i].copy[j].src);
			if (find)
				add_symbol(contents, prog, find, dst == target);
		}
}

static void look_at_prog(struct contents *contents, __u32 i)
{
	struct prog_contents *prog = &contents->progs[i];
	const struct lskel_prog_info *info = &contents->info->progs[i];

	prog->need = need_least();
	if (info->attr == LSKEL_NOT_LOADED)
		return;
	prog->attr = lskel_image_attr(contents->info, info->attr);
	prog->insns = (const void *)((const char *)contents->info->image + prog->attr.insns);
	look_at_attr(prog);
	for (__u32 j = 0; j < prog->attr.insn_cnt; j++) {
		look_at_insn(prog, j);
		if (prog->insns[j].code == (BPF_LD | BPF_IMM | BPF_DW))
			j++;
	}
	look_at_copies(contents, prog, info->attr);
	if (!(info->flags & LSKEL_PROG_OFF))
		need(&contents->need, prog->need.linux_version, "program '%s': %s", info->name,
		     prog->need.why);
}

static void look_at_map(struct contents *contents, __u32 i)
{
	const struct lskel_map_info *info = &contents->info->maps[i];
	union bpf_attr *attr = &contents->maps[i];

	*attr = lskel_image_attr(contents->info, info->attr);
	if (info->flags & LSKEL_MAP_OFF)
		return;
	need(&contents->need, lskel_map_type_since(attr->map_type), "map '%s': type %s", info->name,
	     libbpf_bpf_map_type_str(attr->map_type) ?: "?");
	need(&contents->need, lskel_map_flags_since(attr->map_flags), "map '%s': flags 0x%x",
	     info->name, attr->map_flags);
}

void contents_make(struct contents *contents, const struct info *info)
{
	const struct lskel_info *table = &info->table;
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(table);

	*contents = (struct contents){
		.info = table,
		.hdr = hdr,
		.ops = (const void *)((const char *)table->image + hdr->op_off),
		.progs = xcalloc(table->prog_cnt, sizeof(*contents->progs)),
		.maps = xcalloc(table->map_cnt, sizeof(*contents->maps)),
		.need = need_least(),
	};
	for (__u32 i = 0; i < table->map_cnt; i++)
		look_at_map(contents, i);
	for (__u32 i = 0; i < table->prog_cnt; i++)
		look_at_prog(contents, i);
}

void contents_free(struct contents *contents)
{
	for (__u32 i = 0; contents->progs && i < contents->info->prog_cnt; i++) {
		free(contents->progs[i].helpers);
		free(contents->progs[i].symbols);
		free(contents->progs[i].need.why);
	}
	free(contents->progs);
	free(contents->maps);
	free(contents->need.why);
	*contents = (struct contents){};
}
