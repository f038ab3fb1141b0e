// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * USDT probes of this program: several places, all forms of arguments, semaphores, cookies, descriptions that are used
 * again. For vmtest kernels only.
 */
#include <signal.h>
#include <sys/wait.h>

#include "attach_usdt.lskel.h"
#include "progs/attach_usdt.h"

#include "attach_trial.h"
#include "probes.h"

unsigned short three_semaphore __attribute__((section(".probes")));

static void probe_three(void)
{
	volatile int int_value = -5;

	PROBE("three", "three_semaphore", "8@%0 -4@%1 -4@$-9", "r"(0x123456789abcdefULL),
	      "m"(int_value));
}

/* At two places, with arguments of the same and of other descriptions. */
static void probe_places(void)
{
	PROBE("places", "0", "8@%%rdi", "D"(1L));
	PROBE("places", "0", "8@%%rdi", "D"(2L));
	PROBE("places", "0", "8@%%rsi", "S"(3L));
}

/* All forms and sizes that are on x86. */
static void probe_forms(void)
{
	static long table[4] = { 11, 22, 33, 44 };
	static char bytes[4] = { 1, -2, 3, 4 };

	PROBE("forms", "0",
	      "-1@%%al 2@%%ax -4@%%eax 8@%%rax 1@(%%rbx) 8@16(%%rcx) 8@(%%rcx,%%rdx,8) 8@8(%%rcx,%%rdx,8) "
	      "-1@1(%%rbx,%%rdx) 4@$4294967295 -8@$-7 1@$511",
	      "a"(0xfedcba98fedcba98ULL), "b"(bytes), "c"(table), "d"(1L));
}

static void probe_none(void)
{
	PROBE("none", "0", "", "a"(0));
}

static void probe_bad(void)
{
	PROBE("bad_reg", "0", "8@%%xmm0", "a"(0));
	PROBE("bad_size", "0", "3@%%rax", "a"(0));
	PROBE("bad_constant", "0", "8@7", "a"(0));
	PROBE("too_many", "0", "1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1 1@$1",
	      "a"(0));
}

static struct lskel_link *to_any(void *skel, const struct lskel_where *where)
{
	return attach_usdt__on_any__attach_to(skel, where);
}

#define SELF	   "/proc/self/exe"
#define WHERE(...) (&(struct lskel_where){ __VA_ARGS__ })

static void by_section(struct attach_usdt *skel)
{
	volatile unsigned short *seen = &three_semaphore;
	const __u64 *hits = skel->bss->hits;
	int err = attach_usdt__attach(skel);
	const long *args = skel->bss->args;

	if (!check("attach() attaches by section", !err, "%s", attach_usdt__error(skel)))
		return;
	check("the semaphore is 1", *seen == 1, "%u", *seen);
	probe_three();
	check("usdt runs once", hits[USDT_SECTION] == 1, "%llu times", hits[USDT_SECTION]);
	check("usdt.s runs once", hits[USDT_SLEEPABLE] == 1, "%llu times", hits[USDT_SLEEPABLE]);
	check("it has three arguments", skel->bss->arg_cnt == 3 && !skel->bss->arg_errors, "%d",
	      skel->bss->arg_cnt);
	check("their values are right",
	      args[0] == 0x123456789abcdef && args[1] == -5 && args[2] == -9, "%lx %ld %ld",
	      args[0], args[1], args[2]);
	check("SEC(\"usdt\") is left alone", !hits[USDT_ANY] && !skel->links.on_any_fd, "no");
	err = attach_usdt__on_three__attach(skel);
	check("it is attached once", err == -EBUSY, "%d", err);
	attach_usdt__detach(skel);
	probe_three();
	check("detach() takes it back", hits[USDT_SECTION] == 1 && hits[USDT_SLEEPABLE] == 1, "no");
	check("and the semaphore", !*seen, "%u", *seen);
}

/* Each call of attach() of both programs fails: what was attached before is taken back. */
static void half_way(struct attach_usdt *skel)
{
	volatile unsigned short *seen = &three_semaphore;
	static struct footprint before;
	int links = count_links(), calls = 0, err = -1;
	bool second = false;

	footprint_take(&before);
	for (; err; calls++) {
		calls_until_failure = calls;
		err = attach_usdt__attach(skel);
		calls_until_failure = -1;
		if (err &&
		    (err != -CALL_ERRNO || errno != CALL_ERRNO || fds_left(&before) || *seen ||
		     count_links() != links || skel->ctx.links || skel->links.on_three_fd > 0)) {
			fail("attach() that fails half-way takes all back", "call %d: %s, %s",
			     calls, attach_usdt__error(skel), fds_left(&before) ?: "no fd");
			break;
		}
		second = second || strstr(attach_usdt__error(skel), "'on_sleepable'");
	}
	check("attach() that fails half-way takes all back", !err && second, "%d calls", calls);
	attach_usdt__detach(skel);
}

