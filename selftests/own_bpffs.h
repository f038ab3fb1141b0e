/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A BPF file system of this process's own: what it pins there the machine never sees, and goes with it. */
#ifndef LSKEL_SELFTESTS_OWN_BPFFS_H
#define LSKEL_SELFTESTS_OWN_BPFFS_H

#include <errno.h>
#include <unistd.h>
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#define BPFFS "/sys/fs/bpf"

/* Returns 0 or a negative errno. The process needs CAP_SYS_ADMIN. */
static inline int own_bpffs(void)
{
	if (syscall(SYS_unshare, CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", BPFFS, "bpf", 0, NULL))
		return -errno;
	return 0;
}

#endif /* LSKEL_SELFTESTS_OWN_BPFFS_H */
