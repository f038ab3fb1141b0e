// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Choosing, checking and applying forms of a skeleton that are relocated ahead of the load, see
 * <lskel/relocated.h>. Files of them are in loader/relocated_cache.c.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <lskel/open.h>
#include <lskel/relocated.h>

/*
 * What an instruction with a relocation that can't be done becomes, for the verifier to refuse if it can be
 * reached: libbpf's and the kernel's bpf_core_poison_insn(), "call unknown#195896080", 0xbad2310.
 */
#define LSKEL_POISON_CORE 195896080

/* NT_GNU_BUILD_ID and the name that goes with it. */
#define LSKEL_NT_GNU_BUILD_ID 3

#define LSKEL_WIDE_INSN (BPF_LD | BPF_IMM | BPF_DW)

LSKEL_API int lskel_next_relocatable(const void *image, __u32 *op, struct lskel_relocatable *ret)
{
	const size_t end = offsetof(union bpf_attr, core_relo_rec_size) + sizeof(__u32);
	const struct lskel_blob_hdr *hdr = (const struct lskel_blob_hdr *)image;
	const char *bytes = (const char *)image;
	const struct lskel_op *ops = (const struct lskel_op *)(const void *)(bytes + hdr->op_off);

	while (*op < hdr->op_cnt) {
		const struct lskel_op *load = &ops[(*op)++];
		const union bpf_attr *attr =
			(const union bpf_attr *)(const void *)(bytes + load->attr);

		if (load->cmd != BPF_PROG_LOAD || load->size < end || !attr->core_relo_cnt)
			continue;
		ret->attr = load->attr;
		ret->insns = (__u32)attr->insns;
		ret->insn_cnt = attr->insn_cnt;
		ret->relos = (__u32)attr->core_relos;
		ret->relo_cnt = attr->core_relo_cnt;
		return 1;
	}
	return 0;
}

LSKEL_API __u32 lskel_next_relocated_insn(const void *image, const struct lskel_relocatable *prog,
					  __u32 *relo, __u32 *insn_off)
{
	const char *bytes = (const char *)image;
	const struct bpf_core_relo *relos =
		(const struct bpf_core_relo *)(const void *)(bytes + prog->relos);
	const struct bpf_insn *insn;

	if (*relo == prog->relo_cnt)
		return 0;
	*insn_off = relos[*relo].insn_off;
	/* One instruction may have several. */
	while (*relo < prog->relo_cnt && relos[*relo].insn_off == *insn_off)
		(*relo)++;
	insn = (const struct bpf_insn *)(const void *)(bytes + prog->insns + *insn_off);
	return insn->code == LSKEL_WIDE_INSN ? 2 : 1;
}

static int lskel_is_poison(const struct bpf_insn *insn)
{
	struct bpf_insn poison;

	memset(&poison, 0, sizeof(poison));
	poison.code = BPF_JMP | BPF_CALL;
	poison.imm = LSKEL_POISON_CORE;
	return !memcmp(insn, &poison, sizeof(poison));
}

