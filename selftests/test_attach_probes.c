// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Tracepoints, kprobes, system calls and perf events: programs run where attach() and attach_to() attach them, with
 * their cookies, and errors say what was not found. For vmtest kernels only.
 */
#include <linux/perf_event.h>

#include "attach_probes.lskel.h"
#include "attach_sections.lskel.h"
#include "progs/attach_probes.h"

#include "attach_trial.h"

static void unlink_file(void)
{
	syscall(__NR_unlinkat, AT_FDCWD, "/there/is/no/such/file", 0, 0, 0, 0);
}

/* A page that nobody has touched. */
static void fault(void)
{
	volatile char *page =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*page = 1;
	munmap((void *)page, 4096);
}

/* attach_to() of program @prog, for any skeleton. */
#define TO(prog)                                                                                   \
	static struct lskel_link *to_##prog(void *skel, const struct lskel_where *where)           \
	{                                                                                          \
		return attach_probes__##prog##__attach_to(skel, where);                            \
	}

TO(on_kprobe)
TO(on_kretprobe)
TO(on_ksyscall)
TO(on_kretsyscall)
TO(on_tracepoint)
TO(on_any_kprobe)
TO(on_any_tp)
TO(on_perf_event)
TO(on_fentry)
TO(on_fexit)

static const struct attach_trial trials[] = {
	{ "kprobe", to_on_kprobe, { .func = "do_unlinkat" }, unlink_file, .slot = PROBE_KPROBE },
	{ "kprobe, any",
	  to_on_any_kprobe,
	  { .func = "do_unlinkat" },
	  unlink_file,
	  .slot = PROBE_ANY_KPROBE },
	{ "kprobe, at return",
	  to_on_any_kprobe,
	  { .func = "do_unlinkat", .flags = LSKEL_AT_RETURN },
	  unlink_file,
	  .slot = PROBE_ANY_KPROBE },
	{ "kretprobe",
	  to_on_kretprobe,
	  { .func = "do_unlinkat" },
	  unlink_file,
	  .slot = PROBE_KRETPROBE },
	{ "ksyscall", to_on_ksyscall, { .func = "unlinkat" }, unlink_file, .slot = PROBE_KSYSCALL },
	{ "kretsyscall",
	  to_on_kretsyscall,
	  { .func = "unlinkat" },
	  unlink_file,
	  .slot = PROBE_KRETSYSCALL },
	{ "tracepoint",
	  to_on_tracepoint,
	  { .func = "syscalls:sys_enter_unlinkat" },
	  unlink_file,
	  .slot = PROBE_TRACEPOINT,
	  .once = true },
	{ "tracepoint, any",
	  to_on_any_tp,
	  { .func = "syscalls:sys_exit_unlinkat" },
	  unlink_file,
	  .slot = PROBE_ANY_TP,
	  .once = true },
	{ "fentry", to_on_fentry, {}, unlink_file, .slot = PROBE_FENTRY, .once = true },
	{ "fexit", to_on_fexit, {}, unlink_file, .slot = PROBE_FEXIT, .once = true },
};

static void attach_by_section(struct attach_probes *skel)
{
	static const int by_section[] = { PROBE_KPROBE,	     PROBE_KRETPROBE,  PROBE_KSYSCALL,
					  PROBE_KRETSYSCALL, PROBE_TRACEPOINT, PROBE_TP,
					  PROBE_OFFSET };
	__u64 others = 0;

	if (!check("attach() attaches by section", !attach_probes__attach(skel), "%s",
		   attach_probes__error(skel)))
		return;
	memset(skel->bss->hits, 0, sizeof(skel->bss->hits));
	unlink_file();
	for (size_t i = 0; i < sizeof(by_section) / sizeof(by_section[0]); i++) {
		__u64 hits = skel->bss->hits[by_section[i]];
		char name[64];

		snprintf(name, sizeof(name), "program %d runs once by attach()", by_section[i]);
		check(name, hits == 1, "%llu times", hits);
	}
	others = skel->bss->hits[PROBE_ANY_KPROBE] + skel->bss->hits[PROBE_ANY_TP] +
		 skel->bss->hits[PROBE_PERF_EVENT];
	check("sections that do not say where are left alone",
	      !others && !skel->links.on_any_kprobe_fd && !skel->links.on_any_tp_fd &&
		      !skel->links.on_perf_event_fd,
	      "%llu hits", others);
	attach_probes__detach(skel);
	memset(skel->bss->hits, 0, sizeof(skel->bss->hits));
	unlink_file();
	for (size_t i = 0; i < PROBES; i++)
		others += skel->bss->hits[i];
	check("detach() takes all back", !others, "%llu hits", others);
}

static void perf_event(struct attach_probes *skel, const struct attach_counts *counts)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.size = sizeof(attr),
		.sample_period = 1,
		.disabled = 1,
	};
	struct attach_trial trial = { "perf event", to_on_perf_event, {},
				      fault,	    PROBE_PERF_EVENT, .once = true };
	__u64 before, after;

	trial.where.fd = (int)syscall(__NR_perf_event_open, &attr, getpid(), -1, -1,
				      PERF_FLAG_FD_CLOEXEC, 0);
	if (!check("a perf event is opened", trial.where.fd > 0, "%s", strerror(errno)))
		return;
	run_attach_trial(&trial, &attach_probes__info, skel, counts);
	read(trial.where.fd, &before, sizeof(before));
	fault();
	read(trial.where.fd, &after, sizeof(after));
	check("the application's perf event is open and disabled afterwards",
	      fcntl(trial.where.fd, F_GETFD) >= 0 && before && after == before, "%llu, then %llu",
	      before, after);
	to_on_perf_event(skel, &trial.where);
	close(trial.where.fd);
	check("it is closed, and the program still runs", hits_in_trial(&trial, counts), "no");
	attach_probes__detach(skel);
	check("until detach()", !hits_in_trial(&trial, counts), "no");
}

