// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Printing a sliced trace for people (like strace) and for programs (JSON). */
#include <ctype.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "record.h"
#include "targets.h"
#include "trace.h"

struct printer {
	const struct trace *trace;
	FILE *out;
	bool json;
};

static void print_string(const struct printer *p, const char *s)
{
	fputc('"', p->out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(p->out, "\\%c", *s);
		else if (isprint((unsigned char)*s))
			fputc(*s, p->out);
		else
			fprintf(p->out, p->json ? "\\u%04x" : "\\%03o", (unsigned char)*s);
	}
	fputc('"', p->out);
}

/* A name that stands for a number: bare for people, a string in JSON. */
static void print_word(const struct printer *p, const char *word)
{
	if (p->json)
		print_string(p, word);
	else
		fputs(word, p->out);
}

static void print_enum(const struct printer *p, const char *name, __u64 value)
{
	if (name)
		print_word(p, name);
	else
		fprintf(p->out, "%llu", value);
}

static void print_kobj(const struct printer *p, int kobj)
{
	static const char *const kinds[] = {
		[KOBJ_MAP] = "map",
		[KOBJ_PROG] = "prog",
		[KOBJ_BTF] = "btf",
		[KOBJ_LINK] = "link",
	};
	const struct kobj *k = &p->trace->kobjs[kobj];

	if (p->json) {
		fprintf(p->out, "{\"kind\":\"%s\",\"name\":", kinds[k->kind]);
		print_string(p, k->name);
		fputc('}', p->out);
	} else if (strcmp(kinds[k->kind], k->name)) {
		fprintf(p->out, "%s:%s", kinds[k->kind], k->name);
	} else {
		fputs(kinds[k->kind], p->out);
	}
}

static void print_bytes(const struct printer *p, const struct arg *arg)
{
	const unsigned char *bytes = arg->data;
	__u32 shown = arg->len < 16 || p->json ? arg->len : 16;

	fputs(p->json ? "\"" : "[", p->out);
	for (__u32 i = 0; i < shown; i++)
		fprintf(p->out, "%s%02x", i && !p->json ? " " : "", bytes[i]);
	fprintf(p->out, p->json ? "\"" : shown < arg->len ? " ...]" : "]");
}

static void print_array(const struct printer *p, const struct attr_field *field,
			const struct arg *arg)
{
	if (p->json)
		print_bytes(p, arg);
	else if (field->elem_size == 1)
		fprintf(p->out, "<%u bytes>", arg->len);
	else
		fprintf(p->out, "<%u bytes of %s>", arg->len, field->name);
}

static void print_btf_id(const struct printer *p, const struct call *call, __u32 id)
{
	const struct pretend_type *type = pretend_btf_type(id);

	if (call->command->cmd == BPF_PROG_LOAD && call->attr.attach_prog_fd)
		print_word(p, "target"); /* in the pretend target's BTF */
	else if (type)
		print_word(p, type->name);
	else
		fprintf(p->out, "%u", id);
}

static void print_value(const struct printer *p, const struct call *call, __u32 i)
{
	const struct attr_field *field = &call->command->fields[i];
	const struct arg *arg = &call->args[i];
	__u64 value = field->kind == FIELD_CHARS ? 0 : attr_get(&call->attr, field);

	if (arg->kobj != NO_KOBJ) {
		print_kobj(p, arg->kobj);
		return;
	}
	switch (field->kind) {
	case FIELD_HEX:
		fprintf(p->out, p->json ? "%llu" : "0x%llx", value);
		break;
	case FIELD_MAP_TYPE:
		print_enum(p, libbpf_bpf_map_type_str(value), value);
		break;
	case FIELD_PROG_TYPE:
		print_enum(p, libbpf_bpf_prog_type_str(value), value);
		break;
	case FIELD_ATTACH_TYPE:
		print_enum(p, libbpf_bpf_attach_type_str(value), value);
		break;
	case FIELD_BTF_ID:
		print_btf_id(p, call, value);
		break;
	case FIELD_TARGET_FD:
		print_enum(p, value == PRETEND_TARGET_FD ? "target" : NULL, value);
		break;
	case FIELD_CHARS:
		print_string(p, (const char *)&call->attr + field->offset);
		break;
	case FIELD_STRING:
		print_string(p, arg->data);
		break;
	case FIELD_ARRAY:
	case FIELD_INSNS:
		print_array(p, field, arg);
		break;
	case FIELD_KEY:
	case FIELD_VALUE:
		print_bytes(p, arg);
		break;
	default:
		fprintf(p->out, "%llu", value);
	}
}

static bool is_set(const struct call *call, __u32 i)
{
	const struct attr_field *field = &call->command->fields[i];

	if (field->kind == FIELD_HOST)
		return false;
	if (field->kind == FIELD_CHARS)
		return ((const char *)&call->attr)[field->offset];
	if (call->args[i].data || call->args[i].kobj != NO_KOBJ)
		return true;
	/* What was an fd or an address means nothing; an enum's 0 may mean something. */
	switch (field->kind) {
	case FIELD_STRING:
	case FIELD_ARRAY:
	case FIELD_INSNS:
	case FIELD_KEY:
	case FIELD_VALUE:
	case FIELD_FD:
		return false;
	case FIELD_MAP_TYPE:
	case FIELD_PROG_TYPE:
		return true;
	default:
		return attr_get(&call->attr, field);
	}
}

static void print_call(const struct printer *p, const struct call *call)
{
	const char *separator = "";

	fprintf(p->out, p->json ? "{\"cmd\":\"%s\",\"attr\":{" : "%s {", call->command->name);
	for (__u32 i = 0; i < call->command->field_cnt; i++) {
		if (!is_set(call, i))
			continue;
		fprintf(p->out, p->json ? "%s\"%s\":" : "%s%s=", separator,
			call->command->fields[i].name);
		print_value(p, call, i);
		separator = p->json ? "," : ", ";
	}
	fputc('}', p->out);
	if (call->made != NO_KOBJ) {
		fputs(p->json ? ",\"result\":" : " = ", p->out);
		print_kobj(p, call->made);
	} else if (!p->json) {
		fputs(" = 0", p->out);
	}
	if (p->json)
		fputc('}', p->out);
}

static void print_calls(const struct printer *p, const char *separator)
{
	const char *before = "";

	for (__u32 i = 0; i < p->trace->call_cnt; i++) {
		if (!p->trace->calls[i].needed)
			continue;
		fputs(before, p->out);
		print_call(p, &p->trace->calls[i]);
		before = separator;
	}
	if (*before)
		fputc('\n', p->out);
}

void trace_print(const struct trace *trace, FILE *out)
{
	print_calls(&(struct printer){ trace, out, false }, "\n");
}

void trace_print_json(const struct trace *trace, FILE *out)
{
	fputs("[\n", out);
	print_calls(&(struct printer){ trace, out, true }, ",\n");
	fputs("]\n", out);
}
