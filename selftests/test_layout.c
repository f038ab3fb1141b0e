// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A skeleton with a form for the kernel that runs fits its struct_ops maps to that kernel without reading its BTF, and
 * to the same types as otherwise; damaged layouts are refused. That maps and programs are the same as libbpf's is what
 * the fidelity check says.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include <lskel/error.h>
#include <lskel/load.h>
#include <lskel/relocated.h>

#include "harness.h"
#include "info.h"
#include "layout.h"
#include "target_kernel.h"

#define OBJECT "build/selftests/objects/ca_plain.bpf.o"
#define OTHERS "build/selftests/objects/ca.bpf.o"
#define BTF    "/sys/kernel/btf/vmlinux"

struct skeleton {
	struct object object;
	struct info info;
};

static int make(struct skeleton *skeleton, const char *path)
{
	char *kernel = RUNNING_KERNEL;

	return object_load(&skeleton->object, path, NULL)	     ?:
		       info_make(&skeleton->info, &skeleton->object) ?:
		       info_relocate(&skeleton->info, &kernel, 1, false);
}

static void destroy(struct skeleton *skeleton)
{
	info_free(&skeleton->info);
	object_free(&skeleton->object);
}

/* What map number @i and the programs are for, as the kernel has it. Empty: not loaded. */
static char *targets(const struct lskel_info *info, void *skel, __u32 i)
{
	const struct lskel_map *map = lskel_map_at(info, skel, info->struct_ops[i].map);
	struct bpf_map_info map_info = {};
	char *ret;

	if (map->map_fd <= 0 || lskel_sys_obj_info(map->map_fd, &map_info, sizeof(map_info)))
		return xstrdup("");
	ret = xprintf("value %u bytes, type %u; programs", map_info.value_size,
		      map_info.btf_vmlinux_value_type_id);
	for (__u32 p = 0; p < info->prog_cnt; p++) {
		const int fd = lskel_prog_at(info, skel, p)->prog_fd;
		struct bpf_prog_info prog_info = {};
		char *more;

		if (fd <= 0 || lskel_sys_obj_info(fd, &prog_info, sizeof(prog_info)))
			continue;
		more = xprintf("%s %s: %u", ret, prog_info.name, prog_info.attach_btf_id);
		free(ret);
		ret = more;
	}
	return ret;
}

static void check_types(struct skeleton *skeleton)
{
	const struct lskel_relocated_info *relocated = skeleton->info.table.relocated;
	struct lskel_info *info = &skeleton->info.table;
	char *seen[2];

	for (int i = 0; i < 2; i++) {
		struct lskel_ctx *ctx = lskel_open(info);
		int err;

		info->relocated = i ? relocated : NULL;
		err = lskel_load(info, ctx);
		check(i ? "it loads with a layout" : "it loads without", !err && !ctx->layout == !i,
		      "%s", lskel_error(info, ctx));
		seen[i] = targets(info, ctx, 0);
		lskel_destroy(info, ctx);
	}
	check("both are for the same types", *seen[0] && !strcmp(seen[0], seen[1]),
	      "without: %s, with: %s", seen[0], seen[1]);
	free(seen[0]);
	free(seen[1]);
}

/* Where the kernel's BTF can't be read. */
static void check_unread(struct skeleton *skeleton)
{
	const struct lskel_relocated_info *relocated = skeleton->info.table.relocated;
	struct lskel_info *info = &skeleton->info.table;

	if (!check("the kernel's BTF is hidden",
		   !unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
			   !mount("/dev/null", BTF, NULL, MS_BIND, NULL),
		   "%m"))
		return;
	for (int i = 0; i < 2; i++) {
		struct lskel_ctx *ctx = lskel_open(info);
		int err;

		info->relocated = i ? relocated : NULL;
		err = lskel_load(info, ctx);
		check(i ? "with a layout it is not read" : "without, that is an error",
		      i ? !err : err == -EINVAL, "%s", lskel_error(info, ctx));
		lskel_destroy(info, ctx);
	}
	check("it is back", !umount(BTF), "%m");
}

/* A struct_ops that no kernel has, next to others. */
static void check_missing(void)
{
	struct skeleton others = {};
	const struct lskel_info *info = &others.info.table;
	struct lskel_ctx *ctx;
	int err = make(&others, OTHERS);

	if (check("one that the kernel does not have is left out of the layout", !err, "%s",
		  strerror(-err))) {
		ctx = lskel_open(info);
		for (__u32 i = 0; i < info->struct_ops_cnt; i++)
			lskel_map_at(info, ctx, info->struct_ops[i].map)->autocreate =
				!strcmp(info->struct_ops[i].type, "lskel_no_such_ops");
		err = lskel_load(info, ctx);
		check("and looked for in modules", err == -ESRCH && ctx->layout, "%s",
		      lskel_error(info, ctx));
		lskel_destroy(info, ctx);
	}
	destroy(&others);
}

static void check_damage(const struct skeleton *skeleton)
{
	const struct lskel_relocated *form = (const void *)skeleton->info.forms.data;
	const char *layout = (const char *)form + lskel_form_layout_at(form);
	const size_t len = form->size - lskel_form_layout_at(form);
	char *copy = xmemdup(layout, len);
	size_t sound = 0;

	check("a layout is sound",
	      layout_is_sound(&skeleton->info.table, (const void *)layout, len), "it is not");
	for (size_t i = 0; i < len; i++) {
		char *part = xmemdup(copy, i);

		sound += layout_is_sound(&skeleton->info.table, (const void *)part, i);
		free(part);
	}
	check("a part of one is not", !sound, "%zu of %zu are", sound, len);
	/* The sanitizers and valgrind see what is read of it. */
	for (size_t i = 0; i < len; i++) {
		copy[i] ^= 0x55;
		layout_is_sound(&skeleton->info.table, (const void *)copy, len);
		copy[i] ^= 0x55;
	}
	memset(copy, 0xff, sizeof(struct lskel_layout));
	check("nor one of other sizes",
	      !layout_is_sound(&skeleton->info.table, (const void *)copy, len), "it is");
	free(copy);
}

int main(void)
{
	struct skeleton skeleton = {};
	int err = make(&skeleton, OBJECT);

	if (check("a form has a layout", !err && skeleton.info.forms.len, "%s", strerror(-err))) {
		check_damage(&skeleton);
		check_types(&skeleton);
		check_missing();
		check_unread(&skeleton);
	}
	destroy(&skeleton);
	return harness_status();
}
