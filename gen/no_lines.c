// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs without line_info, and BTF without the strings that only that refers to: source lines and names of
 * files, the larger part of many skeletons. Types keep their ids. See gen/no_lines.h.
 */
#include <string.h>
#include <bpf/btf.h>

#include "no_lines.h"
#include "util.h"

/* Old and new place of the strings of one BTF. */
struct strings {
	const char *data;
	__u32 len;
	__u32 *moved; /* for each byte where the string that begins there is now, plus 1; 0: not yet */
	struct bytes kept;
};

/* Keeps the string that *@offset is of. What is no string stays as it is, for the kernel to refuse. */
static void keep_string(struct strings *strings, __u32 *offset)
{
	const char *s = strings->data + *offset;

	if (*offset >= strings->len)
		return;
	if (!strings->moved[*offset])
		strings->moved[*offset] =
			bytes_add(&strings->kept, s, strnlen(s, strings->len - *offset) + 1) + 1;
	*offset = strings->moved[*offset] - 1;
}

static void keep_strings_of_type(struct strings *strings, struct btf_type *t)
{
	__u16 vlen = btf_vlen(t);

	keep_string(strings, &t->name_off);
	for (__u16 i = 0; i < vlen; i++) {
		switch (btf_kind(t)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			keep_string(strings, &btf_members(t)[i].name_off);
			break;
		case BTF_KIND_ENUM:
			keep_string(strings, &btf_enum(t)[i].name_off);
			break;
		case BTF_KIND_ENUM64:
			keep_string(strings, &btf_enum64(t)[i].name_off);
			break;
		case BTF_KIND_FUNC_PROTO:
			keep_string(strings, &btf_params(t)[i].name_off);
			break;
		default:
			return;
		}
	}
}

/* The accessors of CO-RE relocations of programs that use the BTF @kobj. */
static void keep_accessors(struct strings *strings, struct trace *trace, int kobj)
{
	for (__u32 i = 0; i < trace->call_cnt; i++) {
		const struct call *call = &trace->calls[i];
		struct bpf_core_relo *relos;

		if (!call->needed || call->command->cmd != BPF_PROG_LOAD ||
		    call_arg(call, "prog_btf_fd")->kobj != kobj)
			continue;
		relos = call_arg(call, "core_relos")->data;
		for (__u32 j = 0; relos && j < call->attr.core_relo_cnt; j++)
			keep_string(strings, &relos[j].access_str_off);
	}
}

/* Writes types and kept strings, as the kernel wants them: one behind the other. */
static void write_btf(const struct btf_header *hdr, const struct strings *strings, struct arg *arg)
{
	struct btf_header head = *hdr;
	struct bytes out = {};

	head.hdr_len = sizeof(head);
	head.type_off = 0;
	head.str_off = hdr->type_len;
	head.str_len = strings->kept.len;
	bytes_add(&out, &head, sizeof(head));
	bytes_add(&out, (const char *)hdr + hdr->hdr_len + hdr->type_off, hdr->type_len);
	bytes_add(&out, strings->kept.data, strings->kept.len);
	free(arg->data);
	arg->data = out.data;
	arg->len = out.len;
}

static void drop_strings(struct trace *trace, struct call *call)
{
	struct arg *arg = call_arg(call, "btf");
	struct btf *btf = btf__new(arg->data, arg->len);
	const struct btf_header *hdr;
	struct strings strings;
	__u32 none = 0, size;

	/* What older kernels get instead has the same strings, and more. */
	if (!btf || call->old.data) {
		btf__free(btf);
		return;
	}
	hdr = btf__raw_data(btf, &size);
	strings = (struct strings){
		.data = (const char *)hdr + hdr->hdr_len + hdr->str_off,
		.len = hdr->str_len,
		.moved = xcalloc(hdr->str_len + 1, sizeof(*strings.moved)),
	};
	keep_string(&strings, &none); /* the first one is empty */
	for (__u32 id = 1; id < btf__type_cnt(btf); id++)
		keep_strings_of_type(&strings, (struct btf_type *)btf__type_by_id(btf, id));
	keep_accessors(&strings, trace, call->made);
	write_btf(hdr, &strings, arg);
	call->attr.btf_size = arg->len;
	bytes_free(&strings.kept);
	free(strings.moved);
	btf__free(btf);
}

void no_lines(struct trace *trace)
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
	for (__u32 i = 0; i < trace->call_cnt; i++)
		if (trace->calls[i].needed && trace->calls[i].command->cmd == BPF_BTF_LOAD)
			drop_strings(trace, &trace->calls[i]);
}
