// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A scheduler (sched_ext) is attached like any other struct_ops map, and taken back by detach(). A kernel
 * that has none of it says so when the skeleton is loaded. For vmtest kernels only.
 */

#include "scx.lskel.h"

#include "footprint.h"
#include "harness.h"

static bool reads(const char *path, const char *expected)
{
	char text[128] = {};
	FILE *file = fopen(path, "re");
	bool same;

	if (!file)
		return false;
	same = fgets(text, sizeof(text), file) && !strncmp(text, expected, strlen(expected));
	fclose(file);
	return same;
}

/* Switching takes a moment. */
static bool becomes(const char *state)
{
	for (int i = 0; i < 1000; i++) {
		if (reads("/sys/kernel/sched_ext/state", state))
			return true;
		usleep(10000);
	}
	return false;
}

static void without_sched_ext(void)
{
	struct scx *skel = scx__open();
	int err = scx__load(skel);

	check("a kernel without sched_ext is an error", err == -ESRCH, "%d: %s", err,
	      scx__error(skel));
	check("that names it",
	      strstr(scx__error(skel), "'scheduler'") &&
		      strstr(scx__error(skel), "'sched_ext_ops'"),
	      "%s", scx__error(skel));
	scx__destroy(skel);
	skip("a scheduler", "this kernel has no sched_ext");
}

static void schedule(void)
{
	struct scx *skel = scx__open();
	int ret;

	skel->struct_ops.scheduler->timeout_ms = 20000;
	if (!check("load a scheduler", !scx__load(skel), "%s", scx__error(skel)))
		goto out;
	ret = scx__attach(skel);
	if (!check("attach a scheduler", !ret, "%d: %s", ret, scx__error(skel)))
		goto out;
	check("it is at work", becomes("enabled"), "it is not");
	check("and it is ours", reads("/sys/kernel/sched_ext/root/ops", "lskel_scx"), "it is not");
	for (int i = 0; i < 10; i++)
		usleep(1000);
	check("it runs its programs", skel->bss->inits == 1 && skel->bss->runnables, "%d and %llu",
	      skel->bss->inits, (unsigned long long)skel->bss->runnables);
	scx__detach(skel);
	check("detach ends it", becomes("disabled"), "it goes on");
	check("and it is told so", skel->bss->exits == 1, "%d exits", skel->bss->exits);
out:
	scx__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	if (access("/sys/kernel/sched_ext/state", F_OK))
		without_sched_ext();
	else
		schedule();
	left = footprint_left(&before, &scx__info);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
