// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The verifier of skeletons, see gen/verify.h: header, loader program, and what is where in the image. */
#include <string.h>

#include "loader.h"
#include "verify_impl.h"

int verify_refuse(const struct verify *v, const char *format, ...)
{
	_cleanup_(free_ptr) char *why = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&why, format, args) < 0)
		why = NULL;
	va_end(args);
	complain("%s: %s", v->path, why ?: "out of memory");
	return -EINVAL;
}

int verify_refuse_op(const struct verify *v, const struct lskel_op *op, const char *format, ...)
{
	const struct command *command = command_find(op->cmd);
	_cleanup_(free_ptr) char *why = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&why, format, args) < 0)
		why = NULL;
	va_end(args);
	return verify_refuse(v, "operation %u (%s): %s", (__u32)(op - v->ops),
			     command			   ? command->name :
			     op->cmd == LSKEL_CMD_CLOSE	   ? "CLOSE" :
			     op->cmd == LSKEL_CMD_FIND_BTF ? "FIND_BTF" :
			     op->cmd == LSKEL_CMD_FIND_SYM ? "FIND_SYM" :
			     op->cmd == BPF_PROG_TEST_RUN  ? "PROG_TEST_RUN" :
							     "?",
			     why ?: "out of memory");
}

int verify_claim(struct verify *v, __u64 offset, __u64 len, enum mark mark, bool shared,
		 const char *what)
{
	if (offset % sizeof(__u32) || offset > v->len || len > v->len - offset)
		return verify_refuse(v, "%s is not inside the blob (at %llu, %llu bytes)", what,
				     offset, len);
	v->shared += shared ? len : 0;
	if (v->shared > 16ULL * v->len + (1 << 20))
		return verify_refuse(v, "%s and others share more than lskel has them share", what);
	for (__u64 i = offset / sizeof(__u32); i * sizeof(__u32) < offset + len; i++) {
		if (v->marks[i] != MARK_FREE && !(shared && v->marks[i] == mark))
			return verify_refuse(v, "%s overlaps something else (at %llu)", what,
					     offset);
		v->marks[i] = mark;
	}
	return 0;
}

union bpf_attr verify_attr(const struct verify *v, const struct lskel_op *op)
{
	union bpf_attr attr = {};

	memcpy(&attr, v->image + op->attr, op->size);
	return attr;
}

int verify_slot(const struct verify *v, __u32 offset)
{
	if (offset < v->hdr->fd_off || (offset - v->hdr->fd_off) % sizeof(__s32) ||
	    (offset - v->hdr->fd_off) / sizeof(__s32) >= v->hdr->fd_cnt)
		return -1;
	return (offset - v->hdr->fd_off) / sizeof(__s32);
}

bool verify_is_printable(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			return false;
	return true;
}

static int check_header(struct verify *v)
{
	const struct lskel_blob_hdr *hdr = v->hdr;
	__u64 ops = (__u64)hdr->op_cnt * sizeof(struct lskel_op), end;
	__u64 slots = (__u64)hdr->fd_cnt * sizeof(__s32);

	if (hdr->magic != LSKEL_BLOB_MAGIC)
		return verify_refuse(v, "the blob does not begin like one");
	if (hdr->version != LSKEL_BLOB_VERSION || hdr->hdr_size != sizeof(*hdr))
		return verify_refuse(v, "version %u of blobs; this lskel knows %u", hdr->version,
				     LSKEL_BLOB_VERSION);
	if (hdr->image_size != v->len || v->len % 8)
		return verify_refuse(v, "the blob has %u bytes, not %u", v->len, hdr->image_size);
	if (hdr->mask & (hdr->mask + 1) || hdr->size % 8 || hdr->size > INT32_MAX ||
	    hdr->size < hdr->image_size || hdr->size < (__u64)hdr->mask + 1 + LSKEL_BLOB_SLACK)
		return verify_refuse(v, "size %u and mask 0x%x of the blob are not those of one",
				     hdr->size, hdr->mask);
	end = sizeof(*hdr) + ops + slots + (__u64)hdr->reloc_cnt * sizeof(__u32);
	if (hdr->op_off != sizeof(*hdr) || hdr->fd_off != hdr->op_off + ops ||
	    hdr->reloc_off != hdr->fd_off + slots || end > v->len || end > (__u64)hdr->mask + 1)
		return verify_refuse(v, "operations, FD array and list of pointers are not behind "
					"the header and below the mask");
	if (hdr->pos != (hdr->op_cnt ? hdr->op_off : LSKEL_DONE) || hdr->last[0] || hdr->last[1] ||
	    hdr->status || hdr->sink || hdr->base || hdr->address)
		return verify_refuse(v, "the header's variables are not those before a replay");
	return 0;
}

