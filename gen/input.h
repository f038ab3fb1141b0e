/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What commands take as FILE: a BPF object, from which the tables are made; or a saved blob or a generated
 * header, in which they are.
 */
#ifndef LSKEL_GEN_INPUT_H
#define LSKEL_GEN_INPUT_H

#include "info.h"

enum input_kind { INPUT_OBJECT, INPUT_BLOB, INPUT_HEADER };

struct input {
	enum input_kind kind;
	struct object object; /* of INPUT_OBJECT */
	struct info info;
};

/*
 * Reads the file at @path. What was made earlier, by whomever, is verified (gen/verify.h). @as: what the
 * programs of an object become, or NULL. @headers: whether a header will do. Returns 0, or a negative
 * errno after a message. Free in either case.
 */
int input_read(struct input *input, const char *path, const struct object_type *as, bool headers);
void input_free(struct input *input);

/* "BPF object", ... */
const char *input_kind_name(enum input_kind kind);

#endif /* LSKEL_GEN_INPUT_H */
