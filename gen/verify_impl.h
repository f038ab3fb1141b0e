/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of the verifier of skeletons share (gen/verify.h); nobody else includes it. */
#ifndef LSKEL_GEN_VERIFY_IMPL_H
#define LSKEL_GEN_VERIFY_IMPL_H

#include <errno.h>
#include <lskel/blob.h>

#include "commands.h"
#include "verify.h"

/* What a word of the image is. */
enum mark {
	MARK_FREE,
	MARK_HEADER,
	MARK_OPS,
	MARK_SLOTS,
	MARK_RELOCS,
	MARK_ATTR,
	MARK_POINTER, /* in an attr */
	MARK_SYMBOL,
	MARK_INSNS,
	MARK_DATA,
};

/* What a slot of the FD array is for. */
enum role {
	ROLE_CONSTANT, /* no operation stores there */
	ROLE_MAP,
	ROLE_PROG,
	ROLE_BTF,
	ROLE_ID,      /* three of a search: the id, ... */
	ROLE_MODULE,  /* ... fd of the module's BTF, ... */
	ROLE_CALL,    /* ... first word of a call */
	ROLE_ADDRESS, /* or: the address */
};

struct verify {
	const char *path;
	const struct lskel_info *info;
	const char *image;
	__u32 len; /* of the image */
	const struct lskel_blob_hdr *hdr;
	const struct lskel_op *ops;
	const __s32 *slots;
	unsigned char *marks; /* enum mark, of each word */
	__u32 *op_at;	      /* of each word of an attr, the first operation that has it */
	unsigned char *roles; /* enum role, of each slot */
	__u32 *makers; /* of each slot, the first operation that stores there, from 1, or 0 */
	__u64 shared;  /* bytes that several refer to, counted each time */
};

/* Prints what is wrong and returns -EINVAL. */
int verify_refuse(const struct verify *v, const char *format, ...) __printf(2, 3);
/* The same, of an operation. */
int verify_refuse_op(const struct verify *v, const struct lskel_op *op, const char *format, ...)
	__printf(3, 4);

/* Bytes that may be several things' must be MARK_DATA. */
int verify_claim(struct verify *v, __u64 offset, __u64 len, enum mark mark, bool shared,
		 const char *what);

/* The attr of @op, whose place is checked. */
union bpf_attr verify_attr(const struct verify *v, const struct lskel_op *op);
/* The slot at @offset, or -1. */
int verify_slot(const struct verify *v, __u32 offset);
bool verify_is_printable(const char *s);

/* gen/verify_attr.c: what is in attrs, what they point at, and instructions. */
int verify_relocs(struct verify *v);
int verify_attrs(struct verify *v);
/* gen/verify_ops.c: shape of the operations, copies, ways. */
int verify_ops(struct verify *v);
int verify_copies(struct verify *v);
/* gen/verify_tables.c */
int verify_tables(struct verify *v);
/* gen/verify_core.c: CO-RE, by the kernel and ahead of the load */
int verify_core(const struct verify *v);
int verify_relocated(const struct verify *v);

#endif /* LSKEL_GEN_VERIFY_IMPL_H */
