// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * As libbpf does, a load goes on without the types of a map if the kernel does not take them, and
 * without the object's BTF if it does not take that; programs are the same. What can't do without fails,
 * and the message says why.
 */
#include "fallbacks.lskel.h"
#include "needs_core.lskel.h"
#include "needs_lock.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PACKET_LEN 64
#define INSNS_MAX  256

static int map_fd(const struct lskel_info *info, void *skel, __u32 i)
{
	return lskel_at(struct lskel_map, skel, info->maps[i].desc)->map_fd;
}

static int prog_fd(const struct lskel_info *info, void *skel, __u32 i)
{
	return lskel_at(struct lskel_prog, skel, info->progs[i].desc)->prog_fd;
}

static bool has_types(int fd)
{
	struct bpf_map_info map = {};

	return !object_info(fd, &map, sizeof(map)) &&
	       (map.btf_key_type_id || map.btf_value_type_id);
}

static void runs(struct fallbacks *skel, const char *name)
{
	union bpf_attr attr = {};
	char packet[PACKET_LEN] = {};
	__u32 key = 1;
	__u64 value = 0;
	int err;

	attr.test.prog_fd = (__u32)skel->progs.count.prog_fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)skel->maps.by_enum.map_fd;
	attr.key = lskel_u64(&key);
	attr.value = lskel_u64(&value);
	err = err ?: lskel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr);
	check(name, !err && value == PACKET_LEN * 3 && skel->bss->runs == 1, "%d, %llu, %llu runs",
	      err, (unsigned long long)value, (unsigned long long)skel->bss->runs);
}

static void check_types(int fd, const char *map, bool expected)
{
	char name[96];

	snprintf(name, sizeof(name), "map '%s' is there, with%s types", map, expected ? "" : "out");
	check(name, fd > 2 && has_types(fd) == expected, "it is not so");
}

static void without_types(void)
{
	struct fallbacks *skel = fallbacks__open();

	if (check("maps whose types the kernel refuses are created", !fallbacks__load(skel), "%s",
		  fallbacks__error(skel))) {
		check_types(skel->maps.by_enum.map_fd, "by_enum", false);
		check_types(skel->maps.trie.map_fd, "trie", false);
		check_types(skel->maps.inner.map_fd, "inner", false);
		check_types(skel->maps.typed.map_fd, "typed", true);
		check_types(skel->maps.rodata.map_fd, "rodata", true);
		check_types(skel->maps.bss.map_fd, "bss", true);
		runs(skel, "programs use them");
	}
	fallbacks__destroy(skel);
}

/* The instructions of a program, without what differs from load to load. Returns how many there are. */
static __u32 plain_insns(int fd, struct bpf_insn *insns)
{
	struct bpf_prog_info prog = {};

	memset(insns, 0, INSNS_MAX * sizeof(*insns));
	prog.xlated_prog_insns = lskel_u64(insns);
	prog.xlated_prog_len = INSNS_MAX * sizeof(*insns);
	if (object_info(fd, &prog, sizeof(prog)))
		return 0;
	for (__u32 i = 0; i < prog.xlated_prog_len / sizeof(*insns); i++)
		if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			insns[i].imm = insns[i + 1].imm = 0;
	return prog.xlated_prog_len / sizeof(*insns);
}

static bool prog_has_btf(int fd)
{
	struct bpf_prog_info prog = {};

	return object_info(fd, &prog, sizeof(prog)) || prog.btf_id;
}

static void compare_progs(const struct lskel_info *info, void *with, void *without)
{
	static struct bpf_insn insns[2][INSNS_MAX];

	for (__u32 i = 0; i < info->prog_cnt; i++) {
		int fd = prog_fd(info, without, i);
		__u32 cnt = plain_insns(prog_fd(info, with, i), insns[0]);
		char name[96];

		snprintf(name, sizeof(name), "'%s' is the same without BTF", info->progs[i].name);
		check(name,
		      cnt && plain_insns(fd, insns[1]) == cnt &&
			      !memcmp(insns[0], insns[1], sizeof(insns[0])),
		      "it is not");
		snprintf(name, sizeof(name), "'%s' has no BTF then", info->progs[i].name);
		check(name, prog_has_btf(prog_fd(info, with, i)) && !prog_has_btf(fd),
		      "before or after");
	}
}

/* Makes the object's BTF what no kernel takes. */
static void spoil_btf(const struct blob_copy *copy)
{
	for (__u32 i = 0; i < blob_hdr(copy)->op_cnt; i++)
		if (blob_op(copy, i)->cmd == BPF_BTF_LOAD)
			copy->image[blob_attr(copy, blob_op(copy, i))->btf] ^= 1;
}

static void without_btf(void)
{
	struct fallbacks *with = fallbacks__open_and_load(), *skel;
	struct blob_copy copy;
	__u32 typed = 0;

	blob_copy_make(&copy, &fallbacks__info);
	spoil_btf(&copy);
	skel = lskel_open(&copy.info);
	if (check("an object whose BTF the kernel refuses is loaded",
		  with && !lskel_load(&copy.info, skel), "%s", lskel_error(&copy.info, skel))) {
		for (__u32 i = 0; i < copy.info.map_cnt; i++)
			typed += has_types(map_fd(&copy.info, skel, i));
		check("no map has types then", !typed, "%u have", typed);
		compare_progs(&copy.info, with, skel);
		runs(skel, "a program works without BTF");
	}
	lskel_destroy(&copy.info, skel);
	fallbacks__destroy(with);
	blob_copy_free(&copy);
}

static void needs(const struct lskel_info *info, const char *first, const char *second)
{
	struct blob_copy copy;
	const char *message;
	char name[96];
	void *skel;
	int err;

	skel = lskel_open(info);
	snprintf(name, sizeof(name), "%s: is loaded with BTF", info->name);
	check(name, !lskel_load(info, skel), "%s", lskel_error(info, skel));
	lskel_destroy(info, skel);

	blob_copy_make(&copy, info);
	spoil_btf(&copy);
	skel = lskel_open(&copy.info);
	err = lskel_load(&copy.info, skel);
	message = lskel_error(&copy.info, skel);
	snprintf(name, sizeof(name), "%s: is not loaded without", info->name);
	/* The verifier's, which differs between kernels. */
	check(name, err == -EINVAL || err == -EACCES, "%d: %s", err, message);
	snprintf(name, sizeof(name), "%s: the message says why", info->name);
	check(name, strstr(message, first) && strstr(message, second), "%s", message);
	lskel_destroy(&copy.info, skel);
	blob_copy_free(&copy);
}

int main(void)
{
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	without_types();
	without_btf();
	needs(&needs_core__info, "load the object's BTF", "nvalid magic");
	needs(&needs_lock__info, "load program 'locks'", "has to have BTF");
	left = footprint_left(&before, &fallbacks__info);
	check("all of this leaves nothing", !left, "%s", left);
	return harness_status();
}
