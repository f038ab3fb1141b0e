// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Uprobes and many of them at once, in functions of this program: by names, patterns and offsets, of one process, with
 * cookies and counters; where the kernel is too old, an error says so. For vmtest kernels only.
 */
#include <signal.h>
#include <sys/wait.h>

#include "attach_uprobes.lskel.h"
#include "progs/attach_uprobes.h"

#include "attach_trial.h"

/* Not static: the compiler must not make other functions of them. */
__attribute__((noinline)) int traced_one(int i);
__attribute__((noinline)) int traced_two(int i);
void traced_nop(void);
unsigned short traced_counter __attribute__((section(".probes")));

int traced_one(int i)
{
	__asm__ volatile("" ::: "memory");
	return i + 1;
}

int traced_two(int i)
{
	__asm__ volatile("" ::: "memory");
	return i + 2;
}

__asm__(".globl traced_nop\n"
	".type traced_nop, @function\n"
	"traced_nop:\n"
	"	nop\n"
	"	nop\n"
	"	ret\n"
	".size traced_nop, . - traced_nop\n");

static void call_one(void)
{
	traced_one(0);
}

static void call_both(void)
{
	traced_one(0);
	traced_two(0);
}

/* The offset in the file of what is at @address in this process. */
static __u64 file_offset(const void *address)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long long start, end, offset, found = 0;
	char line[512];

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %*s %llx", &start, &end, &offset) == 3 &&
		    start <= (unsigned long)address && (unsigned long)address < end)
			found = (unsigned long)address - start + offset;
	fclose(maps);
	return found;
}

#define TO(prog)                                                                                   \
	static struct lskel_link *to_##prog(void *skel, const struct lskel_where *where)           \
	{                                                                                          \
		return attach_uprobes__##prog##__attach_to(skel, where);                           \
	}

TO(on_entry)
TO(on_return)
TO(on_sleepable)
TO(on_any)
TO(on_multi)
TO(on_multi_return)
TO(on_multi_any)

#define SELF "/proc/self/exe"

static void run_trials(struct attach_uprobes *skel, const struct attach_counts *counts)
{
	char root[160];
	const struct attach_trial trials[] = {
		{ "uprobe",
		  to_on_entry,
		  { .path = SELF, .func = "traced_one" },
		  call_one,
		  .slot = UPROBE_ENTRY },
		{ "uretprobe",
		  to_on_return,
		  { .path = SELF, .func = "traced_one" },
		  call_one,
		  .slot = UPROBE_RETURN },
		{ "uprobe.s",
		  to_on_sleepable,
		  { .path = SELF, .func = "traced_two" },
		  call_both,
		  .slot = UPROBE_SLEEPABLE },
		{ "uprobe, at return",
		  to_on_any,
		  { .path = SELF, .func = "traced_one", .flags = LSKEL_AT_RETURN },
		  call_one,
		  .slot = UPROBE_ANY },
		{ "uprobe, at an offset",
		  to_on_any,
		  { .path = SELF, .func = "traced_nop", .offset = 1 },
		  traced_nop,
		  .slot = UPROBE_ANY },
		{ "uprobe, at an offset in the file",
		  to_on_any,
		  { .path = SELF, .offset = file_offset(traced_one) },
		  call_one,
		  .slot = UPROBE_ANY },
		{ "uprobe, of this process",
		  to_on_any,
		  { .path = SELF, .func = "traced_one", .pid = getpid() },
		  call_one,
		  .slot = UPROBE_ANY },
		{ "uprobe, by /proc/PID/root",
		  to_on_any,
		  { .path = root, .func = "traced_one" },
		  call_one,
		  .slot = UPROBE_ANY },
	};
	char exe[128] = "";

	readlink(SELF, exe, sizeof(exe) - 1);
	snprintf(root, sizeof(root), "/proc/%d/root%s", getpid(), exe);
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		run_attach_trial(&trials[i], &attach_uprobes__info, skel, counts);
}

static void by_section(struct attach_uprobes *skel)
{
	const __u64 *hits = skel->bss->hits;
	const char *error = "none";
	int err = attach_uprobes__attach(skel);

	if (err)
		error = attach_uprobes__error(skel);
	memset(skel->bss->hits, 0, sizeof(skel->bss->hits));
	call_both();
	traced_nop();
	check("attach() attaches by section",
	      !err && hits[UPROBE_ENTRY] == 1 && hits[UPROBE_RETURN] == 1 &&
		      hits[UPROBE_OFFSET] == 1 && hits[UPROBE_SLEEPABLE] == 1,
	      "%llu %llu %llu %llu, %s", hits[UPROBE_ENTRY], hits[UPROBE_RETURN],
	      hits[UPROBE_OFFSET], hits[UPROBE_SLEEPABLE], error);
	check("SEC(\"uprobe\") is left alone", !hits[UPROBE_ANY] && !skel->links.on_any_fd, "no");
	attach_uprobes__detach(skel);
	call_both();
	check("detach() takes all back", hits[UPROBE_ENTRY] == 1 && hits[UPROBE_SLEEPABLE] == 1,
	      "no");
}

