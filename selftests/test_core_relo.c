// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The kernel gets every CO-RE relocation, at the instruction that it belongs to, and every instruction
 * as the compiler made it: also in subprograms that libbpf appends to several programs, where static
 * functions of two files share one BTF type, and where constants look like the generator's tokens.
 */
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/btf.h>

#include "core_relo.h"
#include "harness.h"
#include "object.h"
#include "util.h"

#define LINKED "build/selftests/fixtures/linked.bpf.o"

/* What each program of LINKED has, in any order: kind, member, value that the compiler put in. */
static const struct {
	const char *prog;
	const char *relos;
} expected[] = {
	{ "a_calls", "byte_off task_struct.pid 0, byte_off task_struct.real_parent 8, "
		     "byte_size task_struct.comm 16, enumval_exists pid_type.PIDTYPE_TGID 1, "
		     "enumval_value pid_type.PIDTYPE_TGID 1, field_exists task_struct.comm 1" },
	{ "a_reads", "byte_off task_struct.pid 0, byte_off task_struct.tgid 4, "
		     "byte_size task_struct.comm 16, enumval_exists pid_type.PIDTYPE_TGID 1, "
		     "enumval_value pid_type.PIDTYPE_TGID 1, field_exists task_struct.comm 1" },
	{ "b_calls", "byte_off task_struct.tgid 4" },
	{ "a_constants", "" },
};

/* The constants of a_constants; nothing else in LINKED is in the range of the generator's tokens. */
static const __s32 constants[] = { 0x4c000000, 0x4c000001, 0x4c0fffff };

static const char *const kinds[] = {
	[BPF_CORE_FIELD_BYTE_OFFSET] = "byte_off",  [BPF_CORE_FIELD_BYTE_SIZE] = "byte_size",
	[BPF_CORE_FIELD_EXISTS] = "field_exists",   [BPF_CORE_ENUMVAL_EXISTS] = "enumval_exists",
	[BPF_CORE_ENUMVAL_VALUE] = "enumval_value",
};

static void check_accessors(void)
{
	static const struct {
		const char *access;
		bool valid;
	} table[] = {
		{ "0", true },	  { "0:1:2", true }, { "12:345", true }, { "", false },
		{ ":", false },	  { "0:", false },   { ":0", false },	 { "0::1", false },
		{ "-1", false },  { "0:-1", false }, { "0 ", false },	 { " 0", false },
		{ "0x1", false }, { "0:1a", false }, { "0\n", false },	 { "+1", false },
	};
	bool same = true;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (core_relo_access_is_valid(table[i].access) != table[i].valid) {
			fail("accessors", "'%s' is %s", table[i].access,
			     table[i].valid ? "refused" : "taken");
			same = false;
		}
	if (same)
		pass("accessors are digits and colons, as the kernel can take them");
}

/* One relocation as text, with the value that stands in its instruction. */
static char *describe(const struct btf *btf, const struct bpf_core_relo *relo,
		      const struct bpf_insn *insns)
{
	const struct btf_type *t = btf__type_by_id(btf, relo->type_id);
	const char *access = btf__str_by_offset(btf, relo->access_str_off), *member;
	const struct bpf_insn *insn = &insns[relo->insn_off / sizeof(*insn)];
	const char *last = strrchr(access, ':');
	int index = atoi(last ? last + 1 : access);
	__u32 name_off =
		btf_is_enum(t) ? btf_enum(t)[index].name_off : btf_members(t)[index].name_off;

	member = btf__str_by_offset(btf, name_off);
	return xprintf("%s %s.%s %d", kinds[relo->kind], btf__str_by_offset(btf, t->name_off),
		       member, BPF_CLASS(insn->code) == BPF_LDX ? insn->off : insn->imm);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All relocations of a program, sorted, separated by ", ". */
static char *describe_all(const struct btf *btf, const struct call *call)
{
	const struct arg *arg = call_arg(call, "core_relos");
	const struct bpf_core_relo *relos = arg->data;
	size_t cnt = arg->len / sizeof(*relos);
	char **lines = xcalloc(cnt, sizeof(*lines)), *text = xstrdup("");

	for (size_t i = 0; i < cnt; i++)
		lines[i] = describe(btf, &relos[i], call_arg(call, "insns")->data);
	qsort(lines, cnt, sizeof(*lines), compare_strings);
	for (size_t i = 0; i < cnt; i++) {
		char *longer = xprintf("%s%s%s", text, i ? ", " : "", lines[i]);

		free(text);
		free(lines[i]);
		text = longer;
	}
	free(lines);
	return text;
}

static const struct call *load_of(const struct object *object, const char *name)
{
	for (__u32 i = 0; i < object->prog_cnt; i++) {
		int kobj = object->progs[i].kobj;

		if (kobj != NO_KOBJ && !strcmp(object->trace.kobjs[kobj].name, name))
			return &object->trace.calls[object->trace.kobjs[kobj].creator];
	}
	return NULL;
}

static void check_linked(const struct object *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		_cleanup_(free_ptr) char *name =
			xprintf("the CO-RE relocations of %s are there", expected[i].prog);
		const struct call *call = load_of(object, expected[i].prog);
		_cleanup_(free_ptr) char *got = NULL;

		got = call ? describe_all(bpf_object__btf(object->bpf), call) :
			     xstrdup("(no such program)");
		check(name, !strcmp(got, expected[i].relos), "'%s' and not '%s'", got,
		      expected[i].relos);
	}
}