/* bpf_core_patch_insn() of libbpf's relo_core.c, read backwards. */
LSKEL_API int lskel_may_relocate(const struct bpf_insn *old, const struct bpf_insn *insn, __u32 cnt)
{
	struct bpf_insn same = *insn, second;

	if (lskel_is_poison(insn))
		return cnt == 1 || lskel_is_poison(insn + 1);
	switch (BPF_CLASS(old->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		if (BPF_SRC(old->code) != BPF_K)
			return 0;
		same.imm = old->imm;
		break;
	case BPF_LDX:
	case BPF_ST:
	case BPF_STX:
		same.off = old->off;
		/* The size of what is read or written changes with the field's. */
		same.code = (__u8)((insn->code & ~0x18) | BPF_SIZE(old->code));
		break;
	case BPF_LD:
		if (cnt != 2 || old->src_reg)
			return 0;
		same.imm = old->imm;
		second = insn[1];
		second.imm = old[1].imm;
		if (memcmp(&second, &old[1], sizeof(second)))
			return 0;
		break;
	default:
		return 0;
	}
	return !memcmp(&same, old, sizeof(same));
}

LSKEL_API __u64 lskel_relocated_checksum(const struct lskel_relocated *form)
{
	const size_t from = offsetof(struct lskel_relocated, hash);
	const __u64 *word = (const __u64 *)(const void *)((const char *)form + from);
	size_t i, cnt = (form->size - from) / sizeof(*word);
	__u64 sum = 0xcbf29ce484222325ULL;

	for (i = 0; i < cnt; i++)
		sum = (sum ^ word[i]) * 0x100000001b3ULL;
	return sum;
}

LSKEL_API __u32 lskel_find_build_id(const void *notes, size_t len, __u8 id[LSKEL_BUILD_ID_MAX])
{
	const char *note = (const char *)notes;
	__u32 head[3]; /* length of the name, of the description, type */

	for (; len >= sizeof(head); note += head[1], len -= head[1]) {
		size_t name, rest;

		memcpy(head, note, sizeof(head));
		note += sizeof(head);
		len -= sizeof(head);
		name = ((size_t)head[0] + 3) & ~(size_t)3;
		if (name > len)
			return 0;
		rest = len - name;
		if (head[1] > rest)
			return 0;
		if (head[2] == LSKEL_NT_GNU_BUILD_ID && head[0] == 4 && !memcmp(note, "GNU", 4)) {
			if (!head[1] || head[1] > LSKEL_BUILD_ID_MAX)
				return 0;
			memcpy(id, note + name, head[1]);
			return head[1];
		}
		note += name;
		len = rest;
		/* The last one need not be padded. */
		head[1] = (head[1] + 3) & ~3U;
		if (head[1] > len)
			return 0;
	}
	return 0;
}

LSKEL_API __u32 lskel_running_build_id(__u8 id[LSKEL_BUILD_ID_MAX])
{
	int fd = open("/sys/kernel/notes", O_RDONLY | LSKEL_O_CLOEXEC);
	char notes[4096];
	ssize_t len;

	if (fd < 0)
		return 0;
	len = read(fd, notes, sizeof(notes));
	close(fd);
	return len > 0 ? lskel_find_build_id(notes, (size_t)len, id) : 0;
}

static const struct bpf_insn *lskel_form_insns(const struct lskel_relocated *form)
{
	return (const struct bpf_insn *)(const void *)(form + 1);
}

static const __u32 *lskel_form_ids(const struct lskel_relocated *form)
{
	return (const __u32 *)(const void *)(lskel_form_insns(form) + form->insn_cnt);
}

/* Whether the @cnt instructions are left to the kernel: no instruction of BPF is zero. */
static int lskel_is_left(const struct bpf_insn *insns, __u32 cnt)
{
	struct bpf_insn zeros[2];

	memset(zeros, 0, sizeof(zeros));
	return !memcmp(insns, zeros, cnt * sizeof(*insns));
}

static int lskel_check_insns(const void *image, const struct lskel_relocated *form)
{
	const struct bpf_insn *insns = lskel_form_insns(form), *end = insns + form->insn_cnt;
	const char *bytes = (const char *)image;
	struct lskel_relocatable prog;
	__u32 op = 0;

	while (lskel_next_relocatable(image, &op, &prog)) {
		__u32 relo = 0, insn_off, n;

		while ((n = lskel_next_relocated_insn(image, &prog, &relo, &insn_off))) {
			const char *old = bytes + prog.insns + insn_off;

			if (end - insns < (long)n)
				return -EINVAL;
			if (!lskel_is_left(insns, n) &&
			    !lskel_may_relocate((const struct bpf_insn *)(const void *)old, insns,
						n))
				return -EINVAL;
			insns += n;
		}
	}
	return insns == end ? 0 : -EINVAL;
}

static int lskel_is_for(const struct lskel_relocated *form, const __u8 *build_id, __u32 len)
{
	return len && form->build_id_len == len && !memcmp(form->build_id, build_id, len);
}

LSKEL_API int lskel_check_relocated(const void *image, const void *hash, const void *form,
				    size_t len, const __u8 *build_id, __u32 build_id_len)
{
	const struct lskel_relocated *head = (const struct lskel_relocated *)form;
	__u32 i;

	if (len < sizeof(*head) || head->magic != LSKEL_RELOCATED_MAGIC ||
	    head->version != LSKEL_RELOCATED_VERSION || head->hdr_size != sizeof(*head) ||
	    head->size != len ||
	    (len - sizeof(*head)) / sizeof(struct bpf_insn) != head->insn_cnt ||
	    len % sizeof(struct bpf_insn) || head->id_cnt ||
	    head->checksum != lskel_relocated_checksum(head) ||
	    memcmp(head->hash, hash, sizeof(head->hash)) ||
	    !lskel_is_for(head, build_id, build_id_len))
		return -EINVAL;
	for (i = build_id_len; i < LSKEL_BUILD_ID_MAX; i++)
		if (head->build_id[i])
			return -EINVAL;
	return lskel_check_insns(image, head);
}

/* The ids that the form has are known then, without a search. */
static void lskel_use_form(const struct lskel_info *info, struct lskel_ctx *ctx,
			   const struct lskel_relocated *form)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const char *image = (const char *)info->image;
	const struct lskel_op *ops = (const struct lskel_op *)(const void *)(image + hdr->op_off);
	const __u32 *id = lskel_form_ids(form), *end = id + form->id_cnt;
	const __u64 layout_at = lskel_form_layout_at(form);
	__u32 i;

	ctx->relocated = form;
	if (layout_at < form->size)
		ctx->layout =
			(const struct lskel_layout *)(const void *)((const char *)form + layout_at);
	/* Without memory, they are searched for. */
	if (id == end || lskel_make_found(info, ctx))
		return;
	for (i = 0; id < end && i < hdr->op_cnt; i++)
		if (lskel_is_search(&ops[i]))
			ctx->found[i].id = *id++;
}