#define WHERE(...) (&(struct lskel_where){ __VA_ARGS__ })

/* A counter is above 0 as long as somebody is attached. */
static void counter(struct attach_uprobes *skel)
{
	volatile unsigned short *seen = &traced_counter;
	struct lskel_link *link = to_on_any(skel, WHERE(.path = SELF, .func = "traced_one",
							.ref_ctr = file_offset(&traced_counter)));

	check("a counter is 1 with a uprobe", link && *seen == 1, "%u, %s", *seen,
	      attach_uprobes__error(skel));
	lskel_link_detach(skel, link);
	check("and 0 without", !*seen, "%u", *seen);
}

/* This process's calls are not those of another. */
static void other_process(struct attach_uprobes *skel)
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
	skel->bss->hits[UPROBE_ANY] = 0;
	link = to_on_any(skel, WHERE(.path = SELF, .func = "traced_one", .pid = pid));
	call_one();
	check("a uprobe of another process does not run here", link && !skel->bss->hits[UPROBE_ANY],
	      "%s", attach_uprobes__error(skel));
	lskel_link_detach(skel, link);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static void check_error(struct attach_uprobes *skel, const char *name,
			const struct lskel_link *link, int err, const char *says)
{
	const char *message = attach_uprobes__error(skel);

	check(name, !link && errno == err && strstr(message, says), "errno %d, %s", errno, message);
}

static void errors(struct attach_uprobes *skel)
{
	struct lskel_link *link;

	link = to_on_any(skel, WHERE(.path = "/no/such/file", .func = "f"));
	check_error(skel, "no such file", link, ENOENT, "'/no/such/file': No such file");
	link = to_on_any(skel, WHERE(.path = "/proc/self/stat", .func = "f"));
	check_error(skel, "a file that is not ELF", link, ENOEXEC,
		    "'/proc/self/stat' is no ELF file");
	link = to_on_any(skel, WHERE(.path = SELF, .func = "no_such"));
	check_error(skel, "no such function", link, ENOENT,
		    "'/proc/self/exe' has no function 'no_such' in its symbol tables");
	link = to_on_any(skel, WHERE(.path = SELF, .func = "traced_one@VERSION"));
	check_error(skel, "no such version", link, ENOENT, "no function 'traced_one@VERSION'");
	link = to_on_any(skel, WHERE(.path = "libno.so.1", .func = "f"));
	check_error(skel, "no such library", link, ENOENT,
		    "there is no 'libno.so.1' where libraries are");
	link = to_on_any(skel, WHERE(.path = "no-such-command", .func = "f"));
	check_error(skel, "no such command", link, ENOENT, "where executables are");
	link = to_on_any(skel, WHERE(.func = "traced_one"));
	check_error(skel, "no path", link, EINVAL, "where.path is needed");
	link = to_on_any(skel, WHERE(.path = SELF, .offset = 1ULL << 40));
	check_error(skel, "an offset behind the file", link, EINVAL, "at offset 0x10000000000");
	link = to_on_any(skel, WHERE(.path = SELF, .func = "traced_one", .pid = 0x7ffffff));
	check_error(skel, "no such process", link, ESRCH, "process 134217727");
	link = to_on_any(skel, WHERE(.path = SELF "!/lib.so", .func = "traced_one"));
	check_error(skel, "no archive", link, EINVAL, "'/proc/self/exe' is no archive");
}

static void multi_trials(struct attach_uprobes *skel, const struct attach_counts *counts)
{
	static const char *const names[] = { "traced_two", "traced_one" };
	const __u64 offsets[] = { file_offset(traced_one), file_offset(traced_two) };
	const struct attach_trial trials[] = {
		{ "uprobe.multi",
		  to_on_multi,
		  { .path = SELF, .func = "traced_*" },
		  call_both,
		  .slot = UPROBE_MULTI },
		{ "uretprobe.multi.s",
		  to_on_multi_return,
		  { .path = SELF, .func = "traced_t?o" },
		  call_both,
		  .slot = UPROBE_MULTI_RETURN },
		{ "uprobe.multi, names",
		  to_on_multi_any,
		  { .path = SELF, .funcs = names, .cnt = 2 },
		  call_both,
		  .slot = UPROBE_MULTI_ANY },
		{ "uprobe.multi, offsets, of this process",
		  to_on_multi_any,
		  { .path = SELF, .offsets = offsets, .cnt = 2, .pid = getpid() },
		  call_both,
		  .slot = UPROBE_MULTI_ANY },
	};

	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		run_attach_trial(&trials[i], &attach_uprobes__info, skel, counts);
}

