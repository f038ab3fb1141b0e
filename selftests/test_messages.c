// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What lskel_error() says, word for word, of objects that are broken, and of what a kernel does not have.
 */
#include "arena.lskel.h"
#include "bad_member.lskel.h"
#include "bad_target.lskel.h"
#include "broken_license.lskel.h"
#include "broken_map_type.lskel.h"
#include "broken_no_entries.lskel.h"
#include "ca.lskel.h"
#include "ksym_missing_ADDR.lskel.h"
#include "ksym_missing_FUNC.lskel.h"
#include "replace.lskel.h"

#include "messages.h"

/* A program that the verifier refuses: one of broken.bpf.c. */
static const struct program {
	const char *name;
	const char *expected;
} programs[] = {
	{ "number_as_pointer",
	  "broken: failed to load program 'number_as_pointer' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:84:*: a number is used as a pointer\n"
	  "    return \\*(volatile int \\*)(long)skb->len;\n"
	  "hint: the kernel's memory is read with bpf_core_read() or bpf_probe_read_kernel(), that of "
	  "processes with bpf_probe_read_user()" },
	{ "no_null_check",
	  "broken: failed to load program 'no_null_check' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:93:*: a pointer that may be NULL is used\n"
	  "    return \\*number;\n"
	  "hint: compare it with NULL first" },
	{ "outside_of_value",
	  "broken: failed to load program 'outside_of_value' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:102:*: an access is outside of the memory that the pointer is to\n"
	  "    return value ? value\\[10].number : 0;\n"
	  "hint: compare the index with the size first" },
	{ "unbounded",
	  "broken: failed to load program 'unbounded' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:108:*: an index or size has no upper bound\n"
	  "    return table\\[skb->len];\n"
	  "hint: compare it with a constant first, or mask it: index & (SIZE - 1)" },
	{ "negative_index", "broken: failed to load program 'negative_index' (SEC(\"tc\")): *\n"
			    "broken.bpf.c:117:*: an index *may be negative*\n"
			    "    return i > -64 && i < 64 ? table\\[i] : 0;\n"
			    "hint: *compare it with 0 *" },
	{ "unbounded_size",
	  "broken: failed to load program 'unbounded_size' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:125:*: a size may be 0\n"
	  "    bpf_skb_load_bytes(skb, 0, data, skb->len);\n"
	  "hint: compare it with 0 first" },
	{ "outside_of_packet",
	  "broken: failed to load program 'outside_of_packet' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:132:*: an access may be behind the end of the packet\n"
	  "    return \\*(volatile char \\*)(long)skb->data;\n"
	  "hint: compare the end of what is accessed with data_end first" },
	{ "no_such_context",
	  "broken: failed to load program 'no_such_context' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:138:*: a program of this type can't access that part of its context\n"
	  "    return \\*(volatile int \\*)((char \\*)skb + 1000);" },
	{ "endless", "broken: failed to load program 'endless' (SEC(\"tc\")): Invalid argument\n"
		     "broken.bpf.c:14*: a loop that may never end\n"
		     "    while (i)\n"
		     "hint: give it a bound, or use bpf_loop() (Linux 5.17) or bpf_for() (6.4)" },
	{ "no_result",
	  "broken: failed to load program 'no_result' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:155:*: there is no value to return\n"
	  "    asm volatile(\"exit\");\n"
	  "hint: return a number on every path" },
	{ "leaks", "broken: failed to load program 'leaks' (SEC(\"tc\")): Invalid argument\n"
		   "broken.bpf.c:16*: what was acquired is not released on every path\n"
		   "    return !event;" },
	{ "unknown_helper",
	  "broken: failed to load program 'unknown_helper' (SEC(\"tc\")): Invalid argument\n"
	  "broken.bpf.c:169:*: this kernel has no such helper\n"
	  "    return no_such_helper();\n"
	  "hint: helper number 5000 is there in no Linux that this lskel knows" },
	{ "helper_of_others",
	  "broken: failed to load program 'helper_of_others' (SEC(\"tc\")): Invalid argument\n"
	  "broken.bpf.c:175:*: programs of this type can't call bpf_xdp_adjust_head()\n"
	  "    return bpf_xdp_adjust_head((void \\*)skb, 0);" },
	{ "much_stack",
	  "broken: failed to load program 'much_stack' (SEC(\"tc\")): Permission denied\n"
	  "*functions that call each other have more than 512 bytes of stack\n"
	  "*hint: large variables can be in a map, such as a per-CPU array" },
	{ "no_such_verdict",
	  "broken: failed to load program 'no_such_verdict' (SEC(\"cgroup/dev\")): Invalid argument\n"
	  "broken.bpf.c:198:*: a value is returned that is not allowed here\n"
	  "    return 5;" },
	{ "writes_constant",
	  "broken: failed to load program 'writes_constant' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:204:*: a map is written to that programs can only read (const, .rodata)\n"
	  "    \\*(volatile int \\*)&constant = 2;" },
	{ "keeps_lock",
	  "broken: failed to load program 'keeps_lock' (SEC(\"tc\")): Invalid argument\n"
	  "broken.bpf.c:2*: a lock is not released on every path\n"
	  "    *" },
	{ "number_as_argument",
	  "broken: failed to load program 'number_as_argument' (SEC(\"tc\")): Permission denied\n"
	  "broken.bpf.c:223:*: an argument is of another type than the function needs\n"
	  "    return !bpf_map_lookup_elem(&values, (void \\*)(long)skb->len);" },
	{ "no_such_member",
	  "broken: failed to load program 'no_such_member' (SEC(\"raw_tp/sys_enter\")): Invalid argument\n"
	  "broken.bpf.c:2*: this kernel has no such type, member or value (CO-RE)\n"
	  "*hint: test before with bpf_core_type_exists() or bpf_core_field_exists()" },
	{ "no_such_function",
	  "broken: failed to load program 'no_such_function' (SEC(\"tc\")): Invalid argument\n"
	  "broken.bpf.c:237:*: a __weak kernel function is called that this kernel does not have\n"
	  "    return lskel_no_such_function();\n"
	  "hint: test before with bpf_ksym_exists()" },
};