static void disowned(struct attach_usdt *skel)
{
	const __u64 *hits = skel->bss->hits;
	struct lskel_link *link;
	int fd;

	skel->bss->hits[USDT_SECTION] = skel->bss->hits[USDT_SLEEPABLE] = 0;
	attach_usdt__attach(skel);
	fd = attach_usdt__disown(skel, &skel->links.on_three_fd);
	attach_usdt__detach(skel);
	probe_three();
	check("what attach() has attached is given up alone",
	      fd > 2 && hits[USDT_SECTION] == 1 && !hits[USDT_SLEEPABLE], "fd %d, %s", fd,
	      attach_usdt__error(skel));
	close(fd);
	probe_three();
	check("and ends with its fd", hits[USDT_SECTION] == 1, "%llu", hits[USDT_SECTION]);

	attach_usdt__attach(skel);
	fd = attach_usdt__detach_one(skel, &skel->links.on_three_fd);
	probe_three();
	check("or is detached alone",
	      !fd && !skel->links.on_three_fd && hits[USDT_SECTION] == 1 &&
		      hits[USDT_SLEEPABLE] == 1,
	      "%s", attach_usdt__error(skel));
	attach_usdt__detach(skel);

	link = to_any(skel, WHERE(.path = SELF, .func = "lskel:places"));
	skel->bss->hits[USDT_ANY] = 0;
	errno = 0;
	fd = attach_usdt__link_disown(skel, link);
	attach_usdt__detach(skel);
	probe_places();
	if (skel->ctx.uprobe_multi)
		check("several places are one link to give up", fd > 2 && hits[USDT_ANY] == 3, "%d",
		      fd);
	else
		check("several links can't be given up, and stay the skeleton's",
		      fd == -EOPNOTSUPP && errno == EOPNOTSUPP &&
			      strstr(attach_usdt__error(skel), "it is several BPF links") &&
			      !hits[USDT_ANY],
		      "%d: %s", fd, attach_usdt__error(skel));
	if (fd > 2)
		close(fd);
}

/* The cookie is that of bpf_usdt_cookie(). */
static void trials(struct attach_usdt *skel, const struct attach_counts *counts)
{
	const struct attach_trial table[] = {
		{ "usdt",
		  to_any,
		  { .path = SELF, .func = "lskel:three" },
		  probe_three,
		  .slot = USDT_ANY },
		{ "usdt at several places",
		  to_any,
		  { .path = SELF, .func = "lskel:places" },
		  probe_places,
		  .slot = USDT_ANY },
		{ "usdt of this process",
		  to_any,
		  { .path = SELF, .func = "lskel:none", .pid = getpid() },
		  probe_none,
		  .slot = USDT_ANY },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		run_attach_trial(&table[i], &attach_usdt__info, skel, counts);
}

static void places(struct attach_usdt *skel)
{
	struct lskel_link *link = to_any(skel, WHERE(.path = SELF, .func = "lskel:places"));

	skel->bss->hits[USDT_ANY] = 0;
	probe_places();
	check("each place runs the program", link && skel->bss->hits[USDT_ANY] == 3,
	      "%llu times, %s", skel->bss->hits[USDT_ANY], attach_usdt__error(skel));
	check("the last one's argument is right", skel->bss->args[0] == 3, "%ld",
	      skel->bss->args[0]);
	lskel_link_detach(skel, link);
}

static void forms(struct attach_usdt *skel)
{
	static const long expected[] = { (signed char)0x98,
					 0xba98,
					 (int)0xfedcba98,
					 (long)0xfedcba98fedcba98,
					 1,
					 33,
					 22,
					 33,
					 3,
					 0xffffffff,
					 -7,
					 255 };
	struct lskel_link *link = to_any(skel, WHERE(.path = SELF, .func = "lskel:forms"));
	char name[64];

	probe_forms();
	check("all forms of arguments are read",
	      link && skel->bss->arg_cnt == 12 && !skel->bss->arg_errors,
	      "%d arguments, %d errors: %s", skel->bss->arg_cnt, skel->bss->arg_errors,
	      attach_usdt__error(skel));
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "argument %d of all forms is right", i);
		check(name, skel->bss->args[i] == expected[i], "%lx, not %lx", skel->bss->args[i],
		      expected[i]);
	}
	lskel_link_detach(skel, link);
}

