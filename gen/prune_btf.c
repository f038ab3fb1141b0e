// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * BTF without the types and strings that neither maps nor programs refer to. The kernel finds its way by ids
 * in bpf(2) calls, by members, and in one case by name. Ids stay as they are. See gen/prune_btf.h.
 */
#include <string.h>
#include <bpf/btf.h>

#include "prune_btf.h"
#include "util.h"

/* One BTF of a trace. */
struct pruned {
	struct trace *trace;
	int kobj;
	struct btf *btf;
	bool *needed; /* types, by id */
	__u32 *open;  /* those of them whose own references are yet to be followed */
	__u32 open_cnt;
	bool structs;	 /* all of them are needed */
	const char *old; /* strings */
	__u32 old_len;
	__u32 *moved; /* for each byte where the string that begins there is now, plus 1; 0: not yet */
	struct bytes types, strings;
};

static void need(struct pruned *p, __u32 id)
{
	if (!id || id >= btf__type_cnt(p->btf) || p->needed[id])
		return;
	p->needed[id] = true;
	push(p->open, p->open_cnt) = id;
}

/*
 * A list or tree names the struct that it is of: "contains:NAME:MEMBER" (Linux, btf_find_graph_root()). These are so
 * few that for one of them all structs that have a name are kept.
 */
static void need_by_name(struct pruned *p, const char *tag)
{
	if (p->structs || strncmp(tag, "contains:", strlen("contains:")) != 0)
		return;
	p->structs = true;
	for (__u32 id = 1; id < btf__type_cnt(p->btf); id++) {
		const struct btf_type *t = btf__type_by_id(p->btf, id);

		if (btf_is_struct(t) && t->name_off)
			need(p, id);
	}
}

static void need_references(struct pruned *p, const struct btf_type *t)
{
	__u16 vlen = btf_vlen(t);

	switch (btf_kind(t)) {
	case BTF_KIND_ARRAY:
		need(p, btf_array(t)->type);
		need(p, btf_array(t)->index_type);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (__u16 i = 0; i < vlen; i++)
			need(p, btf_members(t)[i].type);
		break;
	case BTF_KIND_FUNC_PROTO:
		need(p, t->type);
		for (__u16 i = 0; i < vlen; i++)
			need(p, btf_params(t)[i].type);
		break;
	case BTF_KIND_DATASEC:
		for (__u16 i = 0; i < vlen; i++)
			need(p, btf_var_secinfos(t)[i].type);
		break;
	case BTF_KIND_DECL_TAG:
		need_by_name(p, btf__name_by_offset(p->btf, t->name_off));
		need(p, t->type);
		break;
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
	case BTF_KIND_FWD:
		break;
	default:
		need(p, t->type);
	}
}

/* Until there is nothing new: what the needed types refer to, and what tags these. */
static void need_all(struct pruned *p)
{
	do {
		while (p->open_cnt) {
			__u32 id = p->open[--p->open_cnt];

			need_references(p, btf__type_by_id(p->btf, id));
		}
		for (__u32 id = 1; id < btf__type_cnt(p->btf); id++) {
			const struct btf_type *t = btf__type_by_id(p->btf, id);

			if (btf_is_decl_tag(t) && p->needed[t->type])
				need(p, id);
		}
	} while (p->open_cnt);
}

static bool uses(const struct pruned *p, const struct call *call, const char *field)
{
	return call->needed && call_arg(call, field)->kobj == p->kobj;
}

static void need_by_calls(struct pruned *p)
{
	for (__u32 i = 0; i < p->trace->call_cnt; i++) {
		const struct call *call = &p->trace->calls[i];
		const struct bpf_func_info *funcs;
		const struct bpf_core_relo *relos;

		if (call->command->cmd == BPF_MAP_CREATE && uses(p, call, "btf_fd")) {
			need(p, call->attr.btf_key_type_id);
			need(p, call->attr.btf_value_type_id);
		} else if (call->command->cmd == BPF_PROG_LOAD && uses(p, call, "prog_btf_fd")) {
			funcs = call_arg(call, "func_info")->data;
			for (__u32 j = 0; funcs && j < call->attr.func_info_cnt; j++)
				need(p, funcs[j].type_id);
			relos = call_arg(call, "core_relos")->data;
			for (__u32 j = 0; relos && j < call->attr.core_relo_cnt; j++)
				need(p, relos[j].type_id);
		}
	}
}

/* Keeps the string that *@offset is of. What is no string stays as it is, for the kernel to refuse. */
static void keep_string(struct pruned *p, __u32 *offset)
{
	const char *s = p->old + *offset;

	if (*offset >= p->old_len)
		return;
	if (!p->moved[*offset])
		p->moved[*offset] =
			bytes_add(&p->strings, s, strnlen(s, p->old_len - *offset) + 1) + 1;
	*offset = p->moved[*offset] - 1;
}

