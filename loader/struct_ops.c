// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * struct_ops maps from open() to destroy(), see <lskel/struct_ops.h>. How one is fitted to the kernel's
 * types is in loader/struct_ops_layout.c.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdarg.h>

#include "externs.h"
#include "struct_ops.h"

/* Newer than some <linux/bpf.h> (Linux 6.4): BPF_STRUCT_OPS. */
#define LSKEL_STRUCT_OPS 44

LSKEL_API __u32 lskel_struct_ops_prog(const struct lskel_info *info, void *skel,
				      const struct lskel_prog *p)
{
	__u32 i;

	for (i = 0; i < info->prog_cnt; i++)
		if (p == lskel_prog_at(info, skel, i) &&
		    info->progs[i].flags & LSKEL_PROG_STRUCT_OPS)
			return i;
	return LSKEL_NO_PROG;
}

LSKEL_API int lskel_struct_ops_fail(const struct lskel_info *info, void *skel,
				    enum lskel_stage stage, __u32 at, int err, const char *format,
				    ...)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	const size_t size = 1024;
	char *text = (char *)malloc(size), why[768];
	va_list args;

	lskel_fail(ctx, stage, at, err);
	if (!text)
		return err;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	snprintf(text, size, "%s: failed to %s: %s", info->name, why, strerror(-err));
	ctx->failure.message = text;
	return err;
}

static void lskel_struct_ops_forget(const struct lskel_info *info, void *skel)
{
	struct lskel_struct_ops *ops = lskel_struct_ops_of(skel);
	__u32 i;

	for (i = 0; i < info->struct_ops_cnt; i++) {
		lskel_close(&ops->targets[i].btf_fd);
		free(ops->targets[i].value);
		free(ops->targets[i].funcs);
		memset(&ops->targets[i], 0, sizeof(ops->targets[i]));
	}
	memset(ops->uses, 0, info->prog_cnt * sizeof(*ops->uses));
}

LSKEL_API void lskel_struct_ops_close(const struct lskel_info *info, void *skel)
{
	struct lskel_struct_ops *ops = lskel_struct_ops_of(skel);
	__u32 i;

	for (i = 0; i < info->struct_ops_cnt; i++)
		free(lskel_struct_ops_shadow(info, skel, i));
	if (!ops)
		return;
	if (ops->targets && ops->uses)
		lskel_struct_ops_forget(info, skel);
	free(ops->targets);
	free(ops->uses);
	free(ops);
}

/* What the application sees of a map: the object's value, with pointers to its programs. */
static char *lskel_struct_ops_make_shadow(const struct lskel_info *info, void *skel,
					  const struct lskel_struct_ops_info *ops)
{
	char *shadow = (char *)malloc(ops->size + 1UL);
	__u32 i;

	if (!shadow)
		return NULL;
	memcpy(shadow, ops->value, ops->size);
	for (i = 0; i < ops->member_cnt; i++) {
		struct lskel_prog *p;

		if (ops->members[i].prog == LSKEL_NO_PROG)
			continue;
		p = lskel_prog_at(info, skel, ops->members[i].prog);
		memcpy(shadow + ops->members[i].offset, &p, sizeof(p));
	}
	return shadow;
}

LSKEL_API int lskel_struct_ops_open(const struct lskel_info *info, void *skel)
{
	struct lskel_struct_ops *ops = (struct lskel_struct_ops *)calloc(1, sizeof(*ops));
	__u32 i;

	((struct lskel_ctx *)skel)->struct_ops = ops;
	if (!ops)
		return -ENOMEM;
	ops->targets = (struct lskel_struct_ops_target *)calloc(info->struct_ops_cnt,
								sizeof(*ops->targets));
	ops->uses = (struct lskel_struct_ops_use *)calloc(info->prog_cnt + 1UL, sizeof(*ops->uses));
	if (!ops->targets || !ops->uses)
		return -ENOMEM;
	for (i = 0; i < info->struct_ops_cnt; i++) {
		char *shadow = lskel_struct_ops_make_shadow(info, skel, &info->struct_ops[i]);

		if (!shadow)
			return -ENOMEM;
		*lskel_at(char *, skel, info->struct_ops[i].pointer) = shadow;
	}
	return 0;
}

