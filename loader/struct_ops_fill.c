// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is known of the target's struct_ops, put into the blob.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "struct_ops.h"

/* Newer than some <linux/bpf.h> (Linux 6.9). */
#define LSKEL_F_VTYPE_BTF_OBJ_FD	(1U << 15) /* BPF_F_VTYPE_BTF_OBJ_FD */
#define LSKEL_VALUE_TYPE_BTF_OBJ_FD_OFF 72 /* offsetof(union bpf_attr, value_type_btf_obj_fd) */

/* Whether a section in BTF may be called "?...", as in SEC("?.struct_ops") (Linux 6.9). */
static int lskel_has_qmark_datasec(void)
{
	struct {
		struct btf_header hdr;
		__u32 types[4 + 4 + 6];
		char strings[12];
	} btf;
	static const __u32 types[] = {
		0, BTF_KIND_INT << 24,
		4, BTF_INT_SIGNED << 24 | 32, /* [1] int */
		1, BTF_KIND_VAR << 24,
		1, 0, /* [2] x */
		3, BTF_KIND_DATASEC << 24 | 1,
		4, 2,
		0, 4, /* ?.data with x in it */
	};
	static const char strings[] = "\0x\0?.data\0\0";
	int fd;

	memset(&btf, 0, sizeof(btf));
	btf.hdr.magic = BTF_MAGIC;
	btf.hdr.version = BTF_VERSION;
	btf.hdr.hdr_len = sizeof(btf.hdr);
	btf.hdr.type_len = btf.hdr.str_off = sizeof(btf.types);
	btf.hdr.str_len = sizeof(btf.strings);
	memcpy(btf.types, types, sizeof(types));
	memcpy(btf.strings, strings, sizeof(btf.strings));
	fd = lskel_sys_btf_load(&btf, sizeof(btf));
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The '?' of struct_ops sections in the object's BTF at @data becomes a '_', as libbpf has it. */
static void lskel_hide_qmarks(char *data)
{
	const struct btf_header *hdr = (const struct btf_header *)(void *)data;
	char *p = data + hdr->hdr_len + hdr->str_off, *end = p + hdr->str_len;

	for (; p < end; p += strlen(p) + 1)
		if (!strcmp(p, "?.struct_ops") || !strcmp(p, "?.struct_ops.link"))
			*p = '_';
}

/* Whether the object has SEC("?.struct_ops") or SEC("?.struct_ops.link"). */
static int lskel_any_is_off(const struct lskel_info *info)
{
	__u32 i;

	for (i = 0; i < info->struct_ops_cnt; i++)
		if (info->maps[info->struct_ops[i].map].flags & LSKEL_MAP_OFF)
			return 1;
	return 0;
}

static void lskel_fill_btf(char *blob)
{
	const struct lskel_blob_hdr *hdr = (const struct lskel_blob_hdr *)(void *)blob;
	const struct lskel_op *op = (const struct lskel_op *)(void *)(blob + hdr->op_off);
	__u32 i;

	for (i = 0; i < hdr->op_cnt; i++)
		if (op[i].cmd == BPF_BTF_LOAD)
			lskel_hide_qmarks(blob +
					  ((union bpf_attr *)(void *)(blob + op[i].attr))->btf);
}

LSKEL_API void lskel_struct_ops_fill(const struct lskel_info *info, void *skel, char *blob)
{
	const struct lskel_struct_ops *ops = lskel_struct_ops_of(skel);
	__u32 i;

	for (i = 0; i < info->struct_ops_cnt; i++) {
		const struct lskel_struct_ops_target *target = &ops->targets[i];
		char *at = blob + info->maps[info->struct_ops[i].map].attr;
		union bpf_attr *attr = (union bpf_attr *)(void *)at;

		if (!target->value)
			continue;
		attr->value_size = target->size;
		attr->btf_vmlinux_value_type_id = target->type_id;
		if (!target->btf_fd)
			continue;
		attr->map_flags |= LSKEL_F_VTYPE_BTF_OBJ_FD;
		memcpy(at + LSKEL_VALUE_TYPE_BTF_OBJ_FD_OFF, &target->btf_fd,
		       sizeof(target->btf_fd));
	}
	for (i = 0; i < info->prog_cnt; i++) {
		const struct lskel_struct_ops_use *use = &ops->uses[i];
		union bpf_attr *attr;

		if (!use->type_id || info->progs[i].attr == LSKEL_NOT_LOADED)
			continue;
		attr = (union bpf_attr *)(void *)(blob + info->progs[i].attr);
		attr->attach_btf_id = use->type_id;
		attr->expected_attach_type = use->member;
		attr->attach_btf_obj_fd = (__u32)use->btf_fd;
	}
	if (lskel_any_is_off(info) && !lskel_has_qmark_datasec())
		lskel_fill_btf(blob);
}
