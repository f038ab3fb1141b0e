// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of loader/btf.h: from the raw bytes to types that can be found by id and name.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <sys/stat.h>

#include <lskel/sys.h>
#include "btf.h"

/* What libc hides from -std=c11 is done without. */
#ifdef MAP_POPULATE
#define LSKEL_MAP_POPULATE MAP_POPULATE
#else
#define LSKEL_MAP_POPULATE 0
#endif

/* No type is behind more typedefs, arrays and so on than that (libbpf has the same limit). */
#define LSKEL_BTF_MAX_DEPTH 32

/* More than any kernel has (6.18: 5 MiB). */
#define LSKEL_BTF_MAX_SIZE (256U << 20)

LSKEL_API const char *lskel_btf_string(const struct lskel_btf *btf, __u32 offset)
{
	while (btf && offset < btf->first_string)
		btf = btf->base;
	if (!btf || offset - btf->first_string >= btf->strings_size)
		return "";
	return btf->strings + (offset - btf->first_string);
}

/* Every so many types, it is noted where they are: less memory to fill, and few to walk over to any other. */
#define LSKEL_BTF_STRIDE 32

static __u8 lskel_btf_head(const char *name)
{
	return (__u8)(31 * (__u8)name[0] + (*name ? (__u8)name[1] : 0));
}

/* 32-bit FNV-1a. */
static __u32 lskel_btf_hash(const char *name)
{
	__u32 hash = 0x811c9dc5;

	while (*name)
		hash = (hash ^ (__u8)*name++) * 0x01000193;
	return hash;
}

static struct lskel_btf_name *lskel_btf_look_up(const struct lskel_btf_names *names,
						const char *name, __u32 kind, __u32 hash)
{
	struct lskel_btf_name *entry = names->lists[hash % LSKEL_BTF_LISTS];

	while (entry && (entry->hash != hash || entry->kind != kind || strcmp(entry->name, name)))
		entry = entry->next;
	return entry;
}

LSKEL_API const struct lskel_btf_name *lskel_btf_wanted(const struct lskel_btf_names *names,
							const char *name, __u32 kind)
{
	return lskel_btf_look_up(names, name, kind, lskel_btf_hash(name));
}

LSKEL_API int lskel_btf_want(struct lskel_btf_names *names, const char *name, __u32 kind)
{
	__u32 hash = lskel_btf_hash(name);
	struct lskel_btf_name **list = &names->lists[hash % LSKEL_BTF_LISTS], *entry;
	size_t size = strlen(name) + 1;

	if (lskel_btf_look_up(names, name, kind, hash))
		return 0;
	entry = (struct lskel_btf_name *)malloc(sizeof(*entry) + size);
	if (!entry)
		return -ENOMEM;
	entry->next = *list;
	entry->hash = hash;
	entry->kind = kind;
	entry->id = 0;
	entry->name = (const char *)memcpy(entry + 1, name, size);
	*list = entry;
	names->kinds |= 1U << (kind & 31);
	names->heads[lskel_btf_head(name)] = 1;
	return 0;
}

LSKEL_API void lskel_btf_free_names(struct lskel_btf_names *names)
{
	__u32 i;

	for (i = 0; i < LSKEL_BTF_LISTS; i++) {
		while (names->lists[i]) {
			struct lskel_btf_name *entry = names->lists[i];

			names->lists[i] = entry->next;
			free(entry);
		}
	}
	memset(names, 0, sizeof(*names));
}

/* Whether @t, number @id, is one of @names. The first of a name and kind counts. */
static void lskel_btf_match(const struct lskel_btf *btf, const struct btf_type *t, __u32 id,
			    const struct lskel_btf_names *names)
{
	const char *name = lskel_btf_string(btf, t->name_off);
	struct lskel_btf_name *entry;

	if (!names->heads[lskel_btf_head(name)])
		return;
	entry = lskel_btf_look_up(names, name, lskel_btf_kind(t), lskel_btf_hash(name));
	if (entry && !entry->id)
		entry->id = id;
}

/* Goes over the types in @size bytes: checks and counts them, notes where they are, and finds @names. */
static int lskel_btf_index(struct lskel_btf *btf, __u32 size, const struct lskel_btf_names *names)
{
	const __u32 kinds = names ? names->kinds : 0;
	__u32 at = 0, cnt = 0;

	while (at < size) {
		const struct btf_type *t = (const struct btf_type *)(const void *)(btf->types + at);
		int tail = size - at < sizeof(*t) ? -1 : lskel_btf_tail_size(t);

		if (tail < 0 || (__u32)tail > size - at - sizeof(*t))
			return -EINVAL;
		if (cnt % LSKEL_BTF_STRIDE == 0)
			btf->offsets[cnt / LSKEL_BTF_STRIDE] = at;
		if (kinds >> lskel_btf_kind(t) & 1)
			lskel_btf_match(btf, t, btf->first_id + cnt, names);
		cnt++;
		at += (__u32)sizeof(*t) + (__u32)tail;
	}
	btf->end_id = btf->first_id + cnt;
	return 0;
}

