// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Kernel configuration is decided on the target: programs see what the configuration of the kernel that
 * runs says, whatever the object was generated with. What can't be had fails the load and is named.
 */
#include "kconfig.lskel.h"
#include "kconfig_missing.lskel.h"
#include "kconfig_type.lskel.h"

#include <sys/utsname.h>
#include <zlib.h>

#include "footprint.h"
#include "harness.h"

/* The value of @name in the kernel's configuration, "" if it isn't set. */
static const char *config(const char *name)
{
	static char line[4096];
	struct utsname uts;
	char path[256];
	gzFile file;

	uname(&uts);
	snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
	file = gzopen(path, "re") ?: gzopen("/proc/config.gz", "re");
	while (file && gzgets(file, line, sizeof(line))) {
		size_t len = strlen(name);

		if (strncmp(line, name, len) || line[len] != '=')
			continue;
		gzclose(file);
		line[strcspn(line, "\n")] = '\0';
		return line + len + 1;
	}
	if (file)
		gzclose(file);
	return "";
}

static int run(int prog_fd)
{
	union bpf_attr attr = {};
	char packet[64] = {};

	attr.test.prog_fd = prog_fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

static int running_version(void)
{
	int major = 0, minor = 0;
	struct utsname uts;

	uname(&uts);
	sscanf(uts.release, "%d.%d", &major, &minor);
	return (major << 16) + (minor << 8);
}

static void test_values(struct kconfig *skel)
{
	char hostname[4] = {};
	char type = *config("CONFIG_BPF_JIT");

	strncpy(hostname, config("CONFIG_DEFAULT_HOSTNAME") + 1, sizeof(hostname) - 1);
	check("LINUX_KERNEL_VERSION", (skel->bss->version & ~0xff) == running_version(),
	      "%#x instead of %#x", skel->bss->version, running_version());
	check("LINUX_HAS_BPF_COOKIE", skel->bss->cookie, "the program sees none");
	check("a bool", skel->bss->bpf_syscall, "the program sees CONFIG_BPF_SYSCALL unset");
	check("a tristate",
	      skel->bss->jit == (type == 'y' ? 1 :
				 type == 'm' ? 2 :
					       0),
	      "%d for '%c'", skel->bss->jit, type);
	check("a char", skel->bss->net == 'y', "'%c'", skel->bss->net);
	check("a number of 8 bytes", skel->bss->hz == strtoull(config("CONFIG_HZ"), NULL, 0),
	      "%llu", skel->bss->hz);
	check("a number of 2 bytes", skel->bss->log_shift == atoi(config("CONFIG_LOG_BUF_SHIFT")),
	      "%d", skel->bss->log_shift);
	check("a string, cut off", !memcmp(skel->bss->hostname, hostname, sizeof(hostname)),
	      "'%.4s' instead of '%.4s'", skel->bss->hostname, hostname);
	check("weak and missing is 0", !skel->bss->weak, "%d", skel->bss->weak);
	check("the application sees it, too", skel->kconfig->CONFIG_HZ == skel->bss->hz, "%llu",
	      skel->kconfig->CONFIG_HZ);
}

#define check_refused(name, skel_name, expected, word)                                             \
	do {                                                                                       \
		struct skel_name *skel = skel_name##__open();                                      \
		int err = skel_name##__load(skel);                                                 \
		const char *error = skel_name##__error(skel);                                      \
		check(name, err == -(expected) && strstr(error, word), "%d: %s", err, error);      \
		skel_name##__destroy(skel);                                                        \
	} while (0)

static int go_where_nothing_is(void)
{
	char dir[] = "/tmp/lskel-XXXXXX";

	return mkdtemp(dir) ? chdir(dir) ?: rmdir(dir) ?: chroot(".") : -1;
}

int main(void)
{
	struct kconfig *skel = kconfig__open();
	int err;

	if (!*config("CONFIG_HZ")) {
		skip("kernel configuration", "this kernel's is not to be had");
		return 0;
	}
	err = kconfig__load(skel) ?: run(skel->progs.read_config.prog_fd);
	if (check("loads and runs", !err, "%s", kconfig__error(skel)))
		test_values(skel);
	kconfig__destroy(skel);

	check_refused("strong and missing", kconfig_missing, ESRCH, "'CONFIG_LSKEL_MISSING'");
	check_refused("a type that can't hold it", kconfig_type, EINVAL, "'CONFIG_BPF'");
	if (check("a root without files", !go_where_nothing_is(), "%m"))
		check_refused("no configuration to be had", kconfig_missing, EINVAL,
			      "neither /boot/config-");
	return harness_status();
}
