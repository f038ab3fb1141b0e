// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a skeleton of this version could not carry. To refuse it, by name, is better than a skeleton
 * that lacks something.
 */
#include <errno.h>
#include <string.h>

#include "object.h"
#include "util.h"

static const char *unsupported_map(const struct bpf_map *map)
{
	if (bpf_map__pin_path(map))
		return "pinned maps (LIBBPF_PIN_BY_NAME)";
	return NULL;
}

static const char *unsupported_program(const struct bpf_program *prog)
{
	if (!bpf_program__autoload(prog))
		return NULL;
	return NULL;
}

int object_refuse(const struct bpf_object *bpf, const char *path)
{
	const struct bpf_map *map;
	struct bpf_program *prog;
	int err = 0;

	bpf_object__for_each_map(map, bpf) {
		const char *what = unsupported_map(map);

		if (what) {
			complain("%s: map '%s': %s can't be part of a skeleton yet", path,
				 bpf_map__name(map), what);
			err = -EOPNOTSUPP;
		}
	}
	bpf_object__for_each_program(prog, bpf) {
		const char *what = unsupported_program(prog);

		if (what) {
			complain(
				"%s: program '%s' (SEC(\"%s\")): %s can't be part of a skeleton yet",
				path, bpf_program__name(prog), bpf_program__section_name(prog),
				what);
			err = -EOPNOTSUPP;
		}
	}
	return err;
}