/* One program in several places at once; a tracepoint has each program once. */
static void several_places(struct attach_probes *skel, const struct attach_counts *counts)
{
	const struct attach_trial trial = {
		"tracepoints", to_on_any_tp, {}, unlink_file, .slot = PROBE_ANY_TP
	};
	struct lskel_where enter = { .func = "syscalls:sys_enter_unlinkat", .cookie = 1 };
	struct lskel_where leave = { .func = "syscalls:sys_exit_unlinkat", .cookie = 2 };
	struct lskel_link *first = to_on_any_tp(skel, &enter), *second = to_on_any_tp(skel, &leave);
	struct lskel_link *again = to_on_any_tp(skel, &leave);

	check("a tracepoint has a program once", !again && errno == EEXIST, "errno %d", errno);
	check("a program is at two tracepoints",
	      first && second && hits_in_trial(&trial, counts) == 2 &&
		      skel->bss->cookies[PROBE_ANY_TP] == 2,
	      "cookie %llu", skel->bss->cookies[PROBE_ANY_TP]);
	lskel_link_detach(skel, second);
	check("and then at one",
	      hits_in_trial(&trial, counts) == 1 && skel->bss->cookies[PROBE_ANY_TP] == 1,
	      "cookie %llu", skel->bss->cookies[PROBE_ANY_TP]);
	lskel_link_detach(skel, first);
}

static void check_error(struct attach_probes *skel, const char *name, const struct lskel_link *link,
			int err, const char *says)
{
	const char *message = attach_probes__error(skel);

	check(name, !link && errno == err && strstr(message, says), "errno %d, %s", errno, message);
}

#define WHERE(...) (&(struct lskel_where){ __VA_ARGS__ })

static void errors(struct attach_probes *skel)
{
	struct lskel_link *link;

	link = to_on_any_kprobe(skel, WHERE(.func = "no_such_function"));
	check_error(skel, "a kprobe at no function", link, ENOENT,
		    "failed to attach program 'on_any_kprobe' (SEC(\"kprobe\")): the kernel has no "
		    "function 'no_such_function'");
	link = to_on_any_kprobe(skel, WHERE(.func = "do_unlinkat", .flags = 6));
	check_error(skel, "a kprobe with wrong flags", link, EINVAL, "where.flags 0x6");
	link = to_on_any_kprobe(skel, WHERE(.func = NULL));
	check_error(skel, "a kprobe nowhere", link, EINVAL, "where.func is needed");
	link = to_on_any_kprobe(skel, WHERE(.func = "do_unlinkat", .offset = 0x7ffffff));
	check("a kprobe behind the function fails", !link, "it does not");
	link = to_on_any_tp(skel, WHERE(.func = "no:such"));
	check_error(skel, "no such tracepoint", link, ENOENT,
		    "the kernel has no tracepoint 'no:such'");
	link = to_on_any_tp(skel, WHERE(.func = "syscalls"));
	check_error(skel, "a tracepoint without a category", link, EINVAL, "\"category:name\"");
	link = to_on_ksyscall(skel, WHERE(.func = "none"));
	check_error(skel, "no such system call", link, ENOENT, "_sys_none'");
	link = to_on_perf_event(skel, WHERE(.fd = 0));
	check_error(skel, "no perf event", link, EINVAL, "where.fd has to be a perf event");
	link = to_on_perf_event(skel, WHERE(.fd = 987));
	check_error(skel, "a bad fd for a perf event", link, EBADF, "where.fd 987");
	check("errors leave no link", !((struct lskel_ctx *)skel)->links, "they do");
}

/* libbpf loads these objects, and does not attach their programs. */
static void bad_sections(void)
{
	struct attach_sections *skel = attach_sections__open_and_load();
	int err;

	if (!check("bad sections are loaded", skel, "%s", strerror(errno)))
		return;
	err = attach_sections__on_negative__attach(skel);
	check("a negative offset is invalid", err == -EINVAL, "%d", err);
	check("and said to be",
	      strstr(attach_sections__error(skel), "its section does not say where"), "%s",
	      attach_sections__error(skel));
	err = attach_sections__on_return_offset__attach(skel);
	check("so is the offset of a kretprobe", err == -EINVAL, "%d", err);
	err = attach_sections__on_half_a_tp__attach(skel);
	check("and half a tracepoint", err == -EINVAL, "%d", err);
	err = attach_sections__attach(skel);
	check("attach() fails", err == -EINVAL, "%d", err);
	attach_sections__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	struct attach_probes *skel;
	struct attach_counts counts;
	const char *left;
	int links = count_links();

	footprint_take(&before);
	skel = attach_probes__open();
	skel->rodata->tgid = (__u32)getpid();
	if (!check("programs are loaded", !attach_probes__load(skel), "%s",
		   attach_probes__error(skel)))
		return 1;
	counts.hits = skel->bss->hits;
	counts.cookies = skel->bss->cookies;
	attach_by_section(skel);
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		run_attach_trial(&trials[i], &attach_probes__info, skel, &counts);
	perf_event(skel, &counts);
	several_places(skel, &counts);
	errors(skel);
	attach_probes__attach(skel);
	attach_probes__destroy(skel);
	left = footprint_left(&before, &attach_probes__info);
	check("destroy() leaves nothing", !left && count_links() == links, "%s", left ?: "links");
	bad_sections();
	return harness_status();
}