LSKEL_API void lskel_choose_relocated(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	const char *form = (const char *)info->relocated->forms;
	const char *end = form + info->relocated->forms_size;
	__u8 build_id[LSKEL_BUILD_ID_MAX];
	__u32 len;

	if (ctx->relocated) {
		lskel_use_form(info, ctx, ctx->relocated);
		return;
	}
	if (form == end)
		return;
	len = lskel_running_build_id(build_id);
	while (form < end) {
		const struct lskel_relocated *head =
			(const struct lskel_relocated *)(const void *)form;

		if (lskel_is_for(head, build_id, len)) {
			lskel_use_form(info, ctx, head);
			return;
		}
		form += head->size;
	}
}

/* What is left to the kernel, @cnt relocations from @first on, moves up to the others in @blob. */
static void lskel_keep_relos(const void *image, const struct lskel_relocatable *prog, __u32 first,
			     __u32 cnt, __u32 kept, char *blob)
{
	const size_t size = sizeof(struct bpf_core_relo);

	memcpy(blob + prog->relos + kept * size, (const char *)image + prog->relos + first * size,
	       cnt * size);
}

LSKEL_API void lskel_apply_relocated(const struct lskel_info *info, void *skel, char *blob)
{
	const struct bpf_insn *insns = lskel_form_insns(((struct lskel_ctx *)skel)->relocated);
	struct lskel_relocatable prog;
	__u32 op = 0;

	while (lskel_next_relocatable(info->image, &op, &prog)) {
		__u32 relo = 0, first = 0, kept = 0, insn_off, n;

		for (; (n = lskel_next_relocated_insn(info->image, &prog, &relo, &insn_off));
		     insns += n, first = relo) {
			if (lskel_is_left(insns, n)) {
				lskel_keep_relos(info->image, &prog, first, relo - first, kept,
						 blob);
				kept += relo - first;
			} else {
				memcpy(blob + prog.insns + insn_off, insns, n * sizeof(*insns));
			}
		}
		((union bpf_attr *)(void *)(blob + prog.attr))->core_relo_cnt = kept;
	}
}
