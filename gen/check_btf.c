// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What libbpf 1.5 takes for granted of an object's BTF, having checked most but not all of it: without
 * this it reads out of bounds, writes to types that are none, or recurses without end. Not a check of
 * whether the BTF makes sense: that is left to libbpf and the kernel.
 */
#include <errno.h>

#include "image.h"
#include "util.h"

/* Calls @each for the types that @t consists of: what has to be finite for @t to have a size. */
static bool each_part(const struct btf_type *t, bool (*each)(void *ctx, __u32 id), void *ctx)
{
	const struct btf_member *members;

	switch (btf_kind(t)) {
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_VAR:
		return each(ctx, t->type);
	case BTF_KIND_ARRAY:
		return each(ctx, btf_array(t)->type);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		members = btf_members(t);
		for (__u32 i = 0; i < btf_vlen(t); i++)
			if (!each(ctx, members[i].type))
				return false;
		return true;
	default:
		return true;
	}
}

/* libbpf recurses, and so deep no real type is. */
#define MAX_DEPTH 1024

/* Depths of types: how far down their parts go. 0: not known yet. */
struct depths {
	const struct btf *btf;
	__u32 *of;
	__u32 deepest; /* part of the type that is looked at */
};

static bool note_depth(void *ctx, __u32 id)
{
	struct depths *depths = ctx;

	if (id >= btf__type_cnt(depths->btf))
		return false;
	if (id && !depths->of[id])
		return false;
	if (id && depths->of[id] > depths->deepest)
		depths->deepest = depths->of[id];
	return true;
}

/* Gives type @id a depth, if all its parts have one. Returns whether it has got one now. */
static bool find_depth(struct depths *depths, __u32 id)
{
	depths->deepest = 0;
	if (depths->of[id] || !each_part(btf__type_by_id(depths->btf, id), note_depth, depths) ||
	    depths->deepest == MAX_DEPTH)
		return false;
	depths->of[id] = depths->deepest + 1;
	return true;
}

/*
 * Whether no type is a part of itself. Each round, upwards or downwards, finds the depths of types whose
 * parts have one. What is left when a round finds none goes round in circles, refers to what does not
 * exist, or is nested more deeply than anybody writes types.
 */
static bool is_finite(const struct btf *btf, __u32 *ret_bad)
{
	__u32 cnt = btf__type_cnt(btf), left = cnt - 1, before = 0;
	_cleanup_(free_ptr) __u32 *of = xcalloc(cnt, sizeof(*of));
	struct depths depths = { .btf = btf, .of = of };

	for (__u32 round = 0; left && left != before && round < MAX_DEPTH; round++) {
		before = left;
		for (__u32 i = 1; i < cnt; i++)
			left -= find_depth(&depths, round % 2 ? cnt - i : i);
	}
	for (*ret_bad = 1; *ret_bad < cnt && of[*ret_bad]; (*ret_bad)++)
		;
	return !left;
}

/* libbpf follows what a FUNC_PROTO returns, and writes to what a DATASEC lists as to a VAR or FUNC. */
static const char *fault_of(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_var_secinfo *info = btf_var_secinfos(t);

	if (btf_is_func_proto(t) && t->type >= btf__type_cnt(btf))
		return "returns a type that does not exist";
	for (__u32 i = 0; btf_is_datasec(t) && i < btf_vlen(t); i++) {
		const struct btf_type *var = btf__type_by_id(btf, info[i].type);

		if (!var || (!btf_is_var(var) && !btf_is_func(var)))
			return "lists what is no variable";
	}
	return NULL;
}

int image_check_btf(const struct image *image)
{
	const char *fault = NULL;
	__u32 id;

	if (!image->btf)
		return 0;
	for (id = 1; id < btf__type_cnt(image->btf); id++) {
		fault = fault_of(image->btf, btf__type_by_id(image->btf, id));
		if (fault)
			break;
	}
	if (!fault && !is_finite(image->btf, &id))
		fault = "is a part of itself, or nested too deeply";
	if (!fault)
		return 0;
	complain("%s: damaged BTF: type %u %s", image->path, id, fault);
	return -EINVAL;
}
