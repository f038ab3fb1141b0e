// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which calls a pretend kernel refuses that is not to take everything, see gen/record.h. */
#include <string.h>

#include "record.h"

/* Whether the strings of @btf have @s in them, of @len bytes. */
static bool btf_has_string(const struct arg *btf, const char *s, size_t len)
{
	const struct btf_header *hdr = btf->data;
	const char *data = btf->data;
	__u64 start;

	if (btf->len < sizeof(*hdr))
		return false;
	start = (__u64)hdr->hdr_len + hdr->str_off;
	return start < btf->len && memmem(data + start, btf->len - start, s, len);
}

/* The name of a section: those of programs, "?raw_tp", are strings like any other. */
static bool btf_has_question_mark(const struct arg *arg)
{
	struct btf *btf = btf__new(arg->data, arg->len);
	bool found = false;

	for (__u32 id = 1; btf && id < btf__type_cnt(btf) && !found; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		found = btf_is_datasec(t) && *btf__str_by_offset(btf, t->name_off) == '?';
	}
	btf__free(btf);
	return found;
}

bool btf_is_newer(const struct arg *btf)
{
	return btf_has_question_mark(btf) || btf_has_string(btf, "arg:ctx", sizeof("arg:ctx"));
}

bool record_is_refused(const struct call *call, const struct refusals *refusals)
{
	const struct arg *btf, *refused;

	switch (call->command->cmd) {
	case BPF_MAP_CREATE:
		return refusals->map_types &&
		       (call->attr.btf_key_type_id || call->attr.btf_value_type_id);
	case BPF_PROG_LOAD:
		/* libbpf's probe_kern_arg_ctx_tag() */
		return refusals->newer_btf && !strcmp(call->attr.prog_name, "det_arg_ctx");
	case BPF_BTF_LOAD:
		btf = call_arg(call, "btf");
		if (refusals->newer_btf && btf_has_question_mark(btf))
			return true;
		if (!refusals->btf_load)
			return false;
		refused = call_arg(refusals->btf_load, "btf");
		return btf->len == refused->len && !memcmp(btf->data, refused->data, btf->len);
	default:
		return false;
	}
}
