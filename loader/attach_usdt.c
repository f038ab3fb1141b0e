// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/attach_usdt.h>: what libbpf's usdt.c does for kernels that have cookies. The cookie is
 * the number of a description of arguments, which is in the map __bpf_usdt_specs of the object; the map
 * __bpf_usdt_ip_to_spec_id is for older kernels.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/attach_usdt.h>
#include "perf_event.h"
#include "usdt.h"

/* struct __bpf_usdt_arg_spec of usdt.bpf.h, until libbpf 1.6. */
struct lskel_usdt_raw {
	__u64 value;
	__u32 type;
	__s16 reg;
	__u8 is_signed;
	__u8 bitshift;
};

/* The same since: compilers place the bit fields as they do in the object. */
struct lskel_usdt_raw_sib {
	__u64 value;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	unsigned int type : 8;
	__u16 index : 12;
	__u16 scale_bitshift : 4;
	__u8 reserved : 8;
#else
	__u8 reserved : 8;
	__u16 index : 12;
	__u16 scale_bitshift : 4;
	unsigned int type : 8;
#endif
	__s16 reg;
	__u8 is_signed;
	__u8 bitshift;
};

/* struct __bpf_usdt_spec, with either. */
struct lskel_usdt_value {
	union {
		struct lskel_usdt_raw raw[LSKEL_USDT_ARGS];
		struct lskel_usdt_raw_sib sib[LSKEL_USDT_ARGS];
		__u8 bytes[LSKEL_USDT_ARGS * sizeof(struct lskel_usdt_raw_sib) + 16];
	} u; /* behind the arguments: __u64 cookie, __s16 number of arguments */
};

/* Which descriptions of a skeleton are in use: skel->ctx.usdt. */
struct lskel_usdt_ids {
	__u32 cnt;
	__u8 *used; /* behind this */
};

/* The data of a link. */
struct lskel_usdt_link {
	struct lskel_ctx *ctx;
	__u32 id_cnt, fd_cnt;
	__u32 *ids; /* behind this */
	int *fds;   /* and then links but the first, if there are no uprobe_multi links */
};

static void lskel_usdt_undo(struct lskel_link *link)
{
	struct lskel_usdt_link *data = (struct lskel_usdt_link *)link->data;
	struct lskel_usdt_ids *ids = (struct lskel_usdt_ids *)data->ctx->usdt;

	while (data->fd_cnt)
		close(data->fds[--data->fd_cnt]);
	while (data->id_cnt)
		ids->used[data->ids[--data->id_cnt]] = 0;
}

/* The map that usdt.bpf.h has in the object, or -ESRCH. */
static int lskel_usdt_map(const struct lskel_attaching *at, const char *name)
{
	__u32 i;

	for (i = 0; i < at->info->map_cnt; i++)
		if (!strcmp(at->info->maps[i].name, name) &&
		    lskel_map_at(at->info, at->skel, i)->map_fd > 0)
			return lskel_map_at(at->info, at->skel, i)->map_fd;
	return lskel_attach_fail(at, -ESRCH, "there is no map '%s' (#include <bpf/usdt.bpf.h>)",
				 name);
}

/* Finds the map for descriptions, and who uses which. Returns its fd, or a negative errno. */
static int lskel_usdt_prepare(const struct lskel_attaching *at, __u32 *ret_value_size)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)at->skel;
	int fd = lskel_usdt_map(at, "__bpf_usdt_specs"), err;
	struct lskel_usdt_ids *ids;
	struct bpf_map_info map;

	if (fd < 0)
		return fd;
	err = lskel_usdt_map(at, "__bpf_usdt_ip_to_spec_id");
	if (err < 0)
		return err;
	err = lskel_sys_map_info(fd, &map);
	if (err)
		return lskel_attach_fail(at, err, "asking about map '__bpf_usdt_specs'");
	*ret_value_size = map.value_size;
	if (map.key_size != sizeof(__u32) ||
	    (map.value_size != LSKEL_USDT_ARGS * sizeof(struct lskel_usdt_raw) + 16 &&
	     map.value_size != LSKEL_USDT_ARGS * sizeof(struct lskel_usdt_raw_sib) + 16))
		return lskel_attach_fail(at, -EINVAL,
					 "map '__bpf_usdt_specs' is of an unknown usdt.bpf.h "
					 "(values of %u bytes)",
					 map.value_size);
	if (!ctx->usdt) {
		ids = (struct lskel_usdt_ids *)calloc(1, sizeof(*ids) + map.max_entries);
		if (!ids)
			return -ENOMEM;
		ids->cnt = map.max_entries;
		ids->used = (__u8 *)(ids + 1);
		ctx->usdt = ids;
	}
	return fd;
}

