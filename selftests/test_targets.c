// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a program is for can be chosen before load(): a function of another program, another name in the
 * kernel's BTF. What can't be found is refused with a message that says what and where it was looked for;
 * nothing is left behind.
 */
#include "replace.lskel.h"
#include "retarget.lskel.h"
#include "target.lskel.h"
#include "target_plain.lskel.h"

#include "trial.h"

static int target_fd, plain_fd, map_fd;

/* Expects that something failed with @err and that the message has @words. */
static void check_error(const char *name, int ret, int err, const char *message, const char *words)
{
	if (check(name, ret == err, "%d, not %d: %s", ret, err, message))
		check(name, strstr(message, words), "'%s' does not say '%s'", message, words);
}

/* Whether a load succeeded, if this kernel permits programs of that kind. */
static bool check_load(const char *name, int err, const char *message)
{
	if (err == -EPERM)
		skip(name, "the kernel does not permit it");
	else
		check(name, !err, "%d: %s", err, message);
	return !err;
}

static struct replace *open_replace(void)
{
	struct replace *skel = replace__open();

	if (!skel)
		abort();
	return skel;
}

static void load_with_targets(void)
{
	struct replace *skel = open_replace();
	struct bpf_prog_info info;
	int err;

	err = replace__new_answer__set_target(skel, target_fd, NULL);
	check("a target by the name in the section", !err, "%d: %s", err, replace__error(skel));
	err = replace__new_something__set_target(skel, target_fd, "get_other");
	check("a target by another name", !err, "%d: %s", err, replace__error(skel));
	err = replace__new_something__set_target(skel, target_fd, "target_main");
	check("the main function as target", !err, "%d: %s", err, replace__error(skel));
	err = replace__load(skel);
	if (check_load("freplace programs are loaded", err, replace__error(skel))) {
		lskel_sys_prog_info(skel->progs.new_answer.prog_fd, &info);
		check("the kernel knows the target", info.attach_btf_id && info.attach_btf_obj_id,
		      "BTF %u, id %u", info.attach_btf_obj_id, info.attach_btf_id);
		check("the target's fd is given back by load()", !skel->progs.new_answer.target_fd,
		      "%d", skel->progs.new_answer.target_fd);
		err = replace__new_answer__set_target(skel, target_fd, NULL);
		check_error("no target after load()", err, -EINVAL, replace__error(skel),
			    "loaded already");
	}
	replace__destroy(skel);
}

static void load_without_target(void)
{
	struct replace *skel = open_replace();
	int err = replace__load(skel);

	check_error("load() without a target", err, -EINVAL, replace__error(skel),
		    "program 'new_answer' (SEC(\"freplace/get_answer\"))");
	check_error("load() without a target says what to do", err, -EINVAL, replace__error(skel),
		    "set_target()");
	skel->progs.new_answer.autoload = false;
	skel->progs.new_something.autoload = false;
	err = replace__load(skel);
	check("a program that is not loaded needs no target", !err, "%d: %s", err,
	      replace__error(skel));
	replace__destroy(skel);
}

static void refuse_targets(void)
{
	struct replace *skel = open_replace();
	int err, bad_fd, closed = dup(target_fd);
	struct bpf_prog_info info;

	close(closed);
	bad_fd = lskel_sys_prog_info(closed, &info); /* -EBADFD or -EBADF */
	err = replace__new_answer__set_target(skel, target_fd, "no_such");
	check_error("a function that the target hasn't", err, -ENOENT, replace__error(skel),
		    "program 'target_main' (fd ");
	check_error("the function is named", err, -ENOENT, replace__error(skel),
		    "has no function 'no_such'");
	err = replace__new_answer__set_target(skel, plain_fd, NULL);
	check_error("a target without BTF", err, -EINVAL, replace__error(skel), "has no BTF");
	err = replace__new_answer__set_target(skel, map_fd, NULL);
	check_error("a map as target", err, -EINVAL, replace__error(skel), "is no BPF program");
	err = replace__new_answer__set_target(skel, 0, "do_unlinkat");
	check_error("freplace of a function of the kernel", err, -EINVAL, replace__error(skel),
		    "give the fd of");
	err = replace__new_answer__set_target(skel, closed, NULL);
	check_error("a closed fd as target", err, bad_fd, replace__error(skel), "is no open fd");
	err = replace__new_answer__set_target(skel, -1, NULL);
	check_error("-1 as target", err, bad_fd, replace__error(skel), "-1 is no open fd");
	err = replace__new_something__set_target(skel, target_fd, NULL);
	check_error("no name at all", err, -EINVAL, replace__error(skel), "give its name");
	replace__destroy(skel);
}

/* A load that fails keeps the choice, so that another can follow. */
static void load_again(void)
{
	struct replace *skel = open_replace();
	int err;

	replace__new_answer__set_target(skel, target_fd, NULL);
	err = replace__load(skel);
	check_error("one of two has no target", err, -EINVAL, replace__error(skel),
		    "program 'new_something' (SEC(\"freplace\"))");
	replace__new_something__set_target(skel, target_fd, "get_other");
	err = replace__load(skel);
	check_load("loads when both have one", err, replace__error(skel));
	replace__destroy(skel);
}

