// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of gen/commands.h. One line a field, in the order of union bpf_attr. */
#include <assert.h>
#include <string.h>

#include "commands.h"
#include "util.h"

#define OFF(member)  offsetof(union bpf_attr, member)
#define SIZE(member) sizeof(((union bpf_attr *)0)->member)

/* clang-format off */
#define F(label, member, kind)	 { label, OFF(member), SIZE(member), kind, 0, 0, 0 }
#define A(member, count, size)	 { #member, OFF(member), 8, FIELD_ARRAY, OFF(count), 0, size }
#define AV(member, count, elem)	 { #member, OFF(member), 8, FIELD_ARRAY, OFF(count), OFF(elem), 0 }
#define C(cmd, fields)		 { #cmd, BPF_##cmd, fields, ARRAY_SIZE(fields) }
/* clang-format on */

static const struct attr_field map_create[] = {
	F("map_type", map_type, FIELD_MAP_TYPE),
	F("key_size", key_size, FIELD_NUM),
	F("value_size", value_size, FIELD_NUM),
	F("max_entries", max_entries, FIELD_NUM),
	F("map_flags", map_flags, FIELD_HEX),
	F("inner_map_fd", inner_map_fd, FIELD_FD),
	F("numa_node", numa_node, FIELD_NUM),
	F("map_name", map_name, FIELD_CHARS),
	F("map_ifindex", map_ifindex, FIELD_NUM),
	F("btf_fd", btf_fd, FIELD_FD),
	F("btf_key_type_id", btf_key_type_id, FIELD_NUM),
	F("btf_value_type_id", btf_value_type_id, FIELD_NUM),
	F("btf_vmlinux_value_type_id", btf_vmlinux_value_type_id, FIELD_BTF_ID),
	F("map_extra", map_extra, FIELD_NUM),
	F("value_type_btf_obj_fd", value_type_btf_obj_fd, FIELD_FD),
	F("map_token_fd", map_token_fd, FIELD_FD),
};

static const struct attr_field map_elem[] = {
	F("map_fd", map_fd, FIELD_FD),
	F("key", key, FIELD_KEY),
	F("value", value, FIELD_VALUE),
	F("flags", flags, FIELD_HEX),
};

static const struct attr_field map_freeze[] = {
	F("map_fd", map_fd, FIELD_FD),
};

static const struct attr_field prog_load[] = {
	F("prog_type", prog_type, FIELD_PROG_TYPE),
	F("insn_cnt", insn_cnt, FIELD_NUM),
	{ "insns", OFF(insns), 8, FIELD_INSNS, OFF(insn_cnt), 0, sizeof(struct bpf_insn) },
	F("license", license, FIELD_STRING),
	F("log_level", log_level, FIELD_HOST),
	F("log_size", log_size, FIELD_HOST),
	F("log_buf", log_buf, FIELD_HOST),
	F("kern_version", kern_version, FIELD_HOST),
	F("prog_flags", prog_flags, FIELD_HEX),
	F("prog_name", prog_name, FIELD_CHARS),
	F("prog_ifindex", prog_ifindex, FIELD_NUM),
	F("expected_attach_type", expected_attach_type, FIELD_ATTACH_TYPE),
	F("prog_btf_fd", prog_btf_fd, FIELD_FD),
	F("func_info_rec_size", func_info_rec_size, FIELD_NUM),
	AV(func_info, func_info_cnt, func_info_rec_size),
	F("func_info_cnt", func_info_cnt, FIELD_NUM),
	F("line_info_rec_size", line_info_rec_size, FIELD_NUM),
	AV(line_info, line_info_cnt, line_info_rec_size),
	F("line_info_cnt", line_info_cnt, FIELD_NUM),
	F("attach_btf_id", attach_btf_id, FIELD_BTF_ID),
	F("attach_prog_fd", attach_prog_fd, FIELD_TARGET_FD),
	F("core_relo_cnt", core_relo_cnt, FIELD_NUM),
	AV(core_relos, core_relo_cnt, core_relo_rec_size),
	F("core_relo_rec_size", core_relo_rec_size, FIELD_NUM),
	F("log_true_size", log_true_size, FIELD_HOST),
	F("prog_token_fd", prog_token_fd, FIELD_FD),
};

static const struct attr_field btf_load[] = {
	A(btf, btf_size, 1),
	F("btf_log_buf", btf_log_buf, FIELD_HOST),
	F("btf_size", btf_size, FIELD_NUM),
	F("btf_log_size", btf_log_size, FIELD_HOST),
	F("btf_log_level", btf_log_level, FIELD_HOST),
	F("btf_log_true_size", btf_log_true_size, FIELD_HOST),
	F("btf_flags", btf_flags, FIELD_HEX),
	F("btf_token_fd", btf_token_fd, FIELD_FD),
};

static const struct attr_field prog_bind_map[] = {
	F("prog_fd", prog_bind_map.prog_fd, FIELD_FD),
	F("map_fd", prog_bind_map.map_fd, FIELD_FD),
	F("flags", prog_bind_map.flags, FIELD_HEX),
};

static const struct attr_field link_create[] = {
	F("prog_fd", link_create.prog_fd, FIELD_FD),
	F("target_fd", link_create.target_fd, FIELD_TARGET_FD),
	F("attach_type", link_create.attach_type, FIELD_ATTACH_TYPE),
	F("flags", link_create.flags, FIELD_HEX),
};

static const struct attr_field raw_tracepoint_open[] = {
	F("name", raw_tracepoint.name, FIELD_STRING),
	F("prog_fd", raw_tracepoint.prog_fd, FIELD_FD),
};

static const struct command commands[] = {
	C(MAP_CREATE, map_create),
	C(MAP_UPDATE_ELEM, map_elem),
	C(MAP_DELETE_ELEM, map_elem),
	C(MAP_FREEZE, map_freeze),
	C(PROG_LOAD, prog_load),
	C(BTF_LOAD, btf_load),
	C(PROG_BIND_MAP, prog_bind_map),
	C(LINK_CREATE, link_create),
	C(RAW_TRACEPOINT_OPEN, raw_tracepoint_open),
};

const struct command *command_find(int cmd)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if ((int)commands[i].cmd == cmd)
			return &commands[i];
	return NULL;
}

__u64 attr_get(const union bpf_attr *attr, const struct attr_field *field)
{
	__u64 wide = 0;
	__u32 narrow = 0;

	if (field->size == sizeof(wide)) {
		memcpy(&wide, (const char *)attr + field->offset, sizeof(wide));
		return wide;
	}
	assert(field->size == sizeof(narrow));
	memcpy(&narrow, (const char *)attr + field->offset, sizeof(narrow));
	return narrow;
}

const struct attr_field *command_field(const struct command *command, const char *name)
{
	for (unsigned int i = 0; i < command->field_cnt; i++)
		if (!strcmp(command->fields[i].name, name))
			return &command->fields[i];
	assert(!"field is in the table");
	return NULL;
}