/* More attachments than descriptions, one after the other, and then at once. */
static void descriptions(struct attach_usdt *skel)
{
	struct lskel_where where = { .path = SELF, .func = "lskel:places" };
	struct lskel_link *links[16] = {};
	bool all = true;
	int cnt = 0;

	for (int i = 0; i < 40; i++) {
		struct lskel_link *link = to_any(skel, &where);

		all = all && link;
		lskel_link_detach(skel, link);
	}
	check("descriptions are used again", all, "%s", attach_usdt__error(skel));
	for (cnt = 0; cnt < 16; cnt++) {
		links[cnt] = to_any(skel, &where);
		if (!links[cnt])
			break;
	}
	check("of 16 descriptions, 8 attachments with two each are possible",
	      cnt == 8 && errno == E2BIG &&
		      strstr(attach_usdt__error(skel),
			     "more than 16 different arguments (BPF_USDT_MAX_SPEC_CNT)"),
	      "%d, %s", cnt, attach_usdt__error(skel));
	while (cnt > 0)
		lskel_link_detach(skel, links[--cnt]);
	links[0] = to_any(skel, &where);
	check("and afterwards others", links[0], "%s", attach_usdt__error(skel));
	lskel_link_detach(skel, links[0]);
}

static void other_process(struct attach_usdt *skel)
{
	struct lskel_link *link;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	skel->bss->hits[USDT_ANY] = 0;
	link = to_any(skel, WHERE(.path = SELF, .func = "lskel:three", .pid = pid));
	probe_three();
	check("usdt of another process does not run here", link && !skel->bss->hits[USDT_ANY], "%s",
	      attach_usdt__error(skel));
	lskel_link_detach(skel, link);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static void check_error(struct attach_usdt *skel, const char *func, const char *path, int err,
			const char *says)
{
	struct lskel_link *link = to_any(skel, WHERE(.path = path, .func = func));
	const char *message = attach_usdt__error(skel);
	char name[128];

	snprintf(name, sizeof(name), "probe '%s' of '%s' is refused", func ?: "none", path);
	check(name, !link && errno == err && strstr(message, says), "errno %d, %s", errno, message);
}

static void errors(struct attach_usdt *skel)
{
	check_error(skel, "lskel:no_such", SELF, ENOENT, "has no probe 'lskel:no_such'");
	check_error(skel, "lskel", SELF, EINVAL, "\"provider:name\"");
	check_error(skel, NULL, SELF, EINVAL, "\"provider:name\"");
	check_error(skel, "lskel:three", "/bin/sh", ENOENT, "'/bin/sh' has no USDT probes");
	check_error(skel, "lskel:three", "/no/such", ENOENT, "'/no/such': No such file");
	check_error(skel, "lskel:bad_reg", SELF, EINVAL, "argument '8@%xmm0'");
	check_error(skel, "lskel:bad_size", SELF, EINVAL, "argument '3@%rax'");
	check_error(skel, "lskel:bad_constant", SELF, EINVAL, "argument '8@7'");
	check_error(skel, "lskel:too_many", SELF, E2BIG, "more than 12 arguments");
}

int main(void)
{
	static struct footprint before;
	struct attach_counts counts;
	int links = count_links();
	struct attach_usdt *skel;
	const char *left;

	probe_bad();
	footprint_take(&before);
	skel = attach_usdt__open();
	skel->rodata->tgid = (__u32)getpid();
	if (!check("programs are loaded", !attach_usdt__load(skel), "%s", attach_usdt__error(skel)))
		return 1;
	counts.hits = skel->bss->hits;
	counts.cookies = skel->bss->cookies;
	by_section(skel);
	half_way(skel);
	trials(skel, &counts);
	places(skel);
	forms(skel);
	descriptions(skel);
	other_process(skel);
	errors(skel);
	disowned(skel);
	attach_usdt__attach(skel);
	attach_usdt__destroy(skel);
	left = footprint_left(&before, &attach_usdt__info);
	check("nothing is left", !left && count_links() == links, "%s", left ?: "links");
	return harness_status();
}