/* One that finds types or symbols is there if it is needed, and only then. */
static int check_loader(const struct verify *v)
{
	const struct lskel_info *info = v->info;
	const struct loader *loader;
	bool types = false, symbols = false;
	struct bpf_insn *insns;
	int err = 0;

	for (__u32 i = 0; i < v->hdr->op_cnt; i++) {
		types |= v->ops[i].cmd == LSKEL_CMD_FIND_BTF;
		symbols |= v->ops[i].cmd == LSKEL_CMD_FIND_SYM;
	}
	loader = loader_choose(types, symbols);
	insns = loader_link(loader, v->hdr->mask);
	if (info->insn_cnt != loader->insn_cnt ||
	    memcmp(info->insns, insns, loader->insn_cnt * sizeof(*insns)))
		err = verify_refuse(v, "the loader program is not that of lskel %s for this blob",
				    LSKEL_VERSION);
	else if (info->btf_size != loader->btf_size ||
		 memcmp(info->btf, loader->btf, loader->btf_size) ||
		 info->func_info_cnt != loader->func_info_cnt ||
		 memcmp(info->func_info, loader->func_info,
			loader->func_info_cnt * sizeof(*loader->func_info)))
		err = verify_refuse(v, "BTF or func_info of the loader program are not lskel's");
	free(insns);
	return err;
}

static int check_image(struct verify *v)
{
	const struct lskel_blob_hdr *hdr = v->hdr;
	int err;

	v->marks = xcalloc(v->len / sizeof(__u32) + 1, 1);
	v->op_at = xcalloc(v->len / sizeof(__u32) + 1, sizeof(*v->op_at));
	v->roles = xcalloc(hdr->fd_cnt, 1);
	v->makers = xcalloc(hdr->fd_cnt, sizeof(*v->makers));
	err = verify_claim(v, 0, sizeof(*hdr), MARK_HEADER, false, "the header");
	err = err   ?:
		      verify_claim(v, hdr->op_off, hdr->op_cnt * sizeof(*v->ops), MARK_OPS, false,
				   "the list of operations");
	err = err   ?:
		      verify_claim(v, hdr->fd_off, hdr->fd_cnt * sizeof(*v->slots), MARK_SLOTS,
				   false, "the FD array");
	err = err   ?:
		      verify_claim(v, hdr->reloc_off, hdr->reloc_cnt * sizeof(__u32), MARK_RELOCS,
				   false, "the list of pointers");
	err = err ?: verify_ops(v) ?: verify_relocs(v) ?: verify_attrs(v) ?: verify_copies(v);
	err = err ?: verify_tables(v) ?: verify_core(v) ?: verify_relocated(v);
	free(v->marks);
	free(v->op_at);
	free(v->roles);
	free(v->makers);
	return err;
}

int verify(const struct info *info, const char *path)
{
	struct verify v = {
		.path = path,
		.info = &info->table,
		.image = info->table.image,
		.len = info->image_len,
		.hdr = info->table.image,
	};
	int err;

	if (info->image_len > INT32_MAX || info->image_len < sizeof(*v.hdr))
		return verify_refuse(&v, "the blob has %zu bytes", info->image_len);
	err = check_header(&v);
	if (err)
		return err;
	v.ops = (const void *)(v.image + v.hdr->op_off);
	v.slots = (const void *)(v.image + v.hdr->fd_off);
	return check_loader(&v) ?: check_image(&v);
}
