// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looks at the image of a blob from an unknown source, as far as gen/relocate.c relies on it. It is no proof
 * that a load does nothing but what it should.
 */
#include <string.h>
#include <lskel/blob.h>

#include "relocate.h"

/* Whether @cnt elements of @size bytes at @offset, aligned to @align, are in the image. */
static bool is_in(const struct lskel_blob_hdr *hdr, __u64 offset, __u64 cnt, __u32 size,
		  __u32 align)
{
	return offset % align == 0 && offset >= sizeof(*hdr) && offset <= hdr->image_size &&
	       cnt <= (hdr->image_size - offset) / size;
}

static bool check_relo(const struct bpf_insn *insns, __u32 insn_cnt,
		       const struct bpf_core_relo *relo)
{
	__u32 i = relo->insn_off / sizeof(*insns);

	if (relo->insn_off % sizeof(*insns) || i >= insn_cnt)
		return false;
	return insns[i].code != (BPF_LD | BPF_IMM | BPF_DW) || i + 1 < insn_cnt;
}

/* @*total: programs share no relocations, so that hostile ones can't make work without end. */
static bool check_load(const struct lskel_blob_hdr *hdr, const union bpf_attr *attr, __u64 *total)
{
	const char *image = (const char *)hdr;
	const struct bpf_core_relo *relos;

	if (!attr->core_relo_cnt)
		return true;
	*total += attr->core_relo_cnt;
	if (*total > hdr->image_size / sizeof(*relos) ||
	    attr->core_relo_rec_size != sizeof(*relos) ||
	    !is_in(hdr, attr->insns, attr->insn_cnt, sizeof(struct bpf_insn), 8) ||
	    !is_in(hdr, attr->core_relos, attr->core_relo_cnt, sizeof(*relos), 4))
		return false;
	relos = (const void *)(image + attr->core_relos);
	for (__u32 i = 0; i < attr->core_relo_cnt; i++)
		if (!check_relo((const void *)(image + attr->insns), attr->insn_cnt, &relos[i]))
			return false;
	return true;
}

static bool check_op(const struct lskel_blob_hdr *hdr, const struct lskel_op *op, __u64 *relos)
{
	const size_t end = op->cmd == BPF_PROG_LOAD ?
				   offsetof(union bpf_attr, core_relo_rec_size) + sizeof(__u32) :
				   offsetof(union bpf_attr, btf_size) + sizeof(__u32);
	const union bpf_attr *attr;

	if (op->cmd != BPF_PROG_LOAD && op->cmd != BPF_BTF_LOAD)
		return true;
	if (!is_in(hdr, op->attr, op->size, 1, 8))
		return false;
	attr = (const void *)((const char *)hdr + op->attr);
	if (op->cmd == BPF_PROG_LOAD)
		return op->size < end || check_load(hdr, attr, relos);
	return op->size >= end && is_in(hdr, attr->btf, attr->btf_size, 1, 8);
}

size_t image_size(const void *data, size_t len)
{
	const struct lskel_blob_hdr *hdr = data;
	const struct lskel_op *ops;
	__u64 relos = 0;

	if (len < sizeof(*hdr) || hdr->magic != LSKEL_BLOB_MAGIC ||
	    hdr->version != LSKEL_BLOB_VERSION || hdr->hdr_size != sizeof(*hdr) ||
	    hdr->image_size < sizeof(*hdr) || hdr->image_size > len ||
	    !is_in(hdr, hdr->op_off, hdr->op_cnt, sizeof(*ops), 4))
		return 0;
	ops = (const void *)((const char *)data + hdr->op_off);
	for (__u32 i = 0; i < hdr->op_cnt; i++)
		if (!check_op(hdr, &ops[i], &relos))
			return 0;
	return hdr->image_size;
}
