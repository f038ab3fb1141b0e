// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/core_relo.h. The image is hostile: every offset in it is checked here. */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "core_relo.h"
#include "externs.h"
#include "util.h"

/* Tokens are looked for in this range of imm values, from here in steps, until none is in use. */
#define TOKEN_BASE  0x4c000000
#define TOKEN_STEP  0x00100000
#define TOKEN_BASES 256

/* Head of .BTF.ext (Documentation/bpf/btf.rst, section 4.2). */
struct btf_ext_head {
	__u16 magic;
	__u8 version;
	__u8 flags;
	__u32 hdr_len;
	__u32 func_info_off;
	__u32 func_info_len;
	__u32 line_info_off;
	__u32 line_info_len;
	__u32 core_relo_off;
	__u32 core_relo_len;
};

static bool is_insn(const struct image_section *section, size_t offset)
{
	return offset % sizeof(struct bpf_insn) == 0 && offset <= section->size &&
	       section->size - offset >= sizeof(struct bpf_insn);
}

static bool is_relocatable(const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return BPF_SRC(insn->code) == BPF_K;
	case BPF_LD:
		return insn->code == (BPF_LD | BPF_IMM | BPF_DW) && !insn->src_reg;
	case BPF_LDX:
	case BPF_ST:
	case BPF_STX:
		return true;
	default:
		return false;
	}
}

static bool is_token(const struct core_relos *relos, __s32 imm)
{
	return imm >= relos->base && imm - relos->base < (__s64)relos->cnt;
}

/* Is any imm of @section in [base, base + TOKEN_STEP)? Unaligned sections hold no programs. */
static bool uses_tokens_from(const struct image_section *section, __s32 base)
{
	for (size_t i = 0; i + sizeof(struct bpf_insn) <= section->size;
	     i += sizeof(struct bpf_insn)) {
		struct bpf_insn insn;

		memcpy(&insn, section->data + i, sizeof(insn));
		if (insn.imm >= base && insn.imm - base < TOKEN_STEP)
			return true;
	}
	return false;
}

static bool base_is_free(const struct image *image, __s32 base)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(image->elf, scn))) {
		struct image_section section;

		if (image_section(image, scn, &section) && section.code &&
		    uses_tokens_from(&section, base))
			return false;
	}
	return true;
}

static int choose_base(struct core_relos *relos, const struct image *image)
{
	for (int i = 0; i < TOKEN_BASES; i++) {
		relos->base = TOKEN_BASE + i * TOKEN_STEP;
		if (base_is_free(image, relos->base))
			return 0;
	}
	complain("%s: no room for CO-RE tokens: constants fill every range", image->path);
	return -EINVAL;
}

static int add_token(struct core_relos *relos, const struct image *image, struct bpf_insn *insn,
		     const struct bpf_core_relo *relo)
{
	struct core_token token = { .relo = *relo, .imm = insn->imm };

	if (relos->cnt == TOKEN_STEP) {
		complain("%s: more than %d CO-RE relocations", image->path, TOKEN_STEP);
		return -EINVAL;
	}
	if (!is_relocatable(insn)) {
		complain(
			"%s: CO-RE relocation of an instruction that can't be relocated (code 0x%02x)",
			image->path, insn->code);
		return -EINVAL;
	}
	if (is_token(relos, insn->imm)) {
		struct core_token *last = &relos->tokens[insn->imm - relos->base];

		while (last->next)
			last = &relos->tokens[last->next];
		last->next = relos->cnt;
	} else {
		insn->imm = relos->base + relos->cnt;
	}
	push(relos->tokens, relos->cnt) = token;
	return 0;
}

static int hide_section(struct core_relos *relos, const struct image *image, const char *name,
			const char *records, __u32 record_size, __u32 count)
{
	struct image_section section;

	/* libbpf passes over relocations of sections and instructions that it does not load. */
	if (!image_find(image, name, &section) || !section.code)
		return 0;
	for (__u32 i = 0; i < count; i++) {
		struct bpf_core_relo relo;
		struct bpf_insn insn;
		int err;

		memcpy(&relo, records + (size_t)i * record_size, sizeof(relo));
		if (!is_insn(&section, relo.insn_off)) {
			complain(
				"%s: section '%s': CO-RE relocation at offset %u, which is no instruction",
				image->path, name, relo.insn_off);
			return -EINVAL;
		}
		memcpy(&insn, section.data + relo.insn_off, sizeof(insn));
		err = add_token(relos, image, &insn, &relo);
		if (err)
			return err;
		memcpy(section.data + relo.insn_off, &insn, sizeof(insn));
	}
	return 0;
}

