// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What lskel_error() says, word for word, of objects that are broken and of machines that do not permit or have
 * what an object needs. In what is expected, '*' stands for anything: numbers that are the kernel's, columns that
 * are the compiler's. The verifier's own words, which follow, are its business (test_verifier_log.c).
 */
#include <fnmatch.h>
#include <grp.h>
#include <sched.h>
#include <linux/capability.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "arena.lskel.h"
#include "bad_target.lskel.h"
#include "bare.lskel.h"
#include "broken.lskel.h"
#include "broken_license.lskel.h"
#include "broken_map_type.lskel.h"
#include "broken_no_entries.lskel.h"
#include "ca.lskel.h"
#include "kconfig_missing.lskel.h"
#include "kconfig_type.lskel.h"
#include "ksym_missing_ADDR.lskel.h"
#include "ksym_missing_FUNC.lskel.h"
#include "pinned.lskel.h"
#include "replace.lskel.h"

#include "harness.h"
#include "own_bpffs.h"

#define UNAME26 0x0020000 /* personality(2): uname() says 2.6 */

/* bpf(2) gives this errno for the command, unless that is -1. */
static int failing_cmd = -1, failing_errno;

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);

long __wrap_syscall(long number, long a, long b, long c)
{
	if (number == __NR_bpf && a == failing_cmd) {
		errno = failing_errno;
		return -1;
	}
	return __real_syscall(number, a, b, c);
}

static void check_message(const char *what, const struct lskel_info *info, void *skel,
			  const char *expected)
{
	char *message = strdup(lskel_error(info, skel)),
	     *log = strstr(message, "\nthe verifier says");

	if (log)
		*log = '\0';
	check(what, !fnmatch(expected, message, 0), "not\n%s\nbut\n%s", expected, message);
	free(message);
}

/* Loads @skel, which is to fail, and destroys it. */
static void refused(const char *what, const struct lskel_info *info, void *skel,
		    const char *expected)
{
	lskel_load(info, skel);
	check_message(what, info, skel, expected);
	lskel_destroy(info, skel);
}

/* Its programs need no loader program, so the test asks for one. */
static struct bare *open_bare(void)
{
	struct bare *skel = bare__open();

	skel->ctx.in_kernel = true;
	return skel;
}

#define REFUSED(what, name, expected) refused(what, &name##__info, name##__open(), expected)

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

static struct broken *open_with(const char *program)
{
	struct broken *skel = broken__open();
	__u32 i;

	for (i = 0; i < broken__info.prog_cnt; i++)
		if (!strcmp(broken__info.progs[i].name, program))
			lskel_prog_at(&broken__info, skel, i)->autoload = true;
	return skel;
}

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

static void no_such_struct_ops(void)
{
	struct ca *skel = ca__open();

	skel->maps.wide.autocreate = skel->maps.kind.autocreate = false;
	refused("struct_ops", &ca__info, skel,
		"ca: failed to fit struct_ops map 'no_such' to the kernel: it has no struct_ops called "
		"'lskel_no_such_ops', nor has a loaded module (no struct bpf_struct_ops_lskel_no_such_ops in "
		"their BTF): No such process");
}

static void uses_are_wrong(void)
{
	struct bare *skel = bare__open();

	bare__load(skel);
	refused("load() twice", &bare__info, skel,
		"bare: failed to load: it is loaded already: Invalid argument");
	skel = bare__open();
	skel->ctx.token_path = "/nowhere";
	refused("a token path", &bare__info, skel,
		"bare: failed to get a BPF token from '/nowhere': No such file or directory\n"
		"hint: *");
}

static void fds_are_few(void)
{
	struct rlimit old, limit;
	struct bare *skel = open_bare();

	getrlimit(RLIMIT_NOFILE, &old);
	limit = old;
	limit.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &limit);
	bare__load(skel);
	setrlimit(RLIMIT_NOFILE, &old);
	check_message(
		"the limit of open files", &bare__info, skel,
		"bare: failed to set up the loader program's map (* bytes): Too many open files\n"
		"hint: raise the limit of open files (ulimit -n)");
	bare__destroy(skel);
}

static void a_pin_differs(void)
{
	struct pinned *skel = pinned__open();

	if (!check("a BPF file system", !own_bpffs(), "%m"))
		return;
	pinned__load(skel);
	pinned__destroy(skel);
	skel = pinned__open();
	skel->maps.counts.max_entries = 300;
	refused("a pinned map", &pinned__info, skel,
		"pinned: failed to use what is pinned at '/sys/fs/bpf/counts' as map 'counts': its "
		"max_entries is *, not 300: Invalid argument\n"
		"hint: remove the pin if nobody needs that map any more, or set another pin_path");
}

