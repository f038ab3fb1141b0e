// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Every kind of program that this version attaches runs when its event comes: attached by attach() or
 * one by one. It does no longer after detach() or destroy(), and nothing is left. A kind that can't
 * be attached is an error that names it. What needs more than the kernel is in tests of its own. For vmtest kernels only.
 */
#include <sys/stat.h>

#include "attach_kinds.lskel.h"
#include "attach_refused.lskel.h"
#include "attach_sleepable.lskel.h"
#include "optional.lskel.h"
#include "progs/attach_kinds.h"

#include "footprint.h"
#include "harness.h"

static void call_kernel(void)
{
	getppid();
}

static void unlink_file(void)
{
	unlink("/there/is/no/such/file");
}

static void ask_for_group(void)
{
	getpgid(getppid() ?: 1);
}

static void ask_for_session(void)
{
	getsid(getppid() ?: 1);
}

static void open_file(void)
{
	close(open("/proc/self/stat", O_RDONLY));
}

static void nothing(void)
{
}

static const struct {
	const char *name; /* of the program */
	int (*attach)(struct attach_kinds *skel);
	void (*event)(void);
} kinds[HITS] = {
	[HIT_RAW_TP] = { "on_raw_tp", attach_kinds__on_raw_tp__attach, call_kernel },
	[HIT_TP_BTF] = { "on_tp_btf", attach_kinds__on_tp_btf__attach, call_kernel },
	[HIT_FENTRY] = { "on_fentry", attach_kinds__on_fentry__attach, unlink_file },
	[HIT_FEXIT] = { "on_fexit", attach_kinds__on_fexit__attach, unlink_file },
	[HIT_FMOD_RET] = { "on_fmod_ret", attach_kinds__on_fmod_ret__attach, ask_for_group },
	[HIT_LSM] = { "on_lsm", attach_kinds__on_lsm__attach, ask_for_session },
	[HIT_LSM_SLEEPABLE] = { "on_lsm_sleepable", attach_kinds__on_lsm_sleepable__attach,
				open_file },
	[HIT_ITER] = { "on_iter", attach_kinds__on_iter__attach, nothing },
};

static bool bpf_lsm_is_active(void)
{
	char list[256] = {};
	int fd = open("/sys/kernel/security/lsm", O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);

	close(fd);
	return len > 0 && strstr(list, "bpf");
}

/* Reads the iterator that @link attaches. Returns the tgid that it gives, or 0. */
static __u32 read_iterator(int link)
{
	union bpf_attr attr = {};
	__u32 tgid = 0;
	int fd;

	attr.iter_create.link_fd = (__u32)link;
	fd = lskel_sys_bpf(BPF_ITER_CREATE, &attr);
	if (fd < 0 || read(fd, &tgid, sizeof(tgid)) != sizeof(tgid))
		tgid = 0;
	close(fd);
	return tgid;
}

/* Lets the event of @kind happen. Returns how often its program ran. */
static __u64 hits_of_event(struct attach_kinds *skel, int kind)
{
	__u64 before = skel->bss->hits[kind];

	if (kind == HIT_ITER && skel->links.on_iter_fd > 0)
		read_iterator(skel->links.on_iter_fd);
	kinds[kind].event();
	return skel->bss->hits[kind] - before;
}

static void check_runs(struct attach_kinds *skel, int kind, const char *how)
{
	char name[96];

	snprintf(name, sizeof(name), "%s, attached by %s, runs", kinds[kind].name, how);
	if ((kind == HIT_LSM || kind == HIT_LSM_SLEEPABLE) && !bpf_lsm_is_active())
		skip(name, "the kernel runs without the BPF LSM");
	else
		check(name, hits_of_event(skel, kind), "it does not");
}

static void check_rests(struct attach_kinds *skel, int except, const char *when)
{
	char name[96];
	int running = 0;

	for (int kind = 0; kind < HITS; kind++)
		if (kind != except && hits_of_event(skel, kind))
			running++;
	snprintf(name, sizeof(name), "%s, no %sprogram runs", when, except < 0 ? "" : "other ");
	check(name, !running, "%d do", running);
}

static void attach_one_by_one(struct attach_kinds *skel)
{
	for (int kind = 0; kind < HITS; kind++) {
		int fd = kinds[kind].attach(skel), again;
		char name[96];

		snprintf(name, sizeof(name), "%s is attached", kinds[kind].name);
		if (!check(name, fd > 2, "%d: %s", fd, attach_kinds__error(skel)))
			continue;
		again = kinds[kind].attach(skel);
		snprintf(name, sizeof(name), "%s is attached once", kinds[kind].name);
		check(name, again == -EBUSY, "the second time gives %d", again);
		check_runs(skel, kind, "itself");
		check_rests(skel, kind, name);
		attach_kinds__detach(skel);
	}
	check_rests(skel, -1, "after detach()");
}

