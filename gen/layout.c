// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/layout.h. */
#include <errno.h>
#include <string.h>

#include "layout.h"
#include "../loader/btf.h"

/* From the BTF of a kernel to that of a layout. */
struct layout {
	const struct btf *kernel;
	struct btf *btf;
	struct lskel_layout_ids *ids;
	__u32 cnt;
};

static const struct btf_type *plain_type(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/* A pointer: whether it is to a function. */
static int add_pointer(struct btf *btf, const struct btf_type *to)
{
	int id = to && btf_is_func_proto(to) ? btf__add_func_proto(btf, 0) : 0;

	return id < 0 ? id : btf__add_ptr(btf, id);
}

/* A type of the kind and size of @id in the kernel's BTF, as far as anybody looks at it. */
static int add_plain_type(struct layout *layout, __u32 id)
{
	const struct btf_type *t = plain_type(layout->kernel, id);
	const __s64 size = btf__resolve_size(layout->kernel, id);
	struct btf *btf = layout->btf;
	int byte;

	if (!t || size < 0)
		return -EINVAL;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		return btf__add_int(btf, "int", size, 0);
	case BTF_KIND_PTR:
		return add_pointer(btf, plain_type(layout->kernel, t->type));
	case BTF_KIND_ARRAY:
		byte = btf__add_int(btf, "char", 1, 0);
		return byte < 0 ? byte : btf__add_array(btf, byte, byte, size);
	case BTF_KIND_STRUCT:
		return btf__add_struct(btf, NULL, size);
	case BTF_KIND_UNION:
		return btf__add_union(btf, NULL, size);
	case BTF_KIND_ENUM:
		return btf__add_enum(btf, NULL, size);
	case BTF_KIND_ENUM64:
		return btf__add_enum64(btf, NULL, size, false);
	case BTF_KIND_FLOAT:
		return btf__add_float(btf, "float", size);
	default:
		return -EINVAL;
	}
}

/*
 * Struct number @id of the kernel's BTF, with all members, since their numbers count. @known: the id there of a struct
 * that the layout has as @own; 0: of none.
 */
static int add_struct(struct layout *layout, __u32 id, __u32 known, int own)
{
	const struct btf_type *t = btf__type_by_id(layout->kernel, id);
	const struct btf_member *members = btf_members(t);
	const __u32 cnt = btf_vlen(t);
	_cleanup_(free_ptr) int *types = xcalloc(cnt + 1, sizeof(*types));
	int ret, err = 0;

	for (__u32 i = 0; i < cnt; i++) {
		types[i] = known && members[i].type == known ?
				   own :
				   add_plain_type(layout, members[i].type);
		if (types[i] < 0)
			return types[i];
	}
	ret = btf__add_struct(layout->btf, btf__str_by_offset(layout->kernel, t->name_off),
			      t->size);
	for (__u32 i = 0; i < cnt && ret > 0 && !err; i++)
		err = btf__add_field(layout->btf,
				     btf__str_by_offset(layout->kernel, members[i].name_off),
				     types[i], btf_member_bit_offset(t, i),
				     btf_member_bitfield_size(t, i));
	return err ?: ret;
}

/* The struct_ops called @name. What the kernel does not have, or has in an unknown form, has no ids. */
static void add_struct_ops(struct layout *layout, __u32 i, const char *name)
{
	_cleanup_(free_ptr) char *value_name = xprintf("bpf_struct_ops_%s", name);
	__s32 value = btf__find_by_name_kind(layout->kernel, value_name, BTF_KIND_STRUCT);
	__s32 type = btf__find_by_name_kind(layout->kernel, name, BTF_KIND_STRUCT);
	int own;

	if (value <= 0 || type <= 0)
		return;
	for (__u32 j = 0; j < i; j++)
		if (layout->ids[j].value == (__u32)value) {
			layout->ids[i] = layout->ids[j];
			return;
		}
	own = add_struct(layout, type, 0, 0);
	if (own > 0 && add_struct(layout, value, type, own) > 0)
		layout->ids[i] = (struct lskel_layout_ids){ value, type };
}

void layout_add(const struct lskel_info *info, const struct btf *kernel, struct bytes *ret)
{
	struct layout layout = { .kernel = kernel, .cnt = info->struct_ops_cnt };
	struct lskel_layout head = { .cnt = layout.cnt };
	bool any = false;
	const void *raw;

	if (!layout.cnt)
		return;
	layout.btf = btf__new_empty();
	layout.ids = xcalloc(layout.cnt, sizeof(*layout.ids));
	for (__u32 i = 0; layout.btf && i < layout.cnt; i++) {
		add_struct_ops(&layout, i, info->struct_ops[i].type);
		any |= layout.ids[i].value;
	}
	raw = any ? btf__raw_data(layout.btf, &head.btf_size) : NULL;
	if (raw) {
		bytes_align(ret, 8);
		bytes_add(ret, &head, sizeof(head));
		bytes_add(ret, layout.ids, layout.cnt * sizeof(*layout.ids));
		bytes_add(ret, raw, head.btf_size);
	}
	btf__free(layout.btf);
	free(layout.ids);
}

bool layout_is_sound(const struct lskel_info *info, const struct lskel_layout *layout, size_t len)
{
	const size_t at = sizeof(*layout) + info->struct_ops_cnt * sizeof(struct lskel_layout_ids);
	struct lskel_btf btf = {};

	if (len < at || layout->cnt != info->struct_ops_cnt || layout->btf_size > len - at ||
	    (at + layout->btf_size + 7) / 8 * 8 != len ||
	    lskel_btf_take(&btf, xmemdup((const char *)layout + at, layout->btf_size),
			   layout->btf_size, NULL))
		return false;
	lskel_btf_free(&btf);
	return true;
}