/* The program that member @j of map @i is set to: by the application, if the map is created. */
static __u32 lskel_struct_ops_set_to(const struct lskel_info *info, void *skel, __u32 i, __u32 j)
{
	const struct lskel_struct_ops_member *member = &info->struct_ops[i].members[j];

	if (!lskel_struct_ops_map(info, skel, i)->autocreate)
		return member->prog;
	if (member->kind != BTF_KIND_PTR)
		return LSKEL_NO_PROG;
	return lskel_struct_ops_prog(info, skel,
				     lskel_struct_ops_pointer(info, skel, i, member->offset));
}

/* Decides whether @prog is loaded: libbpf's bpf_object_adjust_struct_ops_autoload(). */
static void lskel_struct_ops_decide(const struct lskel_info *info, void *skel, __u32 prog)
{
	bool *autoload = &lskel_prog_at(info, skel, prog)->autoload;
	int used = 0, wanted = 0;
	__u32 i, j;

	for (i = 0; i < info->struct_ops_cnt; i++) {
		const bool created = lskel_struct_ops_map(info, skel, i)->autocreate;

		for (j = 0; j < info->struct_ops[i].member_cnt; j++) {
			if (lskel_struct_ops_set_to(info, skel, i, j) == prog) {
				used = 1;
				wanted |= created;
			} else if (info->struct_ops[i].members[j].prog == prog) {
				/* The application has taken it out. */
				*autoload = false;
			}
		}
	}
	if (used)
		*autoload = wanted;
}

static int lskel_struct_ops_decide_all(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->prog_cnt; i++) {
		if (!(info->progs[i].flags & LSKEL_PROG_STRUCT_OPS))
			continue;
		lskel_struct_ops_decide(info, skel, i);
		if (lskel_prog_at(info, skel, i)->autoload &&
		    !lskel_struct_ops_of(skel)->uses[i].type_id)
			return lskel_struct_ops_fail(
				info, skel, LSKEL_STAGE_AUTOLOAD, i, -EINVAL,
				"load program '%s' (SEC(\"%s\")): no struct_ops "
				"map that is created uses it",
				info->progs[i].name, info->progs[i].section);
	}
	return 0;
}

/* For map @i. */
static int lskel_struct_ops_open_btf(const struct lskel_info *info, void *skel, __u32 i)
{
	int err = lskel_kernel_btf_open(info, skel);

	if (!err)
		return 0;
	return lskel_struct_ops_fail(
		info, skel, LSKEL_STAGE_STRUCT_OPS, i,
		err == -ENOENT ? -ESRCH : err, /* as libbpf has it */
		"read the kernel's BTF for struct_ops map '%s' (/sys/kernel/btf/vmlinux, "
		"where it was built with CONFIG_DEBUG_INFO_BTF)",
		info->maps[info->struct_ops[i].map].name);
}

/* The BTF of @layout. Without it, as where there is no memory for it, the kernel's is read. */
static const struct lskel_layout *lskel_open_layout(const struct lskel_layout *layout,
						    struct lskel_btf *btf)
{
	char *data = layout ? (char *)malloc(layout->btf_size + 1UL) : NULL;

	if (!data)
		return NULL;
	memcpy(data, lskel_layout_ids_of(layout) + layout->cnt, layout->btf_size);
	return lskel_btf_take(btf, data, layout->btf_size, NULL) ? NULL : layout;
}

/* Map @i, with @known, the BTF of @layout, or the kernel's. */
static int lskel_struct_ops_prepare_map(const struct lskel_info *info, void *skel, __u32 i,
					const struct lskel_layout *layout,
					const struct lskel_kernel_btf *known)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	int err;

	if (!lskel_struct_ops_map(info, skel, i)->autocreate)
		return 0;
	if (layout && lskel_layout_ids_of(layout)[i].value)
		return lskel_struct_ops_lay_out(info, skel, i, known,
						&lskel_layout_ids_of(layout)[i]);
	err = lskel_struct_ops_open_btf(info, skel, i);
	return err ? err : lskel_struct_ops_lay_out(info, skel, i, ctx->kernel, NULL);
}

LSKEL_API int lskel_struct_ops_prepare(const struct lskel_info *info, void *skel)
{
	const struct lskel_layout *layout;
	struct lskel_kernel_btf known;
	__u32 i;
	int err = 0;

	lskel_struct_ops_forget(info, skel);
	memset(&known, 0, sizeof(known));
	layout = lskel_open_layout(((struct lskel_ctx *)skel)->layout, &known.btf);
	for (i = 0; i < info->struct_ops_cnt && !err; i++)
		err = lskel_struct_ops_prepare_map(info, skel, i, layout, &known);
	if (layout)
		lskel_btf_free(&known.btf);
	if (!err)
		err = lskel_struct_ops_decide_all(info, skel);
	return err ? lskel_externs_first(info, skel) : 0;
}

