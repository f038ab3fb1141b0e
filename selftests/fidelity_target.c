// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Targets for programs that are for functions of other programs: what the kernel's selftests give them, or
 * else any program. Both ways to load an object get the same, see fidelity.h.
 */
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <bpf/bpf.h>
#include <lskel/open.h>
#include <lskel/target.h>

#include "fidelity.h"
#include "info.h"
#include "targets.h"

static const struct known_target {
	const char *object;
	const char *target; /* object beside it, or NULL: the kernel */
	const char *prog;   /* of that, or NULL: the first */
	const char *func;   /* for SEC("freplace") and the like */
} known_targets[] = {
	{ "fexit_bpf2bpf", "test_pkt_access", NULL, NULL },
	{ "fexit_bpf2bpf_simple", "test_pkt_md_access", NULL, NULL },
	{ "freplace_attach_probe", "test_attach_probe", NULL, NULL },
	{ "freplace_cls_redirect", "test_cls_redirect", NULL, NULL },
	{ "freplace_connect4", "connect4_prog", NULL, NULL },
	{ "freplace_connect_v4_prog", "connect4_prog", NULL, NULL },
	{ "freplace_dead_global_func", "verifier_global_subprogs",
	  "chained_global_func_calls_success", "global_good" },
	{ "freplace_get_constant", "test_pkt_access", NULL, NULL },
	{ "freplace_global_func", "test_pkt_access", NULL, NULL },
	{ "freplace_progmap", "xdp_dummy", "xdp_dummy_prog", "xdp_dummy_prog" },
	{ "freplace_unreliable_prog", "verifier_btf_unreliable_prog", NULL, NULL },
	{ "tailcall_bpf2bpf_fentry", "tailcall_bpf2bpf2", "entry", NULL },
	{ "tailcall_bpf2bpf_fexit", "tailcall_bpf2bpf2", "entry", NULL },
	{ "tailcall_freplace", "tc_bpf2bpf", "entry_tc", "subprog_tc" },
	{ "test_cgroup1_hierarchy", NULL, NULL, "bpf_fentry_test1" },
	{ "test_module_attach", NULL, NULL, "bpf_testmod_test_read" },
	{ "test_trace_ext", "test_pkt_md_access", NULL, NULL },
	{ "xdp_metadata2", "xdp_metadata", "rx", NULL },
};

/* For objects that are not known: has functions that nobody looks for, except the main one. */
static const struct known_target any_target = { NULL, "target", NULL, "target_main" };

static const struct known_target *target; /* of the object that is being compared */
static int target_fd;

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static struct bpf_program *program_of(struct bpf_object *object)
{
	if (!target->prog)
		return bpf_object__next_program(object, NULL);
	return bpf_object__find_program_by_name(object, target->prog);
}

/* Loads the target and tells its id, then keeps it until @wait is closed. */
static void serve_target(const char *path, int tell, int wait)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	struct bpf_object *object;
	struct bpf_program *prog;

	libbpf_set_print(quiet);
	object = bpf_object__open_file(path, NULL);
	prog = object ? program_of(object) : NULL;
	if (prog)
		bpf_program__set_autoload(prog, true);
	if (prog && !bpf_object__load(object))
		bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len);
	if (write(tell, &info.id, sizeof(info.id)) == sizeof(info.id))
		while (read(wait, &len, sizeof(len)) > 0)
			;
	_exit(0);
}

/*
 * Returns the fd of the target in the object at @path, or -1. Another process loads it, since libbpf
 * remembers which kernel it has seen.
 */
static int load_target(const char *path)
{
	int tell[2], wait[2], fd = -1;
	__u32 id = 0;
	pid_t pid;

	if (pipe2(tell, O_CLOEXEC) || pipe2(wait, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		close(tell[0]);
		close(wait[1]);
		serve_target(path, tell[1], wait[0]);
	}
	close(tell[1]);
	close(wait[0]);
	if (pid > 0 && read(tell[0], &id, sizeof(id)) == sizeof(id) && id)
		fd = bpf_prog_get_fd_by_id(id);
	close(wait[1]);
	close(tell[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return fd;
}

static char *target_path(const char *path)
{
	char self[4096] = {};
	_cleanup_(free_ptr) char *copy = xstrdup(path);

	if (target != &any_target)
		return xprintf("%s/%s.bpf.o", dirname(copy), target->target);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		strcpy(self, "/");
	return xprintf("%s/%s.bpf.o", dirname(self), target->target);
}

void fidelity_open_target(const char *path, const char *name)
{
	_cleanup_(free_ptr) char *target_object = NULL;
	static int any_fd;

	target = &any_target;
	for (size_t i = 0; i < ARRAY_SIZE(known_targets); i++)
		if (!strcmp(known_targets[i].object, name))
			target = &known_targets[i];
	target_fd = 0;
	if (!target->target)
		return;
	target_object = target_path(path);
	if (target != &any_target) {
		target_fd = load_target(target_object);
		return;
	}
	if (!any_fd)
		any_fd = load_target(target_object);
	target_fd = any_fd;
}

void fidelity_close_target(void)
{
	if (target_fd > 0 && target != &any_target)
		close(target_fd);
	target_fd = 0;
}

/* Whether @prog gets the target, and as which function of it: NULL for the one in its section. */
static bool gets_target(const struct bpf_program *prog, bool autoload, const char **func)
{
	bool named = strchr(bpf_program__section_name(prog), '/');

	*func = named ? NULL : target->func;
	if (target_fd < 0 || !autoload)
		return false;
	/* A known target is for all of them. */
	return target == &any_target || !target->target ? target_is_missing(prog) :
							  target_is_possible(prog);
}

int fidelity_set_libbpf_targets(struct bpf_object *object)
{
	struct bpf_program *prog;
	const char *func;
	int err = 0;

	bpf_object__for_each_program(prog, object)
		if (!err && gets_target(prog, bpf_program__autoload(prog), &func))
			err = bpf_program__set_attach_target(prog, target_fd, func);
	return err;
}

int fidelity_set_lskel_targets(const struct info *info, void *skel)
{
	const struct object *object = info->object;
	const char *func;
	int err = 0;

	for (__u32 i = 0; i < object->prog_cnt && !err; i++)
		if (gets_target(object->progs[i].prog,
				lskel_prog_at(&info->table, skel, i)->autoload, &func))
			err = lskel_set_target(&info->table, skel, i, target_fd, func);
	return err;
}
