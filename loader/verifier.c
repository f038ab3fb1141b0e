// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end of a verifier's log, as a compiler would put it: where in the source, and what is wrong. The place
 * is that of the last instruction the verifier looked at, by the line_info that the blob has for the kernel.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <ctype.h>
#include <linux/btf.h>

#include "message.h"

/* What the verifier's last line contains (of Linux 6.1 to 6.18), what that means, and the way out or NULL. */
static const struct lskel_reason_row {
	const char *part, *words, *hint;
} lskel_reasons[] = {
	{ "invalid mem access 'scalar'", "a number is used as a pointer",
	  "the kernel's memory is read with bpf_core_read() or bpf_probe_read_kernel(), that of "
	  "processes with bpf_probe_read_user()" },
	{ "_or_null'", "a pointer that may be NULL is used", "compare it with NULL first" },
	{ "_or_null expected=", "a pointer that may be NULL is passed",
	  "compare it with NULL first" },
	{ "outside of the allowed memory range",
	  "an access is outside of the memory that the pointer is to",
	  "compare the index with the size first" },
	{ "outside of the packet", "an access may be behind the end of the packet",
	  "compare the end of what is accessed with data_end first" },
	{ "unbounded memory access", "an index or size has no upper bound",
	  "compare it with a constant first, or mask it: index & (SIZE - 1)" },
	{ "invalid zero-sized", "a size may be 0", "compare it with 0 first" },
	{ "min value is negative", "an index or size may be negative",
	  "make it unsigned, or compare it with 0 first" },
	{ "unbounded min value", "an index has no lower bound",
	  "make it unsigned, or compare it with 0 first" },
	{ "pointer be out of bounds", "an index may be negative or far too large",
	  "compare it with 0 and with the size first" },
	{ "invalid bpf_context access",
	  "a program of this type can't access that part of its context", NULL },
	{ "modified ctx ptr", "the context is accessed at an offset that is computed",
	  "access its members by their names; the compiler may have merged two accesses: use "
	  "volatile" },
	{ "infinite loop detected", "a loop that may never end",
	  "give it a bound, or use bpf_loop() (Linux 5.17) or bpf_for() (6.4)" },
	{ "back-edge from insn", "a loop that may never end",
	  "give it a bound, or use bpf_loop() (Linux 5.17) or bpf_for() (6.4)" },
	{ "program is too large", "the verifier gave up after a million instructions",
	  "shorten loops, use bpf_loop() (Linux 5.17), or make functions global, which are verified "
	  "once" },
	{ "jumps is too complex", "the verifier gave up after too many branches",
	  "shorten loops, use bpf_loop() (Linux 5.17), or make functions global, which are verified "
	  "once" },
	{ "combined stack size", "functions that call each other have more than 512 bytes of stack",
	  "large variables can be in a map, such as a per-CPU array" },
	{ "R0 !read_ok", "there is no value to return", "return a number on every path" },
	{ "!read_ok", "a variable has no value here", "give it one on every path" },
	{ "from stack", "a variable on the stack has no value here", "give it one first" },
	{ "reference leak", "what was acquired is not released on every path", NULL },
	{ "spin_unlock is missing", "a lock is not released on every path", NULL },
	{ "BPF_EXIT instruction", "a lock is not released on every path", NULL },
	{ "Unreleased reference", "what was acquired is not released on every path", NULL },
	{ "the register R0 has", "a value is returned that is not allowed here", NULL },
	{ "GPL-restricted", "only programs with a license compatible to the GPL may call this",
	  "char LICENSE[] SEC(\"license\") = \"GPL\";" },
	{ "write into map forbidden",
	  "a map is written to that programs can only read (const, .rodata)", NULL },
	{ "spin_lock",
	  "a lock is not released, or something is called that may not be with it held", NULL },
	{ "while holding a lock", "something is called that may not be with a lock held", NULL },
	{ "might sleep in a non-sleepable", "a program that may not sleep calls what may",
	  "a section with \".s\", if there is one of this type: SEC(\"lsm.s/...\")" },
	{ "calling kernel function", "programs of this type may not call this kernel function",
	  NULL },
	{ "expected=", "an argument is of another type than the function needs", NULL },
	{ "misaligned", "an access is not aligned to its size", NULL },
};

