// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loads by a user without privileges, in a user namespace to which root has delegated BPF by the mount
 * options of a BPF file system: with a token from it, which is asked for or found. Linux 6.9.
 */
#include <sched.h>
#include <signal.h>
#include <linux/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* The type of the data in ksym_func.lskel.h. */
#include "progs/ksym_results.h"

#include "ksym_func.lskel.h"
#include "bad_access.lskel.h"
#include "bad_target.lskel.h"
#include "pinned.lskel.h"
#include "rich.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "run_packet.h"
#include "own_bpffs.h"

#define USER	  1000
#define ELSEWHERE "/dev/shm/lskel-token"

/* What root delegates, as values of mount options. */
struct delegation {
	const char *cmds, *maps, *progs, *attachs;
};

static const struct delegation everything = { "any", "any", "any", "any" };
static const struct delegation nothing;
/* All but bit 31: BPF_PROG_TYPE_SYSCALL. */
static const struct delegation no_loader = { "any", "any", "0x7fffffff", "any" };
/* All but bit 2: BPF_MAP_TYPE_ARRAY. */
static const struct delegation no_arrays = { "any", "0xfffffffffffffffb", "any", "any" };

static int calls_until_failure = -1;

long __real_syscall(long number, long a, long b, long c, long d, long e);
long __wrap_syscall(long number, long a, long b, long c, long d, long e);

long __wrap_syscall(long number, long a, long b, long c, long d, long e)
{
	if (number == __NR_bpf && calls_until_failure >= 0 && !calls_until_failure--) {
		errno = ENOSPC;
		return -1;
	}
	return __real_syscall(number, a, b, c, d, e);
}

static bool set_option(int fs, const char *name, const char *value)
{
	return !value || !syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, name, value, 0);
}

