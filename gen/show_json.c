// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is in a skeleton, for programs, see gen/show.h. Documentation/lskel-show.8 has the members. */
#include "json.h"
#include "options.h"
#include "show.h"
#include "../loader/versions.h"
#include <lskel/attach_kind.h>

static void put_need(struct json *json, const struct need *need)
{
	char version[16];

	json_open(json, "needs", '{');
	snprintf(version, sizeof(version), "%u.%u", LSKEL_LINUX_MAJOR(need->linux_version),
		 LSKEL_LINUX_MINOR(need->linux_version));
	json_string(json, "linux", need->linux_version ? version : NULL);
	json_string(json, "why", need->why);
	json_close(json, '}');
}

static void put_blob(struct json *json, const struct contents *contents)
{
	json_open(json, "blob", '{');
	json_number(json, "bytes_stored", contents->hdr->image_size);
	json_number(json, "bytes_in_kernel", contents->hdr->size);
	json_number(json, "mask", contents->hdr->mask);
	json_close(json, '}');
	json_open(json, "loader", '{');
	json_number(json, "instructions", contents->info->insn_cnt);
	json_close(json, '}');
	json_open(json, "operations", '{');
	for (__u32 cmd = 0; cmd < 64; cmd++)
		if (show_count_ops(contents, cmd))
			json_number(json, op_name(cmd), show_count_ops(contents, cmd));
	json_close(json, '}');
}

static void put_symbols(struct json *json, const struct prog_contents *prog)
{
	json_open(json, "helpers", '[');
	for (__u32 i = 0; i < prog->helper_cnt; i++)
		if (helper_name(prog->helpers[i]))
			json_string(json, NULL, helper_name(prog->helpers[i]));
		else
			json_number(json, NULL, prog->helpers[i]);
	json_close(json, ']');
	json_open(json, "symbols", '[');
	for (__u32 i = 0; i < prog->symbol_cnt; i++) {
		json_open(json, NULL, '{');
		json_string(json, "name", prog->symbols[i].name);
		json_string(json, "kind", prog->symbols[i].kind);
		json_bool(json, "weak", prog->symbols[i].weak);
		if (prog->symbols[i].as) {
			json_string(json, "declared", prog->symbols[i].as->name);
			json_string(json, "type", prog->symbols[i].as->words);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_attach(struct json *json, const struct lskel_prog_info *info)
{
	json_open(json, "attach", '{');
	json_string(json, "kind", info->kind->name);
	if (info->where && info->where->func)
		json_string(json, "func", info->where->func);
	if (info->where && info->where->path)
		json_string(json, "path", info->where->path);
	json_close(json, '}');
}

static void put_prog(struct json *json, const struct contents *contents, __u32 i)
{
	const struct lskel_prog_info *info = &contents->info->progs[i];
	const struct prog_contents *prog = &contents->progs[i];

	json_open(json, NULL, '{');
	json_string(json, "name", info->name);
	json_string(json, "section", info->section);
	json_bool(json, "autoload", !(info->flags & LSKEL_PROG_OFF));
	if (prog->insns) {
		json_string(json, "type", libbpf_bpf_prog_type_str(prog->attr.prog_type));
		json_number(json, "instructions", prog->attr.insn_cnt);
		json_number(json, "flags", prog->attr.prog_flags);
		put_need(json, &prog->need);
		put_symbols(json, prog);
	}
	if (info->kind)
		put_attach(json, info);
	json_close(json, '}');
}

static void put_map(struct json *json, const struct contents *contents, __u32 i)
{
	const struct lskel_map_info *info = &contents->info->maps[i];
	const union bpf_attr *attr = &contents->maps[i];

	json_open(json, NULL, '{');
	json_string(json, "name", info->name);
	json_string(json, "type", libbpf_bpf_map_type_str(attr->map_type));
	json_number(json, "key_size", attr->key_size);
	json_number(json, "value_size", attr->value_size);
	if (info->flags & LSKEL_MAP_CPUS)
		json_string(json, "max_entries", "possible_cpus");
	else
		json_number(json, "max_entries", attr->max_entries);
	json_number(json, "flags", attr->map_flags);
	json_bool(json, "autocreate", !(info->flags & LSKEL_MAP_OFF));
	if (info->pin_path)
		json_string(json, "pin_path", info->pin_path);
	json_close(json, '}');
}

static void put_rest(struct json *json, const struct lskel_info *info)
{
	json_open(json, "kernel_configuration", '[');
	for (__u32 i = 0; i < info->kconfig_cnt; i++) {
		json_open(json, NULL, '{');
		json_string(json, "name", info->kconfigs[i].name);
		json_bool(json, "weak", info->kconfigs[i].is_weak);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_open(json, "struct_ops", '[');
	for (__u32 i = 0; i < info->struct_ops_cnt; i++) {
		json_open(json, NULL, '{');
		json_string(json, "map", info->maps[info->struct_ops[i].map].name);
		json_string(json, "type", info->struct_ops[i].type);
		json_bool(json, "link", info->struct_ops[i].by_link);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void show_json(const struct contents *contents, const struct input *input, const char *path)
{
	const struct lskel_info *info = contents->info;
	struct json json = { .out = stdout, .pretty = options.pretty };

	json_open(&json, NULL, '{');
	json_string(&json, "file", path);
	json_string(&json, "kind", input_kind_name(input->kind));
	json_string(&json, "name", info->name);
	put_need(&json, &contents->need);
	put_blob(&json, contents);
	json_open(&json, "programs", '[');
	for (__u32 i = 0; i < info->prog_cnt; i++)
		put_prog(&json, contents, i);
	json_close(&json, ']');
	json_open(&json, "maps", '[');
	for (__u32 i = 0; i < info->map_cnt; i++)
		put_map(&json, contents, i);
	json_close(&json, ']');
	put_rest(&json, info);
	json_close(&json, '}');
}
