// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/targets.h, and the pretend target's BTF, which libbpf asks for. */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "record.h"
#include "targets.h"

#define FUNCTION "lskel_target"

struct btf *__real_btf__load_from_kernel_by_id(__u32 id);
struct btf *__wrap_btf__load_from_kernel_by_id(__u32 id);

bool target_is_possible(const struct bpf_program *prog)
{
	switch (bpf_program__type(prog)) {
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_EXT:
		return true;
	default:
		return false;
	}
}

bool target_is_missing(const struct bpf_program *prog)
{
	if (bpf_program__type(prog) == BPF_PROG_TYPE_EXT)
		return true;
	return target_is_possible(prog) && !strchr(bpf_program__section_name(prog), '/');
}

bool target_names_module(const struct bpf_program *prog)
{
	const char *target = strchr(bpf_program__section_name(prog), '/');

	return target && target_is_possible(prog) && !target_is_missing(prog) &&
	       strchr(target, ':');
}

int targets_pretend(struct bpf_object *bpf)
{
	struct bpf_program *prog;
	int err = 0;

	bpf_object__for_each_program(prog, bpf)
		if (!err && (target_is_missing(prog) || target_names_module(prog)))
			err = bpf_program__set_attach_target(prog, PRETEND_TARGET_FD, FUNCTION);
	return err;
}

struct btf *__wrap_btf__load_from_kernel_by_id(__u32 id)
{
	struct btf *btf;
	int proto;

	if (!record_is_on())
		return __real_btf__load_from_kernel_by_id(id);
	btf = btf__new_empty();
	proto = btf ? btf__add_func_proto(btf, 0) : -errno;
	if (proto < 0 || btf__add_func(btf, FUNCTION, BTF_FUNC_GLOBAL, proto) < 0) {
		btf__free(btf);
		btf = NULL;
	}
	return btf;
}
