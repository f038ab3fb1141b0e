// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CO-RE in a skeleton, for gen/verify.c: the relocations that the kernel does, and forms that are
 * relocated ahead of the load.
 */
#include <string.h>

#include "core_relo.h"
#include "extern_types.h"
#include "layout.h"
#include "relocate.h"
#include "sha256.h"
#include "verify_impl.h"
#include <linux/btf.h>
#include <lskel/relocated.h>

/* Accessors of relocations are strings of the program's BTF; kernels up to 7.0 crash on a negative index. */
static bool are_sound(const struct verify *v, const union bpf_attr *prog, __u64 btf, __u32 size)
{
	const struct bpf_core_relo *relos = (const void *)(v->image + prog->core_relos);
	const struct btf_header *head = (const void *)(v->image + btf);
	const char *strings;
	__u64 start;

	if (size < sizeof(*head) || head->magic != BTF_MAGIC)
		return false;
	start = (__u64)head->hdr_len + head->str_off;
	if (!head->str_len || start + head->str_len > size)
		return false;
	strings = v->image + btf + start;
	if (strings[head->str_len - 1])
		return false;
	for (__u32 i = 0; i < prog->core_relo_cnt; i++)
		if (relos[i].access_str_off >= head->str_len ||
		    !core_relo_access_is_valid(strings + relos[i].access_str_off))
			return false;
	return true;
}

/* With each BTF that @load may load. */
static int check_accessors(const struct verify *v, const struct lskel_op *load,
			   const union bpf_attr *prog)
{
	union bpf_attr attr = verify_attr(v, load);

	if (!are_sound(v, prog, attr.btf, attr.btf_size))
		return verify_refuse_op(v, load, "CO-RE relocations have malformed accessors");
	for (__u32 i = 0; i < v->info->old_cnt; i++) {
		const struct lskel_old_info *old = &v->info->olds[i];

		if (old->pointer == load->attr + offsetof(union bpf_attr, btf) &&
		    !are_sound(v, prog, old->target, old->btf_size))
			return verify_refuse_op(v, load,
						"CO-RE relocations have malformed accessors");
	}
	return 0;
}

static int check_core(const struct verify *v, const struct lskel_op *op)
{
	union bpf_attr attr = verify_attr(v, op);
	int slot = -1, err = 0;

	if (!attr.core_relo_cnt)
		return 0;
	for (int i = 0; i < 2; i++)
		if (op->copy[i].dst == op->attr + offsetof(union bpf_attr, prog_btf_fd))
			slot = verify_slot(v, op->copy[i].src);
	if (slot < 0 || v->roles[slot] != ROLE_BTF ||
	    attr.core_relo_rec_size != sizeof(struct bpf_core_relo))
		return verify_refuse_op(v, op, "it has CO-RE relocations and no BTF");
	for (__u32 i = 0; i < v->hdr->op_cnt && !err; i++)
		if (v->ops[i].cmd == BPF_BTF_LOAD && verify_slot(v, v->ops[i].result) == slot)
			err = check_accessors(v, &v->ops[i], &attr);
	return err;
}

int verify_core(const struct verify *v)
{
	int err = 0;

	if (image_size(v->image, v->len) != v->len)
		return verify_refuse(v, "its CO-RE relocations are malformed");
	for (__u32 i = 0; i < v->hdr->op_cnt && !err; i++)
		if (v->ops[i].cmd == BPF_PROG_LOAD)
			err = check_core(v, &v->ops[i]);
	return err;
}

static bool is_weak_extern(const struct verify *v, const struct lskel_op *op)
{
	const struct lskel_extern_info *row =
		extern_row_of_op(v->info, (const char *)op - v->image);

	return row && row->weak;
}

/*
 * Ids of what the kernel's BTF has, one for each search of the blob; an address is not among them. Only what may be
 * missing can be known to be.
 */
static bool has_sound_ids(const struct verify *v, const struct lskel_relocated *form, __u32 at)
{
	const __u32 *ids = (const void *)((const char *)form + at);
	__u32 found = 0;

	if (at + (__u64)form->id_cnt * sizeof(*ids) > form->size)
		return false;
	for (__u32 i = 0; i < v->hdr->op_cnt; i++) {
		const struct lskel_op *op = &v->ops[i];

		if (op->cmd != LSKEL_CMD_FIND_BTF && op->cmd != LSKEL_CMD_FIND_SYM)
			continue;
		if (found == form->id_cnt || (op->cmd == LSKEL_CMD_FIND_SYM && ids[found]) ||
		    (ids[found] == LSKEL_FOUND_NONE && !is_weak_extern(v, op)))
			return false;
		found++;
	}
	return found == form->id_cnt;
}

static bool has_sound_layout(const struct verify *v, const struct lskel_relocated *form)
{
	const __u64 at = lskel_form_layout_at(form);

	return at == form->size ||
	       (at < form->size &&
		layout_is_sound(v->info, (const void *)((const char *)form + at), form->size - at));
}

/* The run time checks forms without ids, as files of the cache are; so ids are taken off, and what is behind. */
static bool is_sound_form(const struct verify *v, const struct lskel_relocated *form)
{
	const __u64 end = sizeof(*form) + (__u64)form->insn_cnt * sizeof(struct bpf_insn);
	_cleanup_(free_ptr) struct lskel_relocated *without = NULL;

	if (end > form->size || form->size % 8 || form->build_id_len > LSKEL_BUILD_ID_MAX ||
	    form->checksum != lskel_relocated_checksum(form) ||
	    (form->id_cnt && !has_sound_ids(v, form, end)) || !has_sound_layout(v, form))
		return false;
	without = xmemdup(form, end);
	without->size = end;
	without->id_cnt = 0;
	without->checksum = lskel_relocated_checksum(without);
	return !lskel_check_relocated(v->image, v->info->relocated->hash, without, end,
				      form->build_id, form->build_id_len);
}

int verify_relocated(const struct verify *v)
{
	const struct lskel_relocated_info *relocated = v->info->relocated;
	__u8 hash[SHA256_SIZE];

	if (!relocated)
		return 0;
	sha256(v->image, v->len, hash);
	if (memcmp(hash, relocated->hash, sizeof(hash)) != 0)
		return verify_refuse(v, "the hash of the relocated forms is not that of the blob");
	for (__u32 at = 0; at < relocated->forms_size;) {
		const struct lskel_relocated *form =
			(const void *)((const char *)relocated->forms + at);
		__u32 left = relocated->forms_size - at;

		if (left < sizeof(*form) || form->size > left || form->size < sizeof(*form) ||
		    !is_sound_form(v, form))
			return verify_refuse(v, "a relocated form is not one of this blob (at %u)",
					     at);
		at += form->size;
	}
	return 0;
}
