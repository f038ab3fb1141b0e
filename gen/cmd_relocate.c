// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lskel relocate: forms of skeletons for one kernel, as files that their applications use. What is in the file
 * is looked for here; relocating is gen/relocate.c's, and writing, gen/cache_file.c's.
 */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <lskel/blob.h>

#include "cache_file.h"
#include "cmd.h"
#include "info.h"
#include "json.h"
#include "options.h"
#include "relocate.h"

/* Things that begin like an image and are none; a file with more was made to keep us busy. */
#define FALSE_STARTS 1000

/* A form, or what there would be one of: */
struct form {
	char *path; /* NULL: there is nothing to relocate */
	bool made;  /* or was there already */
};

struct relocate_args {
	const char *path;
	const char *name;
	const char *dir;
	const char *kernel;
	struct form *forms; /* what has come of it */
	__u32 form_cnt;
};

static bool is_bpf_object(const struct bytes *file)
{
	const Elf64_Ehdr *head = (const void *)file->data;

	return file->len >= sizeof(*head) && !memcmp(head->e_ident, ELFMAG, SELFMAG) &&
	       head->e_machine == EM_BPF;
}

static int relocate_image(struct relocate_args *args, const void *image, size_t len,
			  const struct target_kernel *kernel)
{
	_cleanup_(bytes_free) struct bytes bytes = {};
	__u8 hash[SHA256_SIZE];
	struct form form = {};
	int err = 0;

	sha256(image, len, hash);
	form.path = cache_file_path(args->dir, hash, kernel);
	form.made = !cache_file_is_there(args->dir, image, hash, kernel);
	if (form.made)
		err = relocate(args->path, image, len, kernel, NULL, &bytes) ?:
			      cache_file_write(args->dir, form.path, &bytes);
	if (err == -ENOENT && !bytes.len) {
		free(form.path);
		form = (struct form){};
		err = 0;
	}
	if (err)
		free(form.path);
	else
		push(args->forms, args->form_cnt) = form;
	return err;
}

static int relocate_object(struct relocate_args *args, const struct target_kernel *kernel)
{
	struct object object;
	struct info info = {};
	int err;

	err = object_load(&object, args->path, args->name) ?: info_make(&info, &object);
	err = err ?: relocate_image(args, info.blob.image.data, info.blob.image.len, kernel);
	info_free(&info);
	object_free(&object);
	return err;
}

/*
 * Skeletons in an executable, or whatever has them in it. One that was generated with --cache is known by its
 * hash, which is in the same file; of others no application would use what is made here.
 */
static int relocate_all(struct relocate_args *args, const struct bytes *file,
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
			err = relocate_image(args, hdr, len, kernel);
		} else {
			without++;
		}
		at += (len - 1) / 8 * 8;
	}
	if (found || err)
		return err;
	complain(without ? "%s: its skeletons were generated without --cache" :
			   "%s: is no BPF object, and has no skeletons in it",
		 args->path);
	return -ENOENT;
}

static int relocate_file(struct relocate_args *args)
{
	_cleanup_(bytes_free) struct bytes file = {};
	struct target_kernel kernel;
	int err;

	err = read_file(args->path, &file);
	if (err)
		return err;
	err = target_kernel_open(&kernel, args->kernel);
	if (!err)
		err = is_bpf_object(&file) ? relocate_object(args, &kernel) :
					     relocate_all(args, &file, &kernel);
	target_kernel_close(&kernel);
	return err;
}

static void print_text(const struct relocate_args *args)
{
	for (__u32 i = 0; i < args->form_cnt; i++) {
		const struct form *form = &args->forms[i];

		if (!form->path)
			printf("%s: there is nothing to relocate\n", args->path);
		else
			printf("%s: %s%s\n", args->path, form->path,
			       form->made ? "" : " is there already");
	}
}

static void print_json(const struct relocate_args *args)
{
	struct json json = { .out = stdout, .pretty = options.pretty };

	json_open(&json, NULL, '{');
	json_string(&json, "file", args->path);
	json_open(&json, "forms", '[');
	for (__u32 i = 0; i < args->form_cnt; i++) {
		json_open(&json, NULL, '{');
		json_string(&json, "path", args->forms[i].path);
		json_bool(&json, "made", args->forms[i].made);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

static int parse(struct relocate_args *args, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--dir") && i + 1 < argc) {
			args->dir = argv[++i];
		} else if (!strcmp(argv[i], "--btf") && i + 1 < argc) {
			args->kernel = argv[++i];
		} else if (!strcmp(argv[i], "name") && args->path && !args->name && i + 1 < argc) {
			args->name = argv[++i];
		} else if (!args->path && argv[i][0] != '-') {
			args->path = argv[i];
		} else {
			complain("relocate: unexpected '%s'", argv[i]);
			return -EINVAL;
		}
	}
	if (args->path)
		return 0;
	complain("relocate: which object or executable?");
	return -EINVAL;
}

int cmd_relocate(int argc, char **argv)
{
	struct relocate_args args = { .dir = LSKEL_CACHE_DIR, .kernel = RUNNING_KERNEL };
	int err = parse(&args, argc, argv) ?: relocate_file(&args);

	if (!options.json)
		print_text(&args);
	else if (!err)
		print_json(&args);
	for (__u32 i = 0; i < args.form_cnt; i++)
		free(args.forms[i].path);
	free(args.forms);
	return err ? 1 : 0;
}