/* The value of @spec in the map. */
static int lskel_usdt_value(const struct lskel_attaching *at, const struct lskel_usdt_spec *spec,
			    __u32 size, struct lskel_usdt_value *ret)
{
	int has_sib = size == LSKEL_USDT_ARGS * sizeof(struct lskel_usdt_raw_sib) + 16;
	__s16 cnt = (__s16)spec->cnt;
	__u32 i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < spec->cnt; i++) {
		const struct lskel_usdt_arg *arg = &spec->args[i];

		if (has_sib) {
			ret->u.sib[i].value = arg->value;
			ret->u.sib[i].type = arg->type;
			ret->u.sib[i].index = (__u16)arg->index & 0xfff;
			ret->u.sib[i].scale_bitshift = arg->scale_bitshift & 0xf;
			ret->u.sib[i].reg = arg->reg;
			ret->u.sib[i].is_signed = arg->is_signed;
			ret->u.sib[i].bitshift = arg->bitshift;
			continue;
		}
		if (arg->type == LSKEL_USDT_SIB)
			return lskel_attach_fail(at, -EINVAL,
						 "argument %u has an index register, which the "
						 "object's usdt.bpf.h is too old for",
						 i);
		ret->u.raw[i].value = arg->value;
		ret->u.raw[i].type = arg->type;
		ret->u.raw[i].reg = arg->reg;
		ret->u.raw[i].is_signed = arg->is_signed;
		ret->u.raw[i].bitshift = arg->bitshift;
	}
	memcpy(ret->u.bytes + size - 16, &at->where->cookie, sizeof(at->where->cookie));
	memcpy(ret->u.bytes + size - 8, &cnt, sizeof(cnt));
	return 0;
}

/* Gives all descriptions numbers and stores them. */
static int lskel_usdt_store(const struct lskel_attaching *at, const struct lskel_usdt *usdt,
			    int map_fd, __u32 value_size, struct lskel_usdt_link *link)
{
	struct lskel_usdt_ids *ids = (struct lskel_usdt_ids *)link->ctx->usdt;
	struct lskel_usdt_value value;
	__u32 i, id = 0;
	int err;

	for (i = 0; i < usdt->spec_cnt; i++) {
		while (id < ids->cnt && ids->used[id])
			id++;
		if (id == ids->cnt)
			return lskel_attach_fail(
				at, -E2BIG,
				"more than %u different arguments (BPF_USDT_MAX_SPEC_CNT)",
				ids->cnt);
		err = lskel_usdt_value(at, &usdt->specs[i], value_size, &value);
		if (err)
			return err;
		err = lskel_sys_map_update(map_fd, &id, &value);
		if (err)
			return lskel_attach_fail(at, err, "filling map '__bpf_usdt_specs'");
		ids->used[id] = 1;
		link->ids[link->id_cnt++] = id;
	}
	return 0;
}

static int lskel_usdt_link_multi(const struct lskel_attaching *at, const char *path,
				 const struct lskel_usdt *usdt, struct lskel_link *link)
{
	const struct lskel_usdt_link *data = (const struct lskel_usdt_link *)link->data;
	__u64 *numbers = (__u64 *)calloc(usdt->place_cnt, 3 * sizeof(*numbers));
	__u32 cnt = usdt->place_cnt, i;
	struct lskel_link_attr attr;

	if (!numbers)
		return -ENOMEM;
	for (i = 0; i < cnt; i++) {
		numbers[i] = usdt->places[i].offset;
		numbers[cnt + i] = usdt->places[i].ref_ctr;
		numbers[2 * cnt + i] = data->ids[usdt->places[i].spec];
	}
	lskel_link_attr_init(&attr, at->prog_fd, 0, LSKEL_UPROBE_MULTI);
	attr.u.uprobe_multi.path = lskel_u64(path);
	attr.u.uprobe_multi.offsets = lskel_u64(numbers);
	attr.u.uprobe_multi.ref_ctr_offsets = lskel_u64(numbers + cnt);
	attr.u.uprobe_multi.cookies = lskel_u64(numbers + 2 * cnt);
	attr.u.uprobe_multi.cnt = cnt;
	attr.u.uprobe_multi.pid = (__u32)at->where->pid;
	link->fd = lskel_sys_link_create(&attr);
	free(numbers);
	if (link->fd >= 0)
		return 0;
	return lskel_attach_fail(at, link->fd, "probe '%s' at %u places of '%s'", at->where->func,
				 cnt, path);
}

