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
}