/* By root: makes the file system that the user has begun. Returns a mount, or a negative errno. */
static int make_bpffs(int fs, const struct delegation *delegation)
{
	int mnt;

	if (!set_option(fs, "delegate_cmds", delegation->cmds) ||
	    !set_option(fs, "delegate_maps", delegation->maps) ||
	    !set_option(fs, "delegate_progs", delegation->progs) ||
	    !set_option(fs, "delegate_attachs", delegation->attachs) ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	mnt = (int)syscall(SYS_fsmount, fs, 0, 0);
	return mnt < 0 ? -errno : mnt;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return written;
}

/* Becomes a user without privileges, who is root in namespaces of its own. */
static bool enter_namespaces(void)
{
	return !syscall(SYS_setresgid, USER, USER, USER) &&
	       !syscall(SYS_setresuid, USER, USER, USER) && !prctl(PR_SET_DUMPABLE, 1) &&
	       !unshare(CLONE_NEWUSER | CLONE_NEWNS) &&
	       write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/uid_map", "0 1000 1") &&
	       write_file("/proc/self/gid_map", "0 1000 1") &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* What the user does; @to_root and @from_root are pipes for the numbers of fds, which both share. */
static int be_user(const char *dir, int to_root, int from_root, void (*test)(void))
{
	int fs, mnt;

	if (!enter_namespaces())
		return -errno;
	fs = (int)syscall(SYS_fsopen, "bpf", 0);
	if (fs < 0 || write(to_root, &fs, sizeof(fs)) != sizeof(fs) ||
	    read(from_root, &mnt, sizeof(mnt)) != sizeof(mnt))
		return -errno;
	if (mnt < 0)
		return mnt;
	if (syscall(SYS_move_mount, mnt, "", AT_FDCWD, dir, MOVE_MOUNT_F_EMPTY_PATH))
		return -errno;
	close(fs);
	close(mnt);
	test();
	return 0;
}

/* Runs @test as the user, with a BPF file system at @dir. */
static void as_user(const char *name, const struct delegation *delegation, const char *dir,
		    void (*test)(void))
{
	int to_root[2], from_root[2], fs, mnt, status = -1, err;
	pid_t pid;

	fflush(NULL);
	if (pipe(to_root) || pipe(from_root)) {
		fail(name, "%s", strerror(errno));
		return;
	}
	pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid) {
		err = be_user(dir, to_root[1], from_root[0], test);
		if (err)
			fail(name, "no delegation: %s", strerror(-err));
		if (err)
			syscall(SYS_exit_group, 1);
		exit(harness_status());
	}
	if (read(to_root[0], &fs, sizeof(fs)) == sizeof(fs)) {
		mnt = make_bpffs(fs, delegation);
		if (write(from_root[1], &mnt, sizeof(mnt)) != sizeof(mnt))
			perror("write");
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		harness_failures++;
	for (int i = 0; i < 2; i++) {
		close(to_root[i]);
		close(from_root[i]);
	}
}

/* Loads @info's skeleton with @path and expects @err and a message with @why. */
static void *load(const char *name, const struct lskel_info *info, const char *path, int err,
		  const char *why)
{
	struct lskel_ctx *ctx = lskel_open(info);
	const char *message;
	int ret;

	ctx->token_path = path;
	ret = lskel_load(info, ctx);
	message = lskel_error(info, ctx);
	check(name, ret == err && strstr(message, why), "%d: %s", ret, message);
	if (err)
		printf("# %s\n", message);
	if (!ret)
		return ctx;
	lskel_destroy(info, ctx);
	return NULL;
}

/* Returns whether it loads. */
static void loads(const char *name, const struct lskel_info *info, const char *path)
{
	static struct footprint before;
	struct lskel_ctx *ctx;
	const char *left;

	list_fds(&before.fds);
	ctx = load(name, info, path, 0, "no error");
	if (ctx)
		check("  with a token", ctx->token_fd > 2, "%d", ctx->token_fd);
	lskel_destroy(info, ctx);
	left = fds_left(&before);
	check("  and no fd is left", !left, "%s", left);
}

/* Each call of a load fails once. Some have another way. */
static void each_call_fails(const char *name, const struct lskel_info *info)
{
	static struct footprint before;
	int n, failed = 0;

	list_fds(&before.fds);
	for (n = 0; calls_until_failure < 0; n++) {
		void *skel = lskel_open(info);
		int err;

		calls_until_failure = n;
		err = lskel_load(info, skel);
		failed += err && !fds_left(&before);
		if (err && fds_left(&before))
			fail(name, "call %d leaves %s: %s", n, fds_left(&before),
			     lskel_error(info, skel));
		lskel_destroy(info, skel);
		if (fds_left(&before))
			fail(name, "after call %d, destroy leaves %s", n, fds_left(&before));
	}
	calls_until_failure = -1;
	check(name, failed > n / 2, "%d of %d calls fail", failed, n);
}

static void all_is_delegated(void)
{
	struct pinned *pinned;

	load("without a token the user may not load", &rich__info, "", -EPERM, "loader program");
	loads("a token that is asked for", &rich__info, BPFFS);
	loads("a token from where they are, when there is no other way", &rich__info, NULL);
	loads("kernel functions", &ksym_func__info, NULL);
	each_call_fails("with a token, each call fails and leaves nothing", &rich__info);
	pinned = load("pinned maps, where the token is from", &pinned__info, NULL, 0, "no error");
	if (pinned)
		check("  and programs run", run_on_packet(pinned->progs.count.prog_fd) == 42, "%d",
		      run_on_packet(pinned->progs.count.prog_fd));
	pinned__destroy(pinned);
}

static void elsewhere(void)
{
	load("not where others look for it", &rich__info, NULL, -EPERM, "loader program");
	loads("a token from elsewhere", &rich__info, ELSEWHERE);
	setenv("LIBBPF_BPF_TOKEN_PATH", ELSEWHERE, 1);
	loads("the environment says where", &rich__info, NULL);
	load("the application knows better", &rich__info, "", -EPERM, "loader program");
	load("it is no file system", &rich__info, "/dev", -EINVAL, "'/dev'");
	load("it is not there", &rich__info, "/nowhere", -ENOENT, "'/nowhere'");
}

/* A token that is not for what the loader program is. */
static void loader_is_not_delegated(void)
{
	static struct footprint before;
	struct pinned *pinned;
	const char *left;

	list_fds(&before.fds);
	pinned = load("maps and programs as the object has them", &pinned__info, NULL, 0,
		      "no error");
	if (pinned) {
		check("  and programs run", run_on_packet(pinned->progs.count.prog_fd) == 42, "%d",
		      run_on_packet(pinned->progs.count.prog_fd));
		check("  and share data", pinned->bss->runs == 5, "%llu",
		      (unsigned long long)pinned->bss->runs);
	}
	pinned__destroy(pinned);
	loads("targets in the kernel's BTF", &rich__info, BPFFS);
	loads("kernel functions, too", &ksym_func__info, BPFFS);
	each_call_fails("each call of the run time's own fails and leaves nothing", &rich__info);
	load("the program that the verifier refuses", &bad_access__info, NULL, -EACCES,
	     "the verifier says");
	load("the target that is missing", &bad_target__info, NULL, -ESRCH, "no such symbol");
	left = fds_left(&before);
	check("  and no fd is left", !left, "%s", left);
}

static void little_is_delegated(void)
{
	load("what is not delegated is refused", &rich__info, NULL, -EPERM, "map 'inner_a'");
}

static void nothing_is_delegated(void)
{
	load("nothing is delegated", &rich__info, BPFFS, -ENOENT, "delegate_cmds");
	load("and nothing works without", &rich__info, NULL, -EPERM, "loader program");
}

static bool has_tokens(void)
{
	int err = lskel_sys_token_create("/");

	return err != -EINVAL || own_bpffs() || lskel_sys_token_create(BPFFS) != -EINVAL;
}

int main(void)
{
	load("root needs no token", &rich__info, NULL, 0, "no error");
	if (!has_tokens()) {
		skip("BPF tokens", "this kernel has none");
		load("the message says so", &rich__info, BPFFS, -EINVAL, "Linux 6.9");
		return harness_status();
	}
	load("nor gets one", &rich__info, BPFFS, -EOPNOTSUPP, "namespaces");
	mkdir(ELSEWHERE, 0755);
	as_user("everything is delegated", &everything, BPFFS, all_is_delegated);
	as_user("elsewhere", &everything, ELSEWHERE, elsewhere);
	as_user("no loader program", &no_loader, BPFFS, loader_is_not_delegated);
	as_user("no arrays", &no_arrays, BPFFS, little_is_delegated);
	as_user("nothing is delegated", &nothing, BPFFS, nothing_is_delegated);
	rmdir(ELSEWHERE);
	return harness_status();
}
