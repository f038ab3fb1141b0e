/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Skeletons that are CO-RE-relocated for certain kernels ahead of the load: "forms". A form is nothing but
 * the instructions of a blob that CO-RE relocations change, in the order of the blob, as libbpf relocates
 * them for one kernel. It has no offsets: where its instructions go, the blob says. Part of liblskel.a; only
 * skeletons that were generated with --btf or --cache link it. How forms are made is in gen/relocate.c, their
 * bytes are described in Documentation/relocated-format.md. Files of them are in <lskel/relocated_cache.h>.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_RELOCATED_H
#define LSKEL_RELOCATED_H

#include <lskel/blob.h>
#include <lskel/skel.h>
#include <linux/bpf.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

#define LSKEL_RELOCATED_MAGIC	0x524b534c /* "LSKR" in little endian */
#define LSKEL_RELOCATED_VERSION 1

/* Longer than any: ld --build-id=sha1 makes 20 bytes. */
#define LSKEL_BUILD_ID_MAX 64

/*
 * A form; also the content of a file of the cache. Behind it is a struct bpf_insn for each one that has CO-RE
 * relocations, in the order of these: as it is when relocated or, if that is left to the kernel, zero. Then, if
 * the form is part of a skeleton, __u32 for each search of the kernel (LSKEL_CMD_FIND_*), in the order of the
 * operations: the id of what is found in the BTF of vmlinux, or 0: to be searched for. Then, at a multiple of 8, a struct
 * lskel_layout if the skeleton has struct_ops maps of types that vmlinux has.
 */
struct lskel_relocated {
	__u32 magic;
	__u16 version;
	__u16 hdr_size; /* sizeof(struct lskel_relocated) */
	__u32 size;	/* of all, a multiple of 8 */
	__u32 insn_cnt; /* of all programs */
	__u64 checksum; /* of everything behind it: lskel_relocated_checksum() */
	__u8 hash[32];	/* SHA-256 of the stored image of the blob */
	__u32 build_id_len;
	__u32 id_cnt; /* number of searches; in a file, or if all are to be done, 0 */
	__u8 build_id[LSKEL_BUILD_ID_MAX]; /* of the kernel; the rest is zero */
};

/*
 * lskel_relocated_info.choose: takes the form that is for the running kernel, if there is one. Called by
 * load().
 */
LSKEL_API void lskel_choose_relocated(const struct lskel_info *info, void *skel);

/* lskel_relocated_info.apply: puts the form into @blob, which is about to be replayed. */
LSKEL_API void lskel_apply_relocated(const struct lskel_info *info, void *skel, char *blob);

/* For these and for "lskel relocate": */

/* A program of an image that has CO-RE relocations. Offsets of the image. */
struct lskel_relocatable {
	__u32 attr;
	__u32 insns;
	__u32 insn_cnt;
	__u32 relos; /* struct bpf_core_relo[relo_cnt]; those of one instruction in a row */
	__u32 relo_cnt;
};

/*
 * Finds the next one in @image from operation *@op on, which is moved behind it. Returns 0 if there is none.
 * Trusts @image.
 */
LSKEL_API int lskel_next_relocatable(const void *image, __u32 *op, struct lskel_relocatable *ret);

/*
 * Finds the next instruction that is relocated, *@relo is the first relocation that has not been looked at.
 * Returns how many struct bpf_insn it has, 1 or 2; 0 after the last.
 */
LSKEL_API __u32 lskel_next_relocated_insn(const void *image, const struct lskel_relocatable *prog,
					  __u32 *relo, __u32 *insn_off);

/* Whether CO-RE can make @old (of @cnt struct bpf_insn) into @insn. */
LSKEL_API int lskel_may_relocate(const struct bpf_insn *old, const struct bpf_insn *insn,
				 __u32 cnt);

/* The offset of what is behind the ids: the layout or, if there is none, the end. */
static inline __u64 lskel_form_layout_at(const struct lskel_relocated *form)
{
	return sizeof(*form) + form->insn_cnt * 8ULL + (form->id_cnt + 1ULL) / 2 * 8;
}

/* FNV-1a, of 64-bit words instead of bytes, over what is behind the checksum. */
LSKEL_API __u64 lskel_relocated_checksum(const struct lskel_relocated *form);

/*
 * Finds the GNU build id (elf(5), NT_GNU_BUILD_ID) among @len bytes of ELF notes. Copies it to @id and
 * returns its length, or 0.
 */
LSKEL_API __u32 lskel_find_build_id(const void *notes, size_t len, __u8 id[LSKEL_BUILD_ID_MAX]);

/* The same of the running kernel, from /sys/kernel/notes (Linux 2.6.23). */
LSKEL_API __u32 lskel_running_build_id(__u8 id[LSKEL_BUILD_ID_MAX]);

/*
 * Whether @form, @len bytes from anywhere, aligned to 8, is one for the blob @image with @hash on the kernel
 * with that build id, and has no ids: a file may change what CO-RE changes, and not what programs are attached
 * to. Returns 0 or -EINVAL.
 */
LSKEL_API int lskel_check_relocated(const void *image, const void *hash, const void *form,
				    size_t len, const __u8 *build_id, __u32 build_id_len);

#ifdef __cplusplus
}
#endif

#include <lskel/relocated_cache.h>

#endif /* LSKEL_RELOCATED_H */
