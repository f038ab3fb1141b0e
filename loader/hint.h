/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the ways out that loader/error.c shows: what an errno, or what the verifier says, means where it comes
 * from.
 */
#ifndef LSKEL_HINT_H
#define LSKEL_HINT_H

#include <lskel/load.h>

static const char *lskel_kconfig_hint(int err)
{
	switch (err) {
	case -ESRCH:
		return "it is not set; declare it __weak to have 0 then";
	case -ENOENT:
		return "neither /boot/config-RELEASE nor /proc/config.gz is there";
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

/* Whether the verifier's last words are about a helper that the kernel does not let everybody use. */
static int lskel_lacks_helper(const char *log)
{
	return log && (strstr(log, "cannot use helper bpf_probe_") ||
		       strstr(log, "unknown func bpf_probe_")); /* before Linux 6.12 */
}

#endif /* LSKEL_HINT_H */
