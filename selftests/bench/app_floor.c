// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The floor: makes the system calls that libbpf made, everything else is done already. See floor.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/bpf.h>

#include "app.h"
#include "floor.h"

APP_INCLUDE_BYTES(image, "floor.bin", ".data");

static const struct floor *header(void)
{
	return (const void *)image;
}

void app_prepare(void)
{
	const __u32 *reloc = (const void *)(image + header()->reloc_off);

	for (__u32 i = 0; i < header()->reloc_cnt; i++)
		*(__u64 *)(image + reloc[i]) += (unsigned long)image;
}

static int map_data(const struct floor_mmap *data, const int *fds)
{
	void *addr = mmap(NULL, data->len, data->prot, MAP_SHARED, fds[data->object], 0);

	return addr == MAP_FAILED ? -1 : 0;
}

static int execute(const struct floor_op *op, int *fds)
{
	const struct floor_patch *patch = (const void *)(image + op->patch);
	int ret;

	if (op->cmd == FLOOR_MMAP)
		return map_data((const void *)(image + op->attr), fds);
	if (op->cmd == FLOOR_CLOSE)
		return close(fds[op->made]);
	for (__u32 i = 0; i < op->patch_cnt; i++)
		*(int *)(image + patch[i].where) = fds[patch[i].object];
	ret = syscall(__NR_bpf, op->cmd, image + op->attr, op->size);
	if (op->made >= 0)
		fds[op->made] = ret;
	return ret;
}

void *app_load(void)
{
	const struct floor_op *op = (const void *)(image + header()->op_off);
	int *fds = (int *)(image + header()->fd_off);

	for (__u32 i = 0; i < header()->op_cnt; i++) {
		if (execute(&op[i], fds) < 0) {
			fprintf(stderr, "call %u (command %u): %s\n", i, op[i].cmd,
				strerror(errno));
			return NULL;
		}
	}
	return image;
}

/* The process ends soon; only the fds of the last load are known. */
void app_unload(void *loaded)
{
	const int *fds = (const int *)(image + header()->fd_off);

	(void)loaded;
	for (__u32 i = 0; i < header()->fd_cnt; i++)
		close(fds[i]);
}