/* Checks btf->data and sets everything else up. */
static int lskel_btf_parse(struct lskel_btf *btf, const struct lskel_btf_names *names)
{
	const struct btf_header *hdr = (const struct btf_header *)(const void *)btf->data;
	__u32 rest, size = btf->size;

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

	/* No type is shorter than this. */
	btf->offsets =
		(__u32 *)malloc((hdr->type_len / sizeof(struct btf_type) / LSKEL_BTF_STRIDE + 1) *
				sizeof(*btf->offsets));
	return btf->offsets ? lskel_btf_index(btf, hdr->type_len, names) : -ENOMEM;
}

LSKEL_API void lskel_btf_free(struct lskel_btf *btf)
{
	if (btf->mapped)
		munmap(btf->data, btf->mapped);
	else
		free(btf->data);
	free(btf->offsets);
	memset(btf, 0, sizeof(*btf));
}

/* Of @btf, which has nothing but its data: that is freed if it is refused. */
static int lskel_btf_open(struct lskel_btf *btf, const struct lskel_btf_names *names)
{
	int err = lskel_btf_parse(btf, names);

	if (err)
		lskel_btf_free(btf);
	return err;
}

LSKEL_API int lskel_btf_take(struct lskel_btf *btf, char *data, __u32 size,
			     const struct lskel_btf *base)
{
	memset(btf, 0, sizeof(*btf));
	btf->data = data;
	btf->size = size;
	btf->base = base;
	return lskel_btf_open(btf, NULL);
}

/* Maps @size bytes of @fd, or of nothing: -1. */
static int lskel_btf_map(struct lskel_btf *btf, int fd, size_t size)
{
	/* What is going to be filled at once is faster with all its pages there: 1.4 ms, not 2.3, for vmlinux's. */
	void *data = fd < 0 ? mmap(NULL, size, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | LSKEL_MAP_ANONYMOUS | LSKEL_MAP_POPULATE, -1, 0) :
			      mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return -errno;
	btf->data = (char *)data;
	btf->mapped = size;
	btf->size = (__u32)size;
	return 0;
}

/* Reads all of @fd, which says that it has @size bytes. */
static int lskel_btf_read(struct lskel_btf *btf, int fd, size_t size)
{
	int err = lskel_btf_map(btf, -1, size);
	size_t len = 0;
	ssize_t got;

	if (err)
		return err;
	do {
		got = read(fd, btf->data + len, size - len);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0 && len < size);
	btf->size = (__u32)len;
	return got < 0 ? -errno : 0;
}

/* Linux 6.16 lets vmlinux's BTF be mapped (commit a539e2a6d51d). */
static int lskel_btf_get(struct lskel_btf *btf, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (stat.st_size <= 0 || stat.st_size > LSKEL_BTF_MAX_SIZE)
		return -EINVAL;
	return lskel_btf_map(btf, fd, (size_t)stat.st_size) ?
		       lskel_btf_read(btf, fd, (size_t)stat.st_size) :
		       0;
}

LSKEL_API int lskel_btf_open_kernel(struct lskel_btf *btf, struct lskel_btf_names *names)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | LSKEL_O_CLOEXEC), err;

	memset(btf, 0, sizeof(*btf));
	if (fd < 0)
		return -errno;
	err = lskel_btf_get(btf, fd);
	close(fd);
	if (!err)
		return lskel_btf_open(btf, names);
	lskel_btf_free(btf);
	return err;
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

/* The type behind @t, which is not the last. */
static const struct btf_type *lskel_btf_next(const struct btf_type *t)
{
	return (const struct btf_type *)(const void *)((const char *)(t + 1) +
						       lskel_btf_tail_size(t));
}

LSKEL_API const struct btf_type *lskel_btf_type(const struct lskel_btf *btf, __u32 id)
{
	const struct btf_type *t;
	__u32 n;

	while (btf && id < btf->first_id)
		btf = btf->base;
	if (!btf || id >= btf->end_id)
		return NULL;
	n = id - btf->first_id;
	t = (const struct btf_type *)(const void *)(btf->types +
						    btf->offsets[n / LSKEL_BTF_STRIDE]);
	for (n %= LSKEL_BTF_STRIDE; n; n--)
		t = lskel_btf_next(t);
	return t;
}

LSKEL_API int lskel_btf_find(const struct lskel_btf *btf, const char *name, __u32 kind)
{
	const struct btf_type *t = NULL;
	__u32 id;

	for (id = btf->first_id; id < btf->end_id; id++) {
		t = t ? lskel_btf_next(t) : lskel_btf_type(btf, id);
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
			elems *= lskel_btf_array(t)->nelems;
			if (elems > max)
				return -EINVAL;
			id = lskel_btf_array(t)->type;
			continue;
		default:
			return -EINVAL;
		}
		return size && elems > max / size ? -EINVAL : size * elems;
	}
	return -EINVAL;
}
