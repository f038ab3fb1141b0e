// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lskel relocate: forms of skeletons for one kernel, as files that their applications use. */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <lskel/blob.h>

#include "cache_file.h"
#include "cmd.h"
#include "info.h"
#include "relocate.h"

/* Things that begin like an image and are none; a file with more was made to keep us busy. */
#define FALSE_STARTS 1000

struct options {
	const char *path;
	const char *name;
	const char *dir;
	const char *kernel;
};

static bool is_bpf_object(const struct bytes *file)
{
	const Elf64_Ehdr *head = (const void *)file->data;

	return file->len >= sizeof(*head) && !memcmp(head->e_ident, ELFMAG, SELFMAG) &&
	       head->e_machine == EM_BPF;
}

static int relocate_image(const struct options *options, const void *image, size_t len,
			  const struct target_kernel *kernel)
{
	_cleanup_(bytes_free) struct bytes form = {};
	_cleanup_(free_ptr) char *path = NULL;
	__u8 hash[SHA256_SIZE];
	int err;

	sha256(image, len, hash);
	path = cache_file_path(options->dir, hash, kernel);
	if (cache_file_is_there(options->dir, image, hash, kernel)) {
		printf("%s: %s is there already\n", options->path, path);
		return 0;
	}
	err = relocate(options->path, image, len, kernel, false, &form);
	if (err == -ENOENT) {
		printf("%s: there is nothing to relocate\n", options->path);
		return 0;
	}
	if (!err)
		err = cache_file_write(options->dir, path, &form);
	if (!err)
		printf("%s: %s\n", options->path, path);
	return err;
}

static int relocate_object(const struct options *options, const struct target_kernel *kernel)
{
	struct object object;
	struct info info = {};
	int err;

	err = object_load(&object, options->path, options->name) ?: info_make(&info, &object);
	err = err ?: relocate_image(options, info.blob.image.data, info.blob.image.len, kernel);
	info_free(&info);
	object_free(&object);
	return err;
}

/*
 * Skeletons in an executable, or whatever has them in it. One that was generated with --cache is known by its
 * hash, which is in the same file; of others no application would use what is made here.
 */
static int relocate_all(const struct options *options, const struct bytes *file,
			const struct target_kernel *kernel)
{
	int found = 0, without = 0, wrong = 0, err = 0;

	for (size_t at = 0; at + sizeof(struct lskel_blob_hdr) <= file->len && !err; at += 8) {
		const struct lskel_blob_hdr *hdr = (const void *)(file->data + at);
		__u8 hash[SHA256_SIZE];
		size_t len;

		if (hdr->magic != LSKEL_BLOB_MAGIC)
			continue;
		len = image_size(hdr, file->len - at);
		if (!len) {
			if (++wrong < FALSE_STARTS)
				continue;
			break;
		}
		sha256(hdr, len, hash);
		if (memmem(file->data, file->len, hash, sizeof(hash))) {
			found++;
			err = relocate_image(options, hdr, len, kernel);
		} else {
			without++;
		}
		at += (len - 1) / 8 * 8;
	}
	if (found || err)
		return err;
	complain(without ? "%s: its skeletons were generated without --cache" :
			   "%s: is no BPF object, and has no skeletons in it",
		 options->path);
	return -ENOENT;
}

static int relocate_file(const struct options *options)
{
	_cleanup_(bytes_free) struct bytes file = {};
	struct target_kernel kernel;
	int err;

	err = read_file(options->path, &file);
	if (err)
		return err;
	err = target_kernel_open(&kernel, options->kernel);
	if (!err)
		err = is_bpf_object(&file) ? relocate_object(options, &kernel) :
					     relocate_all(options, &file, &kernel);
	target_kernel_close(&kernel);
	return err;
}

int cmd_relocate(int argc, char **argv)
{
	struct options options = { .dir = LSKEL_CACHE_DIR, .kernel = RUNNING_KERNEL };

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--dir") && i + 1 < argc) {
			options.dir = argv[++i];
		} else if (!strcmp(argv[i], "--btf") && i + 1 < argc) {
			options.kernel = argv[++i];
		} else if (!strcmp(argv[i], "name") && options.path && !options.name &&
			   i + 1 < argc) {
			options.name = argv[++i];
		} else if (!options.path && argv[i][0] != '-') {
			options.path = argv[i];
		} else {
			complain("relocate: unexpected '%s'", argv[i]);
			return 1;
		}
	}
	if (!options.path) {
		complain("relocate: which object or executable?");
		return 1;
	}
	return relocate_file(&options) ? 1 : 0;
}