static void configuration(void)
{
	char dir[] = "/tmp/lskel-XXXXXX";

	if (access("/proc/config.gz", R_OK) && !kconfig_missing__open_and_load() &&
	    errno == EINVAL) {
		skip("kernel configuration", "this kernel's is not to be had");
	} else {
		REFUSED("an unknown CONFIG", kconfig_missing,
			"kconfig_missing: failed to find the value of 'CONFIG_LSKEL_MISSING' in the "
			"configuration of the kernel: it is not set\n"
			"hint: declare it __weak to have 0 then");
		REFUSED("a CONFIG of another type", kconfig_type,
			"kconfig_type: failed to find the value of 'CONFIG_BPF' in the configuration of "
			"the kernel: Invalid argument\n"
			"hint: the type that it is declared with can't hold the value");
	}
	if (check("a root without files",
		  mkdtemp(dir) && !chdir(dir) && !rmdir(dir) && !chroot("."), "%m"))
		REFUSED("no configuration", kconfig_missing,
			"kconfig_missing: failed to open the configuration of the kernel: neither "
			"/boot/config-RELEASE nor /proc/config.gz can be read\n"
			"hint: *");
}

/* Has these capabilities and no others. */
static int have_caps(__u64 caps)
{
	struct __user_cap_header_struct hdr = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {};

	data[0].effective = data[0].permitted = (__u32)caps;
	data[1].effective = data[1].permitted = (__u32)(caps >> 32);
	return (int)syscall(__NR_capset, &hdr, data);
}

#define CAP(name) (1ULL << CAP_##name)

static void without_capabilities(void)
{
	if (check("no capability", !have_caps(0), "%m"))
		refused("all capabilities missing", &bare__info, open_bare(),
			"bare: failed to set up the loader program's map (* bytes): Operation not "
			"permitted\n"
			"hint: CAP_BPF and CAP_PERFMON are missing: root has them; in a user namespace, a "
			"BPF token may do");
}

static void without_perfmon(void)
{
	if (check("CAP_BPF alone", !have_caps(CAP(BPF)), "%m"))
		refused("CAP_PERFMON missing", &bare__info, open_bare(),
			"bare: failed to load the loader program: *\n"
			"hint: CAP_PERFMON is missing: root has it; in a user namespace, a BPF token may "
			"do");
}

static void without_net_admin(void)
{
	if (check("CAP_BPF and CAP_PERFMON", !have_caps(CAP(BPF) | CAP(PERFMON)), "%m"))
		refused("CAP_NET_ADMIN missing", &broken__info, open_with("no_null_check"),
			"broken: failed to load program 'no_null_check' (SEC(\"tc\")): Operation not "
			"permitted\n"
			"hint: CAP_NET_ADMIN is missing: root has it; in a user namespace, a BPF token may "
			"do");
}

static void in_a_user_namespace(void)
{
	if (unshare(CLONE_NEWUSER)) {
		skip("a user namespace", "this kernel permits none: %m");
		return;
	}
	refused("a user namespace", &bare__info, open_bare(),
		"bare: failed to set up the loader program's map (* bytes): Operation not permitted\n"
		"hint: in a user namespace, a BPF file system has to delegate this (Linux 6.9; mount options "
		"delegate_cmds, delegate_maps, delegate_progs)");
}

/* As if it were not permitted to root either. */
static void with_everything(void)
{
	failing_cmd = BPF_BTF_LOAD;
	failing_errno = EPERM;
	refused("nothing is missing", &bare__info, open_bare(),
		"bare: failed to load the loader program's BTF: Operation not permitted\n"
		"hint: *the kernel *locked down*");
}

/* Where uname() is of a kernel that knows nothing. */
static void on_an_old_kernel(void)
{
	if (personality(UNAME26) < 0) {
		skip("an old kernel", "this one can't pretend to be: %m");
		return;
	}
	refused("a helper", &broken__info, open_with("helper_of_others"),
		"broken: failed to load program 'helper_of_others' (SEC(\"tc\")): Invalid argument\n"
		"broken.bpf.c:175:*: programs of this type can't call bpf_xdp_adjust_head()\n"
		"    return bpf_xdp_adjust_head((void \\*)skb, 0);\n"
		"hint: bpf_xdp_adjust_head() is there since Linux 4.10; this is 2.6");
	REFUSED("maps", broken_no_entries,
		"broken_no_entries: failed to create map 'numbers' (*): Invalid argument\n"
		"hint: map type hash is there since Linux 3.19; this is 2.6");
	failing_cmd = BPF_PROG_LOAD;
	failing_errno = EINVAL;
	refused("loader programs", &bare__info, open_bare(),
		"bare: failed to load the loader program: Invalid argument\n"
		"hint: what a loader program needs is there since Linux 6.1; this is 2.6");
	failing_cmd = BPF_MAP_CREATE;
	failing_errno = EPERM;
	refused("locked memory", &bare__info, open_bare(),
		"bare: failed to set up the loader program's map (* bytes): Operation not permitted\n"
		"hint: raise the limit of locked memory (RLIMIT_MEMLOCK, ulimit -l), which Linux counts maps "
		"and programs as before 5.11");
}

/* In a process of its own, for what can't be taken back. */
static void apart(void (*test)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		harness_failures = 0;
		test();
		exit(harness_status());
	}
	if (waitpid(pid, &status, 0) != pid || status)
		harness_failures++;
}

int main(void)
{
	programs_are_refused();
	maps_are_refused();
	symbols_are_missing();
	no_such_struct_ops();
	uses_are_wrong();
	fds_are_few();
	apart(a_pin_differs);
	apart(configuration);
	apart(without_capabilities);
	apart(without_perfmon);
	apart(without_net_admin);
	apart(in_a_user_namespace);
	apart(with_everything);
	apart(on_an_old_kernel);
	return harness_status();
}
