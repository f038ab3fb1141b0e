// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/extern_types.h>: what libbpf's bpf_object__resolve_ksyms_btf_id() does, with one pass
 * over the kernel's BTF for all symbols. That takes about as long as the kernel needs to find two names.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/extern_types.h>
#include <lskel/open.h>
#include "btf_types.h"
#include "kernel_btf.h"

struct lskel_module_btf {
	struct lskel_btf btf;
	int fd;
	int is_found;  /* so the fd is ctx->found's */
	char name[64]; /* MODULE_NAME_LEN */
};

/* What is not known yet. */
struct lskel_wanted_extern {
	const struct lskel_extern_info *row; /* NULL: the target of programs */
	__u32 op;
};

struct lskel_resolve {
	const struct lskel_info *info;
	struct lskel_ctx *ctx;
	const struct lskel_op *ops;
	struct lskel_wanted_extern *wanted;
	__u32 cnt;
	struct lskel_module_btf *modules;
	__u32 module_cnt;
	int modules_are_read;
};

/* What operation @op searches for. */
static const struct lskel_symbol *lskel_symbol_of(const struct lskel_resolve *resolve, __u32 op)
{
	return (const struct lskel_symbol *)lskel_image_at(resolve->info, resolve->ops[op].attr);
}

static __u32 lskel_number_of_op(const struct lskel_info *info, __u32 offset)
{
	return (offset - lskel_image_hdr(info)->op_off) / (__u32)sizeof(struct lskel_op);
}

static void lskel_want(struct lskel_resolve *resolve, const struct lskel_extern_info *row, __u32 op)
{
	if (resolve->ctx->found[op].id)
		return;
	resolve->wanted[resolve->cnt].row = row;
	resolve->wanted[resolve->cnt++].op = op;
}

/* Notes what has to be looked for. Returns 0 or -ENOMEM. */
static int lskel_resolve_begin(struct lskel_resolve *resolve)
{
	const struct lskel_info *info = resolve->info;
	__u32 op_cnt = lskel_image_hdr(info)->op_cnt, max = info->extern_cnt + op_cnt, i;

	resolve->wanted = (struct lskel_wanted_extern *)calloc(max, sizeof(*resolve->wanted));
	if (!resolve->wanted || lskel_make_found(info, resolve->ctx))
		return -ENOMEM;
	for (i = 0; i < info->extern_cnt; i++)
		lskel_want(resolve, &info->externs[i],
			   lskel_number_of_op(info, info->externs[i].op));
	for (i = 0; i < op_cnt && resolve->cnt; i++)
		if (resolve->ops[i].cmd == LSKEL_CMD_FIND_BTF &&
		    resolve->ops[i].owner == LSKEL_OWNER_USERS)
			lskel_want(resolve, NULL, i);
	return 0;
}

static void lskel_resolve_end(struct lskel_resolve *resolve)
{
	__u32 i;

	for (i = 0; i < resolve->module_cnt; i++) {
		lskel_btf_free(&resolve->modules[i].btf);
		if (!resolve->modules[i].is_found)
			lskel_close(&resolve->modules[i].fd);
	}
	free(resolve->modules);
	free(resolve->wanted);
}

/* Notes the failure of the search at @row, with a message if there is one: then lskel_error() adds nothing. */
static int lskel_resolve_fail(const struct lskel_resolve *resolve,
			      const struct lskel_extern_info *row, int err, char *message)
{
	lskel_forget_failure(resolve->ctx);
	resolve->ctx->failure.message = message;
	return lskel_fail(resolve->ctx, LSKEL_STAGE_OP, row->op, err);
}

/* The beginning of a message; NULL: there is no memory for it. */
static char *lskel_resolve_message(const struct lskel_resolve *resolve,
				   const struct lskel_extern_info *row, struct lskel_text *text)
{
	const size_t size = 2048;
	char *message = (char *)malloc(size);

	if (!message)
		return NULL;
	text->at = message;
	text->left = size;
	lskel_print(text, "%s: failed to find '%s' in the kernel's BTF: ", resolve->info->name,
		    row->name);
	return message;
}