static void multi_cookies(struct attach_uprobes *skel)
{
	static const char *const names[] = { "traced_two", "traced_one" };
	const __u64 cookies[] = { 2, 1 },
		    counters[] = { file_offset(&traced_counter), file_offset(&traced_counter) };
	volatile unsigned short *seen = &traced_counter;
	struct lskel_link *link;

	link = to_on_multi_any(skel, WHERE(.path = SELF, .funcs = names, .cookies = cookies,
					   .ref_ctrs = counters, .cnt = 2));
	traced_one(0);
	check("one function has its cookie", link && skel->bss->cookies[UPROBE_MULTI_ANY] == 1,
	      "%llu, %s", skel->bss->cookies[UPROBE_MULTI_ANY], attach_uprobes__error(skel));
	traced_two(0);
	check("and the other has its own", skel->bss->cookies[UPROBE_MULTI_ANY] == 2, "%llu",
	      skel->bss->cookies[UPROBE_MULTI_ANY]);
	check("counters count", *seen == 2, "%u", *seen);
	lskel_link_detach(skel, link);
	check("and are 0 afterwards", !*seen, "%u", *seen);
}

static void multi_errors(struct attach_uprobes *skel)
{
	static const char *const names[] = { "traced_two", "no_such" };
	struct lskel_link *link;

	link = to_on_multi_any(skel, WHERE(.path = SELF, .func = "no_such_*"));
	check_error(skel, "no function fits", link, ENOENT, "has no function that fits");
	link = to_on_multi_any(skel, WHERE(.path = SELF, .funcs = names, .cnt = 2));
	check_error(skel, "one of two functions is not there", link, ENOENT,
		    "has no function 'no_such'");
	link = to_on_multi_any(skel, WHERE(.path = SELF, .funcs = names));
	check_error(skel, "names without their number", link, EINVAL, "where.cnt");
}

static void multi(void)
{
	struct attach_uprobes *skel = attach_uprobes__open();
	struct attach_counts counts;
	int err;

	skel->rodata->tgid = (__u32)getpid();
	skel->progs.on_multi.autoload = true;
	skel->progs.on_multi_return.autoload = true;
	skel->progs.on_multi_any.autoload = true;
	if (!check("uprobe.multi is loaded", !attach_uprobes__load(skel), "%s",
		   attach_uprobes__error(skel)))
		return;
	counts.hits = skel->bss->hits;
	counts.cookies = skel->bss->cookies;
	if (lskel_running_linux() >= LSKEL_LINUX(6, 6)) {
		multi_trials(skel, &counts);
		multi_cookies(skel);
		multi_errors(skel);
		err = attach_uprobes__on_multi__attach(skel);
		skel->bss->hits[UPROBE_MULTI] = 0;
		call_both();
		check("uprobe.multi runs by attach()",
		      err > 0 && skel->bss->hits[UPROBE_MULTI] == 2, "%s",
		      attach_uprobes__error(skel));
	} else {
		err = attach_uprobes__on_multi__attach(skel);
		check("uprobe.multi is an error that says since when there is that",
		      err < 0 && strstr(attach_uprobes__error(skel),
					"hint: uprobe.multi needs Linux 6.6, this is 6.1"),
		      "%d: %s", err, attach_uprobes__error(skel));
	}
	attach_uprobes__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	struct attach_uprobes *skel;
	struct attach_counts counts;
	int links = count_links();
	const char *left;

	footprint_take(&before);
	skel = attach_uprobes__open();
	skel->rodata->tgid = (__u32)getpid();
	if (!check("programs are loaded", !attach_uprobes__load(skel), "%s",
		   attach_uprobes__error(skel)))
		return 1;
	counts.hits = skel->bss->hits;
	counts.cookies = skel->bss->cookies;
	by_section(skel);
	run_trials(skel, &counts);
	counter(skel);
	other_process(skel);
	errors(skel);
	attach_uprobes__destroy(skel);
	multi();
	left = footprint_left(&before, &attach_uprobes__info);
	check("nothing is left", !left && count_links() == links, "%s", left ?: "links");
	return harness_status();
}
