// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Kernel configuration that is no configuration: what libbpf calls virtual externs, LINUX_*. The
 * configuration file is in kconfig_file.c, which needs zlib.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdio.h>
#include <sys/utsname.h>

#include <lskel/kconfig.h>
#include <lskel/load.h>
#include "syscall_wrapper.h"

LSKEL_API char *lskel_kconfig_data(const struct lskel_info *info, void *skel, __u32 i)
{
	const struct lskel_data_info *data = &info->data[info->kconfig_data];

	return *lskel_at(char *, skel, data->pointer) + info->kconfigs[i].offset;
}

static int lskel_kconfig_fits(const struct lskel_kconfig_info *kconfig, __u64 value)
{
	const __u32 bits = kconfig->size * 8;

	if (kconfig->size == 8)
		return 1;
	if (kconfig->is_signed)
		return value + (1ULL << (bits - 1)) < (1ULL << bits);
	return !(value >> bits);
}

LSKEL_API int lskel_kconfig_set_number(const struct lskel_kconfig_info *kconfig, char *data,
				       __u64 value)
{
	__u32 word = (__u32)value;
	__u16 half = (__u16)value;

	if (kconfig->type == LSKEL_KCONFIG_TRISTATE || kconfig->type == LSKEL_KCONFIG_STRING ||
	    (kconfig->type == LSKEL_KCONFIG_BOOL && value > 1))
		return -EINVAL;
	if (!lskel_kconfig_fits(kconfig, value))
		return -ERANGE;
	switch (kconfig->size) {
	case 1:
		*data = (char)value;
		return 0;
	case 2:
		memcpy(data, &half, sizeof(half));
		return 0;
	case 4:
		memcpy(data, &word, sizeof(word));
		return 0;
	case 8:
		memcpy(data, &value, sizeof(value));
		return 0;
	default:
		return -EINVAL;
	}
}

/* The version that the distribution's kernel is built from; @format finds it in @text. */
static __u64 lskel_parse_version(const char *text, const char *format)
{
	unsigned int major, minor, patch;

	if (!text || sscanf(text, format, &major, &minor, &patch) != 3)
		return 0;
	return (major << 16) + (minor << 8) + (patch > 255 ? 255 : patch);
}

/* As libbpf's get_kernel_version(): what uname() says is not all that Debian and Ubuntu have. */
static __u64 lskel_kernel_version(void)
{
	FILE *file = fopen("/proc/version_signature", "re");
	struct utsname uts;
	char line[256];
	__u64 version = 0;

	if (file) {
		if (fgets(line, sizeof(line), file))
			version = lskel_parse_version(line, "%*s %*s %u.%u.%u");
		fclose(file);
	}
	if (version || uname(&uts))
		return version;
	version = lskel_parse_version(strstr(uts.version, "Debian "), "Debian %u.%u.%u");
	return version ? version : lskel_parse_version(uts.release, "%u.%u.%u");
}

/* Does a program that asks for its attach cookie load? (Linux 5.15) */
static int lskel_has_bpf_cookie(int token_fd)
{
	struct bpf_insn insns[2];
	union bpf_attr attr;
	int fd;

	memset(insns, 0, sizeof(insns));
	insns[0].code = BPF_JMP | BPF_CALL;
	insns[0].imm = BPF_FUNC_get_attach_cookie;
	insns[1].code = BPF_JMP | BPF_EXIT;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_TRACEPOINT;
	attr.insns = lskel_u64(insns);
	attr.insn_cnt = 2;
	attr.license = lskel_u64("GPL");
	fd = lskel_sys_bpf_token(BPF_PROG_LOAD, &attr, token_fd);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The value of a virtual extern. Unknown ones that are weak are 0; the generator refuses others. */
static __u64 lskel_virtual_value(const char *name, int token_fd)
{
	if (!strcmp(name, "LINUX_KERNEL_VERSION"))
		return lskel_kernel_version();
	if (!strcmp(name, "LINUX_HAS_BPF_COOKIE"))
		return (__u64)lskel_has_bpf_cookie(token_fd);
	if (!strcmp(name, "LINUX_HAS_SYSCALL_WRAPPER"))
		return lskel_has_syscall_wrapper() > 0;
	return 0;
}

LSKEL_API int lskel_kconfig_resolve(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	__u32 i;

	for (i = 0; i < info->kconfig_cnt; i++) {
		const struct lskel_kconfig_info *kconfig = &info->kconfigs[i];
		char *data = lskel_kconfig_data(info, skel, i);
		int err;

		memset(data, 0, kconfig->size);
		if (!strncmp(kconfig->name, "CONFIG_", strlen("CONFIG_")))
			continue;
		err = lskel_kconfig_set_number(kconfig, data,
					       lskel_virtual_value(kconfig->name, ctx->token_fd));
		if (err)
			return lskel_fail(ctx, LSKEL_STAGE_KCONFIG, i, err);
	}
	return 0;
}
