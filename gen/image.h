/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ELF image of an object, for what the generator must know before libbpf opens it. Hostile: a
 * section is handed out only if all of it lies in the image.
 */
#ifndef LSKEL_GEN_IMAGE_H
#define LSKEL_GEN_IMAGE_H

#include <gelf.h>
#include <stdbool.h>
#include <bpf/btf.h>

struct image {
	const char *path; /* for messages */
	char *data;
	size_t size;
	Elf *elf;	 /* NULL: not an ELF file that libbpf would open */
	size_t names;	 /* index of the section names */
	struct btf *btf; /* as in the file, libbpf changes its own; NULL: none */
};

struct image_section {
	char *data;
	size_t size;
	bool code;
};

/* Opens @data, which must outlive @image. Close in any case. */
void image_open(struct image *image, const char *path, void *data, size_t size);
void image_close(struct image *image);

/* The bytes of @scn, if they are all there. */
bool image_section(const struct image *image, Elf_Scn *scn, struct image_section *ret);

/*
 * The first section of that name, as libbpf takes it for programs, or the last, as it takes it for
 * BTF. Compressed or unaligned means nothing to libbpf.
 */
bool image_find(const struct image *image, const char *name, struct image_section *ret);
bool image_find_last(const struct image *image, const char *name, struct image_section *ret);

/*
 * Refuses damage that libbpf does not notice but trips over. Returns 0, or -EINVAL after a message
 * (gen/check_image.c).
 */
int image_check(const struct image *image);

/*
 * Whether all of the header is in @btf, as the kernel wants it (btf_parse_hdr()). Where it says that it is shorter, libbpf
 * reads it, but writes behind its own memory when something is added.
 */
bool btf_has_header(const struct btf *btf);

/*
 * Marks the 64-bit loads of the object that have the fd of a map in them as they stand (as hand-written tests
 * have), so that these numbers are not taken for fds of the pretend kernel: their src_reg becomes LITERAL_MAP.
 */
void image_mark_literals(const struct image *image);
#define LITERAL_MAP(src_reg) (12 + (src_reg))

/* Calls @each for each undefined symbol of the object. */
void image_each_extern(const struct image *image,
		       void (*each)(void *ctx, const char *name, bool weak), void *ctx);

/* Whether the undefined symbol @name is weak. */
bool image_is_weak(const struct image *image, const char *name);

#endif /* LSKEL_GEN_IMAGE_H */
