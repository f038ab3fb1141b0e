// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A load that fails at any operation leaves nothing behind, says what failed, and can be tried again. An
 * operation with an alternative may fail: the load goes on, until that fails, too. Failures are made
 * in two ways: a command that is not allowed, and an attr that the kernel refuses.
 *
 * Run with the argument "each" to look for what is left after each failure.
 */
/* The type of the data in ksym_addr.lskel.h. */
#include "progs/ksym_results.h"

#include "bare.lskel.h"
#include "ca_plain.lskel.h"
#include "fallbacks.lskel.h"
#include "ksym_addr.lskel.h"
#include "maps_only.lskel.h"
#include "rich.lskel.h"

#include "trial.h"

/* Makes the kernel refuse @op, and not what is tried instead. Returns the errno, negative. */
static int break_attr(const struct blob_copy *copy, struct lskel_op *op)
{
	union bpf_attr *attr = blob_attr(copy, op);

	switch (op->cmd) {
	case BPF_MAP_CREATE:
		/* What is tried instead is without those types that were there. */
		if (blob_op_is_fatal(copy, op))
			attr->map_type = 0x7fff;
		else if (attr->btf_key_type_id)
			attr->btf_key_type_id = ~0U;
		else
			attr->btf_value_type_id = ~0U;
		return -EINVAL;
	case BPF_PROG_LOAD:
		attr->prog_type = 0x7fff;
		return -EINVAL;
	case BPF_BTF_LOAD:
		attr->btf_size = 1;
		return -EINVAL;
	case BPF_MAP_UPDATE_ELEM:
		attr->flags = ~0ULL;
		return -EINVAL;
	case LSKEL_CMD_FIND_BTF:
	case LSKEL_CMD_FIND_SYM:
		((struct lskel_symbol *)attr)->name[0] = '!';
		return -(int)((struct lskel_symbol *)attr)->missing;
	default:
		/* Its fd comes from a slot: in place of that, from a number that is no fd. */
		op->copy[0].src = offsetof(struct lskel_blob_hdr, magic);
		return -EBADF;
	}
}

/* Lets @op fail in one of the two ways. Returns the errno, negative. */
static int break_op(const struct blob_copy *copy, struct lskel_op *op, bool replace)
{
	if (!replace)
		return break_attr(copy, op);
	op->cmd = op->attr / 8 % 2 ? BPF_PROG_TEST_RUN : 60;
	return -EPERM;
}

/* Whether the kernel has BTF for the object: for a program itself, for a map types. */
static bool has_btf(int fd, bool is_map)
{
	struct bpf_map_info map = {};
	struct bpf_prog_info prog = {};

	if (is_map ? object_info(fd, &map, sizeof(map)) : object_info(fd, &prog, sizeof(prog)))
		return true;
	return map.btf_key_type_id || map.btf_value_type_id || prog.btf_id;
}

/* Whether @skel is as it should be after the failure of @op: without what that would have made. */
static bool does_without(const struct lskel_info *info, void *skel, const struct lskel_op *op)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);

	for (__u32 i = 0; i < info->map_cnt; i++) {
		bool refused = op->cmd == BPF_BTF_LOAD ||
			       (op->cmd == BPF_MAP_CREATE &&
				op->result == hdr->fd_off + info->maps[i].slot * sizeof(int));

		if (refused &&
		    has_btf(lskel_at(struct lskel_map, skel, info->maps[i].desc)->map_fd, true))
			return false;
	}
	for (__u32 i = 0; i < info->prog_cnt && op->cmd == BPF_BTF_LOAD; i++) {
		const union bpf_attr *attr =
			(const void *)((const char *)info->image + info->progs[i].attr);

		/* By BTF the kernel relocates it: it must not be loaded without. */
		if (attr->core_relo_cnt ||
		    has_btf(lskel_at(struct lskel_prog, skel, info->progs[i].desc)->prog_fd, false))
			return false;
	}
	return true;
}

/* Loads @copy, whose operation @op has failed in vain: it is there in @info. */
static bool run_without(const struct lskel_info *info, const struct blob_copy *copy,
			const struct lskel_op *op, const char *how)
{
	static struct footprint before;
	void *skel = open_for_trial(info);
	const char *wrong = NULL;

	list_fds(&before.fds);
	if (!skel || lskel_load(&copy->info, skel))
		wrong = skel ? lskel_error(info, skel) : strerror(errno);
	else if (!does_without(info, skel, op))
		wrong = "the kernel has what was refused, or what needs that";
	if (wrong)
		fail(how, "without %s: %s", blob_op_object(copy, op) ?: "BTF", wrong);
	lskel_destroy(info, skel);
	if (!wrong && fds_left(&before)) {
		wrong = fds_left(&before);
		fail(how, "destroy leaves %s", wrong);
	}
	return !wrong;
}

/* Lets operation @i fail, after the one that it is an alternative of. */
static bool fail_operation(const struct lskel_info *info, __u32 i, const char *how, bool replace)
{
	struct trial trial = {
		.how = how,
		.number = i,
		.info = info,
		.failing_call = -1,
		.stage = LSKEL_STAGE_OP,
	};
	struct blob_copy copy, original;
	const struct lskel_op *op;
	bool good, fatal;
	int first;

	blob_copy_make(&original, info);
	blob_copy_make(&copy, info);
	op = blob_op(&original, i);
	fatal = blob_op_is_fatal(&original, op);
	first = blob_op_is_alternative_of(&original, i);
	trial.broken = &copy.info;
	trial.at = (__u32)((const char *)op - original.image);
	trial.named = blob_op_object(&original, op);
	if (first >= 0)
		break_op(&copy, blob_op(&copy, (__u32)first), replace);
	trial.err = break_op(&copy, blob_op(&copy, i), replace);
	good = fatal ? run_trial(&trial) : run_without(info, &copy, op, how);
	blob_copy_free(&copy);
	blob_copy_free(&original);
	return good;
}

/* Operations that do something, and do not clean up. */
static void fail_each_operation(const struct lskel_info *info, const char *how, bool replace)
{
	__u32 tried = 0, alternatives = 0;
	struct blob_copy original;
	char name[128];
	bool good = true;

	snprintf(name, sizeof(name), "%s%s: %s", info->name,
		 replay_in_kernel ? " in the kernel" : "", how);
	blob_copy_make(&original, info);
	for (__u32 i = 0; i < blob_hdr(&original)->op_cnt; i++) {
		const struct lskel_op *op = blob_op(&original, i);

		if (op->cmd == LSKEL_CMD_CLOSE || !blob_op_can_fail(op))
			continue;
		good &= fail_operation(info, i, name, replace);
		alternatives += !blob_op_is_fatal(&original, op);
		tried++;
	}
	blob_copy_free(&original);
	printf("# %s: %u operations, %u of them with an alternative\n", info->name, tried,
	       alternatives);
	if (!tried)
		fail(name, "no operation to fail");
	else if (good)
		pass(name);
}

static void fail_operations(const struct lskel_info *info)
{
	fail_each_operation(info, "each operation is not allowed", true);
	fail_each_operation(info, "each operation is refused", false);
}

static const struct lskel_info *const skeletons[] = { &rich__info,	&bare__info,
						      &maps_only__info, &fallbacks__info,
						      &ksym_addr__info, &ca_plain__info };

int main(int argc, char **argv)
{
	look_after_each = argc > 1 && !strcmp(argv[1], "each");
	run_all_trials(skeletons, sizeof(skeletons) / sizeof(skeletons[0]), fail_operations);
	return harness_status();
}
