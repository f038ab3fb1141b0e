// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* libbpf, as a skeleton of bpftool uses it: the ELF file is part of the executable. */
#include <stdio.h>
#include <bpf/libbpf.h>

#include "app.h"

APP_INCLUDE_BYTES(elf, "object.bpf.o", ".data.elf");

void app_prepare(void)
{
}

void *app_load(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "bench");
	struct bpf_object *object = bpf_object__open_mem(elf, elf_end - elf, &opts);

	app_phase("open");
	if (!object || bpf_object__load(object)) {
		perror("libbpf");
		return NULL;
	}
	app_phase("load");
	return object;
}

void app_unload(void *loaded)
{
	bpf_object__close(loaded);
}
