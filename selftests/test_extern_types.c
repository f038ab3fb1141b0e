// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Kernel symbols are what the object declares them to be, or the load fails as libbpf's does: a strong kfunc of another
 * type, and a variable in any case. A weak kfunc of another type is missing, so that of several flavors the one
 * is there that this kernel has. The same in a replay by the loader program, and nothing is left.
 *
 * For selftests/test_modules.sh: with the argument "module", nf_conntrack is loaded.
 */
#include "extern_types_FLAVORS.lskel.h"
#include "extern_types_FUNC.lskel.h"
#include "extern_types_INCOMPLETE.lskel.h"
#include "extern_types_MODULE.lskel.h"
#include "extern_types_MODULE_WEAK.lskel.h"
#include "extern_types_OLD_FLAVORS.lskel.h"
#include "extern_types_OLD_STRONG.lskel.h"
#include "extern_types_STRONG.lskel.h"
#include "extern_types_VAR.lskel.h"
#include "extern_types_VAR_UNUSED.lskel.h"
#include "extern_types_VAR_WEAK.lskel.h"
#include "extern_types_WEAK.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PACKET_LEN 64

/* How the skeletons are replayed. */
static bool in_kernel;

static const char *called(const char *object, const char *what)
{
	static char name[160];

	snprintf(name, sizeof(name), "%s%s: %s", object, in_kernel ? ", in the kernel" : "", what);
	return name;
}

/* The load fails with a message that has all of @words, up to NULL. */
static void refused(const struct lskel_info *info, const char *const *words)
{
	static struct footprint before;
	struct lskel_ctx *skel;
	const char *message;
	int err;

	footprint_take(&before);
	skel = lskel_open(info);
	skel->in_kernel = in_kernel;
	err = lskel_load(info, skel);
	message = lskel_error(info, skel);
	check(called(info->name, "is refused"), err == -EINVAL && errno == EINVAL, "%d: %s", err,
	      message);
	for (; *words; words++)
		check(called(info->name, *words), strstr(message, *words), "not in: %s", message);
	lskel_destroy(info, skel);
	check(called(info->name, "leaves nothing"), !footprint_left(&before, info), "%s",
	      footprint_left(&before, info));
}

static int run(int fd)
{
	char packet[PACKET_LEN] = {};
	union bpf_attr attr = {};

	attr.test.prog_fd = (__u32)fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

/* Program number 0 sees @expected. */
static void sees(const struct lskel_info *info, int expected)
{
	static struct footprint before;
	struct lskel_ctx *skel;

	footprint_take(&before);
	skel = lskel_open(info);
	skel->in_kernel = in_kernel;
	if (lskel_load(info, skel)) {
		fail(called(info->name, "load"), "%s", lskel_error(info, skel));
	} else if (run(lskel_at(struct lskel_prog, skel, info->progs[0].desc)->prog_fd)) {
		fail(called(info->name, "run"), "%s", strerror(errno));
	} else {
		int seen = **lskel_at(int *, skel, info->data[0].pointer);

		check(called(info->name, "sees what is there"), seen == expected,
		      "%d instead of %d", seen, expected);
	}
	lskel_destroy(info, skel);
	check(called(info->name, "leaves nothing"), !footprint_left(&before, info), "%s",
	      footprint_left(&before, info));
}

#define REFUSED(object, ...) refused(&object##__info, (const char *const[]){ __VA_ARGS__, NULL })

static bool kernel_has(const char *kfunc)
{
	size_t size;
	char *btf = lskel_read_file("/sys/kernel/btf/vmlinux", &size);
	int id = btf ? lskel_find_in_btf(btf, size, kfunc, BTF_KIND_FUNC) : -errno;

	free(btf);
	return id > 0;
}

static void all_cases(void)
{
	bool dynptrs = kernel_has("bpf_dynptr_size"), old = kernel_has("bpf_kfunc_call_test2");

	REFUSED(extern_types_FUNC, "'bpf_fentry_test1'", "declared as int (int, const char *)",
		"vmlinux has int (int)", "hint: ", "___FLAVOR");
	REFUSED(extern_types_INCOMPLETE, "'tcp_reno_undo_cwnd'",
		"(incomplete struct sock *), but vmlinux has ", " (struct sock *)",
		"hint: ", "only declared", "define it");
	REFUSED(extern_types_VAR, "'runqueues'", "declared as const int",
		"a variable of type struct rq", "hint: ");
	REFUSED(extern_types_VAR_WEAK, "'runqueues'", "struct rq");
	REFUSED(extern_types_VAR_UNUSED, "'runqueues'", "struct rq");
	sees(&extern_types_WEAK__info, 2);
	/* Before Linux 6.4, programs can't have the address of a kfunc. */
	sees(&extern_types_FLAVORS__info, dynptrs ? 2 : 0);
	if (!old)
		sees(&extern_types_OLD_FLAVORS__info, 0);
	if (dynptrs)
		sees(&extern_types_STRONG__info, PACKET_LEN);
	else
		REFUSED(extern_types_STRONG, "'bpf_dynptr_from_skb'", "no such symbol");
	if (old)
		sees(&extern_types_OLD_STRONG__info, PACKET_LEN);
	else
		REFUSED(extern_types_OLD_STRONG, "'bpf_kfunc_call_test2'", "no such symbol");
}

int main(int argc, char **argv)
{
	for (int i = 0; i < 2; i++, in_kernel = true) {
		if (argc == 1) {
			all_cases();
		} else if (!strcmp(argv[1], "module")) {
			REFUSED(extern_types_MODULE, "'bpf_ct_set_timeout'",
				"declared as int (incomplete struct nf_conn *)",
				"nf_conntrack has ", ", u32)");
			sees(&extern_types_MODULE_WEAK__info, 2);
		}
	}
	return harness_status();
}