static void programs_are_refused(void)
{
	size_t i;

	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		refused(programs[i].name, &broken__info, open_with(programs[i].name),
			programs[i].expected);
	REFUSED("a license", broken_license,
		"broken_license: failed to load program 'prints' (SEC(\"tc\")): Invalid argument\n"
		"broken.bpf.c:15:*: only programs with a license compatible to the GPL may call this\n"
		"    bpf_printk(\"not for everybody\");\n"
		"hint: char LICENSE\\[] SEC(\"license\") = \"GPL\";");
}

static bool has_arenas(void)
{
	struct arena *skel = arena__open_and_load();

	arena__destroy(skel);
	return skel;
}

static void maps_are_refused(void)
{
	struct broken *skel = open_with("no_null_check");

	skel->maps.numbers.autocreate = false;
	refused("a map that is not created", &broken__info, skel,
		"broken: failed to load program 'no_null_check' (SEC(\"tc\")): Invalid argument\n"
		"broken.bpf.c:9*: a map is used that is not created\n"
		"    *\n"
		"hint: it uses map 'numbers', which is not created (autocreate)");

	skel = broken__open();
	skel->maps.values.max_entries = ~0U;
	refused("a map that is too large", &broken__info, skel,
		"broken: failed to create map 'values' (array, key 4 bytes, value 8 bytes, max_entries *): *\n"
		"hint: *");
	REFUSED("no max_entries", broken_no_entries,
		"broken_no_entries: failed to create map 'numbers' (hash, key 4 bytes, value 4 bytes, "
		"max_entries 0): Invalid argument\n"
		"hint: most types of maps need max_entries; set it in the object, or "
		"skel->maps.NAME.max_entries before load()");
	if (!has_arenas())
		REFUSED("a map that is newer than the kernel", arena,
			"arena: failed to create the arena 'memory': Invalid argument\n"
			"hint: map type arena is there since Linux 6.9; this is 6.*");
	REFUSED("a type of map", broken_map_type,
		"broken_map_type: failed to create map 'numbers' (type 200, key 4 bytes, value 4 bytes, "
		"max_entries 0): Invalid argument\n"
		"hint: map type 200 is there in no Linux that this lskel knows");
}

static void symbols_are_missing(void)
{
	REFUSED("a kernel function", ksym_missing_FUNC,
		"ksym_missing_FUNC: failed to find 'lskel_no_such_ksym' in the kernel's BTF: no such symbol\n"
		"hint: does this kernel have it, and is its module loaded? If the object can do without, it "
		"can declare it __weak");
	REFUSED("a kernel address", ksym_missing_ADDR,
		"ksym_missing_ADDR: failed to find 'lskel_no_such_ksym' among the kernel's symbols: no such "
		"symbol\n"
		"hint: does this kernel have it, and is its module loaded? If the object can do without, it "
		"can declare it __weak");
	REFUSED("a target", bad_target,
		"bad_target: failed to find 'no_such_function', the target of program 'looks_for_it' "
		"(SEC(\"fentry/no_such_function\")), in the kernel's BTF: no such symbol\n"
		"hint: *");
	REFUSED("a target that the application has to name", replace,
		"replace: failed to load program '*' (SEC(\"freplace/*\")): Invalid argument\n"
		"hint: its section does not say *");
}

static void struct_ops_are_wrong(void)
{
	struct ca *skel = ca__open();

	skel->maps.wide.autocreate = skel->maps.kind.autocreate = false;
	refused("struct_ops", &ca__info, skel,
		"ca: failed to fit struct_ops map 'no_such' to the kernel: it has no struct_ops called "
		"'lskel_no_such_ops', nor has a loaded module (no struct bpf_struct_ops_lskel_no_such_ops in "
		"their BTF): No such process");
	REFUSED("a member that programs can't be for", bad_member,
		"bad_member: failed to load program 'get_info' (SEC(\"struct_ops/get_info\")): Not supported by "
		"the kernel (ENOTSUPP)\n"
		"attach to unsupported member get_info of struct tcp_congestion_ops");
}

int main(void)
{
	programs_are_refused();
	maps_are_refused();
	symbols_are_missing();
	struct_ops_are_wrong();
	return harness_status();
}
