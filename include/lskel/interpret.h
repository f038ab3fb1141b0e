/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Replaying a blob without the loader program: one in which nothing is searched for in the kernel, and any
 * for a user whose BPF token delegates what the object is made of, but not what the loader program is (a map of
 * type array, a program of type syscall). The others are replayed in the kernel, see progs/loader.bpf.c; what
 * is the same is said there.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_INTERPRET_H
#define LSKEL_INTERPRET_H

#include <linux/btf.h>
#include <lskel/fill.h>

/* The bytes that follow a type in BTF. */
static inline size_t lskel_btf_rest(const struct btf_type *type)
{
	size_t vlen = type->info & 0xffff;

	switch (type->info >> 24 & 0x1f) {
	case 1:	 /* BTF_KIND_INT */
	case 14: /* BTF_KIND_VAR */
	case 17: /* BTF_KIND_DECL_TAG */
		return 4;
	case 3: /* BTF_KIND_ARRAY */
		return 12;
	case 4:	 /* BTF_KIND_STRUCT */
	case 5:	 /* BTF_KIND_UNION */
	case 15: /* BTF_KIND_DATASEC */
	case 19: /* BTF_KIND_ENUM64 */
		return vlen * 12;
	case 6:	 /* BTF_KIND_ENUM */
	case 13: /* BTF_KIND_FUNC_PROTO */
		return vlen * 8;
	default:
		return 0;
	}
}

/* The id of the type in @btf, which has @size bytes, or -ENOENT. */
static inline int lskel_find_in_btf(const char *btf, size_t size, const char *name, __u32 kind)
{
	const struct btf_header *hdr = (const struct btf_header *)(const void *)btf;
	size_t at, end, strings;
	int id;

	if (size < sizeof(*hdr) || hdr->magic != BTF_MAGIC)
		return -EINVAL;
	at = (size_t)hdr->hdr_len + hdr->type_off;
	end = at + hdr->type_len;
	strings = (size_t)hdr->hdr_len + hdr->str_off;
	if (end > size || strings > size)
		return -EINVAL;
	for (id = 1; at + sizeof(struct btf_type) <= end; id++) {
		const struct btf_type *type = (const struct btf_type *)(const void *)(btf + at);

		if ((type->info >> 24 & 0x1f) == kind && type->name_off < size - strings &&
		    !strcmp(btf + strings + type->name_off, name))
			return id;
		at += sizeof(*type) + lskel_btf_rest(type);
	}
	return -ENOENT;
}

/* All of the file at @path with a NUL behind it; or NULL, with errno set. */
static inline char *lskel_read_file(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "re");
	size_t size = 0, room = 16U << 20;
	char *text = file ? (char *)malloc(room + 1) : NULL, *larger;

	while (text) {
		size += fread(text + size, 1, room - size, file);
		if (size < room)
			break;
		room *= 2;
		larger = (char *)realloc(text, room + 1);
		if (!larger)
			free(text);
		text = larger;
	}
	if (text)
		text[size] = '\0';
	if (file)
		fclose(file);
	*ret_size = size;
	return text;
}

/* Finds a type in the kernel's BTF. That of modules is not for users. */
static inline int lskel_find_type(const char *name, __u32 kind)
{
	size_t size;
	char *btf = lskel_read_file("/sys/kernel/btf/vmlinux", &size);
	int id = btf ? lskel_find_in_btf(btf, size, name, kind) : -errno;

	free(btf);
	return id;
}

static inline int lskel_execute(struct lskel_replay *replay, const struct lskel_op *op)
{
	const struct lskel_symbol *symbol =
		(const struct lskel_symbol *)(void *)(replay->blob + op->attr);
	__u32 *result = (__u32 *)(void *)(replay->blob + op->result), cmd = op->cmd & 63;
	int fd;

	switch (cmd) {
	case LSKEL_CMD_CLOSE:
		memcpy(&fd, replay->blob + op->attr, sizeof(fd));
		if (fd > 0)
			close(fd);
		return 0;
	case LSKEL_CMD_FIND_BTF:
		result[1] = 0;
		result[2] = symbol->call;
		return lskel_find_type(symbol->name, symbol->kind);
	case LSKEL_CMD_FIND_SYM:
		/* As bpf_kallsyms_lookup_name(): addresses are not for users. */
		result[1] = result[2] = 0;
		return -EPERM;
	default:
		if (!(LSKEL_ALLOWED_CMDS >> cmd & 1))
			return -EPERM;
		return lskel_sys_bpf_sized((int)cmd, replay->blob + op->attr, op->size);
	}
}

/* What the loader program does, in the blob as it is in this process's memory. */
static inline void lskel_interpret(struct lskel_replay *replay)
{
	struct lskel_blob_hdr *hdr = lskel_hdr(replay);
	const __u32 *reloc = (const __u32 *)(void *)(replay->blob + hdr->reloc_off);
	__u32 i;
	int ret;

	for (i = 0; i < hdr->reloc_cnt; i++)
		*(__u64 *)(void *)(replay->blob + reloc[i]) += lskel_u64(replay->blob);
	while (hdr->pos > LSKEL_FAILED) {
		const struct lskel_op *op =
			(const struct lskel_op *)(void *)(replay->blob + hdr->pos);

		for (i = 0; i < 2; i++)
			memcpy(replay->blob + op->copy[i].dst, replay->blob + op->copy[i].src,
			       sizeof(__u32));
		ret = lskel_execute(replay, op);
		memcpy(replay->blob + op->result, &ret, sizeof(ret));
		hdr->last[ret < 0] = hdr->pos;
		hdr->pos = op->next[ret < 0];
	}
}

#endif /* LSKEL_INTERPRET_H */
