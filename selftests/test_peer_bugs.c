// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bugs and limits of bpftool's light skeletons ("bpftool gen skeleton -L") that must never be ours. Most
 * have their tests elsewhere; what no other test proves is here.
 *
 *	the bug					the test, or function here
 *	a ksym used more than once		test_ksyms: "used twice, too"; "in another program, too"
 *	a module's fd at a kernel's kfunc	test_module_kfuncs: "not at the fd of that module"
 *	> 256 calls of one kfunc		test_ksyms, test_module_kfuncs: "... 300 times"
 *	___flavor of a kfunc			test_ksyms: "a flavor is the function"
 *	attach kind that stays for the next	targets_stay_with_their_programs()
 *	fds left by an early error		test_failure_injection, test_failing_calls
 *	errno not set				both, and errno_is_set()
 *	object without BTF			without_btf(); test_fallbacks: none in the kernel
 *	object without programs			without_programs(); test_headers.sh
 *	more programs than are loaded, or
 *	an fd of another program		test_autoload_off
 *	> 32 programs, > 64 maps		test_many
 *	.rodata not bound to programs		rodata_is_bound()
 *	kconfig, version, CPUs of the builder	test_kconfig; test_settings: "one entry for each ... CPU"
 *	needs helpers that a lockdown forbids	test_lockdown.sh
 *	malformed CO-RE accessors		test_refusals.sh: "CO-RE: ..."; test_core_relo
 *	bytes depend on the builder		test_deterministic.sh
 */
#include "bad_access.lskel.h"
#include "no_btf.lskel.h"
#include "no_programs.lskel.h"
#include "targets.lskel.h"

#include "footprint.h"
#include "harness.h"

static struct bpf_prog_info info_of(int fd, __u32 *map_ids, __u32 map_cnt)
{
	struct bpf_prog_info info = { .nr_map_ids = map_cnt, .map_ids = lskel_u64(map_ids) };

	if (object_info(fd, &info, sizeof(info)))
		fail("program", "fd %d is none: %s", fd, strerror(errno));
	return info;
}

static bool has_target(int fd)
{
	struct bpf_prog_info info = info_of(fd, NULL, 0);

	return info.attach_btf_id && info.attach_btf_obj_id;
}

static void targets_stay_with_their_programs(const struct targets *skel)
{
	__u32 enter = info_of(skel->progs.target_enter.prog_fd, NULL, 0).attach_btf_id;
	__u32 leave = info_of(skel->progs.target_exit.prog_fd, NULL, 0).attach_btf_id;
	__u32 iter = info_of(skel->progs.target_iter.prog_fd, NULL, 0).attach_btf_id;

	check("each program has its own target",
	      has_target(skel->progs.target_enter.prog_fd) && enter != leave && leave != iter &&
		      iter != enter && leave && iter,
	      "%u, %u, %u", enter, leave, iter);
	check("the program after one with a target has none",
	      !has_target(skel->progs.plain_tc.prog_fd), "it has");
	check("nor after one that is not loaded", !has_target(skel->progs.plain_raw.prog_fd),
	      "it has");
	check("nor after an iterator", !has_target(skel->progs.plain_xdp.prog_fd), "it has");
	check("nor after a tracepoint", !has_target(skel->progs.plain_socket.prog_fd), "it has");
}

static bool holds(int prog_fd, __u32 map_id)
{
	__u32 ids[8];
	struct bpf_prog_info info = info_of(prog_fd, ids, 8);

	for (__u32 i = 0; i < info.nr_map_ids && i < 8; i++)
		if (ids[i] == map_id)
			return true;
	return false;
}

static void rodata_is_bound(struct targets *skel)
{
	struct bpf_map_info map = {};
	__u32 without = 0;

	object_info(skel->maps.rodata.map_fd, &map, sizeof(map));
	for (__u32 i = 0; i < targets__info.prog_cnt; i++) {
		const struct lskel_prog_info *prog = &targets__info.progs[i];
		int fd = lskel_at(struct lskel_prog, skel, prog->desc)->prog_fd;

		if (fd >= 0 && !holds(fd, map.id))
			without++;
	}
	check(".rodata is bound to every program, as by libbpf", map.id && !without,
	      "%u are without", without);
}

/* What is in errno after open_and_load(), which has no other way to say what happened. */
static void errno_is_set(void)
{
	struct bad_access *skel;

	errno = 0;
	skel = bad_access__open_and_load();
	check("open_and_load() that fails sets errno", !skel && errno == EACCES, "%s",
	      strerror(errno));
	bad_access__destroy(skel);

	skel = bad_access__open();
	skel->maps.bss.max_entries = ~0U;
	errno = 0;
	check("so does load() for a map", bad_access__load(skel) == -errno && errno, "%s",
	      strerror(errno));
	bad_access__destroy(skel);
}

static int run_xdp(int fd, __u32 *ret)
{
	union bpf_attr attr = {};
	char packet[64] = {};
	int err;

	attr.test.prog_fd = (__u32)fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	attr.test.repeat = 1;
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	*ret = attr.test.retval;
	return err;
}

/* Its program counts by 2 and lets packets pass until it comes to 10: .bss, .data, .rodata. */
static void without_btf(void)
{
	struct no_btf *skel = no_btf__open_and_load();
	__u32 ret, passed = 0;

	if (!skel) {
		fail("an object without BTF is loaded", "%s", strerror(errno));
		return;
	}
	check("it has no BTF in the kernel",
	      !info_of(skel->progs.count_calls.prog_fd, NULL, 0).btf_id, "it has");
	while (passed < 10 && !run_xdp(skel->progs.count_calls.prog_fd, &ret) && ret == 2)
		passed++;
	check("an object without BTF works, with its data", passed == 5, "%u packets pass", passed);
	no_btf__destroy(skel);
}

static void without_programs(void)
{
	struct no_programs *skel = no_programs__open();
	union bpf_attr attr = {};
	int value = 0, err, key = 0;

	skel->data->threshold = 7;
	err = no_programs__load(skel);
	check("an object without programs is loaded", !err, "%s", no_programs__error(skel));
	attr.map_fd = (__u32)skel->maps.data.map_fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(&value);
	err = lskel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr);
	check("its data is in its map", !err && value == 7, "%d: %d", err, value);
	err = no_programs__attach(skel);
	check("attach() of no program is none", !err, "%d", err);
	no_programs__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	struct targets *skel;
	const char *left;

	footprint_take(&before);
	skel = targets__open();
	if (skel && !targets__load(skel)) {
		targets_stay_with_their_programs(skel);
		rodata_is_bound(skel);
	} else {
		fail("programs with and without a target", "%s",
		     skel ? targets__error(skel) : strerror(errno));
	}
	targets__destroy(skel);
	errno_is_set();
	without_btf();
	without_programs();
	left = footprint_left(&before, &targets__info);
	check("all of this leaves nothing", !left, "%s", left);
	return harness_status();
}
