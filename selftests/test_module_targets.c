// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * SEC("fentry/MODULE:func"): fails as long as the module is not there, then watches its function. The
 * argument is the file of the vsock module. For selftests/test_module_targets.sh, in a vmtest kernel.
 */
#include <sys/socket.h>

#include "module.lskel.h"

#include "trial.h"

static void load_without_module(void)
{
	struct module *skel = module__open();
	int err = module__load(skel);

	check("without the module it fails", err == -ESRCH, "%d: %s", err, module__error(skel));
	check("the message names module and program",
	      strstr(module__error(skel),
		     "program 'on_create' (SEC(\"fentry/vsock:vsock_create\"))") &&
		      strstr(module__error(skel), "'vsock_create'") &&
		      strstr(module__error(skel), "a module called vsock"),
	      "%s", module__error(skel));
	module__destroy(skel);
}

static void make_socket(void)
{
	close(socket(AF_VSOCK, SOCK_STREAM, 0));
}

static void watch_module(void)
{
	struct module *skel = module__open();
	int err = module__load(skel) ?: module__attach(skel);

	if (!check("with the module it is attached", !err, "%d: %s", err, module__error(skel)))
		return;
	check("the BTF's fd is closed after load()", !skel->progs.on_create.target_fd, "%d",
	      skel->progs.on_create.target_fd);
	make_socket();
	check("it runs when the module's function does", skel->bss->hits == 1, "%llu times",
	      skel->bss->hits);
	check("so does one that gives the beginning of the module's name", skel->bss->exits == 1,
	      "%llu times", skel->bss->exits);
	module__destroy(skel);
}

/* By the name alone; and in a module that does not have it. */
static void set_target(void)
{
	struct module *skel = module__open();
	int err = module__on_create__set_target(skel, 0, "vsock_create");

	check("a module's function without the module's name", !err, "%d: %s", err,
	      module__error(skel));
	err = module__on_created__set_target(skel, 0, "vsock:no_such_function");
	check("a function that the module does not have", err == -ESRCH, "%d: %s", err,
	      module__error(skel));
	err = module__load(skel) ?: module__attach(skel);
	check("loads with it", !err, "%d: %s", err, module__error(skel));
	make_socket();
	check("it runs", !err && skel->bss->hits == 1, "%llu times", skel->bss->hits);
	module__destroy(skel);
}

/* What load() found in the module is given back, whatever fails. */
static void fail_loads(void)
{
	static struct footprint before;
	struct module *skel = module__open();
	__u32 n, bad = 0, other_way = 0;
	int err;

	footprint_take(&before);
	for (n = 0;; n++) {
		calls_until_failure = (int)n;
		err = module__load(skel);
		if (calls_until_failure >= 0)
			break;
		/* Without BTF, or by another try for the verifier's log. */
		if (!err) {
			other_way++;
			bad += skel->progs.on_create.prog_fd <= 0;
			module__destroy(skel);
			bad += !!fds_left(&before);
			skel = module__open();
			continue;
		}
		bad += err != -CALL_ERRNO || fds_left(&before) ||
		       skel->progs.on_create.target_btf_id;
		if (module__error(skel) && lskel_lost_data(&module__info, skel)) {
			module__destroy(skel);
			skel = module__open();
		}
	}
	calls_until_failure = -1;
	check("each call of a load fails", n > 18 && !bad, "%u of %u leave something", bad, n);
	check("BTF, a map's types and each program have another way", other_way == 4, "%u calls",
	      other_way);
	check("then it loads", !err, "%d: %s", err, module__error(skel));
	module__destroy(skel);
}

static bool load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool loaded = !syscall(__NR_finit_module, fd, "", 0);

	check("the module is loaded", loaded, "%s: %s", path, strerror(errno));
	close(fd);
	return loaded;
}

int main(int argc, char **argv)
{
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	load_without_module();
	if (argc > 1 && load_module(argv[1])) {
		watch_module();
		set_target();
		fail_loads();
	}
	left = footprint_left(&before, &module__info);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
