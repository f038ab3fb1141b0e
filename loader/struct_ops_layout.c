// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One struct_ops map: from the struct that the object was compiled with to the kernel's, member by member.
 * Follows libbpf's bpf_map__init_kern_struct_ops().
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "struct_ops.h"

/* The kernel's types for a map. */
struct lskel_struct_ops_types {
	const struct lskel_btf *btf; /* vmlinux's, or that of: */
	struct lskel_btf module;
	int module_fd; /* 0: of no module */
	const struct btf_type *type;
	__u32 type_id;
	const struct btf_type *value; /* "struct bpf_struct_ops_NAME", with the former in it */
	__u32 value_id;
	__u32 data;			    /* where */
	const struct lskel_layout_ids *ids; /* what the kernel calls the two, or NULL: the same */
};

/* A layout in progress. */
struct lskel_struct_ops_layout {
	const struct lskel_info *info;
	void *skel;
	__u32 i; /* number of the map */
	const struct lskel_struct_ops_types *types;
};

#define LSKEL_STRUCT_OPS_FAIL(info, skel, i, err, format, ...)                                     \
	lskel_struct_ops_fail(info, skel, LSKEL_STAGE_STRUCT_OPS, i, err,                          \
			      "fit struct_ops map '%s' to the kernel: " format,                    \
			      (info)->maps[(info)->struct_ops[i].map].name, __VA_ARGS__)

/* Whether the BTF behind @fd is that of a module. */
static int lskel_is_module_btf(int fd)
{
	struct bpf_btf_info btf_info;
	char name[64] = "";

	memset(&btf_info, 0, sizeof(btf_info));
	btf_info.name = lskel_u64(name);
	btf_info.name_len = sizeof(name);
	return !lskel_sys_obj_info(fd, &btf_info, sizeof(btf_info)) && btf_info.kernel_btf &&
	       strcmp(name, "vmlinux") != 0;
}

/* Takes the first module that has a struct called @name. Returns its id or a negative errno. */
static int lskel_find_struct_in_modules(struct lskel_struct_ops_types *types, const char *name,
					const struct lskel_kernel_btf *kernel)
{
	__u32 btf_id = 0;

	while (!lskel_sys_btf_next_id(&btf_id)) {
		int fd = lskel_above_low_fds(lskel_sys_btf_get_fd_by_id(btf_id)), id;

		if (fd < 0)
			continue; /* unloaded since */
		if (lskel_is_module_btf(fd) &&
		    !lskel_btf_open_fd(&types->module, fd, &kernel->btf)) {
			id = lskel_btf_find(&types->module, name, BTF_KIND_STRUCT);
			if (id >= 0) {
				types->module_fd = fd;
				types->btf = &types->module;
				return id;
			}
			lskel_btf_free(&types->module);
		}
		close(fd);
	}
	return -ENOENT;
}

/* Finds struct NAME and struct bpf_struct_ops_NAME; the latter, being rarer, says in which BTF. */
static int lskel_find_types(const struct lskel_info *info, void *skel, __u32 i,
			    const struct lskel_kernel_btf *kernel,
			    struct lskel_struct_ops_types *types)
{
	const char *name = info->struct_ops[i].type;
	const struct btf_member *m;
	char value_name[256];
	__u32 j;
	int id;

	snprintf(value_name, sizeof(value_name), "bpf_struct_ops_%s", name);
	types->btf = &kernel->btf;
	id = lskel_kernel_btf_find(kernel, value_name, BTF_KIND_STRUCT);
	if (id < 0)
		id = lskel_find_struct_in_modules(types, value_name, kernel);
	if (id < 0)
		return LSKEL_STRUCT_OPS_FAIL(
			info, skel, i, -ESRCH,
			"it has no struct_ops called '%s', nor has a loaded module "
			"(no struct %s in their BTF)",
			name, value_name);
	types->value_id = (__u32)id;
	types->value = lskel_btf_type(types->btf, types->value_id);

	id = lskel_kernel_btf_find(kernel, name, BTF_KIND_STRUCT);
	if (id < 0 && types->btf != &kernel->btf)
		id = lskel_btf_find(types->btf, name, BTF_KIND_STRUCT);
	if (id < 0)
		return LSKEL_STRUCT_OPS_FAIL(info, skel, i, id, "it has no struct %s in its BTF",
					     name);
	types->type_id = (__u32)id;
	types->type = lskel_btf_type(types->btf, types->type_id);

	m = lskel_btf_members(types->value);
	for (j = 0; j < lskel_btf_vlen(types->value); j++, m++)
		if (m->type == types->type_id)
			break;
	if (j == lskel_btf_vlen(types->value))
		return LSKEL_STRUCT_OPS_FAIL(info, skel, i, -EINVAL,
					     "its struct %s has no struct %s in it", value_name,
					     name);
	types->data = lskel_btf_bit_offset(types->value, m) / 8;
	return 0;
}

static int lskel_is_zeroed(const char *p, __u32 size)
{
	while (size && !p[size - 1])
		size--;
	return !size;
}

/* The number of the member of @t called @name, or -1. */
static int lskel_find_member(const struct lskel_btf *btf, const struct btf_type *t,
			     const char *name)
{
	const struct btf_member *m = lskel_btf_members(t);
	__u32 i;

	for (i = 0; i < lskel_btf_vlen(t); i++, m++)
		if (!strcmp(lskel_btf_string(btf, m->name_off), name))
			return (int)i;
	return -1;
}

