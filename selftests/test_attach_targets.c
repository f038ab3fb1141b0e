// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs whose target is chosen before load() run there: a function of another program is replaced and
 * watched, a function of the kernel is watched in place of the one in the section. For vmtest kernels only.
 */
#include <sys/stat.h>

#include "replace.lskel.h"
#include "target.lskel.h"
#include "watch.lskel.h"

#include "footprint.h"
#include "harness.h"

/* What the target program returns for a packet: 100 * get_answer() + get_other(). */
static int run_target(const struct target *target)
{
	union bpf_attr attr = {};
	char packet[64] = {};

	attr.test.prog_fd = (__u32)target->progs.target_main.prog_fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr) ?: (int)attr.test.retval;
}

static void check_result(const char *name, const struct target *target, int expected)
{
	int result = run_target(target);

	check(name, result == expected, "the target returns %d, not %d", result, expected);
}

static void replace_functions(struct target *target)
{
	struct replace *skel = replace__open();
	int fd = target->progs.target_main.prog_fd, err;

	err = replace__new_answer__set_target(skel, fd, NULL) ?:
		      replace__new_something__set_target(skel, fd, "get_other");
	err = err ?: replace__load(skel);
	if (!check("freplace programs are loaded", !err, "%d: %s", err, replace__error(skel)))
		return;
	check_result("loaded, they replace nothing", target, 102);
	err = replace__new_answer__attach(skel);
	check("one is attached", err > 2, "%d: %s", err, replace__error(skel));
	check_result("its function is replaced", target, 4202);
	err = replace__attach(skel);
	check("both are attached", !err, "%d: %s", err, replace__error(skel));
	check_result("both functions are replaced", target, 4243);
	check("they ran", skel->bss->hits == 3, "%llu times, not 3", skel->bss->hits);
	replace__detach(skel);
	check_result("detached, they replace nothing", target, 102);
	replace__destroy(skel);
}

/* Loaded for the functions of one program, an freplace program replaces those of others, too. */
static void replace_elsewhere(struct target *target)
{
	struct target *other = target__open_and_load();
	struct replace *skel = replace__open();
	struct lskel_where where = { .func = "get_answer" };
	struct lskel_link *link;
	int err;

	where.fd = other->progs.target_main.prog_fd;
	err = replace__new_answer__set_target(skel, target->progs.target_main.prog_fd, NULL);
	skel->progs.new_something.autoload = false;
	if (!check("freplace is loaded for one program", !(err ?: replace__load(skel)), "%s",
		   replace__error(skel)))
		return;
	err = replace__new_answer__attach(skel);
	check("attach() replaces it there", err > 2, "%s", replace__error(skel));
	check_result("its function is replaced", target, 4202);
	check_result("and not that of another program", other, 102);
	link = replace__new_answer__attach_to(skel, &where);
	check("attach_to() another program", link, "%s", replace__error(skel));
	check_result("the function is replaced in both: the one", target, 4202);
	check_result("and the other", other, 4202);
	lskel_link_detach(skel, link);
	check_result("detached from the other", other, 102);
	check_result("it stays in the one", target, 4202);
	replace__detach(skel);
	check_result("until detach()", target, 102);

	where.func = "no_such";
	link = replace__new_answer__attach_to(skel, &where);
	check("no such function",
	      !link && errno == ENOENT && strstr(replace__error(skel), "has no function 'no_such'"),
	      "%d, %s", errno, replace__error(skel));
	where.func = NULL;
	link = replace__new_answer__attach_to(skel, &where);
	check("no function",
	      !link && errno == EINVAL && strstr(replace__error(skel), "where.fd and"), "%d, %s",
	      errno, replace__error(skel));
	where.func = "get_answer";
	where.fd = 987;
	link = replace__new_answer__attach_to(skel, &where);
	check("no program",
	      !link && (errno == EBADF || errno == EBADFD) &&
		      strstr(replace__error(skel), "where.fd 987"),
	      "%d, %s", errno, replace__error(skel));
	replace__destroy(skel);
	target__destroy(other);
}

/* The skeleton needs the fd no longer than load(). */
static void close_target(void)
{
	struct target *target = target__open_and_load();
	struct replace *skel = replace__open();
	int fd = target->progs.target_main.prog_fd, err;

	err = replace__new_answer__set_target(skel, fd, NULL) ?:
		      replace__new_something__set_target(skel, fd, "get_other");
	target__destroy(target);
	err = err ?: replace__load(skel) ?: replace__attach(skel);
	check("the target's fd is closed after set_target()", !err, "%d: %s", err,
	      replace__error(skel));
	replace__destroy(skel);
}

static void watch_functions(struct target *target)
{
	struct watch *skel = watch__open();
	int err;

	err = watch__on_exit__set_target(skel, target->progs.target_main.prog_fd, "get_answer") ?:
		      watch__on_removal__set_target(skel, 0, "do_rmdir");
	err = err ?: watch__load(skel) ?: watch__attach(skel);
	if (!check("fentry and fexit programs are attached", !err, "%d: %s", err,
		   watch__error(skel)))
		return;
	unlink("/there/is/no/such/file");
	check("fentry/vmlinux:do_unlinkat runs", skel->bss->entries == 1, "%llu times",
	      skel->bss->entries);
	check("fentry/do_unlinkat, for another function, does not", !skel->bss->removals,
	      "%llu times", skel->bss->removals);
	rmdir("/there/is/no/such/directory");
	check("it runs for that", skel->bss->removals == 1, "%llu times", skel->bss->removals);
	check_result("fexit of a function of a program changes nothing", target, 102);
	check("it sees the result", skel->bss->exits == 1 && skel->bss->last_result == 1,
	      "%llu times, %d", skel->bss->exits, skel->bss->last_result);
	watch__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	struct target *target = target__open_and_load();
	const char *left;

	if (!check("the target is loaded", target, "%s", strerror(errno)))
		return 1;
	footprint_take(&before);
	replace_functions(target);
	replace_elsewhere(target);
	close_target();
	left = footprint_left(&before, &replace__info);
	check("freplace leaves nothing", !left, "%s", left);
	watch_functions(target);
	left = footprint_left(&before, &watch__info);
	check("fentry leaves nothing", !left, "%s", left);
	target__destroy(target);
	return harness_status();
}
