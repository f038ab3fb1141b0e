// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kprobe.multi, kretprobe.multi and kprobe.session: by patterns, names and addresses, with cookies; where the kernel is too
 * old, an error says so. For vmtest kernels only.
 */
#include "attach_multi.lskel.h"
#include "progs/attach_multi.h"

#include "attach_trial.h"

static void unlink_file(void)
{
	syscall(__NR_unlinkat, AT_FDCWD, "/there/is/no/such/file", 0, 0, 0, 0);
}

#define TO(prog)                                                                                   \
	static struct lskel_link *to_##prog(void *skel, const struct lskel_where *where)           \
	{                                                                                          \
		return attach_multi__##prog##__attach_to(skel, where);                             \
	}

TO(on_multi)
TO(on_multi_return)
TO(on_any)
TO(on_session)

static const char *const funcs[] = { "do_unlinkat", "do_rmdir" };

static __u64 address_of(const char *func)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address = 0;
	char line[640], name[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %511s", &address, name) == 2 && !strcmp(name, func))
			break;
	fclose(file);
	return address;
}

static void run_trials(struct attach_multi *skel, const struct attach_counts *counts)
{
	const __u64 addresses[] = { address_of("do_unlinkat"), address_of("do_rmdir") };
	const struct attach_trial trials[] = {
		{ "kprobe.multi",
		  to_on_multi,
		  { .func = "do_unl*" },
		  unlink_file,
		  .slot = MULTI_ENTRY },
		{ "pattern, at return",
		  to_on_any,
		  { .func = "do_u?link?t", .flags = LSKEL_AT_RETURN },
		  unlink_file,
		  .slot = MULTI_ANY },
		{ "kretprobe.multi",
		  to_on_multi_return,
		  { .func = "do_unlinkat" },
		  unlink_file,
		  .slot = MULTI_RETURN },
		{ "names",
		  to_on_any,
		  { .funcs = funcs, .cnt = 2 },
		  unlink_file,
		  .slot = MULTI_ANY },
		{ "addresses",
		  to_on_any,
		  { .offsets = addresses, .cnt = 2 },
		  unlink_file,
		  .slot = MULTI_ANY },
	};

	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		run_attach_trial(&trials[i], &attach_multi__info, skel, counts);
}

/* Returns whether the kernel has the kind at all. */
static bool by_section(struct attach_multi *skel)
{
	int err = attach_multi__attach(skel);

	if (err == -EOPNOTSUPP) {
		check("without CONFIG_FPROBE the error says so",
		      strstr(attach_multi__error(skel), "the kernel may be without CONFIG_FPROBE"),
		      "%s", attach_multi__error(skel));
		return false;
	}
	if (!check("attach() attaches by section", !err, "%s", attach_multi__error(skel)))
		return true;
	memset(skel->bss->hits, 0, sizeof(skel->bss->hits));
	unlink_file();
	check("kprobe.multi runs", skel->bss->hits[MULTI_ENTRY] == 1, "%llu times",
	      skel->bss->hits[MULTI_ENTRY]);
	check("kretprobe.multi runs", skel->bss->hits[MULTI_RETURN] == 1, "%llu times",
	      skel->bss->hits[MULTI_RETURN]);
	check("SEC(\"kprobe.multi\") is left alone",
	      !skel->bss->hits[MULTI_ANY] && !skel->links.on_any_fd, "it is not");
	attach_multi__detach(skel);
	unlink_file();
	check("detach() takes both back",
	      skel->bss->hits[MULTI_ENTRY] == 1 && skel->bss->hits[MULTI_RETURN] == 1, "no");
	return true;
}