static bool is_constant(__s32 imm)
{
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++)
		if (imm == constants[i])
			return true;
	return false;
}

static void check_no_tokens(const struct object *object)
{
	unsigned int found = 0, tokens = 0;

	for (__u32 i = 0; i < object->prog_cnt; i++) {
		const struct call *call = load_of(object, bpf_program__name(object->progs[i].prog));
		const struct arg *arg = call_arg(call, "insns");
		const struct bpf_insn *insns = arg->data;

		for (__u32 j = 0; j < arg->len / sizeof(*insns); j++)
			if (is_constant(insns[j].imm))
				found++;
			else if (insns[j].imm >= 0x4c000000 && insns[j].imm < 0x5c000000)
				tokens++;
	}
	check("no token is left in an instruction", !tokens, "%u are", tokens);
	check("constants that look like tokens stay", found == ARRAY_SIZE(constants),
	      "%u of %zu are left", found, ARRAY_SIZE(constants));
}

/* Several relocations of one instruction: no compiler makes these, but nothing forbids them. */
static void check_shared_insn(void)
{
	struct core_token tokens[] = {
		{ .relo = { .type_id = 1 }, .imm = 7, .next = 2 },
		{ .relo = { .type_id = 2 }, .imm = 8 },
		{ .relo = { .type_id = 3 }, .imm = 7 },
	};
	struct core_relos relos = { .tokens = tokens, .cnt = 3, .base = 1000 };
	struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .imm = 1001 },
		{ .imm = 1000 }, /* the upper half of it: no token */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1000 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 999 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1000 }, /* appended once more */
	};
	static const struct bpf_core_relo want[] = {
		{ .insn_off = 0, .type_id = 2 },  { .insn_off = 16, .type_id = 1 },
		{ .insn_off = 16, .type_id = 3 }, { .insn_off = 32, .type_id = 1 },
		{ .insn_off = 32, .type_id = 3 },
	};
	static const __s32 imms[] = { 8, 1000, 7, 999, 7 };
	struct bpf_core_relo *got;
	bool same = true;
	__u32 cnt;

	got = core_relos_restore(&relos, insns, ARRAY_SIZE(insns), &cnt);
	check("an instruction may have several relocations, and exist several times",
	      cnt == ARRAY_SIZE(want) && !memcmp(got, want, sizeof(want)), "%u relocations", cnt);
	for (size_t i = 0; i < ARRAY_SIZE(imms); i++)
		same = same && insns[i].imm == imms[i];
	check("its imm comes back, the upper half of a 64-bit constant stays", same, "it does not");
	free(got);
}

/* Relocations for types of one name, whatever their flavor, follow each other, from end to end. */
static void check_groups(void)
{
	struct btf *btf = btf__new_empty();
	const struct bpf_core_relo mixed[] = {
		{ .insn_off = 0, .type_id = 1 },  { .insn_off = 8, .type_id = 2 },
		{ .insn_off = 16, .type_id = 1 }, { .insn_off = 24, .type_id = 3 },
		{ .insn_off = 32, .type_id = 2 },
	};
	static const __u32 forwards[] = { 8, 24, 32, 0, 16 }, backwards[] = { 0, 16, 8, 24, 32 };
	struct bpf_core_relo relos[ARRAY_SIZE(mixed)];
	bool same = true;

	btf__add_struct(btf, "task_struct", 8);
	btf__add_struct(btf, "file", 8);
	btf__add_struct(btf, "file___old", 8);
	memcpy(relos, mixed, sizeof(mixed));
	core_relos_group(relos, ARRAY_SIZE(relos), btf, false);
	for (size_t i = 0; i < ARRAY_SIZE(relos); i++)
		same = same && relos[i].insn_off == forwards[i];
	core_relos_group(relos, ARRAY_SIZE(relos), btf, true);
	for (size_t i = 0; i < ARRAY_SIZE(relos); i++)
		same = same && relos[i].insn_off == backwards[i];
	check("relocations for types of one name follow each other", same, "they do not");

	memcpy(relos, mixed, sizeof(mixed));
	relos[1].insn_off = 0;
	core_relos_group(relos, ARRAY_SIZE(relos), btf, true);
	check("several of one instruction stay in their order",
	      relos[0].type_id == 1 && relos[1].type_id == 2 && relos[2].type_id == 1,
	      "they do not");
	btf__free(btf);
}

int main(void)
{
	struct object object;

	check_accessors();
	check_shared_insn();
	check_groups();
	if (access(LINKED, R_OK)) {
		skip("relocations of a linked object", "no bpftool to link it");
		return harness_status();
	}
	if (check("a linked object is loaded", !object_load(&object, LINKED, NULL), "it is not")) {
		check_linked(&object);
		check_no_tokens(&object);
	}
	object_free(&object);
	return harness_status();
}
