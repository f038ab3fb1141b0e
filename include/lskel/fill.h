/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Filling the blob's map: the stored image, and in it what the application chose and what only the target
 * knows. What is left out altogether is in <lskel/choose.h>; the map itself in <lskel/replay.h>.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_FILL_H
#define LSKEL_FILL_H

#include <lskel/choose.h>
#include <lskel/sys_link.h>

/* Decides the attr of map @i. */
static inline int lskel_patch_map(const struct lskel_map_info *map, const struct lskel_map *desc,
				  union bpf_attr *attr)
{
	__u32 entries = desc->max_entries ? desc->max_entries : attr->max_entries;

	if (map->flags & LSKEL_MAP_CPUS && !desc->max_entries) {
		int cpus = lskel_possible_cpus();

		if (cpus < 0)
			return cpus;
		entries = (__u32)cpus;
	}
	if (map->flags & LSKEL_MAP_PAGES)
		entries = lskel_round_to_pages(entries);
	attr->max_entries = entries;
	if (desc->value_size)
		attr->value_size = desc->value_size;
	if (desc->ifindex)
		attr->map_ifindex = desc->ifindex;
	return 0;
}

static inline void lskel_patch_log(union bpf_attr *attr, __u32 level, __u32 size, __u64 buf)
{
	attr->log_level = level;
	attr->log_size = size;
	attr->log_buf = buf;
}

/* Everything about a program that is decided here. *@uprobe_multi: -1 until it is known. */
static inline void lskel_patch_prog(const struct lskel_prog_info *prog,
				    const struct lskel_prog *desc, const struct lskel_ctx *ctx,
				    int *uprobe_multi, union bpf_attr *attr)
{
	if (desc->log_level)
		lskel_patch_log(attr, desc->log_level, desc->log_size, lskel_u64(desc->log_buf));
	else if (ctx->log_level)
		lskel_patch_log(attr, ctx->log_level, ctx->log_size, ctx->log_buf);
	if (desc->ifindex)
		attr->prog_ifindex = desc->ifindex;
	attr->prog_flags |= desc->flags;
	if (desc->target_btf_id) {
		attr->attach_btf_id = desc->target_btf_id;
		attr->attach_prog_fd = (__u32)desc->target_fd; /* attach_btf_obj_fd, too */
	}
	if (prog->flags & LSKEL_PROG_USDT) {
		if (*uprobe_multi < 0)
			*uprobe_multi = lskel_has_uprobe_multi(ctx->token_fd);
		if (!*uprobe_multi)
			attr->expected_attach_type = 0;
	}
}

/* The operation that stores the initial value of data map @map. */
static inline struct lskel_op *lskel_update_of(struct lskel_replay *replay, __u32 map)
{
	const struct lskel_blob_hdr *hdr = lskel_hdr(replay);
	__u32 i;

	for (i = 0; i < hdr->op_cnt; i++) {
		struct lskel_op *op = lskel_op_number(replay, i);

		if (op->owner == map + 1 && op->cmd == BPF_MAP_UPDATE_ELEM)
			return op;
	}
	return NULL;
}

static inline int lskel_is_zero(const char *data, size_t size)
{
	return !size || (!*data && !memcmp(data, data + 1, size - 1));
}

/*
 * What the application has as initial data. Zero is what new maps contain, and is not stored. Where the blob is not
 * for the kernel, the rest is taken from there; else it is copied, values of another size behind the object's
 * blob. Returns their end.
 */
static inline __u32 lskel_fill_data(const struct lskel_info *info, void *skel,
				    struct lskel_replay *replay)
{
	__u32 i, behind = lskel_image_hdr(info)->size;

	for (i = 0; i < info->data_cnt; i++) {
		const struct lskel_data_info *data = &info->data[i];
		__u32 size = lskel_data_size(info, skel, data), value = data->value;
		const char *own = *lskel_at(const char *, skel, data->pointer);
		struct lskel_op *update;

		if (info->maps[data->map].flags & LSKEL_MAP_ARENA)
			continue;
		update = lskel_update_of(replay, data->map);
		if (update && lskel_is_zero(own, size)) {
			lskel_skip_op(update);
			continue;
		}
		if (update && replay->map_fd < 0) {
			/* Seen from the blob, as all pointers in it. */
			lskel_attr(replay, update->attr)->value =
				lskel_u64(own) - lskel_u64(replay->blob);
			continue;
		}
		if (size != data->size) {
			value = behind;
			behind += (size + 7U) & ~7U;
			if (update)
				lskel_attr(replay, update->attr)->value = value;
		}
		memcpy(replay->blob + value, own, size);
	}
	return behind;
}

/* The size of the blob with all that lskel_fill() puts in it; 0 if that is too large. */
static inline __u32 lskel_blob_size(const struct lskel_info *info, void *skel)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	__u64 size = lskel_image_hdr(info)->size;
	__u32 i;

	for (i = 0; i < info->data_cnt; i++) {
		__u32 value_size = lskel_data_size(info, skel, &info->data[i]);

		if (value_size != info->data[i].size)
			size += ((__u64)value_size + 7) & ~7ULL;
	}
	if (ctx->resize_btf)
		size += ctx->resize_btf(info, skel, NULL, 0);
	return size > 0x7fffffff ? 0 : (__u32)size;
}