static void own_cookies(struct attach_multi *skel)
{
	const __u64 cookies[] = { 7, 8 };
	struct lskel_where where = { .funcs = funcs, .cookies = cookies, .cnt = 2 };
	struct lskel_link *link = to_on_any(skel, &where);

	unlink_file();
	check("one function has its cookie", link && skel->bss->cookies[MULTI_ANY] == 7, "%llu, %s",
	      skel->bss->cookies[MULTI_ANY], attach_multi__error(skel));
	rmdir("/there/is/no/such/directory");
	check("and the other has its own", skel->bss->cookies[MULTI_ANY] == 8, "%llu",
	      skel->bss->cookies[MULTI_ANY]);
	lskel_link_detach(skel, link);
}

static void check_error(struct attach_multi *skel, const char *name, const struct lskel_link *link,
			int err, const char *says)
{
	const char *message = attach_multi__error(skel);

	check(name, !link && errno == err && strstr(message, says), "errno %d, %s", errno, message);
}

#define WHERE(...) (&(struct lskel_where){ __VA_ARGS__ })

static void errors(struct attach_multi *skel)
{
	static const char *const none[] = { "no_such_function" };
	struct lskel_link *link;

	link = to_on_any(skel, WHERE(.func = "no_such_*"));
	check_error(skel, "no function fits", link, ENOENT,
		    "no function of the kernel fits 'no_such_*'");
	link = to_on_any(skel, WHERE(.funcs = none, .cnt = 1));
	check_error(skel, "no such function", link, ESRCH, "1 functions");
	link = to_on_any(skel, WHERE(.func = "do_unlinkat", .cnt = 1));
	check_error(skel, "a pattern and a count", link, EINVAL, "where.cnt");
	link = to_on_any(skel, WHERE(.func = "do_unlinkat", .funcs = funcs, .cnt = 2));
	check_error(skel, "a pattern and names", link, EINVAL, "one of");
	link = to_on_any(skel, WHERE(.func = NULL));
	check_error(skel, "nowhere", link, EINVAL, "one of where.func (a pattern)");
}

static void session(void)
{
	struct attach_multi *skel = attach_multi__open();
	struct attach_counts counts;
	const struct attach_trial trial = { "kprobe.session",
					    to_on_session,
					    { .func = "do_unlinkat" },
					    unlink_file,
					    .slot = MULTI_SESSION };
	int err;

	skel->rodata->tgid = (__u32)getpid();
	skel->progs.on_session.autoload = true;
	if (!check("kprobe.session is loaded", !attach_multi__load(skel), "%s",
		   attach_multi__error(skel)))
		return;
	counts.hits = skel->bss->hits;
	counts.cookies = skel->bss->cookies;
	if (lskel_running_linux() >= LSKEL_LINUX(6, 10)) {
		run_attach_trial(&trial, &attach_multi__info, skel, &counts);
		attach_multi__on_session__attach(skel);
		check("kprobe.session runs at both ends", hits_in_trial(&trial, &counts) == 2, "%s",
		      attach_multi__error(skel));
	} else {
		err = attach_multi__on_session__attach(skel);
		check("kprobe.session is an error that says since when there is that",
		      err < 0 && strstr(attach_multi__error(skel),
					"hint: kprobe.session needs Linux 6.10, this is 6.1"),
		      "%d: %s", err, attach_multi__error(skel));
	}
	attach_multi__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	struct attach_counts counts;
	struct attach_multi *skel;
	int links = count_links();
	const char *left;

	footprint_take(&before);
	skel = attach_multi__open();
	skel->rodata->tgid = (__u32)getpid();
	if (!check("programs are loaded", !attach_multi__load(skel), "%s",
		   attach_multi__error(skel)))
		return 1;
	counts.hits = skel->bss->hits;
	counts.cookies = skel->bss->cookies;
	if (by_section(skel)) {
		run_trials(skel, &counts);
		own_cookies(skel);
		errors(skel);
	}
	attach_multi__destroy(skel);
	session();
	left = footprint_left(&before, &attach_multi__info);
	check("nothing is left", !left && count_links() == links, "%s", left ?: "links");
	return harness_status();
}
