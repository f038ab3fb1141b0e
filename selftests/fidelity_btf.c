// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the kernel has of an object's BTF, as text: see fidelity.h. Types that neither maps nor programs refer
 * to do not count: lskel leaves them out (gen/prune_btf.c).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "fidelity.h"
#include "util.h"

__u64 fidelity_checksum(const void *data, size_t len)
{
	const unsigned char *p = data;
	__u64 sum = 0xcbf29ce484222325;

	while (len--)
		sum = (sum ^ *p++) * 0x100000001b3;
	return sum;
}

struct btf *fidelity_btf(__u32 id)
{
	_cleanup_(free_ptr) void *data = NULL;
	struct bpf_btf_info info = {};
	__u32 len = sizeof(info);
	struct btf *btf = NULL;
	int fd = id ? bpf_btf_get_fd_by_id(id) : -1;

	if (fd < 0)
		return NULL;
	if (!bpf_btf_get_info_by_fd(fd, &info, &len)) {
		data = xcalloc(1, info.btf_size);
		info = (struct bpf_btf_info){ .btf_size = info.btf_size,
					      .btf = (__u64)(unsigned long)data };
		len = sizeof(info);
		if (!bpf_btf_get_info_by_fd(fd, &info, &len))
			btf = btf__new(data, info.btf_size);
	}
	close(fd);
	return btf;
}

/* The types that a description is of, by id. */
struct reached {
	const struct btf *btf;
	bool *ids;
	bool more;
};

static void reach(struct reached *reached, __u32 id)
{
	if (!id || id >= btf__type_cnt(reached->btf) || reached->ids[id])
		return;
	reached->ids[id] = true;
	reached->more = true;
}

static const char *name_of(const struct btf *btf, __u32 offset)
{
	return btf__name_by_offset(btf, offset) ?: "?";
}

/* Prints a type, and reaches what it refers to. */
static void describe_type(struct reached *reached, __u32 id, FILE *out)
{
	const struct btf *btf = reached->btf;
	const struct btf_type *t = btf__type_by_id(btf, id);
	int kind = btf_kind(t),
	    vlen = btf_is_func(t) ? 0 : btf_vlen(t); /* of a FUNC: its linkage */

	/* Kinds have a size or refer to a type, at the same place; an INT, or a DECL_TAG, has a word more. */
	fprintf(out, "%u: info %#x '%s' %u", id, t->info, name_of(btf, t->name_off), t->type);
	if (kind == BTF_KIND_INT || kind == BTF_KIND_VAR || kind == BTF_KIND_DECL_TAG)
		fprintf(out, " %u", *(const __u32 *)(t + 1));
	if (btf_is_mod(t) || btf_is_ptr(t) || btf_is_typedef(t) || btf_is_func(t) ||
	    btf_is_var(t) || btf_is_decl_tag(t) || btf_is_type_tag(t) || btf_is_func_proto(t))
		reach(reached, t->type);
	if (btf_is_array(t)) {
		fprintf(out, " [%u] of %u, %u", btf_array(t)->nelems, btf_array(t)->type,
			btf_array(t)->index_type);
		reach(reached, btf_array(t)->type);
		reach(reached, btf_array(t)->index_type);
	}
	for (int i = 0; i < vlen; i++) {
		const __u32 *words =
			(const __u32 *)(t + 1) +
			i * (kind == BTF_KIND_FUNC_PROTO || kind == BTF_KIND_ENUM ? 2 : 3);

		if (kind == BTF_KIND_DATASEC) {
			fprintf(out, " %u", words[0]);
			reach(reached, words[0]);
		} else {
			fprintf(out, " '%s'", name_of(btf, words[0]));
		}
		if (kind == BTF_KIND_FUNC_PROTO || btf_is_composite(t))
			reach(reached, words[1]);
		fprintf(out, " %u", words[1]);
		if (kind != BTF_KIND_FUNC_PROTO && kind != BTF_KIND_ENUM)
			fprintf(out, " %u", words[2]);
	}
	fputc('\n', out);
}

/* Tags of what has been reached; of the structs that lists and trees are of, they have but the name. */
static void reach_tags(struct reached *reached)
{
	const struct btf *btf = reached->btf;

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		char name[128];

		if (!btf_is_decl_tag(t) || !reached->ids[t->type])
			continue;
		reach(reached, id);
		if (sscanf(name_of(btf, t->name_off), "contains:%127[^:]", name) == 1)
			for (__u32 i = 1; i < btf__type_cnt(btf); i++)
				if (btf_is_struct(btf__type_by_id(btf, i)) &&
				    !strcmp(name_of(btf, btf__type_by_id(btf, i)->name_off), name))
					reach(reached, i);
	}
}

const char *fidelity_types(const struct btf *btf, const __u32 *roots, __u32 cnt)
{
	static char text[128];
	struct reached reached = { .btf = btf };
	_cleanup_(free_ptr) bool *described = NULL;
	_cleanup_(free_ptr) char *types = NULL;
	__u32 type_cnt = 0;
	size_t len;
	FILE *out;

	if (!btf)
		return "none";
	reached.ids = xcalloc(btf__type_cnt(btf), sizeof(*reached.ids));
	described = xcalloc(btf__type_cnt(btf), sizeof(*described));
	for (__u32 i = 0; i < cnt; i++)
		reach(&reached, roots[i]);
	out = open_memstream(&types, &len);
	while (reached.more) {
		reached.more = false;
		reach_tags(&reached);
		for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
			if (!reached.ids[id] || described[id])
				continue;
			described[id] = true;
			type_cnt++;
			describe_type(&reached, id, out);
		}
	}
	fclose(out);
	free(reached.ids);
	snprintf(text, sizeof(text), "%u types, sum %llx", type_cnt, fidelity_checksum(types, len));
	return text;
}
