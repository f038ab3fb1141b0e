/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the application does without, in a blob that is about to be replayed: operations of programs and maps
 * that are off, the creation of maps that exist already, the targets of programs that got others. An operation that is left out becomes one that
 * does nothing; the loader program knows of no choices.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_CHOOSE_H
#define LSKEL_CHOOSE_H

#include <lskel/resize.h>

/* A load in progress: the map of the blob and where it is mapped. */
struct lskel_replay {
	int map_fd;
	int btf_fd;
	int prog_fd;
	char *blob;
	__u32 size;   /* of the blob */
	int kallsyms; /* lskel_use_kallsyms() */
	int old;      /* lskel_use_old() */
};

/*
 * libbpf's poison_map_ldimm64(): the use of a map that is not created becomes a call of this function
 * plus the map's number, which the verifier refuses if it can be reached.
 */
#define LSKEL_POISON_MAP 2001000000

static inline union bpf_attr *lskel_attr(struct lskel_replay *replay, __u32 offset)
{
	return (union bpf_attr *)(void *)(replay->blob + offset);
}

static inline struct lskel_blob_hdr *lskel_hdr(struct lskel_replay *replay)
{
	return (struct lskel_blob_hdr *)(void *)replay->blob;
}

static inline struct lskel_op *lskel_op_number(struct lskel_replay *replay, __u32 i)
{
	return (struct lskel_op *)(void *)(replay->blob + lskel_hdr(replay)->op_off) + i;
}

static inline int *lskel_slot_fd(struct lskel_replay *replay, __u32 slot)
{
	return (int *)(void *)(replay->blob + lskel_hdr(replay)->fd_off) + slot;
}

/* Makes @op do nothing: it closes and copies the header's sink, which is 0. */
static inline void lskel_skip_op(struct lskel_op *op)
{
	const __u32 sink = offsetof(struct lskel_blob_hdr, sink);

	op->cmd = LSKEL_CMD_CLOSE;
	op->attr = op->result = sink;
	op->copy[0].dst = op->copy[0].src = sink;
	op->copy[1].dst = op->copy[1].src = sink;
}

/*
 * A map that exists already has its contents. Only programs are stored in it, as by libbpf, and if it is of
 * this load's making, but of an earlier try, inner maps.
 */
static inline int lskel_is_for_new_map(struct lskel_replay *replay, const struct lskel_map *map,
				       __u32 attr, const struct lskel_op *op)
{
	__u32 type = lskel_attr(replay, attr)->map_type;

	if (op->cmd != BPF_MAP_UPDATE_ELEM)
		return 1;
	if (type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS)
		return map->pinned == LSKEL_PIN_FOUND || map->reuse_fd >= 0;
	return type != BPF_MAP_TYPE_PROG_ARRAY;
}

/* Whether the operation @op of program @i gives it the target that its section names, and it has another. */
static inline int lskel_is_old_target(const struct lskel_info *info, void *skel, __u32 i,
				      const struct lskel_op *op)
{
	return lskel_prog_at(info, skel, i)->target_btf_id && op->cmd == LSKEL_CMD_CLOSE &&
	       op->copy[0].dst == info->progs[i].attr + offsetof(union bpf_attr, attach_btf_id);
}

/* Whether @op goes with its program, if it is one's. */
static inline int lskel_is_out_with_prog(const struct lskel_info *info, void *skel,
					 const struct lskel_op *op)
{
	__u32 prog = op->owner - info->map_cnt - 1;

	if (op->owner <= info->map_cnt || op->owner == LSKEL_OWNER_USERS)
		return 0;
	return !lskel_prog_at(info, skel, prog)->autoload ||
	       lskel_is_old_target(info, skel, prog, op);
}

static inline int lskel_is_left_out(const struct lskel_info *info, void *skel,
				    struct lskel_replay *replay, const struct lskel_op *op)
{
	const struct lskel_map *map;

	if (!op->owner || op->owner == LSKEL_OWNER_USERS)
		return 0;
	if (op->owner > info->map_cnt)
		return lskel_is_out_with_prog(info, skel, op);
	map = lskel_map_at(info, skel, op->owner - 1);
	return !map->autocreate ||
	       (map->map_fd > 0 &&
		lskel_is_for_new_map(replay, map, info->maps[op->owner - 1].attr, op));
}

/* Whether any operation that stays uses what the search with this result finds. */
static inline int lskel_is_wanted(struct lskel_replay *replay, __u32 result)
{
	__u32 i;

	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++)
		if (lskel_op_number(replay, i)->copy[0].src == result)
			return 1;
	return 0;
}

/* A target that only programs have which are not loaded, or got another, need not be there. */
static inline void lskel_skip_searches(struct lskel_replay *replay)
{
	__u32 i;

	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++) {
		struct lskel_op *op = lskel_op_number(replay, i);

		if (op->owner == LSKEL_OWNER_USERS && !lskel_is_wanted(replay, op->result))
			lskel_skip_op(op);
	}
}

/* Poisons the uses of maps that are not created in the instructions of program @i. */
static inline void lskel_poison(const struct lskel_info *info, void *skel,
				struct lskel_replay *replay, __u32 prog)
{
	const union bpf_attr *attr = lskel_attr(replay, info->progs[prog].attr);
	struct bpf_insn *insn = (struct bpf_insn *)(void *)(replay->blob + attr->insns);
	__u32 i, map;

	for (i = 0; i + 1 < attr->insn_cnt; i++) {
		if (insn[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		map = (__u32)insn[i].imm; /* its slot, too */
		if ((insn[i].src_reg == BPF_PSEUDO_MAP_IDX ||
		     insn[i].src_reg == BPF_PSEUDO_MAP_IDX_VALUE) &&
		    map < info->map_cnt && !lskel_map_at(info, skel, map)->autocreate) {
			memset(&insn[i], 0, 2 * sizeof(*insn));
			insn[i].code = insn[i + 1].code = BPF_JMP | BPF_CALL;
			insn[i].imm = insn[i + 1].imm = LSKEL_POISON_MAP + (int)map;
		}
		i++;
	}
}

static inline void lskel_leave_out(const struct lskel_info *info, void *skel,
				   struct lskel_replay *replay)
{
	int maps_off = 0, maps_there = 0, progs_off = 0, new_targets = 0;
	__u32 i;

	for (i = 0; i < info->map_cnt; i++) {
		const struct lskel_map *map = lskel_map_at(info, skel, i);

		maps_off |= !map->autocreate;
		maps_there |= map->map_fd > 0;
	}
	for (i = 0; i < info->prog_cnt; i++) {
		progs_off |= !lskel_prog_at(info, skel, i)->autoload;
		new_targets |= !!lskel_prog_at(info, skel, i)->target_btf_id;
	}
	if (!maps_off && !maps_there && !progs_off && !new_targets)
		return;

	for (i = 0; i < lskel_hdr(replay)->op_cnt; i++) {
		struct lskel_op *op = lskel_op_number(replay, i);

		if (lskel_is_left_out(info, skel, replay, op))
			lskel_skip_op(op);
	}
	if (progs_off || new_targets)
		lskel_skip_searches(replay);
	for (i = 0; i < info->map_cnt; i++)
		if (lskel_map_at(info, skel, i)->map_fd > 0)
			*lskel_slot_fd(replay, info->maps[i].slot) =
				lskel_map_at(info, skel, i)->map_fd;
	for (i = 0; i < info->prog_cnt && maps_off; i++)
		if (lskel_prog_at(info, skel, i)->autoload)
			lskel_poison(info, skel, replay, i);
}

#endif /* LSKEL_CHOOSE_H */