static int lskel_fail_to_read(const struct lskel_resolve *resolve,
			      const struct lskel_extern_info *row, const char *what, int reason,
			      int err)
{
	struct lskel_text text;
	char *message = lskel_resolve_message(resolve, row, &text);

	if (message)
		lskel_print(&text, "can't read that of %s: %s%s", what, strerror(-reason),
			    reason == -ENOENT ? "\nhint: it is /sys/kernel/btf/vmlinux, with "
						"CONFIG_DEBUG_INFO_BTF and sysfs mounted" :
						"");
	return lskel_resolve_fail(resolve, row, err, message);
}

static const char *lskel_fit_hint(const struct lskel_extern_info *row, __u32 kind)
{
	/* Such types look the same otherwise. */
	if (strchr(row->types, 'f'))
		return "a type that is only declared (\"struct foo;\") is another one than the kernel's: "
		       "define it, with any members or none";
	if (kind == BTF_KIND_FUNC)
		return "declare it as this kernel has it; for kernels that differ, declare it several "
		       "times, as NAME___FLAVOR and __weak, and call the one whose address is not 0";
	return "declare it as this kernel has it";
}

static int lskel_fail_to_fit(const struct lskel_resolve *resolve,
			     const struct lskel_wanted_extern *wanted, const struct lskel_btf *btf,
			     __u32 type, const char *where)
{
	__u32 kind = lskel_symbol_of(resolve, wanted->op)->kind;
	const struct lskel_extern_info *row = wanted->row;
	struct lskel_text text;
	char *message = lskel_resolve_message(resolve, row, &text);

	if (message) {
		lskel_print(&text, "declared as %s, but %s has %s", row->words, where,
			    kind == BTF_KIND_FUNC ? "" : "a variable of type ");
		lskel_print_type(&text, btf, type);
		lskel_print(&text, "\nhint: %s", lskel_fit_hint(row, kind));
	}
	return lskel_resolve_fail(resolve, row, -EINVAL, message);
}

/* Compares type @id, which was found, in @btf, that of @where. Returns whether it fits, or a negative errno. */
static int lskel_check_type(struct lskel_resolve *resolve, const struct lskel_wanted_extern *wanted,
			    const struct lskel_btf *btf, __u32 id, const char *where)
{
	const struct lskel_extern_info *row = wanted->row;
	__u32 type = lskel_btf_type(btf, id)->type;
	int fits = lskel_type_fits(btf, type, row->types);

	if (!fits && (!row->weak || lskel_symbol_of(resolve, wanted->op)->kind != BTF_KIND_FUNC))
		return lskel_fail_to_fit(resolve, wanted, btf, type, where);
	resolve->ctx->found[wanted->op].id = fits ? id : LSKEL_FOUND_NONE;
	return fits;
}

/* Adds the BTF behind @fd, which it takes, if it is that of a module. */
static int lskel_add_module(struct lskel_resolve *resolve, int fd)
{
	struct lskel_module_btf module, *modules;
	struct bpf_btf_info info;
	int err;

	memset(&module, 0, sizeof(module));
	memset(&info, 0, sizeof(info));
	info.name = lskel_u64(module.name);
	info.name_len = sizeof(module.name);
	err = lskel_sys_obj_info(fd, &info, sizeof(info));
	if (err || !info.kernel_btf || !strcmp(module.name, "vmlinux")) {
		close(fd);
		return err;
	}
	err = lskel_btf_open_fd(&module.btf, fd, &resolve->ctx->kernel->btf);
	if (err) {
		close(fd);
		return err;
	}
	module.fd = fd;
	modules = (struct lskel_module_btf *)realloc(resolve->modules,
						     (resolve->module_cnt + 1) * sizeof(module));
	if (!modules) {
		lskel_btf_free(&module.btf);
		close(fd);
		return -ENOMEM;
	}
	modules[resolve->module_cnt++] = module;
	resolve->modules = modules;
	return 0;
}

