// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/relocate.h. What image_size() does for hostile images is in gen/check_blob.c. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <lskel/blob.h>
#include <lskel/open.h>

#include "core_object.h"
#include "extern_types.h"
#include "externs.h"
#include "layout.h"
#include "relocate.h"

/* Everything about the programs of one image. */
struct relocation {
	const char *what;
	const char *image;
	struct btf *local;
	const struct btf *kernel;
	char *found; /* for each type of local: 0, or whether the kernel's BTF has it: 'y', 'n' */
	struct core_prog *progs;
	__u32 cnt;
};

static const void *at(const struct relocation *relocation, __u32 offset)
{
	return relocation->image + offset;
}

/* The BTF that all programs are loaded with: there is but one, and alternatives come later. */
static struct btf *image_btf(const char *image)
{
	const struct lskel_blob_hdr *hdr = (const void *)image;
	const struct lskel_op *ops = (const void *)(image + hdr->op_off);

	for (__u32 i = 0; i < hdr->op_cnt; i++) {
		const union bpf_attr *attr = (const void *)(image + ops[i].attr);

		if (ops[i].cmd == BPF_BTF_LOAD)
			return btf__new(image + attr->btf, attr->btf_size);
	}
	errno = ENOENT;
	return NULL;
}

/* As libbpf's bpf_core_add_cands(). */
static bool search(const struct btf *kernel, const char *name, const struct btf_type *local)
{
	size_t len = essential_len(name);

	for (__u32 id = 1; id < btf__type_cnt(kernel); id++) {
		const struct btf_type *t = btf__type_by_id(kernel, id);
		const char *other;

		if (!btf_kind_core_compat(t, local))
			continue;
		other = btf__str_by_offset(kernel, t->name_off);
		if (!strncmp(name, other, len) && essential_len(other) == len)
			return true;
	}
	return false;
}

static bool kernel_has(const struct relocation *relocation, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(relocation->local, id);
	const char *name = t ? btf__str_by_offset(relocation->local, t->name_off) : NULL;

	/* What libbpf refuses: so will the kernel. */
	if (!name || !*name)
		return false;
	if (!relocation->found[id])
		relocation->found[id] = search(relocation->kernel, name, t) ? 'y' : 'n';
	return relocation->found[id] == 'y';
}

/*
 * Types that vmlinux does not have are looked for in the modules that are loaded when the program is, which is
 * not known ahead of that. Returns the first such type of the @cnt relocations, or 0.
 */
static __u32 module_type(const struct relocation *relocation, const struct bpf_core_relo *relos,
			 __u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++)
		if (relos[i].kind != BPF_CORE_TYPE_ID_LOCAL &&
		    !kernel_has(relocation, relos[i].type_id))
			return relos[i].type_id;
	return 0;
}

/* A name from an image, at most @max bytes, for a terminal. */
static char *printable(const char *name, size_t max)
{
	char *copy = strndup(name, max);

	for (char *p = copy; p && *p; p++)
		if (!isprint((unsigned char)*p))
			*p = '?';
	return copy;
}

static void say_left(const struct relocation *relocation, const struct lskel_relocatable *from,
		     const char *why)
{
	const union bpf_attr *attr = at(relocation, from->attr);
	_cleanup_(free_ptr) char *name = printable(attr->prog_name, BPF_OBJ_NAME_LEN);

	complain("%s: program '%s' is left for the kernel to relocate, or some of it: %s",
		 relocation->what, name, why);
}

static void say_module(const struct relocation *relocation, const struct lskel_relocatable *from,
		       __u32 type)
{
	const struct btf_type *t = btf__type_by_id(relocation->local, type);
	_cleanup_(free_ptr) char *name =
		printable(t ? btf__str_by_offset(relocation->local, t->name_off) : "", 128);
	_cleanup_(free_ptr) char *why =
		xprintf("type '%s' is not in vmlinux, but may be in a module", name);

	say_left(relocation, from, why);
}

