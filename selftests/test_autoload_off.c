// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs of SEC("?...") are not loaded: their fd is -1, that of the others is their own. A name
 * stays the name of its program, whatever is left out before it.
 */
#include "optional.lskel.h"

#include "footprint.h"
#include "harness.h"

static void check_prog(const char *name, int fd, bool loaded)
{
	struct bpf_prog_info prog = {};
	char text[64];

	snprintf(text, sizeof(text), "%s is %s", name, loaded ? "loaded" : "not loaded");
	if (!loaded)
		check(text, fd == -1, "its fd is %d", fd);
	else if (object_info(fd, &prog, sizeof(prog)))
		fail(text, "its fd %d is no program", fd);
	else
		check(text, !strcmp(prog.name, name), "it is '%s'", prog.name);
}

/* attach() never gets as far as bpf(2) for these, so that this is safe on any kernel. */
static void check_attach_skips(struct optional *skel)
{
	int ret = optional__off_first__attach(skel);

	check("attach of a program that is not loaded does nothing", !ret, "%d: %s", ret,
	      optional__error(skel));
	ret = optional__off_fourth__attach(skel);
	check("whatever its target", !ret, "%d: %s", ret, optional__error(skel));
}

/* The target of off_fourth is the only thing that the kernel would be searched for. */
static void check_searches(struct optional *skel)
{
	check("what only programs need that are off is not searched for",
	      !lskel_needs_loader(&optional__info, skel), "it needs the loader program");
	skel->progs.off_fourth.autoload = true;
	check("but what one needs that is on", lskel_needs_loader(&optional__info, skel),
	      "it needs no loader program");
	skel->progs.off_fourth.autoload = false;
}

int main(void)
{
	static struct footprint before;
	struct optional *skel;
	const char *left;

	footprint_take(&before);
	skel = optional__open();
	if (skel)
		check_searches(skel);
	if (!skel || optional__load(skel)) {
		fail("load", "%s", skel ? optional__error(skel) : strerror(errno));
	} else {
		check_prog("off_first", skel->progs.off_first.prog_fd, false);
		check_prog("on_second", skel->progs.on_second.prog_fd, true);
		check_prog("off_third", skel->progs.off_third.prog_fd, false);
		check_prog("off_fourth", skel->progs.off_fourth.prog_fd, false);
		check_prog("on_fifth", skel->progs.on_fifth.prog_fd, true);
		check_prog("off_last", skel->progs.off_last.prog_fd, false);
		check_attach_skips(skel);
	}
	optional__destroy(skel);
	left = footprint_left(&before, &optional__info);
	check("destroy leaves nothing", !left, "%s", left);
	return harness_status();
}
