/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the ways out that loader/error.c shows: what an errno, or what the verifier says, means where it comes
 * from.
 */
#ifndef LSKEL_HINT_H
#define LSKEL_HINT_H

#include <lskel/attach.h>
#include "message.h"

static const char *lskel_kconfig_hint(int err)
{
	switch (err) {
	case -ESRCH:
		return "declare it __weak to have 0 then";
	case -EINVAL:
	case -ERANGE:
		return "the type that it is declared with can't hold the value";
	default:
		return NULL;
	}
}

static const char *lskel_pin_hint(const struct lskel_failure *failure, const char *path)
{
	if (failure->differs)
		return "remove the pin if nobody needs that map any more, or set another pin_path";
	if (failure->err == -EPERM && strchr(strrchr(path, '/') ? strrchr(path, '/') : path, '.'))
		return "in a BPF file system, no name may have a '.'";
	if (failure->stage == LSKEL_STAGE_PIN_FIND)
		return failure->err == -EACCES ? "it is no map, or not for you" : NULL;
	if (failure->err == -EINVAL)
		return "that is not in a BPF file system: mount one there (mount -t bpf bpf "
		       "/sys/fs/bpf), or set another pin_path";
	if (failure->err == -ENOENT)
		return "only the last directory of the path is made by load()";
	return NULL;
}

static const char *lskel_token_hint(int err)
{
	switch (err) {
	case -EINVAL:
		return "it must be where a BPF file system is mounted, on Linux 6.9 or newer";
	case -ENOENT:
		return "there must be a BPF file system with mount options that delegate (delegate_cmds=...)";
	case -EOPNOTSUPP:
		return "tokens are for user namespaces; without one, no token is needed";
	case -EPERM:
		return "the BPF file system must belong to this user namespace, and CAP_BPF is needed in it";
	default:
		return NULL;
	}
}

static int lskel_is_missing_symbol(const struct lskel_info *info,
				   const struct lskel_failure *failure)
{
	const struct lskel_symbol *symbol;
	const struct lskel_op *op;

	if (failure->stage != LSKEL_STAGE_OP)
		return 0;
	op = (const struct lskel_op *)lskel_image_at(info, failure->at);
	if (op->cmd != LSKEL_CMD_FIND_BTF && op->cmd != LSKEL_CMD_FIND_SYM)
		return 0;
	symbol = (const struct lskel_symbol *)lskel_image_at(info, op->attr);
	return failure->err == -(int)symbol->missing;
}

/* The errno in words; not where it is one that libbpf has for it, whatever its words say. */
static const char *lskel_reason(const struct lskel_info *info, const struct lskel_failure *failure)
{
	if (lskel_is_missing_symbol(info, failure))
		return "no such symbol";
	if (failure->stage == LSKEL_STAGE_KCONFIG && failure->err == -ESRCH)
		return "it is not set";
	if (failure->stage == LSKEL_STAGE_CONFIG_FILE && failure->err == -EINVAL)
		return "neither /boot/config-RELEASE nor /proc/config.gz can be read";
	/* ENOTSUPP is the kernel's alone (include/linux/errno.h), and yet comes out of bpf(2). */
	if (failure->err == -524)
		return "Not supported by the kernel (ENOTSUPP)";
	return strerror(-failure->err);
}

/* The way out, where one is known. */
static const char *lskel_hint(const struct lskel_info *info, void *skel)
{
	const struct lskel_failure *failure = &((struct lskel_ctx *)skel)->failure;

	if (failure->stage == LSKEL_STAGE_ATTACH && failure->kind && !failure->kind->since)
		return "this version of lskel can't attach this kind of program; attach it "
		       "yourself, by its prog_fd";
	if (failure->stage == LSKEL_STAGE_ATTACH && !failure->by_rule &&
	    (failure->err == -EPERM || failure->err == -EACCES))
		return "root or a capability is needed (CAP_BPF, CAP_PERFMON or CAP_NET_ADMIN), see also "
		       "/proc/sys/kernel/perf_event_paranoid and /sys/kernel/security/lockdown";
	if (failure->stage == LSKEL_STAGE_AUTOLOAD)
		return "libbpf could not load it when the skeleton was generated; without the '?' in "
		       "its section name, lskel says why";
	if (failure->stage == LSKEL_STAGE_ATTACH_MAP && failure->err == -EEXIST)
		return "one of that name is registered already";
	if (failure->stage == LSKEL_STAGE_TARGET)
		return "its section does not say which function it is for: call NAME__PROGRAM__set_target(), "
		       "of this skeleton and program, before load()";
	if (failure->stage == LSKEL_STAGE_KCONFIG)
		return lskel_kconfig_hint(failure->err);
	if (failure->stage == LSKEL_STAGE_CONFIG_FILE)
		return "distributions have the former in the kernel's package; the latter is there with "
		       "CONFIG_IKCONFIG_PROC";
	if (failure->stage == LSKEL_STAGE_PIN_FIND || failure->stage == LSKEL_STAGE_PIN)
		return lskel_pin_hint(failure, lskel_map_at(info, skel, failure->at)->pin_path);
	if (failure->stage == LSKEL_STAGE_TOKEN)
		return lskel_token_hint(failure->err);
	if (failure->err == -EMFILE)
		return "raise the limit of open files (ulimit -n)";
	if (lskel_is_missing_symbol(info, failure))
		return "does this kernel have it, and is its module loaded? If the object can do "
		       "without, it can declare it __weak";
	return NULL;
}

#endif /* LSKEL_HINT_H */