/* The instructions of a program that can be relocated, and their relocations. */
static void collect_prog(struct relocation *relocation, const struct lskel_relocatable *from)
{
	const struct bpf_core_relo *relos = at(relocation, from->relos);
	__u32 relo = 0, first = 0, left = 0, insn_off, words;
	struct core_prog prog = {};

	for (; (words = lskel_next_relocated_insn(relocation->image, from, &relo, &insn_off));
	     first = relo) {
		const struct bpf_insn *insns = at(relocation, from->insns + insn_off);
		__u32 type = module_type(relocation, relos + first, relo - first);

		left = left ?: type;
		for (__u32 i = first; i < relo && !type; i++) {
			struct bpf_core_relo copy = relos[i];

			copy.insn_off = prog.insn_cnt * sizeof(*insns);
			push(prog.relos, prog.relo_cnt) = copy;
		}
		for (__u32 i = 0; i < words && !type; i++)
			push(prog.insns, prog.insn_cnt) = insns[i];
	}
	if (left)
		say_module(relocation, from, left);
	prog.ready = prog.insn_cnt;
	push(relocation->progs, relocation->cnt) = prog;
}

static bool any_is_ready(const struct relocation *relocation)
{
	for (__u32 i = 0; i < relocation->cnt; i++)
		if (relocation->progs[i].ready)
			return true;
	return false;
}

/* All at once; only if that fails, one by one, to know which can't be. */
static void relocate_progs(const struct relocation *relocation)
{
	struct lskel_relocatable from;
	__u32 op = 0;

	if (!any_is_ready(relocation) ||
	    !core_object_relocate(relocation->progs, relocation->cnt, relocation->local,
				  relocation->kernel))
		return;
	for (__u32 i = 0; lskel_next_relocatable(relocation->image, &op, &from); i++) {
		struct core_prog *prog = &relocation->progs[i];

		if (!prog->ready)
			continue;
		prog->ready = !core_object_relocate(prog, 1, relocation->local, relocation->kernel);
		if (!prog->ready)
			say_left(relocation, &from, "libbpf refuses a relocation of it");
	}
}

/* The instructions of one program in a form; zeros stand for those that are left to the kernel. */
static void add_insns(const struct relocation *relocation, const struct lskel_relocatable *from,
		      const struct core_prog *prog, struct bytes *form)
{
	const struct bpf_core_relo *relos = at(relocation, from->relos);
	__u32 relo = 0, first = 0, done = 0, insn_off, words;

	for (; (words = lskel_next_relocated_insn(relocation->image, from, &relo, &insn_off));
	     first = relo) {
		bool ready = prog->ready && !module_type(relocation, relos + first, relo - first);

		bytes_add(form, ready ? &prog->insns[done] : NULL, words * sizeof(*prog->insns));
		done += ready ? words : 0;
	}
}

/* The id of what the operation at offset @at searches for, as struct lskel_found has it. */
static __u32 find_id(const struct relocation *relocation, const struct lskel_info *info,
		     const struct lskel_btf *kernel, __u32 at_op)
{
	const struct lskel_op *op = at(relocation, at_op);
	const struct lskel_symbol *symbol = at(relocation, op->attr);
	const struct lskel_extern_info *row = extern_row_of_op(info, at_op);
	__s32 type;

	if ((op->cmd & 63) != LSKEL_CMD_FIND_BTF)
		return 0;
	type = btf__find_by_name_kind(relocation->kernel, symbol->name, symbol->kind);
	if (type <= 0)
		return 0;
	return row ? extern_types_verdict(row, kernel, type) : (__u32)type;
}

/*
 * What the blob searches for in the kernel, where that is in vmlinux: nobody looks further then. The rest, and
 * addresses, which no BTF has, are 0. Returns whether there is anything else.
 */
static bool add_ids(const struct relocation *relocation, const struct lskel_info *info,
		    struct bytes *ret)
{
	const struct lskel_blob_hdr *hdr = at(relocation, 0);
	const struct lskel_op *ops = at(relocation, hdr->op_off);
	struct lskel_btf kernel = {};
	bool found = false;

	/* Nobody else wants more than names. */
	if (info->extern_cnt && extern_types_open(&kernel, relocation->kernel))
		return false;
	for (__u32 i = 0; i < hdr->op_cnt; i++) {
		__u32 id;

		if (!lskel_is_search(&ops[i]))
			continue;
		id = find_id(relocation, info, &kernel, hdr->op_off + i * (__u32)sizeof(*ops));
		found |= id;
		bytes_add(ret, &id, sizeof(id));
	}
	lskel_btf_free(&kernel);
	return found;
}

