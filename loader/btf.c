// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of loader/btf.h: from the raw bytes to types that can be found by id and name.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/sys.h>
#include "btf.h"

/* No type is behind more typedefs, arrays and so on than that (libbpf has the same limit). */
#define LSKEL_BTF_MAX_DEPTH 32

/* More than any kernel has (6.18: 5 MiB). */
#define LSKEL_BTF_MAX_SIZE (256U << 20)

/* Finds the types in @size bytes, and counts them; or also notes where they are. */
static int lskel_btf_index(struct lskel_btf *btf, __u32 size)
{
	__u32 at = 0, cnt = 0;

	while (at < size) {
		const struct btf_type *t = (const struct btf_type *)(const void *)(btf->types + at);
		int tail = size - at < sizeof(*t) ? -1 : lskel_btf_tail_size(t);

		if (tail < 0 || (__u32)tail > size - at - sizeof(*t))
			return -EINVAL;
		if (btf->offsets)
			btf->offsets[cnt] = at;
		cnt++;
		at += (__u32)sizeof(*t) + (__u32)tail;
	}
	btf->end_id = btf->first_id + cnt;
	return 0;
}

/* Checks @size bytes of btf->data and sets everything else up. */
static int lskel_btf_parse(struct lskel_btf *btf, __u32 size)
{
	const struct btf_header *hdr = (const struct btf_header *)(const void *)btf->data;
	__u32 rest;
	int err;

	if (size < sizeof(*hdr) || hdr->magic != BTF_MAGIC || hdr->version != BTF_VERSION ||
	    hdr->hdr_len < sizeof(*hdr) || hdr->hdr_len > size || hdr->hdr_len % 4)
		return -EINVAL;
	rest = size - hdr->hdr_len;
	if (hdr->type_off > rest || hdr->type_len > rest - hdr->type_off || hdr->type_off % 4 ||
	    hdr->str_off > rest || hdr->str_len > rest - hdr->str_off || !hdr->str_len)
		return -EINVAL;

	btf->types = btf->data + hdr->hdr_len + hdr->type_off;
	btf->strings = btf->data + hdr->hdr_len + hdr->str_off;
	btf->strings_size = hdr->str_len;
	if (btf->strings[hdr->str_len - 1])
		return -EINVAL;
	btf->first_string = btf->base ? btf->base->first_string + btf->base->strings_size : 0;
	btf->first_id = btf->base ? btf->base->end_id : 1;

	err = lskel_btf_index(btf, hdr->type_len);
	if (err)
		return err;
	btf->offsets = (__u32 *)calloc(btf->end_id - btf->first_id + 1, sizeof(*btf->offsets));
	return btf->offsets ? lskel_btf_index(btf, hdr->type_len) : -ENOMEM;
}

LSKEL_API void lskel_btf_free(struct lskel_btf *btf)
{
	free(btf->data);
	free(btf->offsets);
	memset(btf, 0, sizeof(*btf));
}

/* Takes @data over, even if it fails. */
static int lskel_btf_take(struct lskel_btf *btf, char *data, __u32 size,
			  const struct lskel_btf *base)
{
	int err;

	memset(btf, 0, sizeof(*btf));
	btf->data = data;
	btf->base = base;
	err = lskel_btf_parse(btf, size);
	if (err)
		lskel_btf_free(btf);
	return err;
}

/* Reads all of @file to *@ret, which the caller frees. Returns its size or a negative errno. */
static __s64 lskel_btf_read(FILE *file, char **ret)
{
	size_t room = 0, len = 0, got;

	do {
		char *data;

		if (len == room) {
			room = room ? 2 * room : 1 << 20;
			data = room > LSKEL_BTF_MAX_SIZE ? NULL : (char *)realloc(*ret, room);
			if (!data)
				return room > LSKEL_BTF_MAX_SIZE ? -EINVAL : -ENOMEM;
			*ret = data;
		}
		got = fread(*ret + len, 1, room - len, file);
		len += got;
	} while (got);
	return ferror(file) ? -EIO : (__s64)len;
}

static int lskel_btf_open_file(struct lskel_btf *btf, const char *path,
			       const struct lskel_btf *base)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	__s64 len;

	if (!file)
		return -errno;
	len = lskel_btf_read(file, &data);
	fclose(file);
	if (len < 0) {
		free(data);
		return (int)len;
	}
	return lskel_btf_take(btf, data, (__u32)len, base);
}