/* Walks @data: the record size, then for each section its name, a count and the records. */
static int hide_all(struct core_relos *relos, const struct image *image, const char *data,
		    __u32 len)
{
	__u32 record_size, at = sizeof(record_size);

	if (len < sizeof(record_size))
		return 0;
	memcpy(&record_size, data, sizeof(record_size));
	if (record_size < sizeof(struct bpf_core_relo))
		return 0;
	while (len - at >= 8) {
		__u32 head[2]; /* offset of the section's name, number of records */
		const char *name;
		int err;

		memcpy(head, data + at, sizeof(head));
		at += sizeof(head);
		if (head[1] > (len - at) / record_size)
			break;
		name = btf__str_by_offset(image->btf, head[0]);
		err = name ? hide_section(relos, image, name, data + at, record_size, head[1]) : 0;
		if (err)
			return err;
		at += head[1] * record_size;
	}
	return 0;
}

static int hide(struct core_relos *relos, const struct image *image,
		const struct image_section *ext)
{
	struct btf_ext_head head;
	int err;

	if (ext->size < sizeof(head))
		return 0;
	memcpy(&head, ext->data, sizeof(head));
	if (head.hdr_len < sizeof(head) || head.hdr_len > ext->size ||
	    head.core_relo_off > ext->size - head.hdr_len ||
	    head.core_relo_len > ext->size - head.hdr_len - head.core_relo_off)
		return 0;
	if (!head.core_relo_len)
		return 0;
	err = choose_base(relos, image);
	if (!err)
		err = hide_all(relos, image, ext->data + head.hdr_len + head.core_relo_off,
			       head.core_relo_len);
	head.core_relo_len = 0;
	memcpy(ext->data, &head, sizeof(head));
	return err;
}

int core_relos_hide(struct core_relos *relos, const struct image *image)
{
	struct image_section section;
	struct btf_ext *ext;
	int err = 0;

	if (!image->btf || !image_find_last(image, BTF_EXT_ELF_SEC, &section))
		return 0;
	/* What libbpf does not accept it will pass over, relocations and all. */
	ext = btf_ext__new((__u8 *)section.data, section.size);
	if (ext)
		err = hide(relos, image, &section);
	btf_ext__free(ext);
	return err;
}

static const char *type_name(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	return (t ? btf__str_by_offset(btf, t->name_off) : NULL) ?: "";
}

struct bpf_core_relo *core_relos_restore(const struct core_relos *relos, struct bpf_insn *insns,
					 __u32 insn_cnt, __u32 *ret_cnt)
{
	struct bpf_core_relo *found = NULL;
	__u32 cnt = 0;

	for (__u32 i = 0; i < insn_cnt; i++) {
		struct bpf_insn *insn = &insns[i];
		__u32 token;

		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
		if (!is_token(relos, insn->imm))
			continue;
		token = insn->imm - relos->base;
		insn->imm = relos->tokens[token].imm;
		do {
			struct bpf_core_relo relo = relos->tokens[token].relo;

			relo.insn_off = (insn - insns) * sizeof(*insn);
			push(found, cnt) = relo;
			token = relos->tokens[token].next;
		} while (token);
	}
	*ret_cnt = cnt;
	return found;
}

struct order {
	const struct btf *btf;
	int direction;
};

static int compare_relos(const void *a, const void *b, void *ctx)
{
	const struct bpf_core_relo *x = a, *y = b;
	const struct order *order = ctx;
	const char *x_name = type_name(order->btf, x->type_id);
	const char *y_name = type_name(order->btf, y->type_id);
	size_t x_len = essential_len(x_name), y_len = essential_len(y_name);
	int diff = memcmp(x_name, y_name, x_len < y_len ? x_len : y_len);

	if (!diff && x_len != y_len)
		diff = x_len < y_len ? -1 : 1;
	if (diff)
		return order->direction * diff;
	return x->insn_off < y->insn_off ? -1 : x->insn_off > y->insn_off;
}

void core_relos_group(struct bpf_core_relo *relos, __u32 cnt, const struct btf *btf, bool backwards)
{
	struct order order = { btf, backwards ? -1 : 1 };

	/* Several for one instruction build on each other. */
	for (__u32 i = 1; i < cnt; i++)
		if (relos[i].insn_off == relos[i - 1].insn_off)
			return;
	qsort_r(relos, cnt, sizeof(*relos), compare_relos, &order);
}

bool core_relo_access_is_valid(const char *access)
{
	bool digit = false;

	for (; *access; access++) {
		if (*access == ':' && !digit)
			return false;
		digit = *access >= '0' && *access <= '9';
		if (!digit && *access != ':')
			return false;
	}
	return digit;
}

void core_relos_free(struct core_relos *relos)
{
	free(relos->tokens);
	*relos = (struct core_relos){};
}