/* As libbpf, reads all of them as soon as one symbol is not vmlinux's; none if the kernel does not show them. */
static int lskel_read_modules(struct lskel_resolve *resolve)
{
	__u32 btf_id = 0;
	int err, fd;

	resolve->modules_are_read = 1;
	for (;;) {
		err = lskel_sys_btf_next_id(&btf_id);
		if (err)
			return err == -ENOENT || err == -EPERM ? 0 : err;
		fd = lskel_above_low_fds(lskel_sys_btf_get_fd_by_id(btf_id));
		if (fd == -ENOENT)
			continue; /* its module is gone */
		err = fd < 0 ? fd : lskel_add_module(resolve, fd);
		if (err)
			return err;
	}
}

/* The first module that has it. */
static int lskel_find_in_modules(struct lskel_resolve *resolve,
				 const struct lskel_wanted_extern *wanted)
{
	const struct lskel_symbol *symbol = lskel_symbol_of(resolve, wanted->op);
	struct lskel_found *found = &resolve->ctx->found[wanted->op];
	int err = resolve->modules_are_read ? 0 : lskel_read_modules(resolve);
	__u32 i;

	if (err)
		return lskel_fail_to_read(resolve, wanted->row, "modules", err, -EINVAL);
	for (i = 0; i < resolve->module_cnt; i++) {
		struct lskel_module_btf *module = &resolve->modules[i];
		int id = lskel_btf_find(&module->btf, symbol->name, symbol->kind);

		if (id < 0)
			continue;
		err = lskel_check_type(resolve, wanted, &module->btf, (__u32)id, module->name);
		if (err > 0) {
			found->fd = module->fd;
			module->is_found = 1;
		}
		return err < 0 ? err : 0;
	}
	found->id = LSKEL_FOUND_NONE;
	return wanted->row->weak ?
		       0 :
		       lskel_resolve_fail(resolve, wanted->row, -(int)symbol->missing, NULL);
}

static int lskel_resolve_all(struct lskel_resolve *resolve)
{
	const struct lskel_kernel_btf *kernel = resolve->ctx->kernel;
	__u32 i;
	int err = 0;

	for (i = 0; i < resolve->cnt && err >= 0; i++) {
		const struct lskel_wanted_extern *wanted = &resolve->wanted[i];
		const struct lskel_symbol *symbol = lskel_symbol_of(resolve, wanted->op);
		int id = lskel_kernel_btf_find(kernel, symbol->name, symbol->kind);

		if (!wanted->row)
			resolve->ctx->found[wanted->op].id = id > 0 ? (__u32)id : 0;
		else if (id > 0)
			err = lskel_check_type(resolve, wanted, &kernel->btf, (__u32)id, "vmlinux");
		else
			err = lskel_find_in_modules(resolve, wanted);
	}
	return err < 0 ? err : 0;
}

LSKEL_API int lskel_find_externs(const struct lskel_info *info, void *skel)
{
	struct lskel_resolve resolve;
	int err;

	memset(&resolve, 0, sizeof(resolve));
	resolve.info = info;
	resolve.ctx = (struct lskel_ctx *)skel;
	resolve.ops = (const struct lskel_op *)lskel_image_at(info, lskel_image_hdr(info)->op_off);
	err = lskel_resolve_begin(&resolve);
	if (err) {
		err = lskel_resolve_fail(&resolve, &info->externs[0], err, NULL);
	} else if (resolve.cnt) {
		err = lskel_kernel_btf_open(info, skel);
		if (err)
			err = lskel_fail_to_read(&resolve, &info->externs[0], "vmlinux", err,
						 err == -ENOENT ? -ESRCH : err);
		else
			err = lskel_resolve_all(&resolve);
	}
	lskel_resolve_end(&resolve);
	return err;
}
