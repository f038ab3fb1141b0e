// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the recorder keeps of a call: copies of what its attr points to, and objects for pretend fds. Pointers and fds
 * of libbpf mean nothing when the call is over.
 */
#include <errno.h>
#include <string.h>

#include "image.h"
#include "record_impl.h"
#include "util.h"

static bool map_holds_fds(const union bpf_attr *map)
{
	return map->map_type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       map->map_type == BPF_MAP_TYPE_HASH_OF_MAPS ||
	       map->map_type == BPF_MAP_TYPE_PROG_ARRAY;
}

static bool map_is_percpu(const union bpf_attr *map)
{
	return map->map_type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       map->map_type == BPF_MAP_TYPE_PERCPU_HASH ||
	       map->map_type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       map->map_type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static int copy_pointer(struct arg *arg, const void *p, size_t len)
{
	if (!p || !len)
		return 0;
	/* A .bss may have many megabytes: none of them need be written. */
	arg->data = all_zero(p, len) ? xcalloc(1, len) : xmemdup(p, len);
	arg->len = len;
	return 0;
}

/* What was found out last while nothing can have been closed. */
struct known_fd {
	int fd;
	int kobj;
};

/* An fd in a 64-bit load becomes the index of the object, which no later close() can invalidate. */
static int resolve_map(const struct trace *trace, struct bpf_insn *insn, struct known_fd *known)
{
	switch (insn->src_reg) {
	case BPF_PSEUDO_MAP_FD:
	case BPF_PSEUDO_MAP_VALUE:
		/* Programs use one map again and again. */
		if (insn->imm != known->fd)
			*known = (struct known_fd){ insn->imm, record_kobj(trace, insn->imm) };
		if (!record_is_kind(trace, known->kobj, KOBJ_MAP))
			return -EBADF;
		insn->imm = known->kobj;
		insn->src_reg = insn->src_reg == BPF_PSEUDO_MAP_FD ? BPF_PSEUDO_MAP_IDX :
								     BPF_PSEUDO_MAP_IDX_VALUE;
		return 0;
	case LITERAL_MAP(BPF_PSEUDO_MAP_FD):
	case LITERAL_MAP(BPF_PSEUDO_MAP_VALUE):
		insn->src_reg -= LITERAL_MAP(0);
		return 0;
	case BPF_PSEUDO_MAP_IDX:
	case BPF_PSEUDO_MAP_IDX_VALUE:
		return -EPROTO; /* as the kernel, which gets no fd_array from libbpf */
	default:
		return 0;
	}
}

/* Refuses half a load of 64 bits, as the kernel does, so that nobody else need look for it. */
static int resolve_insns(const struct trace *trace, struct arg *arg)
{
	struct bpf_insn *insns = arg->data;
	__u32 cnt = arg->len / sizeof(*insns);
	struct known_fd known = { -1, NO_KOBJ };
	int err = 0;

	for (__u32 i = 0; i < cnt && !err; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (i + 1 == cnt || insns[i + 1].code)
			return -EINVAL;
		err = resolve_map(trace, &insns[i++], &known);
	}
	return err;
}

static int copy_array(struct call *call, const struct attr_field *field, struct arg *arg,
		      const void *p)
{
	__u32 count, elem = field->elem_size;

	memcpy(&count, (char *)&call->attr + field->count_offset, sizeof(count));
	if (!elem)
		memcpy(&elem, (char *)&call->attr + field->elem_offset, sizeof(elem));
	return copy_pointer(arg, p, (size_t)count * elem);
}

/* libbpf only ever has a 32-bit index, whatever the map: of a larger key the rest would be chance. */
static int copy_map_key(struct arg *arg, const union bpf_attr *map, const void *p)
{
	if (map->key_size != sizeof(__u32))
		return -EOPNOTSUPP;
	return copy_pointer(arg, p, map->key_size);
}

static int copy_map_value(const struct trace *trace, struct arg *arg, const union bpf_attr *map,
			  const void *p)
{
	int fd;

	if (map_is_percpu(map))
		return -EOPNOTSUPP;
	if (!map_holds_fds(map))
		return copy_pointer(arg, p, map->value_size);
	memcpy(&fd, p, sizeof(fd));
	arg->kobj = record_kobj(trace, fd);
	return arg->kobj == NO_KOBJ ? -EBADF : 0;
}

int record_copy_arg(const struct trace *trace, struct call *call, const struct attr_field *field,
		    struct arg *arg)
{
	__u64 value;
	const void *p;
	int err;

	arg->kobj = NO_KOBJ;
	if (field->kind == FIELD_CHARS)
		return 0;
	value = attr_get(&call->attr, field);
	p = (const void *)(unsigned long)value;

	switch (field->kind) {
	case FIELD_FD:
		if (!value || record_is_token(value))
			return 0;
		arg->kobj = record_kobj(trace, value);
		return arg->kobj == NO_KOBJ ? -EBADF : 0;
	case FIELD_TARGET_FD:
		/* What libbpf's probes expect of an fd that is none. */
		return (int)value < 0 && !record_is_uprobe_multi_probe(call) ? -EBADF : 0;
	case FIELD_STRING:
		return copy_pointer(arg, p, p ? strlen(p) + 1 : 0);
	case FIELD_ARRAY:
		return copy_array(call, field, arg, p);
	case FIELD_INSNS:
		err = copy_array(call, field, arg, p);
		return err ?: resolve_insns(trace, arg);
	case FIELD_KEY:
	case FIELD_VALUE: {
		int map = record_kobj(trace, call->attr.map_fd);

		if (!record_is_kind(trace, map, KOBJ_MAP))
			return -EBADF;
		if (field->kind == FIELD_KEY)
			return copy_map_key(arg, record_map_attr(trace, map), p);
		return p ? copy_map_value(trace, arg, record_map_attr(trace, map), p) : 0;
	}
	case FIELD_HOST:
		memset((char *)&call->attr + field->offset, 0, field->size);
		return 0;
	default:
		return 0;
	}
}
