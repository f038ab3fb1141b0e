// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/target.h>: finds functions by name in the BTF of programs, of the kernel and of
 * its modules. What is found stands in struct lskel_prog, from where load() takes it. The places that are
 * searched, their order and the errors are libbpf's (libbpf.c, libbpf_find_attach_btf_id()).
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdarg.h>
#include <stdio.h>

#include <lskel/open.h>
#include <lskel/target.h>
#include "externs.h"
#include "kernel_btf.h"

/* libbpf's BTF_MAX_NAME_SIZE, with the NUL. */
#define LSKEL_TARGET_NAME_MAX 128

/* A search for the target of one program. */
struct lskel_search {
	const struct lskel_info *info;
	void *skel;
	__u32 prog;
	char name[LSKEL_TARGET_NAME_MAX];
	__u32 kind;
	const char *module; /* the module's name begins so, or NULL */
	size_t module_len;
	const struct lskel_kernel_btf *kernel; /* NULL until it is needed */
	/* What was found: */
	int fd; /* of a program or of a module's BTF, or 0; the search's */
	__u32 id;
};

static int lskel_target_fail(const struct lskel_search *search, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes the failure, with a message after which lskel_error() has nothing to add. */
static int lskel_target_fail(const struct lskel_search *search, int err, const char *format, ...)
{
	const struct lskel_prog_info *prog = &search->info->progs[search->prog];
	struct lskel_ctx *ctx = (struct lskel_ctx *)search->skel;
	const size_t size = 1024;
	char *message = (char *)malloc(size);
	va_list args;
	int len;

	lskel_forget_failure(ctx);
	if (message) {
		len = snprintf(message, size,
			       "%s: failed to find the target of program '%s' (SEC(\"%s\")): ",
			       search->info->name, prog->name, prog->section);
		va_start(args, format);
		if (len > 0 && (size_t)len < size)
			vsnprintf(message + len, size - (size_t)len, format, args);
		va_end(args);
	}
	ctx->failure.message = message;
	errno = -err;
	return lskel_fail(ctx, LSKEL_STAGE_TARGET, search->prog, err);
}

static void lskel_search_init(struct lskel_search *search, const struct lskel_info *info,
			      void *skel)
{
	memset(search, 0, sizeof(*search));
	search->info = info;
	search->skel = skel;
}

/* Keeps a duplicate: the caller's may be closed, or be 0, which bpf(2) takes for none. */
static int lskel_search_keep_fd(struct lskel_search *search, int fd)
{
	int copy = fcntl(fd, LSKEL_F_DUPFD_CLOEXEC, 3);

	if (copy < 0)
		return -errno;
	search->fd = copy;
	return 0;
}

/* The PROG_LOAD that the target is for. */
static union bpf_attr lskel_search_attr(const struct lskel_search *search)
{
	return lskel_image_attr(search->info, search->info->progs[search->prog].attr);
}

/* A function of the program @fd. */
static int lskel_search_prog(struct lskel_search *search, int fd, const char *func)
{
	struct bpf_prog_info info;
	struct lskel_btf btf;
	int err, id;

	err = lskel_sys_prog_info(fd, &info);
	if (err == -EBADF || err == -EBADFD)
		return lskel_target_fail(search, err, "%d is no open fd", fd);
	if (err == -EINVAL)
		return lskel_target_fail(search, err, "fd %d is no BPF program", fd);
	if (err)
		return lskel_target_fail(search, err, "can't ask about fd %d: %s", fd,
					 strerror(-err));
	if (!info.btf_id)
		return lskel_target_fail(search, -EINVAL, "program '%s' (fd %d) has no BTF",
					 info.name, fd);
	err = lskel_btf_open_prog(&btf, fd);
	if (err)
		return lskel_target_fail(search, err, "can't read the BTF of program '%s': %s",
					 info.name, strerror(-err));
	id = lskel_btf_find(&btf, func, BTF_KIND_FUNC);
	lskel_btf_free(&btf);
	if (id < 0)
		return lskel_target_fail(search, id, "program '%s' (fd %d) has no function '%s'",
					 info.name, fd, func);
	search->id = (__u32)id;
	err = lskel_search_keep_fd(search, fd);
	return err ? lskel_target_fail(search, err, "can't duplicate fd %d: %s", fd,
				       strerror(-err)) :
		     0;
}

/* The name and kind that @target has in the kernel's BTF, by the kind of program. */
static int lskel_search_name(struct lskel_search *search, const char *target)
{
	const char *colon = strchr(target, ':'), *prefix = "";
	__u32 attach_type = lskel_search_attr(search).expected_attach_type;
	int len;

	search->kind = BTF_KIND_FUNC;
	if (attach_type == BPF_TRACE_RAW_TP) {
		prefix = "btf_trace_";
		search->kind = BTF_KIND_TYPEDEF;
	} else if (attach_type == BPF_LSM_MAC || attach_type == BPF_LSM_CGROUP) {
		prefix = "bpf_lsm_";
	} else if (attach_type == BPF_TRACE_ITER) {
		prefix = "bpf_iter_";
	}
	search->module = colon ? target : NULL;
	search->module_len = colon ? (size_t)(colon - target) : 0;
	len = snprintf(search->name, sizeof(search->name), "%s%s", prefix,
		       colon ? colon + 1 : target);
	if (len < 0 || (size_t)len >= sizeof(search->name))
		return lskel_target_fail(search, -ENAMETOOLONG, "the name '%s' is too long",
					 target);
	return 0;
}

static int lskel_search_is_in(const struct lskel_search *search, const char *module)
{
	return !search->module || !strncmp(module, search->module, search->module_len);
}

/* Like libbpf, finds in a module what is in the kernel; the kernel will refuse that. */
static int lskel_search_btf(const struct lskel_search *search, int fd)
{
	struct lskel_btf btf;
	int id;

	id = search->module ? lskel_kernel_btf_find(search->kernel, search->name, search->kind) :
			      -ENOENT;
	if (id > 0)
		return id;
	id = lskel_btf_open_fd(&btf, fd, &search->kernel->btf);
	if (id < 0)
		return id;
	id = lskel_btf_find(&btf, search->name, search->kind);
	lskel_btf_free(&btf);
	return id;
}

/* Looks into the module whose BTF is behind @fd. Returns the type's id, or -ENOENT. */
static int lskel_search_module(const struct lskel_search *search, int fd)
{
	struct bpf_btf_info info;
	char name[64] = "";
	int err;

	memset(&info, 0, sizeof(info));
	info.name = lskel_u64(name);
	info.name_len = sizeof(name);
	err = lskel_sys_obj_info(fd, &info, sizeof(info));
	if (err)
		return err;
	if (!info.kernel_btf || !strcmp(name, "vmlinux") || !lskel_search_is_in(search, name))
		return -ENOENT;
	return lskel_search_btf(search, fd);
}

static int lskel_search_modules(struct lskel_search *search)
{
	__u32 btf_id = 0;
	int err, fd;

	for (;;) {
		err = lskel_sys_btf_next_id(&btf_id);
		if (err)
			return err == -EPERM ? -ENOENT : err;
		fd = lskel_sys_btf_get_fd_by_id(btf_id);
		if (fd == -ENOENT)
			continue; /* its module is gone */
		if (fd < 0)
			return fd;
		err = lskel_search_module(search, fd);
		if (err > 0) {
			search->id = (__u32)err;
			err = lskel_search_keep_fd(search, fd);
			close(fd);
			return err;
		}
		close(fd);
		if (err != -ENOENT)
			return err;
	}
}

/* A function of the kernel or of a module, by the name that could stand in the section. */
static int lskel_search_kernel(struct lskel_search *search, const char *target)
{
	int err;

	err = lskel_search_name(search, target);
	if (err)
		return err;
	err = lskel_kernel_btf_open(search->info, search->skel);
	if (err)
		return lskel_target_fail(search, err, "can't read the kernel's BTF: %s",
					 strerror(-err));
	search->kernel = ((struct lskel_ctx *)search->skel)->kernel;
	err = lskel_search_is_in(search, "vmlinux") ?
		      lskel_kernel_btf_find(search->kernel, search->name, search->kind) :
		      -ENOENT;
	if (err > 0) {
		search->id = (__u32)err;
		return 0;
	}
	err = lskel_search_modules(search);
	if (err == -ENOENT)
		return lskel_target_fail(
			search, -ESRCH,
			"'%s' is in the BTF of neither the kernel nor a module%s%.*s", search->name,
			search->module ? " called " : "", (int)search->module_len,
			search->module ? search->module : "");
	return err ? lskel_target_fail(search, err, "can't read the BTF of modules: %s",
				       strerror(-err)) :
		     0;
}

/* What was found replaces the target that the program had. */
static void lskel_search_take(struct lskel_search *search, bool by_load)
{
	struct lskel_prog *desc = lskel_prog_at(search->info, search->skel, search->prog);

	lskel_close(&desc->target_fd);
	desc->target_fd = search->fd;
	desc->target_btf_id = search->id;
	desc->target_is_found = by_load;
	search->fd = 0;
}

/* "func" of SEC("kind/func"), or NULL. */
static const char *lskel_search_section(const struct lskel_search *search)
{
	const char *slash = strchr(search->info->progs[search->prog].section, '/');

	return slash ? slash + 1 : NULL;
}

/* Whether it makes sense to look for a target of program @prog_fd, or of the kernel. */
static int lskel_search_check(const struct lskel_search *search, int prog_fd)
{
	__u32 type;

	if (((struct lskel_ctx *)search->skel)->loaded)
		return lskel_target_fail(search, -EINVAL, "the skeleton is loaded already");
	if (search->info->progs[search->prog].attr == LSKEL_NOT_LOADED)
		return lskel_target_fail(search, -EINVAL, "the skeleton can't load the program");
	type = lskel_search_attr(search).prog_type;
	if (type != BPF_PROG_TYPE_TRACING && type != BPF_PROG_TYPE_LSM && type != BPF_PROG_TYPE_EXT)
		return lskel_target_fail(search, -EINVAL, "a program of this kind has none");
	if (type == BPF_PROG_TYPE_EXT && !prog_fd)
		return lskel_target_fail(search, -EINVAL, "give the fd of a BPF program");
	return 0;
}

LSKEL_API int lskel_set_target(const struct lskel_info *info, void *skel, __u32 i, int prog_fd,
			       const char *func)
{
	struct lskel_search search;
	int err;

	lskel_forget_failure((struct lskel_ctx *)skel);
	lskel_search_init(&search, info, skel);
	search.prog = i;
	err = lskel_search_check(&search, prog_fd);
	if (err)
		return err;
	if (!func && prog_fd)
		func = lskel_search_section(&search);
	if (!func)
		return lskel_target_fail(&search, -EINVAL, "which function? give its name");

	err = prog_fd ? lskel_search_prog(&search, prog_fd, func) :
			lskel_search_kernel(&search, func);
	if (search.kernel)
		lskel_kernel_btf_close((struct lskel_ctx *)skel);
	if (!err)
		lskel_search_take(&search, false);
	return err;
}

LSKEL_API int lskel_find_targets(const struct lskel_info *info, void *skel)
{
	struct lskel_search search;
	int err = 0;

	lskel_search_init(&search, info, skel);
	for (search.prog = 0; search.prog < info->prog_cnt && !err; search.prog++) {
		const struct lskel_prog *desc = lskel_prog_at(info, skel, search.prog);

		if (!(info->progs[search.prog].flags & LSKEL_PROG_MODULE) || !desc->autoload ||
		    desc->target_btf_id)
			continue;
		err = lskel_search_kernel(&search, lskel_search_section(&search));
		if (!err)
			lskel_search_take(&search, true);
	}
	return err ? lskel_externs_first(info, skel) : 0;
}