LSKEL_API int lskel_btf_open_kernel(struct lskel_btf *btf)
{
	return lskel_btf_open_file(btf, "/sys/kernel/btf/vmlinux", NULL);
}

LSKEL_API int lskel_btf_open_module(struct lskel_btf *btf, const char *name,
				    const struct lskel_btf *base)
{
	char path[128];
	int len = snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	return lskel_btf_open_file(btf, path, base);
}

LSKEL_API int lskel_btf_open_fd(struct lskel_btf *btf, int fd, const struct lskel_btf *base)
{
	struct bpf_btf_info info;
	__u32 size;
	char *data;
	int err;

	memset(&info, 0, sizeof(info));
	err = lskel_sys_obj_info(fd, &info, sizeof(info));
	if (err)
		return err;
	size = info.btf_size;
	if (!size || size > LSKEL_BTF_MAX_SIZE)
		return -EINVAL;
	data = (char *)malloc(size);
	if (!data)
		return -ENOMEM;
	/* The kernel does not take back all that it has filled in. */
	memset(&info, 0, sizeof(info));
	info.btf = lskel_u64(data);
	info.btf_size = size;
	err = lskel_sys_obj_info(fd, &info, sizeof(info));
	if (err) {
		free(data);
		return err;
	}
	return lskel_btf_take(btf, data, size, base);
}

LSKEL_API int lskel_btf_open_prog(struct lskel_btf *btf, int prog_fd)
{
	struct bpf_prog_info info;
	int fd, err;

	memset(&info, 0, sizeof(info));
	err = lskel_sys_obj_info(prog_fd, &info, sizeof(info));
	if (err)
		return err;
	if (!info.btf_id)
		return -ENOENT;
	fd = lskel_sys_btf_get_fd_by_id(info.btf_id);
	if (fd < 0)
		return fd;
	err = lskel_btf_open_fd(btf, fd, NULL);
	close(fd);
	return err;
}

LSKEL_API const struct btf_type *lskel_btf_type(const struct lskel_btf *btf, __u32 id)
{
	while (btf && id < btf->first_id)
		btf = btf->base;
	if (!btf || id >= btf->end_id)
		return NULL;
	return (const struct btf_type *)(const void *)(btf->types +
						       btf->offsets[id - btf->first_id]);
}

LSKEL_API const char *lskel_btf_string(const struct lskel_btf *btf, __u32 offset)
{
	while (btf && offset < btf->first_string)
		btf = btf->base;
	if (!btf || offset - btf->first_string >= btf->strings_size)
		return "";
	return btf->strings + (offset - btf->first_string);
}

LSKEL_API int lskel_btf_find(const struct lskel_btf *btf, const char *name, __u32 kind)
{
	__u32 id;

	for (id = btf->first_id; id < btf->end_id; id++) {
		const struct btf_type *t = lskel_btf_type(btf, id);

		if (lskel_btf_kind(t) == kind && !strcmp(lskel_btf_string(btf, t->name_off), name))
			return (int)id;
	}
	return -ENOENT;
}

LSKEL_API __u32 lskel_btf_skip_mods(const struct lskel_btf *btf, __u32 id)
{
	int i;

	for (i = 0; i < LSKEL_BTF_MAX_DEPTH; i++) {
		const struct btf_type *t = lskel_btf_type(btf, id);

		if (!t)
			return 0;
		if (!lskel_btf_is_mod(t))
			return id;
		id = t->type;
	}
	return 0;
}

LSKEL_API __s64 lskel_btf_size(const struct lskel_btf *btf, __u32 id)
{
	const __s64 max = 0x7fffffff;
	__s64 elems = 1;
	int i;

	for (i = 0; i < LSKEL_BTF_MAX_DEPTH; i++) {
		const struct btf_type *t = lskel_btf_type(btf, lskel_btf_skip_mods(btf, id));
		const struct btf_array *array;
		__s64 size;

		if (!t)
			return -EINVAL;
		switch (lskel_btf_kind(t)) {
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_DATASEC:
		case LSKEL_BTF_KIND_FLOAT:
		case LSKEL_BTF_KIND_ENUM64:
			size = t->size;
			break;
		case BTF_KIND_PTR:
			size = (__s64)sizeof(void *);
			break;
		case BTF_KIND_ARRAY:
			array = (const struct btf_array *)(const void *)(t + 1);
			elems *= array->nelems;
			if (elems > max)
				return -EINVAL;
			id = array->type;
			continue;
		default:
			return -EINVAL;
		}
		return size && elems > max / size ? -EINVAL : size * elems;
	}
	return -EINVAL;
}