static void seal(struct bytes *form)
{
	struct lskel_relocated *head;

	bytes_align(form, 8);
	head = (void *)form->data;
	head->size = form->len;
	head->checksum = lskel_relocated_checksum(head);
}

/* What only a form that is part of a skeleton has. */
struct lookups {
	struct bytes ids;
	struct bytes layout;
};

/* The run time would not take another form. */
static int add_form(const struct relocation *relocation, size_t len,
		    const struct target_kernel *kernel, const struct lookups *lookups,
		    struct bytes *forms)
{
	struct lskel_relocated head = {
		.magic = LSKEL_RELOCATED_MAGIC,
		.version = LSKEL_RELOCATED_VERSION,
		.hdr_size = sizeof(head),
		.build_id_len = kernel->build_id_len,
	};
	_cleanup_(bytes_free) struct bytes form = {};
	struct lskel_relocatable from;
	__u32 op = 0;

	memcpy(head.build_id, kernel->build_id, kernel->build_id_len);
	sha256(relocation->image, len, head.hash);
	bytes_add(&form, &head, sizeof(head));
	for (__u32 i = 0; lskel_next_relocatable(relocation->image, &op, &from); i++)
		add_insns(relocation, &from, &relocation->progs[i], &form);
	((struct lskel_relocated *)(void *)form.data)->insn_cnt =
		(form.len - sizeof(head)) / sizeof(struct bpf_insn);
	seal(&form);
	if (lskel_check_relocated(relocation->image, head.hash, form.data, form.len,
				  kernel->build_id, kernel->build_id_len)) {
		complain("%s: libbpf relocated an instruction in a way that lskel does not know",
			 relocation->what);
		return -EOPNOTSUPP;
	}
	((struct lskel_relocated *)(void *)form.data)->id_cnt = lookups->ids.len / sizeof(__u32);
	bytes_add(&form, lookups->ids.data, lookups->ids.len);
	bytes_align(&form, 8);
	bytes_add(&form, lookups->layout.data, lookups->layout.len);
	seal(&form);
	bytes_add(forms, form.data, form.len);
	return 0;
}

static int open_btf(struct relocation *relocation)
{
	int err;

	relocation->local = image_btf(relocation->image);
	err = relocation->local ? core_object_prepare_btf(relocation->local) : -errno;
	if (err)
		complain("%s: libbpf can't read the BTF in it: %s", relocation->what,
			 strerror(-err));
	else
		relocation->found = xcalloc(btf__type_cnt(relocation->local), 1);
	return err;
}

static void free_relocation(struct relocation *relocation)
{
	for (__u32 i = 0; i < relocation->cnt; i++) {
		free(relocation->progs[i].insns);
		free(relocation->progs[i].relos);
	}
	free(relocation->progs);
	free(relocation->found);
	btf__free(relocation->local);
}

static int relocate_core(struct relocation *relocation)
{
	struct lskel_relocatable prog;
	__u32 op = 0;
	int err;

	while (lskel_next_relocatable(relocation->image, &op, &prog)) {
		err = relocation->local ? 0 : open_btf(relocation);
		if (err)
			return err;
		collect_prog(relocation, &prog);
	}
	relocate_progs(relocation);
	return 0;
}

int relocate(const char *what, const void *image, size_t len, const struct target_kernel *kernel,
	     const struct lskel_info *ids, struct bytes *forms)
{
	struct relocation relocation = { .what = what, .image = image, .kernel = kernel->btf };
	struct lookups lookups = {};
	int err;

	if (ids && !add_ids(&relocation, ids, &lookups.ids))
		bytes_free(&lookups.ids);
	if (ids)
		layout_add(ids, kernel->btf, &lookups.layout);
	err = relocate_core(&relocation);
	if (!err)
		err = lookups.ids.len || lookups.layout.len || any_is_ready(&relocation) ?
			      add_form(&relocation, len, kernel, &lookups, forms) :
			      -ENOENT;
	bytes_free(&lookups.ids);
	bytes_free(&lookups.layout);
	free_relocation(&relocation);
	return err;
}
