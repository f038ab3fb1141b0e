/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A kernel that programs are relocated for: its BTF, and the build id by which the run time knows it. */
#ifndef LSKEL_GEN_TARGET_KERNEL_H
#define LSKEL_GEN_TARGET_KERNEL_H

#include <bpf/btf.h>
#include <lskel/relocated.h>

/* The kernel that runs here, as an argument of target_kernel_open(). */
#define RUNNING_KERNEL "/sys/kernel/btf/vmlinux:/sys/kernel/notes"

struct target_kernel {
	const char *path; /* for messages */
	struct btf *btf;
	__u8 build_id[LSKEL_BUILD_ID_MAX];
	__u32 build_id_len;
};

/*
 * Reads what @path says: "VMLINUX", an ELF file with .BTF and a note that has the build id; a directory with
 * a file of that name; or "BTF:ID", where BTF is a raw BTF or ELF file, and ID the build id in hex digits or
 * a file that has it, ELF or notes. Returns 0, or a negative errno after a message. Close in either case.
 */
int target_kernel_open(struct target_kernel *kernel, const char *path);
void target_kernel_close(struct target_kernel *kernel);

#endif /* LSKEL_GEN_TARGET_KERNEL_H */