/* A member that is set to a program. @kernel_member: its number in the kernel's struct. */
static int lskel_lay_out_prog(const struct lskel_struct_ops_layout *layout,
			      const struct lskel_struct_ops_member *member, __u32 kernel_member,
			      __u32 offset, const struct btf_type *pointer)
{
	const struct lskel_info *info = layout->info;
	const struct lskel_struct_ops_types *types = layout->types;
	struct lskel_struct_ops *ops = lskel_struct_ops_of(layout->skel);
	struct lskel_struct_ops_target *target = &ops->targets[layout->i];
	const struct btf_type *func;
	struct lskel_struct_ops_use *use;
	struct lskel_prog *p;
	__u32 prog, type_id;

	p = lskel_struct_ops_pointer(info, layout->skel, layout->i, member->offset);
	if (!p)
		return 0;
	prog = lskel_struct_ops_prog(info, layout->skel, p);
	if (prog == LSKEL_NO_PROG)
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -ENOTSUP,
					     "member '%s' is not set to a struct_ops program",
					     member->name);
	func = lskel_btf_type(types->btf, lskel_btf_skip_mods(types->btf, pointer->type));
	if (!func || lskel_btf_kind(func) != BTF_KIND_FUNC_PROTO)
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -ENOTSUP,
					     "member '%s' is no function there", member->name);
	use = &ops->uses[prog];
	type_id = types->ids ? types->ids->type : types->type_id;
	if (use->type_id && (use->type_id != type_id || use->member != kernel_member))
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -EINVAL,
					     "member '%s' is set to program '%s', which is for "
					     "another member already",
					     member->name, info->progs[prog].name);
	use->type_id = type_id;
	use->member = kernel_member;
	if (types->module_fd)
		use->btf_fd = types->module_fd;
	target->funcs[target->func_cnt].offset = offset;
	target->funcs[target->func_cnt++].prog = prog;
	return 0;
}

static int lskel_lay_out_member(const struct lskel_struct_ops_layout *layout,
				const struct lskel_struct_ops_member *member)
{
	const struct lskel_info *info = layout->info;
	const struct lskel_struct_ops_types *types = layout->types;
	struct lskel_struct_ops_target *target =
		&lskel_struct_ops_of(layout->skel)->targets[layout->i];
	const char *data = lskel_struct_ops_shadow(info, layout->skel, layout->i) + member->offset;
	int j = lskel_find_member(types->btf, types->type, member->name);
	const struct btf_member *m;
	const struct btf_type *t;
	__u64 offset;
	__s64 size;

	if (j < 0) {
		if (lskel_is_zeroed(data, member->size))
			return 0;
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -ENOTSUP,
					     "its struct %s has no member '%s', which is set",
					     info->struct_ops[layout->i].type, member->name);
	}
	m = lskel_btf_members(types->type) + j;
	if (lskel_btf_bitfield_size(types->type, m))
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -ENOTSUP,
					     "member '%s' is a bitfield there", member->name);
	t = lskel_btf_type(types->btf, lskel_btf_skip_mods(types->btf, m->type));
	if (!t || lskel_btf_kind(t) != member->kind)
		return LSKEL_STRUCT_OPS_FAIL(
			info, layout->skel, layout->i, -ENOTSUP,
			"member '%s' is of another type there (kind %u, not %u)", member->name,
			t ? lskel_btf_kind(t) : 0, member->kind);
	offset = (__u64)types->data + lskel_btf_bit_offset(types->type, m) / 8;
	size = lskel_btf_size(types->btf, m->type);
	if (size != member->size)
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -ENOTSUP,
					     "member '%s' has %lld bytes there, not %u",
					     member->name, (long long)size, member->size);
	if (offset + (__u64)size > target->size)
		return LSKEL_STRUCT_OPS_FAIL(info, layout->skel, layout->i, -EINVAL,
					     "member '%s' is outside of the struct there",
					     member->name);
	if (member->kind == BTF_KIND_PTR)
		return lskel_lay_out_prog(layout, member, (__u32)j, (__u32)offset, t);
	memcpy(target->value + offset, data, (size_t)size);
	return 0;
}

static int lskel_lay_out_members(const struct lskel_info *info, void *skel, __u32 i,
				 const struct lskel_struct_ops_types *types)
{
	const struct lskel_struct_ops_layout layout = { info, skel, i, types };
	const struct lskel_struct_ops_info *ops = &info->struct_ops[i];
	struct lskel_struct_ops_target *target = &lskel_struct_ops_of(skel)->targets[i];
	__u32 j;
	int err;

	target->size = types->value->size;
	target->type_id = types->ids ? types->ids->value : types->value_id;
	target->value = (char *)calloc(1, target->size + 1UL);
	target->funcs = (struct lskel_struct_ops_func *)calloc(ops->member_cnt + 1UL,
							       sizeof(*target->funcs));
	if (!target->value || !target->funcs)
		return lskel_fail((struct lskel_ctx *)skel, LSKEL_STAGE_STRUCT_OPS, i, -ENOMEM);
	for (j = 0; j < ops->member_cnt; j++) {
		err = lskel_lay_out_member(&layout, &ops->members[j]);
		if (err)
			return err;
	}
	return 0;
}

LSKEL_API int lskel_struct_ops_lay_out(const struct lskel_info *info, void *skel, __u32 i,
				       const struct lskel_kernel_btf *kernel,
				       const struct lskel_layout_ids *ids)
{
	struct lskel_struct_ops_types types;
	int err;

	memset(&types, 0, sizeof(types));
	types.ids = ids;
	err = lskel_find_types(info, skel, i, kernel, &types);
	lskel_struct_ops_of(skel)->targets[i].btf_fd = types.module_fd;
	if (!err)
		err = lskel_lay_out_members(info, skel, i, &types);
	lskel_btf_free(&types.module);
	return err;
}
