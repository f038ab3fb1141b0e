/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The blob: what the loader program executes. Shared by the generator (which writes it), the
 * run time (which patches and reads it) and the loader program (which walks it). Only the format
 * lives here, no code; Documentation/blob-format.md describes it byte by byte.
 *
 * Everything is in the byte order of the machine, as BPF ELF objects are. Every "offset" counts
 * bytes from the start of the blob.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_BLOB_H
#define LSKEL_BLOB_H

#include <linux/types.h>

#define LSKEL_BLOB_MAGIC   0x4c454b53 /* "SKEL" in little endian */
#define LSKEL_BLOB_VERSION 1

/* The largest attr an operation may have: a union bpf_attr never grew beyond 256 bytes. */
#define LSKEL_ATTR_MAX 256

/*
 * The blob's map goes on that far behind the mask, at least: the largest attr or name, and where it
 * begins in the structure that an offset is of.
 */
#define LSKEL_BLOB_SLACK 512

/* An fd slot that holds nothing. 0 is a valid fd, and to bpf(2) often means "none". */
#define LSKEL_NO_FD (-1)

/*
 * Values of lskel_blob_hdr.pos and lskel_op.next that are no offsets: the replay is over. They are
 * smaller than any offset of an operation, which is all that the loader program looks at.
 */
#define LSKEL_DONE   0
#define LSKEL_FAILED 1

/* Starts at offset 0. */
struct lskel_blob_hdr {
	__u32 magic;
	__u16 version;
	__u16 hdr_size;	  /* sizeof(struct lskel_blob_hdr) */
	__u32 size;	  /* of the blob in the kernel, i.e. the value size of its map */
	__u32 image_size; /* of what is stored; the rest up to size is zero */
	__u32 mask;	  /* 2^k - 1: the loader program reads and writes below it */
	__u32 op_off;	  /* struct lskel_op[op_cnt] */
	__u32 op_cnt;
	__u32 reloc_off; /* __u32[reloc_cnt]: offsets of __u64 that hold an offset */
	__u32 reloc_cnt;
	__u32 fd_off; /* __s32[fd_cnt], the fd_array of every program */
	__u32 fd_cnt;
	/* What the loader program writes. */
	__u32 pos;     /* offset of the next operation, or LSKEL_DONE, or LSKEL_FAILED */
	__u32 last[2]; /* offset of the last operation that succeeded [0], that failed [1] */
	__s32 status;  /* result of operations that have no slot for it */
	__u32 sink;    /* result that nobody reads */
	__u64 base;    /* kernel address of the blob */
	__u64 address; /* of the last symbol that was found */
};

/*
 * One operation. In this order: copy the two words, execute the command, store its return value
 * at result, go on at next[0], or at next[1] if the return value was negative. Operations only ever
 * lead forward, so that a replay ends. A copy that is not needed copies a word onto itself.
 */
struct lskel_op {
	__u32 cmd;    /* enum bpf_cmd, or LSKEL_CMD_* */
	__u32 attr;   /* offset of the union bpf_attr */
	__u32 size;   /* of the attr, 1 to LSKEL_ATTR_MAX */
	__u32 result; /* offset of a __s32 */
	struct {
		__u32 dst; /* offset of a __u32 */
		__u32 src; /* offset of a __u32 */
	} copy[2];
	__u32 next[2];
	__u32 owner; /* for the run time, see below */
};

/*
 * lskel_op.owner: 0, or the map or program that the operation is for and that it is left out with. Maps are
 * numbered from 1 in the order of lskel_info.maps, programs go on from there. LSKEL_OWNER_USERS: those
 * that copy its result from where it is, all of them.
 */
#define LSKEL_OWNER_USERS (~0U)

/*
 * Commands of the loader program's own, above what bpf(2) uses.
 *
 * LSKEL_CMD_CLOSE: bpf_sys_close() of the __s32 at offset attr, unless it is 0; never fails. Of the
 * header's sink, which is always 0, it does nothing: an operation that only copies.
 * LSKEL_CMD_FIND_BTF: attr is the offset of a struct lskel_symbol and size the length of its name
 * with the NUL. Stores three words at result: the BTF type's id, the fd of its BTF object or 0 for
 * vmlinux, and the first word of an instruction that calls it as a kfunc.
 * LSKEL_CMD_FIND_SYM: the same for a symbol of /proc/kallsyms. Stores its address at
 * result + 4, low word first.
 */
#define LSKEL_CMD_CLOSE	   63
#define LSKEL_CMD_FIND_BTF 62
#define LSKEL_CMD_FIND_SYM 61

struct lskel_symbol {
	__u32 kind;    /* BTF_KIND_*; the next two are for kfuncs, else 0 */
	__u32 call;    /* first word of the call */
	__u32 offset;  /* what is added to it if the kfunc is a module's: its BTF's slot */
	__u32 missing; /* errno of a load that fails because there is none: libbpf's */
	char name[4];  /* in fact as long as it needs to be */
};

/*
 * The allowlist: commands of bpf(2) that a blob may hold, as bits. What the kernel lets bpf_sys_bpf() do
 * (kernel/bpf/syscall.c), less what libbpf never needs while it loads an object. PROG_TEST_RUN must
 * never be here: a loader program that runs programs could run itself.
 */
#define LSKEL_ALLOWED_CMDS                                                                         \
	((1ULL << BPF_MAP_CREATE) | (1ULL << BPF_MAP_UPDATE_ELEM) | (1ULL << BPF_MAP_FREEZE) |     \
	 (1ULL << BPF_PROG_LOAD) | (1ULL << BPF_BTF_LOAD))

#endif /* LSKEL_BLOB_H */