LSKEL_API void lskel_struct_ops_finish(const struct lskel_info *info, void *skel)
{
	struct lskel_struct_ops *ops = lskel_struct_ops_of(skel);
	__u32 i, j;

	for (i = 0; i < info->struct_ops_cnt; i++) {
		struct lskel_struct_ops_target *target = &ops->targets[i];

		lskel_close(&target->btf_fd);
		for (j = 0; j < target->func_cnt; j++) {
			const struct lskel_struct_ops_func *func = &target->funcs[j];
			const unsigned long fd =
				(unsigned long)lskel_prog_at(info, skel, func->prog)->prog_fd;

			memcpy(target->value + func->offset, &fd, sizeof(fd));
		}
	}
}

/* A map that was attached before keeps its value. */
static int lskel_struct_ops_set_value(const struct lskel_struct_ops_info *ops,
				      const struct lskel_struct_ops_target *target, int map_fd)
{
	const __u32 key = 0;
	int err = lskel_sys_map_update(map_fd, &key, target->value);

	return ops->by_link && err == -EBUSY ? 0 : err;
}

/* Returns the fd that stands for the registration, or a negative errno. */
static int lskel_struct_ops_register(const struct lskel_struct_ops_info *ops,
				     const struct lskel_struct_ops_target *target, int map_fd)
{
	struct lskel_link_attr attr;
	const __u32 key = 0;
	int fd, err;

	err = lskel_struct_ops_set_value(ops, target, map_fd);
	if (err)
		return err;
	if (ops->by_link) {
		lskel_link_attr_init(&attr, map_fd, 0, LSKEL_STRUCT_OPS);
		return lskel_sys_link_create(&attr);
	}
	fd = fcntl(map_fd, LSKEL_F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		err = -errno;
		lskel_sys_map_delete(map_fd, &key);
		return err;
	}
	return fd;
}

LSKEL_API int lskel_struct_ops_attach_map(const struct lskel_info *info, void *skel, __u32 i)
{
	const struct lskel_struct_ops_info *ops = &info->struct_ops[i];
	const int map_fd = lskel_struct_ops_map(info, skel, i)->map_fd;
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int *link = lskel_at(int, skel, ops->link), fd;

	lskel_forget_failure(ctx);
	if (!ctx->loaded) {
		errno = EINVAL;
		return lskel_fail(ctx, LSKEL_STAGE_USE, LSKEL_USE_ATTACH, -EINVAL);
	}
	if (map_fd < 0 || *link > 0)
		return 0;
	fd = lskel_struct_ops_register(ops, &ctx->struct_ops->targets[i], map_fd);
	if (fd < 0) {
		errno = -fd;
		return lskel_fail(ctx, LSKEL_STAGE_ATTACH_MAP, i, fd);
	}
	*link = fd;
	return fd;
}

LSKEL_API int lskel_struct_ops_put_into(const struct lskel_info *info, void *skel, __u32 i,
					int link_fd)
{
	const struct lskel_struct_ops_info *ops = &info->struct_ops[i];
	const int map_fd = lskel_struct_ops_map(info, skel, i)->map_fd;
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	int err = ops->by_link && ctx->loaded && map_fd >= 0 ? 0 : -EINVAL;

	lskel_forget_failure(ctx);
	if (!err)
		err = lskel_struct_ops_set_value(ops, &ctx->struct_ops->targets[i], map_fd);
	if (!err)
		err = lskel_sys_link_put(link_fd, map_fd);
	if (!err)
		return 0;
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_ATTACH_MAP, i, err);
}

LSKEL_API int lskel_struct_ops_attach(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = 0; i < info->struct_ops_cnt; i++) {
		int fd = lskel_struct_ops_attach_map(info, skel, i);

		if (fd < 0)
			return fd;
	}
	return 0;
}

LSKEL_API void lskel_struct_ops_detach(const struct lskel_info *info, void *skel)
{
	__u32 i;

	for (i = info->struct_ops_cnt; i-- > 0;)
		lskel_detach_map(info, skel, i);
}
