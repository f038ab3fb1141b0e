// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where the kernel does not tell addresses of symbols, they are 0, as with libbpf: /proc/kallsyms lists all of
 * them there. One that it does not list is missing.
 * Functions and variables that are found by their type are there as ever.
 *
 * Changes a sysctl: for vmtest kernels only.
 */
#include <linux/capability.h>
#include <sys/wait.h>

/* The type of the data in the skeletons. */
#include "progs/ksym_results.h"

#include "ksym_addr.lskel.h"
#include "ksym_addr_weak.lskel.h"
#include "ksym_missing_ADDR.lskel.h"
#include "ksym_mixed.lskel.h"
#include "ksym_mixed_old.lskel.h"

#include "footprint.h"
#include "harness.h"

static void restrict_pointers(char level)
{
	int fd = open("/proc/sys/kernel/kptr_restrict", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, &level, 1) != 1) {
		fail("kernel.kptr_restrict", "can't be set: %s", strerror(errno));
		exit(1);
	}
	close(fd);
}

static int run(int fd)
{
	union bpf_attr attr = {};
	char packet[64] = {};

	attr.test.prog_fd = (__u32)fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

static void strong_is_loaded(const char *when)
{
	struct ksym_addr *skel = ksym_addr__open();
	char name[96];
	int err = ksym_addr__load(skel) ?: run(skel->progs.addresses.prog_fd);

	snprintf(name, sizeof(name), "%s, addresses are there", when);
	check(name, !err && skel->bss->results.first, "%d: %s", err, ksym_addr__error(skel));
	ksym_addr__destroy(skel);
}

static void strong_is_zero(const char *when)
{
	struct ksym_addr *skel = ksym_addr__open();
	int err = ksym_addr__load(skel) ?: run(skel->progs.addresses.prog_fd);
	char name[96];

	snprintf(name, sizeof(name), "%s, a symbol is 0, as with libbpf", when);
	check(name, !err && !skel->bss->results.first && !skel->bss->results.second, "%d: %s", err,
	      ksym_addr__error(skel));
	ksym_addr__destroy(skel);
}

static void missing_is_missing(const char *when)
{
	struct ksym_missing_ADDR *skel = ksym_missing_ADDR__open();
	int err = ksym_missing_ADDR__load(skel);
	char name[96];

	snprintf(name, sizeof(name), "%s, one that is not there is an error", when);
	check(name, err == -ESRCH && strstr(ksym_missing_ADDR__error(skel), "no such symbol"),
	      "%d: %s", err, ksym_missing_ADDR__error(skel));
	ksym_missing_ADDR__destroy(skel);
}

static void weak_is_zero(const char *when)
{
	struct ksym_addr_weak *skel = ksym_addr_weak__open();
	int err = ksym_addr_weak__load(skel)		     ?:
			  run(skel->progs.addresses.prog_fd) ?:
			  run(skel->progs.weak_addresses.prog_fd);
	const struct ksym_results *results = &skel->bss->results;
	char name[96];

	snprintf(name, sizeof(name), "%s, a weak symbol is 0, as with libbpf", when);
	check(name,
	      !err && !results->first && !results->second && !results->weak_present &&
		      results->none == KSYM_ABSENT,
	      "%d: %s", err, ksym_addr_weak__error(skel));
	ksym_addr_weak__destroy(skel);
}

/* By their types: which functions there are depends on the kernel. */
static void typed_are_there(const char *when)
{
	struct ksym_mixed *skel = ksym_mixed__open_and_load();
	struct ksym_mixed_old *old = skel ? NULL : ksym_mixed_old__open_and_load();
	char name[96];

	snprintf(name, sizeof(name), "%s, symbols with a type are found", when);
	check(name, skel || old, "%s", strerror(errno));
	ksym_mixed__destroy(skel);
	ksym_mixed_old__destroy(old);
}

static void hidden(const char *when)
{
	strong_is_zero(when);
	missing_is_missing(when);
	weak_is_zero(when);
	typed_are_there(when);
}

static int without_cap_syslog(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &head, caps))
		return 1;
	caps[CAP_TO_INDEX(CAP_SYSLOG)].effective &= ~CAP_TO_MASK(CAP_SYSLOG);
	if (syscall(SYS_capset, &head, caps))
		return 1;
	hidden("without CAP_SYSLOG");
	return harness_status();
}

int main(void)
{
	int status;
	pid_t pid;

	restrict_pointers('1');
	strong_is_loaded("with CAP_SYSLOG");
	pid = fork();
	if (!pid)
		_exit(without_cap_syslog());
	if (waitpid(pid, &status, 0) != pid || status)
		fail("without CAP_SYSLOG", "status %d", status);
	restrict_pointers('2');
	hidden("with kptr_restrict=2");
	restrict_pointers('0');
	return harness_status();
}
