// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * struct_ops of a module are found in the module's BTF, and fitted to it; without the module that is an
 * error. For a vmtest kernel that selftests/test_module_ops.sh sets up: its argument says whether the
 * module is there.
 */
#include "module_ops.lskel.h"

#include "footprint.h"
#include "harness.h"

static void without_module(struct module_ops *skel)
{
	int err = module_ops__load(skel);

	check("without the module, load is an error", err == -ESRCH, "%d: %s", err,
	      module_ops__error(skel));
	check("that names map and struct",
	      strstr(module_ops__error(skel), "'one'") &&
		      strstr(module_ops__error(skel), "'bpf_testmod_ops'"),
	      "%s", module_ops__error(skel));
}

static void with_module(struct module_ops *skel)
{
	int ret;

	skel->struct_ops.one->data = 38;
	ret = module_ops__load(skel);
	if (!check("struct_ops of a module load", !ret, "%d: %s", ret, module_ops__error(skel)))
		return;
	ret = module_ops__one__attach(skel);
	check("they are attached", ret > 2, "%d: %s", ret, module_ops__error(skel));
	/* The module gives 4 and its data. */
	check("the module calls a program, with what the application set", skel->bss->sum == 4 + 38,
	      "the sum is %d", skel->bss->sum);
	module_ops__detach(skel);
	ret = module_ops__two__attach(skel);
	check("so are others, of another flavor", ret > 2, "%d: %s", ret, module_ops__error(skel));
}

int main(int argc, char **argv)
{
	static struct footprint before;
	struct module_ops *skel;
	const char *left;

	footprint_take(&before);
	skel = module_ops__open();
	if (argc > 1 && !strcmp(argv[1], "module"))
		with_module(skel);
	else
		without_module(skel);
	module_ops__destroy(skel);
	left = footprint_left(&before, &module_ops__info);
	check("nothing of a module's struct_ops is left", !left, "%s", left);
	return harness_status();
}