/* Evidence that the programs are where they should be: what they can change or see only there. */
static void check_effects(struct attach_kinds *skel)
{
	__u32 tgid;

	unlink_file();
	check("fexit sees the result", skel->bss->unlink_result == -ENOENT, "%d",
	      skel->bss->unlink_result);
	skel->bss->fmod_ret_refuses = EXDEV;
	check("fmod_ret gives the result", getpgid(getppid() ?: 1) < 0 && errno == EXDEV, "%s",
	      strerror(errno));
	skel->bss->fmod_ret_refuses = 0;
	skel->bss->lsm_refuses = 1;
	if (bpf_lsm_is_active())
		check("lsm refuses", getsid(getppid() ?: 1) < 0 && errno == EPERM, "%s",
		      strerror(errno));
	else
		skip("lsm refuses", "the kernel runs without the BPF LSM");
	skel->bss->lsm_refuses = 0;
	tgid = read_iterator(skel->links.on_iter_fd);
	check("the iterator can be read", tgid == (__u32)getpid(), "%u", tgid);
}

static void attach_all(struct attach_kinds *skel)
{
	int err = attach_kinds__attach(skel);

	if (!check("attach() attaches all kinds", !err, "%s", attach_kinds__error(skel)))
		return;
	for (int kind = 0; kind < HITS; kind++)
		check_runs(skel, kind, "attach()");
	check_effects(skel);
	attach_kinds__detach(skel);
	check_rests(skel, -1, "after detach()");
	err = attach_kinds__attach(skel);
	check("attach() works again after detach()", !err && hits_of_event(skel, HIT_FENTRY), "%d",
	      err);
}

/* The link's fd must not be 0, which stands for none. */
static void attach_without_low_fds(struct attach_kinds *skel)
{
	int saved = dup(0), fd;

	attach_kinds__detach(skel);
	close(0);
	fd = attach_kinds__on_raw_tp__attach(skel);
	dup2(saved, saved);
	check("without fd 0, a link has another", fd > 2 && skel->links.on_raw_tp_fd == fd, "%d",
	      fd);
	attach_kinds__detach(skel);
	check_rests(skel, -1, "after detach() without fd 0");
	dup2(saved, 0);
	close(saved);
}

static void all_kinds(void)
{
	static struct footprint before;
	struct attach_kinds *skel;
	const char *left;

	footprint_take(&before);
	skel = attach_kinds__open();
	skel->rodata->tgid = (__u32)getpid();
	if (attach_kinds__load(skel)) {
		fail("load", "%s", attach_kinds__error(skel));
	} else {
		attach_one_by_one(skel);
		attach_all(skel);
		attach_without_low_fds(skel);
		attach_kinds__attach(skel);
	}
	attach_kinds__destroy(skel);
	left = footprint_left(&before, &attach_kinds__info);
	check("destroy() after attach() leaves nothing", !left, "%s", left);
}

/* The kernel calls bpf_fentry_test1() when it is asked to run an fentry program. */
static void sleepable_fentry(void)
{
	const char *name = "a sleepable fentry program runs";
	struct attach_sleepable *skel = attach_sleepable__open();
	union bpf_attr attr = {};
	int err = attach_sleepable__load(skel);

	if (err == -EINVAL && strstr(attach_sleepable__error(skel), "is not sleepable")) {
		skip(name, "this kernel has no function for them");
	} else if (err || attach_sleepable__attach(skel)) {
		fail(name, "%s", attach_sleepable__error(skel));
	} else {
		attr.test.prog_fd = (__u32)skel->progs.on_fentry_sleepable.prog_fd;
		err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
		check(name, !err && skel->bss->hits, "%d", err);
	}
	attach_sleepable__destroy(skel);
}

/*
 * A kind that libbpf attaches and this version does not: there is none now, so that it takes a table that says so, as
 * the generator makes it with a newer libbpf.
 */
static void other_kinds(void)
{
	struct attach_refused *skel = attach_refused__open_and_load();
	struct lskel_info info = attach_refused__info;
	struct lskel_prog_info progs[2];
	const char *message;
	int err;

	if (!skel) {
		fail("load of other kinds", "%s", strerror(errno));
		return;
	}
	err = attach_refused__on_xdp__attach(skel);
	check("an xdp program is left alone, as by libbpf", !err && !skel->links.on_xdp_fd, "%d",
	      err);
	memcpy(progs, info.progs, sizeof(progs));
	progs[1].kind = &lskel_kind_unknown;
	info.progs = progs;
	err = lskel_attach(&info, skel);
	message = lskel_error(&info, skel);
	check("attach() refuses an unknown kind",
	      err == -EOPNOTSUPP && errno == EOPNOTSUPP && strstr(message, "'on_raw_tp'") &&
		      strstr(message, "hint: this version of lskel can't attach"),
	      "%d, %s", err, message);
	attach_refused__destroy(skel);
}

static void not_loaded_ones(void)
{
	struct optional *skel = optional__open_and_load();
	int err;

	if (!skel) {
		fail("load with SEC(\"?...\")", "%s", strerror(errno));
		return;
	}
	err = optional__attach(skel);
	check("attach() skips what is not loaded",
	      !err && skel->links.on_second_fd > 0 && !skel->links.off_first_fd, "%d", err);
	getppid();
	check("and attaches what is", skel->bss->calls, "it does not run");
	optional__destroy(skel);
}

int main(void)
{
	all_kinds();
	sleepable_fentry();
	other_kinds();
	not_loaded_ones();
	return harness_status();
}