/* The same before Linux 6.6. */
static int lskel_usdt_link_each(const struct lskel_attaching *at, const char *path,
				const struct lskel_usdt *usdt, struct lskel_link *link)
{
	struct lskel_usdt_link *data = (struct lskel_usdt_link *)link->data;
	struct lskel_probes probes;
	int err, fd, perf_fd;
	__u32 i;

	err = lskel_probes_find(at, "uprobe", 0, &probes);
	for (i = 0; i < usdt->place_cnt && !err; i++) {
		const struct lskel_usdt_place *place = &usdt->places[i];

		perf_fd = lskel_probe_open(&probes, path, place->offset, place->ref_ctr,
					   at->where->pid);
		if (perf_fd < 0)
			return lskel_attach_fail(at, perf_fd, "probe '%s' at offset 0x%llx of '%s'",
						 at->where->func, (unsigned long long)place->offset,
						 path);
		fd = lskel_perf_link(at, perf_fd, data->ids[place->spec]);
		close(perf_fd);
		if (fd < 0)
			return fd;
		if (!i)
			link->fd = fd;
		else
			data->fds[data->fd_cnt++] = fd;
		link->more_fds = data->fd_cnt;
	}
	return err;
}

static int lskel_usdt_attach_all(const struct lskel_attaching *at, const char *path,
				 const struct lskel_usdt *usdt, struct lskel_link *link)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)at->skel;
	struct lskel_usdt_link *data;
	__u32 value_size = 0;
	int map_fd, err;

	map_fd = lskel_usdt_prepare(at, &value_size);
	if (map_fd < 0)
		return map_fd;
	data = (struct lskel_usdt_link *)calloc(
		1, sizeof(*data) + ((size_t)usdt->spec_cnt + usdt->place_cnt) * sizeof(__u32));
	if (!data)
		return -ENOMEM;
	data->ctx = ctx;
	data->ids = (__u32 *)(data + 1);
	data->fds = (int *)(data->ids + usdt->spec_cnt);
	link->data = data;
	link->undo = lskel_usdt_undo;
	err = lskel_usdt_store(at, usdt, map_fd, value_size, data);
	if (err)
		return err;
	return ctx->uprobe_multi ? lskel_usdt_link_multi(at, path, usdt, link) :
				   lskel_usdt_link_each(at, path, usdt, link);
}

/* where.func, "provider:name", in a copy: *@name is in it. */
static char *lskel_usdt_names(const struct lskel_attaching *at, const char **name)
{
	const char *func = at->where->func, *colon = func ? strchr(func, ':') : NULL;
	char *provider;

	if (!colon) {
		lskel_attach_fail(at, -EINVAL, "where.func has to be \"provider:name\"");
		errno = EINVAL;
		return NULL;
	}
	provider = (char *)malloc(strlen(func) + 1);
	if (!provider)
		return NULL;
	strcpy(provider, func);
	provider[colon - func] = 0;
	*name = provider + (colon - func) + 1;
	return provider;
}

LSKEL_API int lskel_attach_usdt(const struct lskel_attaching *at, struct lskel_link *link)
{
	const char *name = NULL;
	char *provider = lskel_usdt_names(at, &name);
	struct lskel_usdt usdt;
	struct lskel_elf elf;
	int err;

	if (!provider)
		return -errno;
	/* As libbpf, before anything is looked for. */
	err = lskel_usdt_map(at, "__bpf_usdt_specs");
	if (err < 0) {
		free(provider);
		return err;
	}
	memset(&usdt, 0, sizeof(usdt));
	err = lskel_elf_open(at, &elf, 1);
	if (!err)
		err = lskel_usdt_find(at, &elf, provider, name, &usdt);
	lskel_elf_close(&elf);
	if (!err)
		err = lskel_usdt_attach_all(at, elf.path, &usdt, link);
	lskel_usdt_free(&usdt);
	free(provider);
	return err;
}
