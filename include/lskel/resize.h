/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Values of another size than the object has: the application's side, and the BTF of global data that fits
 * them, as libbpf makes it (map_btf_datasec_resize()). What the kernel gets besides is in <lskel/fill.h>.
 *
 * Internal: applications call none of it, but foo__set_value_size().
 */
#ifndef LSKEL_RESIZE_H
#define LSKEL_RESIZE_H

#include <lskel/btf_kinds.h>
#include <lskel/open.h>

/* An array in BTF. */
struct lskel_btf_array {
	struct btf_type type;
	struct btf_array array;
};

/* Types of BTF that may be changed, and how many there are. */
struct lskel_btf_types {
	char *at;
	__u32 len; /* bytes */
	__u32 cnt;
};

/* The type @id, or NULL. Sets types->cnt if there is none. */
static inline struct btf_type *lskel_types_get(struct lskel_btf_types *types, __u32 id)
{
	__u32 at = 0, cnt = 0;

	while (types->len - at >= sizeof(struct btf_type)) {
		struct btf_type *t = (struct btf_type *)(void *)(types->at + at);
		int tail = lskel_btf_tail_size(t);

		if (tail < 0 || (__u32)tail > types->len - at - sizeof(*t))
			break;
		if (++cnt == id)
			return t;
		at += (__u32)sizeof(*t) + (__u32)tail;
	}
	types->cnt = cnt;
	return NULL;
}

/* The array that @id is, behind typedefs and the like, or NULL. */
static inline struct lskel_btf_array *lskel_types_get_array(struct lskel_btf_types *types, __u32 id)
{
	struct btf_type *t = lskel_types_get(types, id);
	int depth;

	for (depth = 0; t && lskel_btf_is_mod(t) && depth < 32; depth++)
		t = lskel_types_get(types, t->type);
	if (!t || lskel_btf_kind(t) != BTF_KIND_ARRAY)
		return NULL;
	return (struct lskel_btf_array *)(void *)t;
}

/* Gives @section @size bytes: its last variable is another array, behind all other types. */
static inline void lskel_resize_section(struct lskel_btf_types *types, struct btf_type *section,
					__u32 size)
{
	struct btf_var_secinfo *last = (struct btf_var_secinfo *)(void *)(section + 1);
	struct lskel_btf_array *old, made;
	struct btf_type *var;
	__u32 elem;

	if (!section || lskel_btf_kind(section) != BTF_KIND_DATASEC || !lskel_btf_vlen(section))
		return;
	last += lskel_btf_vlen(section) - 1;
	var = lskel_types_get(types, last->type);
	old = var ? lskel_types_get_array(types, var->type) : NULL;
	elem = old && old->array.nelems ? last->size / old->array.nelems : 0;
	if (!elem || size <= last->offset || (size - last->offset) % elem)
		return;
	made = *old;
	made.array.nelems = (size - last->offset) / elem;
	memcpy(types->at + types->len, &made, sizeof(made));
	types->len += (__u32)sizeof(made);
	var->type = ++types->cnt;
	last->size = size - last->offset;
	section->size = size;
}

/* Has the BTF_LOAD of @attr load other BTF, which is put to @behind in the blob. Returns its end there. */
static inline __u32 lskel_resize_one_btf(const struct lskel_info *info, void *skel, char *blob,
					 union bpf_attr *attr, __u32 behind)
{
	const struct btf_header *old = (const struct btf_header *)(void *)(blob + attr->btf);
	const __u32 begin = old->hdr_len + old->type_off;
	struct btf_header *hdr = (struct btf_header *)(void *)(blob + behind);
	struct lskel_btf_types types = { blob + behind + begin, old->type_len, 0 };
	__u32 i;

	memcpy(hdr, old, begin + old->type_len);
	lskel_types_get(&types, 0);
	for (i = 0; i < info->data_cnt; i++) {
		const struct lskel_map_info *map = &info->maps[info->data[i].map];
		__u32 size = lskel_data_size(info, skel, &info->data[i]);
		union bpf_attr *create = (union bpf_attr *)(void *)(blob + map->attr);

		if (size != info->data[i].size)
			lskel_resize_section(
				&types, lskel_types_get(&types, create->btf_value_type_id), size);
	}
	memcpy(types.at + types.len, (const char *)old + old->hdr_len + old->str_off, old->str_len);
	hdr->type_len = types.len;
	hdr->str_off = old->type_off + types.len;
	attr->btf = behind;
	attr->btf_size = begin + types.len + old->str_len;
	return behind + ((attr->btf_size + 7U) & ~7U);
}

/*
 * Makes BTF for global data of another size, from @behind on in a blob that is filled otherwise; with @blob NULL,
 * tells how many bytes that needs at most. The order of types, then strings, is libbpf's.
 */
static inline __u32 lskel_resize_btf(const struct lskel_info *info, void *skel, char *blob,
				     __u32 behind)
{
	char *from = blob ? blob : (char *)(unsigned long)info->image;
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const struct lskel_op *op =
		(const struct lskel_op *)(const void *)((const char *)info->image + hdr->op_off);
	__u32 i, j;

	for (i = 0; i < hdr->op_cnt; i++, op++) {
		union bpf_attr *attr = (union bpf_attr *)(void *)(from + op->attr);

		if (op->cmd != BPF_BTF_LOAD)
			continue;
		if (blob) {
			behind = lskel_resize_one_btf(info, skel, blob, attr, behind);
			continue;
		}
		behind +=
			attr->btf_size + info->data_cnt * (__u32)sizeof(struct lskel_btf_array) + 8;
		for (j = 0; j < info->old_cnt; j++)
			behind += info->olds[j].btf_size;
	}
	return behind;
}

/*
 * Gives the values of @map, one of skel->maps, another size. If the map is global data, the application's
 * pointer to it changes (as skel->bss), the values that fit stay and what is new is zero. Returns 0, or
 * -EINVAL: @size is 0, or it is an arena, whose size is max_entries; -EBUSY: @skel is loaded; -ENOMEM. Also in
 * errno.
 *
 * As in libbpf, programs still use the types that they were compiled with: it is for the array at the end
 * of a section, whose length in BTF becomes the new one. The kernel is not told the BTF types of a map that
 * can't be made to fit.
 */
static inline LSKEL_COLD int lskel_set_value_size(const struct lskel_info *info, void *skel,
						  struct lskel_map *map, __u32 size)
{
	__u32 i;

	if (((struct lskel_ctx *)skel)->loaded) {
		errno = EBUSY;
		return -EBUSY;
	}
	for (i = 0; i < info->map_cnt; i++)
		if (lskel_map_at(info, skel, i) == map && info->maps[i].flags & LSKEL_MAP_ARENA)
			size = 0;
	if (!size) {
		errno = EINVAL;
		return -EINVAL;
	}
	for (i = 0; i < info->data_cnt; i++) {
		void **addr = lskel_at(void *, skel, info->data[i].pointer), *larger;
		__u32 old = lskel_data_size(info, skel, &info->data[i]);

		if (lskel_map_at(info, skel, info->data[i].map) != map || !*addr)
			continue;
		larger = lskel_map_memory(size);
		if (larger == MAP_FAILED)
			return -errno;
		memcpy(larger, *addr, size < old ? size : old);
		munmap(*addr, lskel_map_len(old));
		*addr = larger;
	}
	map->value_size = size;
	((struct lskel_ctx *)skel)->resize_btf = lskel_resize_btf;
	return 0;
}

#endif /* LSKEL_RESIZE_H */
