/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The floor: the system calls that libbpf made to load an object on this kernel, with everything that
 * they pointed at, for a program that does nothing but make them again. Written by prepare.c, executed by
 * app_floor.c. Offsets are in bytes from the start of this structure; an "object" is what a call creates.
 */
#ifndef LSKEL_BENCH_FLOOR_H
#define LSKEL_BENCH_FLOOR_H

#include <linux/types.h>

#define FLOOR_MMAP  1000 /* global data; attr is a struct floor_mmap */
#define FLOOR_CLOSE 1001 /* of object @made, which is there for the load only */

struct floor_op {
	__u32 cmd;  /* enum bpf_cmd or FLOOR_* */
	__u32 attr; /* offset */
	__u32 size;
	__s32 made;  /* number of the object, or -1 */
	__u32 patch; /* offset of struct floor_patch[patch_cnt] */
	__u32 patch_cnt;
};

/* An fd in an attr. */
struct floor_patch {
	__u32 where; /* offset */
	__u32 object;
};

struct floor_mmap {
	__u32 object;
	__u32 prot;
	__u64 len;
};

struct floor {
	__u32 op_off; /* struct floor_op[op_cnt] */
	__u32 op_cnt;
	__u32 reloc_off; /* offsets of __u64 that hold an offset */
	__u32 reloc_cnt;
	__u32 fd_off; /* fds of the objects, the fd_array of all programs */
	__u32 fd_cnt;
};

#endif /* LSKEL_BENCH_FLOOR_H */