/*
 * bpf_kallsyms_lookup_name() does not find all that libbpf does: no symbol at address 0 (per-CPU variables, before
 * Linux 6.15), none of BPF programs. Puts what /proc/kallsyms has in the place of the searches.
 */
static inline void lskel_use_kallsyms(struct lskel_replay *replay)
{
	__u32 i;

	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++) {
		struct lskel_op *op = lskel_op_number(replay, i);
		const char *name = replay->blob + op->attr + offsetof(struct lskel_symbol, name);
		__u32 *found = (__u32 *)(void *)(replay->blob + op->result);
		__u64 address;

		if (op->cmd != LSKEL_CMD_FIND_SYM || !lskel_find_kallsym(name, &address))
			continue;
		found[1] = (__u32)address;
		found[2] = (__u32)(address >> 32);
		lskel_skip_op(op);
	}
}

/* Operations that would close the fd at @offset of the blob do nothing: it is not the blob's. */
static inline void lskel_skip_closes(struct lskel_replay *replay, __u32 offset)
{
	__u32 i;

	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++)
		if (lskel_op_number(replay, i)->cmd == LSKEL_CMD_CLOSE &&
		    lskel_op_number(replay, i)->attr == offset)
			lskel_skip_op(lskel_op_number(replay, i));
}

/* Searches whose results are known become operations that do nothing, and go on as after the search. */
static inline void lskel_use_found(struct lskel_replay *replay, const struct lskel_found *found)
{
	__u32 i;

	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++) {
		struct lskel_op *op = lskel_op_number(replay, i);
		const struct lskel_symbol *symbol =
			(const struct lskel_symbol *)(void *)(replay->blob + op->attr);
		__u32 *result = (__u32 *)(void *)(replay->blob + op->result);

		if (!found[i].id || !lskel_is_search(op))
			continue;
		if (found[i].id == LSKEL_FOUND_NONE) {
			op->next[0] = op->next[1];
		} else {
			result[0] = found[i].id;
			result[1] = (__u32)found[i].fd;
			result[2] = symbol->call | (found[i].fd ? symbol->offset : 0);
		}
		if (found[i].fd)
			lskel_skip_closes(replay, op->result + (__u32)sizeof(*result));
		lskel_skip_op(op);
		op->size = 1;
	}
}

/* BTF and func_info for a kernel that does not know what is newer. */
static inline void lskel_use_old(const struct lskel_info *info, struct lskel_replay *replay)
{
	__u32 i;

	for (i = 0; i < info->old_cnt; i++) {
		const struct lskel_old_info *old = &info->olds[i];

		*(__u64 *)(void *)(replay->blob + old->pointer) = old->target;
		if (old->btf_size)
			lskel_attr(replay, old->pointer - offsetof(union bpf_attr, btf))->btf_size =
				old->btf_size;
	}
}

static inline void lskel_give_tokens(struct lskel_replay *replay, int token_fd)
{
	__u32 i;

	for (i = 0; i < lskel_hdr(replay)->op_cnt && token_fd; i++) {
		struct lskel_op *op = lskel_op_number(replay, i);

		if (op->cmd == BPF_MAP_CREATE || op->cmd == BPF_PROG_LOAD ||
		    op->cmd == BPF_BTF_LOAD)
			lskel_give_token((int)op->cmd, lskel_attr(replay, op->attr), token_fd);
	}
}

/* Makes the blob's map what the loader program is to replay. Returns 0 or a negative errno. */
static inline int lskel_fill(const struct lskel_info *info, void *skel, struct lskel_replay *replay)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	int uprobe_multi = -1, err;
	__u32 i, behind;

	memcpy(replay->blob, info->image, lskel_image_hdr(info)->image_size);
	for (i = 0; i < info->map_cnt; i++) {
		err = lskel_patch_map(&info->maps[i], lskel_map_at(info, skel, i),
				      lskel_attr(replay, info->maps[i].attr));
		if (err)
			return err;
	}
	for (i = 0; i < info->prog_cnt; i++)
		if (info->progs[i].attr != LSKEL_NOT_LOADED)
			lskel_patch_prog(&info->progs[i], lskel_prog_at(info, skel, i), ctx,
					 &uprobe_multi, lskel_attr(replay, info->progs[i].attr));
	((struct lskel_ctx *)skel)->uprobe_multi = uprobe_multi > 0;
	behind = lskel_fill_data(info, skel, replay);
	if (info->struct_ops_calls)
		info->struct_ops_calls->fill(info, skel, replay->blob);
	if (ctx->relocated)
		info->relocated->apply(info, skel, replay->blob);
	if (ctx->found)
		lskel_use_found(replay, ctx->found);
	lskel_leave_out(info, skel, replay);
	if (replay->old)
		lskel_use_old(info, replay);
	if (ctx->resize_btf)
		ctx->resize_btf(info, skel, replay->blob, behind);
	lskel_give_tokens(replay, ctx->token_fd);
	if (replay->kallsyms)
		lskel_use_kallsyms(replay);
	return 0;
}

#endif /* LSKEL_FILL_H */