/* Whether @line, of @len bytes, has @part in it. */
static int lskel_line_has(const char *line, size_t len, const char *part)
{
	const char *found = strstr(line, part);

	return found && found < line + len;
}

static int lskel_line_begins(const char *line, size_t len, const char *part)
{
	return len >= strlen(part) && !strncmp(line, part, strlen(part));
}

/* Whether a line of the log is no verdict but what the verifier tells of its way, or of itself. */
static int lskel_is_narration(const char *line, size_t len)
{
	static const char *const begin[] = { "processed ",
					     "verification time",
					     "stack depth ",
					     "mark_precise",
					     "last_idx ",
					     "regs=",
					     "parent ",
					     "cur state:",
					     "old state:",
					     "from ",
					     "func#",
					     ";",
					     " " };
	size_t i;

	for (i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (lskel_line_begins(line, len, begin[i]))
			return 1;
	return !len || isdigit((unsigned char)*line);
}

/* The last line of @log that says what is wrong, and its length; or NULL. */
static const char *lskel_verdict(const char *log, size_t *ret_len)
{
	const char *end = log + strlen(log), *line;

	while (end > log) {
		line = end;
		while (line > log && line[-1] != '\n')
			line--;
		*ret_len = (size_t)(end - line);
		if (!lskel_is_narration(line, *ret_len))
			return line;
		end = line > log ? line - 1 : log;
	}
	return NULL;
}

/* The number of the last instruction in @log, which stands before its code: "12: (85) call ..."; or -1. */
static long lskel_last_insn(const char *log)
{
	const char *line = log;
	long last = -1;

	while (line) {
		char *end = (char *)line;
		long insn = isdigit((unsigned char)*line) ? strtol(line, &end, 10) : -1;

		if (insn >= 0 && !strncmp(end, ": (", 3))
			last = insn;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return last;
}

LSKEL_API int lskel_find_bad_call(const char *log, struct lskel_bad_call *ret)
{
	/* The second is that of Linux 6.12. */
	static const char *const before[] = { "invalid func unknown#", "cannot use helper ",
					      "unknown func " };
	size_t len, i;
	const char *line = lskel_verdict(log, &len);

	memset(ret, 0, sizeof(*ret));
	for (i = 0; line && i < sizeof(before) / sizeof(before[0]); i++) {
		const char *name = strstr(line, before[i]), *number;

		if (!name || name >= line + len)
			continue;
		name += strlen(before[i]);
		number = i ? strchr(name, '#') : name - 1;
		if (!number || number >= line + len)
			continue;
		ret->name = i ? name : NULL;
		ret->len = i ? (int)(number - name) : 0;
		ret->id = (__u32)strtoul(number + 1, NULL, 10);
		return 1;
	}
	return 0;
}

/* @len bytes at @offset of the image, or NULL if it does not have them. */
static const char *lskel_image_part(const struct lskel_info *info, __u64 offset, __u64 len)
{
	const __u32 size = lskel_image_hdr(info)->image_size;

	if (offset > size || len > size - offset)
		return NULL;
	return (const char *)lskel_image_at(info, (__u32)offset);
}

/* The string at @offset of the object's BTF, or NULL. */
static const char *lskel_object_string(const struct lskel_info *info, __u32 offset)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const struct lskel_op *op = (const struct lskel_op *)lskel_image_at(info, hdr->op_off);
	const struct btf_header *btf;
	union bpf_attr attr;
	__u64 strings;
	__u32 i;

	for (i = 0; i < hdr->op_cnt && op[i].cmd != BPF_BTF_LOAD; i++)
		;
	if (i == hdr->op_cnt)
		return NULL;
	attr = lskel_image_attr(info, op[i].attr);
	btf = (const struct btf_header *)(const void *)lskel_image_part(info, attr.btf,
									attr.btf_size);
	if (!btf || attr.btf_size < sizeof(*btf))
		return NULL;
	strings = (__u64)btf->hdr_len + btf->str_off;
	if (strings + btf->str_len > attr.btf_size || offset >= btf->str_len ||
	    ((const char *)btf)[strings + btf->str_len - 1])
		return NULL;
	return (const char *)btf + strings + offset;
}

/* The line_info for instruction @insn of the PROG_LOAD @op, or NULL. */
static const struct bpf_line_info *lskel_line_of(const struct lskel_info *info,
						 const struct lskel_op *op, long insn)
{
	const union bpf_attr attr = lskel_image_attr(info, op->attr);
	const __u64 size = attr.line_info_rec_size;
	const char *lines = lskel_image_part(info, attr.line_info, attr.line_info_cnt * size);
	const struct bpf_line_info *found = NULL;
	__u32 i;

	if (!lines || size < sizeof(*found))
		return NULL;
	for (i = 0; i < attr.line_info_cnt; i++) {
		const struct bpf_line_info *line =
			(const struct bpf_line_info *)(const void *)(lines + i * size);

		if (line->insn_off <= insn)
			found = line;
	}
	return found;
}

/* "FILE:LINE:COLUMN: ", as the kernel has it without folders. Returns the source line, or NULL. */
static const char *lskel_print_place(struct lskel_text *text, const struct lskel_info *info,
				     const struct lskel_op *op, const char *log)
{
	const struct bpf_line_info *line = lskel_line_of(info, op, lskel_last_insn(log));
	const char *file, *source, *slash;

	if (!line)
		return NULL;
	file = lskel_object_string(info, line->file_name_off);
	source = lskel_object_string(info, line->line_off);
	if (!file || !source)
		return NULL;
	slash = strrchr(file, '/');
	lskel_print(text, "%s:%u:%u: ", slash ? slash + 1 : file, line->line_col >> 10,
		    line->line_col & 1023);
	while (isspace((unsigned char)*source))
		source++;
	return source;
}

/* What stands in for a call that libbpf, or the kernel, knows to be impossible. Returns the way out. */
static const char *lskel_print_bad_call(struct lskel_text *text, const struct lskel_bad_call *call)
{
	if (call->id == 195896080) { /* bpf_core_poison_insn() */
		lskel_print(text, "this kernel has no such type, member or value (CO-RE)");
		return "test before with bpf_core_type_exists() or bpf_core_field_exists()";
	}
	if (call->id >= 2002000000) { /* libbpf's POISON_CALL_KFUNC_BASE */
		lskel_print(text,
			    "a __weak kernel function is called that this kernel does not have");
		return "test before with bpf_ksym_exists()";
	}
	if (call->id >= LSKEL_POISON_MAP)
		lskel_print(text, "a map is used that is not created");
	else if (call->name && !strncmp(call->name, "bpf_probe_", 10))
		lskel_print(text, "%.*s() can't be called here", call->len, call->name);
	else if (call->name)
		lskel_print(text, "programs of this type can't call %.*s()", call->len, call->name);
	else
		lskel_print(text, "this kernel has no such helper");
	return NULL;
}

static const char *lskel_print_reason(struct lskel_text *text, const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(lskel_reasons) / sizeof(lskel_reasons[0]); i++)
		if (lskel_line_has(line, len, lskel_reasons[i].part)) {
			lskel_print(text, "%s", lskel_reasons[i].words);
			return lskel_reasons[i].hint;
		}
	lskel_print(text, "%.*s", (int)len, line);
	return NULL;
}

LSKEL_API const char *lskel_print_verdict(struct lskel_text *text, const struct lskel_info *info,
					  const struct lskel_op *op, const char *log)
{
	struct lskel_bad_call call;
	const char *source, *hint;
	size_t len;
	const char *line = lskel_verdict(log, &len);

	if (!line)
		return NULL;
	lskel_print(text, "\n");
	source = lskel_print_place(text, info, op, log);
	hint = lskel_find_bad_call(log, &call) ? lskel_print_bad_call(text, &call) :
						 lskel_print_reason(text, line, len);
	if (source && *source)
		lskel_print(text, "\n    %s", source);
	return hint;
}
