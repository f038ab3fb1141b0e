// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/input.h: tells the kinds of files apart. */
#include <errno.h>
#include <string.h>

#include "header.h"
#include "input.h"
#include "saved.h"
#include "verify.h"

static int read_object(struct input *input, const char *path, const struct bytes *file,
		       const struct object_type *as)
{
	_cleanup_(free_ptr) char *name = object_name(path);
	int err;

	input->kind = INPUT_OBJECT;
	err = object_load_data(&input->object, path, name, file, as);
	return err ?: info_make(&input->info, &input->object);
}

/* A blob takes the file's bytes. */
static int read_blob(struct input *input, const char *path, struct bytes *file)
{
	struct bytes taken = *file;

	input->kind = INPUT_BLOB;
	*file = (struct bytes){};
	return saved_read(&input->info, path, taken.data, taken.len);
}

int input_read(struct input *input, const char *path, const struct object_type *as, bool headers)
{
	_cleanup_(bytes_free) struct bytes file = {};
	int err = read_file(path, &file);

	*input = (struct input){};
	if (err)
		return err;
	if (file.len >= 4 && !memcmp(file.data, "\177ELF", 4))
		return read_object(input, path, &file, as);
	if (file.len && saved_is(file.data, file.len)) {
		if (!as)
			return read_blob(input, path, &file);
		complain("%s: the programs of a saved blob have their types", path);
		return -EINVAL;
	}
	if (headers && file.len && header_is(file.data, file.len)) {
		input->kind = INPUT_HEADER;
		err = header_read(&input->info, path, file.data, file.len);
		return err ?: verify(&input->info, path);
	}
	complain("%s: not a BPF object (ELF)%s", path,
		 headers ? ", not a saved blob and not a header made by lskel" :
			   " and not a saved blob");
	return -EINVAL;
}

void input_free(struct input *input)
{
	info_free(&input->info);
	if (input->kind == INPUT_OBJECT)
		object_free(&input->object);
}

const char *input_kind_name(enum input_kind kind)
{
	switch (kind) {
	case INPUT_OBJECT:
		return "BPF object";
	case INPUT_BLOB:
		return "saved blob";
	default:
		return "header";
	}
}