static void kernel_targets(void)
{
	struct retarget *skel = retarget__open();
	int err;

	err = retarget__on_missing__set_target(skel, 0, "lskel_missing_too");
	check_error("what the kernel hasn't", err, -ESRCH, retarget__error(skel),
		    "'btf_trace_lskel_missing_too' is in the BTF of neither");
	err = retarget__on_missing__set_target(skel, 0, NULL);
	check_error("the kernel without a name", err, -EINVAL, retarget__error(skel),
		    "give its name");
	err = retarget__on_missing__set_target(
		skel, 0,
		"name_that_is_longer_than_a_hundred_and_twenty_seven_characters_which_is_as_long_"
		"as_libbpf_takes_it_with_the_prefix_of_the_kind_it_has");
	check_error("a name that is too long", err, -ENAMETOOLONG, retarget__error(skel),
		    "too long");

	retarget__on_anything__set_target(skel, 0, "sys_enter");
	err = retarget__on_missing__set_target(skel, 0, "sys_exit");
	check("another tracepoint", !err, "%d: %s", err, retarget__error(skel));
	err = retarget__load(skel);
	check_error("who shares the old target still looks for it", err, -ESRCH,
		    retarget__error(skel), "btf_trace_lskel_missing");
	err = retarget__on_missing_too__set_target(skel, 0, "sys_exit");
	check("another tracepoint for it", !err, "%d: %s", err, retarget__error(skel));

	skel->progs.for_anything.autoload = true;
	skel->progs.for_tasks.autoload = true;
	skel->progs.on_raw.autoload = true;
	err = retarget__for_anything__set_target(skel, 0, "vmlinux:task");
	check("an iterator, with the kernel's name", !err, "%d: %s", err, retarget__error(skel));
	err = retarget__load(skel);
	check("loads when nobody looks for it", !err, "%d: %s", err, retarget__error(skel));
	retarget__destroy(skel);
}

static void missing_module(void)
{
	struct retarget *skel = retarget__open();
	int err;

	skel->progs.on_missing.autoload = false;
	skel->progs.on_missing_too.autoload = false;
	skel->progs.on_anything.autoload = false;
	skel->progs.for_tasks.autoload = true;
	skel->progs.on_module.autoload = true;
	err = retarget__load(skel);
	check_error("a module that is not there", err, -ESRCH, retarget__error(skel),
		    "program 'on_module' (SEC(\"tp_btf/lskel_module:lskel_missing\"))");
	check_error("the module is named", err, -ESRCH, retarget__error(skel),
		    "nor a module called lskel_module");
	err = lskel_set_target(&retarget__info, skel, retarget__info.prog_cnt - 1, 0, "sys_enter");
	check_error("a program without BTF target", err, -EINVAL, retarget__error(skel),
		    "of this kind");
	err = retarget__on_module__set_target(skel, 0, "sys_enter");
	check("a target in place of one in a module", !err, "%d: %s", err, retarget__error(skel));
	err = retarget__load(skel);
	check("loads without the module", !err, "%d: %s", err, retarget__error(skel));
	retarget__destroy(skel);
}

/* Calls of bpf(2) that may fail in a search; there are as many more as the kernel has modules. */
#define SEARCH_CALLS 8

/*
 * Lets each call of bpf(2) in a search fail. @prog_fd, @func: as for set_target(), which finds nothing if
 * @prog_fd is 0.
 */
static void fail_search(const char *name, int prog_fd, const char *func)
{
	static struct footprint before;
	struct retarget *skel = retarget__open();
	__u32 n, bad = 0;

	footprint_take(&before);
	for (n = 0; n < SEARCH_CALLS; n++) {
		bool failed;
		int err;

		calls_until_failure = (int)n;
		err = retarget__on_missing__set_target(skel, prog_fd, func);
		failed = calls_until_failure < 0;
		calls_until_failure = -1;
		if (!failed)
			break;
		bad += err != -CALL_ERRNO || skel->progs.on_missing.target_btf_id ||
		       !strstr(retarget__error(skel), "'on_missing'") || fds_left(&before);
	}
	check(name, n && !bad, "%u of %u failures leave something or say nothing", bad, n);
	retarget__destroy(skel);
}

static void fail_searches(void)
{
	fail_search("calls of a search in a program fail", target_fd, "get_answer");
	fail_search("calls of a search in modules fail", 0, "lskel_missing");
}

static void run(const char *name, const struct lskel_info *info, void (*test)(void))
{
	static struct footprint before;
	char text[96];
	const char *left;

	footprint_take(&before);
	test();
	left = footprint_left(&before, info);
	snprintf(text, sizeof(text), "%s: nothing is left", name);
	check(text, !left, "%s", left);
}

int main(void)
{
	struct target *target = target__open_and_load();
	struct target_plain *plain = target_plain__open_and_load();

	if (!check("targets are loaded", target && plain, "%s", strerror(errno)))
		return 1;
	target_fd = target->progs.target_main.prog_fd;
	plain_fd = plain->progs.target_main.prog_fd;
	map_fd = target->maps.data.map_fd;
	run("targets of freplace", &replace__info, load_with_targets);
	run("no target", &replace__info, load_without_target);
	run("wrong targets", &replace__info, refuse_targets);
	run("a second load", &replace__info, load_again);
	run("targets in the kernel", &retarget__info, kernel_targets);
	run("targets in a module", &retarget__info, missing_module);
	run("calls that fail", &retarget__info, fail_searches);
	target__destroy(target);
	target_plain__destroy(plain);
	return harness_status();
}
