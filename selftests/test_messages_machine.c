// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What lskel_error() says, word for word, on machines that do not permit or have what an object needs, and to
 * an application that makes mistakes.
 */
#include <grp.h>
#include <sched.h>
#include <linux/capability.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "broken_no_entries.lskel.h"
#include "kconfig_missing.lskel.h"
#include "kconfig_type.lskel.h"
#include "pinned.lskel.h"

#include "messages.h"
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