static void keep_strings_of_type(struct pruned *p, struct btf_type *t)
{
	__u16 vlen = btf_vlen(t);

	keep_string(p, &t->name_off);
	for (__u16 i = 0; i < vlen; i++) {
		switch (btf_kind(t)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			keep_string(p, &btf_members(t)[i].name_off);
			break;
		case BTF_KIND_ENUM:
			keep_string(p, &btf_enum(t)[i].name_off);
			break;
		case BTF_KIND_ENUM64:
			keep_string(p, &btf_enum64(t)[i].name_off);
			break;
		case BTF_KIND_FUNC_PROTO:
			keep_string(p, &btf_params(t)[i].name_off);
			break;
		default:
			return;
		}
	}
}

/* Source lines, and the accessors of CO-RE relocations. */
static void keep_strings_of_programs(struct pruned *p)
{
	for (__u32 i = 0; i < p->trace->call_cnt; i++) {
		const struct call *call = &p->trace->calls[i];
		struct bpf_line_info *lines;
		struct bpf_core_relo *relos;

		if (call->command->cmd != BPF_PROG_LOAD || !uses(p, call, "prog_btf_fd"))
			continue;
		lines = call_arg(call, "line_info")->data;
		for (__u32 j = 0; lines && j < call->attr.line_info_cnt; j++) {
			keep_string(p, &lines[j].file_name_off);
			keep_string(p, &lines[j].line_off);
		}
		relos = call_arg(call, "core_relos")->data;
		for (__u32 j = 0; relos && j < call->attr.core_relo_cnt; j++)
			keep_string(p, &relos[j].access_str_off);
	}
}

/* @end: of the old types, which lie one behind the other. */
static void write_types(struct pruned *p, const char *end)
{
	static const struct btf_type nothing = { .info = BTF_KIND_PTR << 24 };
	__u32 cnt = btf__type_cnt(p->btf);

	for (__u32 id = 1; id < cnt; id++) {
		struct btf_type *t = (struct btf_type *)btf__type_by_id(p->btf, id);
		const char *next = id + 1 < cnt ? (char *)btf__type_by_id(p->btf, id + 1) : end;

		if (p->needed[id])
			keep_strings_of_type(p, t);
		bytes_add(&p->types, p->needed[id] ? t : &nothing,
			  p->needed[id] ? (size_t)(next - (char *)t) : sizeof(nothing));
	}
}

/* Types and strings, as the kernel wants them: one behind the other. */
static void write_btf(const struct pruned *p, const struct btf_header *hdr, struct arg *arg)
{
	struct btf_header head = *hdr;
	struct bytes out = {};

	head.hdr_len = sizeof(head);
	head.type_off = 0;
	head.type_len = head.str_off = p->types.len;
	head.str_len = p->strings.len;
	bytes_add(&out, &head, sizeof(head));
	bytes_add(&out, p->types.data, p->types.len);
	bytes_add(&out, p->strings.data, p->strings.len);
	free(arg->data);
	arg->data = out.data;
	arg->len = out.len;
}

static void prune(struct trace *trace, struct call *call)
{
	struct arg *arg = call_arg(call, "btf");
	struct pruned p = {
		.trace = trace,
		.kobj = call->made,
		.btf = btf__new(arg->data, arg->len),
	};
	const struct btf_header *hdr;
	__u32 size, none = 0;

	/* What older kernels get instead has the same ids and strings, and more of them. */
	if (!p.btf || call->old.data) {
		btf__free(p.btf);
		return;
	}
	hdr = btf__raw_data(p.btf, &size);
	p.old = (const char *)hdr + hdr->hdr_len + hdr->str_off;
	p.old_len = hdr->str_len;
	p.moved = xcalloc(hdr->str_len + 1, sizeof(*p.moved));
	p.needed = xcalloc(btf__type_cnt(p.btf), sizeof(*p.needed));

	need_by_calls(&p);
	need_all(&p);
	keep_string(&p, &none); /* the first one is empty */
	write_types(&p, (const char *)hdr + hdr->hdr_len + hdr->type_off + hdr->type_len);
	keep_strings_of_programs(&p);
	write_btf(&p, hdr, arg);
	call->attr.btf_size = arg->len;

	bytes_free(&p.types);
	bytes_free(&p.strings);
	free(p.open);
	free(p.moved);
	free(p.needed);
	btf__free(p.btf);
}

void prune_btf(struct trace *trace)
{
	for (__u32 i = 0; i < trace->call_cnt; i++)
		if (trace->calls[i].needed && trace->calls[i].command->cmd == BPF_BTF_LOAD)
			prune(trace, &trace->calls[i]);
}

void drop_line_info(struct trace *trace)
{
	for (__u32 i = 0; i < trace->call_cnt; i++) {
		struct call *call = &trace->calls[i];
		struct arg *lines;

		if (!call->needed || call->command->cmd != BPF_PROG_LOAD)
			continue;
		lines = call_arg(call, "line_info");
		free(lines->data);
		*lines = (struct arg){ .kobj = NO_KOBJ };
		call->attr.line_info_cnt = 0;
		call->attr.line_info_rec_size = 0;
	}
}
