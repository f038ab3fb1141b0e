// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Functions of modules are called, next to those of the kernel: each call goes where its name says. More
 * than 256 calls of one are no problem, nor are 250 functions. A module that is not loaded is an error that names the function, or
 * none if that is weak. Afterwards no module is held.
 *
 * For selftests/test_modules.sh: "none", "one" or "two" of nf_conntrack and nf_nat are loaded.
 */
#include <stdlib.h>

/* The types of the data in the skeleton. */
#include "progs/ksym_results.h"
#include "progs/module_kfuncs.h"

#include "module_kfuncs.lskel.h"
#include "module_many.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PACKET_LEN 64

/* How many use @module, -1 if it is not loaded. */
static int users_of(const char *module)
{
	FILE *file = fopen("/proc/modules", "re");
	int users = -1, count;
	char line[512], name[64];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %*s %d", name, &count) == 2 && !strcmp(name, module))
			users = count;
	if (file)
		fclose(file);
	return users;
}

/* Whether so many use @module as before, after the time that the kernel takes to free programs. */
static bool is_let_go(const char *module, int users)
{
	for (int ms = 0; ms < FOOTPRINT_WAIT_MS; ms++) {
		if (users_of(module) == users)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return false;
}

static void check_number(const char *name, int value, int expected)
{
	check(name, value == expected, "%d instead of %d", value, expected);
}

static void run_all(const struct lskel_info *info, void *skel)
{
	for (__u32 i = 0; i < info->prog_cnt; i++) {
		const struct lskel_prog_info *prog = &info->progs[i];
		union bpf_attr attr = {};
		char packet[PACKET_LEN] = {};
		int err;

		attr.test.prog_fd = (__u32)lskel_at(struct lskel_prog, skel, prog->desc)->prog_fd;
		attr.test.data_in = lskel_u64(packet);
		attr.test.data_size_in = sizeof(packet);
		err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
		if (err)
			fail("run", "'%s' can't be run: %d", prog->name, err);
	}
}

static void calls_go_where_they_should(const struct module_results *results, bool nat)
{
	check_number("before modules' functions, the kernel's is called", results->before,
		     PACKET_LEN);
	check_number("in one program, the kernel's comes first", results->kernel_first, PACKET_LEN);
	check_number("then a module's", results->module_first, -ENOENT);
	check_number("then the kernel's, not at the fd of that module", results->kernel_again,
		     PACKET_LEN);
	check_number("the module's again", results->module_again, -ENOENT);
	check_number("and the kernel's", results->kernel_last, PACKET_LEN);
	check_number("behind it, a program with the kernel's only", results->behind, PACKET_LEN);
	check_number("a second module's function, if that is loaded", results->nat,
		     nat ? 0 : KSYM_ABSENT);
	check_number("the first module's is called before and after it", results->inserted, 1);
	check_number("one program calls a module's function 300 times", results->often,
		     MODULE_CALLS * -ENOENT);
}

static void calls(bool nat)
{
	int users = users_of("nf_conntrack"), nat_users = users_of("nf_nat");
	static struct footprint before;
	struct module_kfuncs *skel;
	const char *left;

	check("nf_nat is loaded, or not", (nat_users >= 0) == nat, "%d users", nat_users);
	footprint_take(&before);
	skel = module_kfuncs__open();
	if (skel && !module_kfuncs__load(skel)) {
		check("programs hold the module", users_of("nf_conntrack") > users, "%d users",
		      users);
		run_all(&module_kfuncs__info, skel);
		calls_go_where_they_should(&skel->bss->results, nat);
	} else {
		fail("load", "%s", skel ? module_kfuncs__error(skel) : strerror(errno));
	}
	module_kfuncs__destroy(skel);
	left = footprint_left(&before, &module_kfuncs__info);
	check("destroy leaves nothing", !left, "%s", left);
	check("and holds no module",
	      is_let_go("nf_conntrack", users) && is_let_go("nf_nat", nat_users),
	      "nf_conntrack or nf_nat is used");
}

/*
 * Each function has an fd of the module's BTF. The kernel takes 256 in a program, and as many functions.
 * Those of this object get the name of one that nf_conntrack has.
 */
static void many_functions(void)
{
	static const char name[] = "250 functions of one module";
	int users = users_of("nf_conntrack");
	static struct footprint before;
	struct module_many *skel;
	struct blob_copy copy;
	__u32 renamed = 0;

	blob_copy_make(&copy, &module_many__info);
	for (__u32 i = 0; i < blob_hdr(&copy)->op_cnt; i++) {
		const struct lskel_op *op = blob_op(&copy, i);
		struct lskel_symbol *symbol = (struct lskel_symbol *)blob_attr(&copy, op);

		if (op->cmd == LSKEL_CMD_FIND_BTF && !strncmp(symbol->name, "lskel__", 7)) {
			memcpy(symbol->name, "bpf_skb_ct_lookup", op->size);
			renamed++;
		}
	}
	list_fds(&before.fds);
	skel = lskel_open(&copy.info);
	if (check(name, !lskel_load(&copy.info, skel) && renamed == 250, "%u: %s", renamed,
		  module_many__error(skel))) {
		run_all(&copy.info, skel);
		check_number("each is called", skel->bss->sum, 250 * -ENOENT);
	}
	lskel_destroy(&copy.info, skel);
	check("none of their fds is left", !fds_left(&before), "%s", fds_left(&before));
	check("nor do they hold the module", is_let_go("nf_conntrack", users), "it is used");
	blob_copy_free(&copy);
}

static void module_is_missing(void)
{
	struct module_kfuncs *skel = module_kfuncs__open();
	static struct footprint before;
	const char *message, *left;
	int err;

	footprint_take(&before);
	err = module_kfuncs__load(skel);
	message = module_kfuncs__error(skel);
	check("without the module, the load fails", err == -EINVAL && errno == EINVAL, "%d: %s",
	      err, message);
	check("the message names the first function by name, as libbpf's, and asks for the module",
	      strstr(message, "'bpf_ct_insert_entry'") && strstr(message, "is its module loaded"),
	      "%s", message);
	left = fds_left(&before);
	check("no fd is left", !left, "%s", left);
	module_kfuncs__destroy(skel);
}

int main(int argc, char **argv)
{
	const char *modules = argc > 1 ? argv[1] : "none";

	if (!strcmp(modules, "none")) {
		module_is_missing();
	} else {
		many_functions();
		calls(!strcmp(modules, "two"));
	}
	return harness_status();
}
