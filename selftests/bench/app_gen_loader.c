// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* libbpf's gen_loader, with what a light skeleton of bpftool does around its loader program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/skel_internal.h>

#include "app.h"

/* Made by prepare.c: PROGS, MAPS, data_maps[]. */
struct data_map {
	__u32 map;
	__u32 len; /* of the mapping */
	__u32 size;
	__u32 prot;
	__u32 value; /* offset in values.bin */
};
#include "gen_loader.h"

APP_INCLUDE_BYTES(data, "gen_loader.data", ".data.data");
APP_INCLUDE_BYTES(insns, "gen_loader.insns", ".data.insns");
APP_INCLUDE_BYTES(values, "gen_loader.values", ".data.values");

struct skeleton {
	struct bpf_loader_ctx ctx;
	struct bpf_map_desc maps[MAPS];
	struct bpf_prog_desc progs[PROGS];
};

void app_prepare(void)
{
}

void *app_load(void)
{
	struct skeleton *skel = skel_alloc(sizeof(*skel));
	struct bpf_load_and_run_opts opts = {};

	skel->ctx.sz = sizeof(*skel);
	for (__u32 i = 0; i < DATA_MAPS; i++)
		skel->maps[data_maps[i].map].initial_value =
			(__u64)(unsigned long)skel_prep_map_data(
				values + data_maps[i].value, data_maps[i].len, data_maps[i].size);
	opts.ctx = &skel->ctx;
	opts.data = data;
	opts.data_sz = data_end - data;
	opts.insns = insns;
	opts.insns_sz = insns_end - insns;
	if (bpf_load_and_run(&opts) < 0) {
		perror(opts.errstr);
		return NULL;
	}
	for (__u32 i = 0; i < DATA_MAPS; i++) {
		struct bpf_map_desc *map = &skel->maps[data_maps[i].map];

		if (!skel_finalize_map_data(&map->initial_value, data_maps[i].len,
					    data_maps[i].prot, map->map_fd))
			return NULL;
	}
	return skel;
}

void app_unload(void *loaded)
{
	struct skeleton *skel = loaded;

	for (__u32 i = 0; i < MAPS; i++)
		skel_closenz(skel->maps[i].map_fd);
	for (__u32 i = 0; i < PROGS; i++)
		skel_closenz(skel->progs[i].prog_fd);
	for (__u32 i = 0; i < DATA_MAPS; i++)
		munmap((void *)(unsigned long)skel->maps[data_maps[i].map].initial_value,
		       data_maps[i].len);
	skel_free(skel);
}
