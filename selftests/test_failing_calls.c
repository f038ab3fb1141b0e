// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A load that can't have another fd, or where a system call of the run time fails, leaves nothing behind,
 * says what failed, and can be tried again.
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

/*
 * The operation that fails when there is no room for fd number @n of those that stay open until the
 * end, from 0: for want of fds, alternatives fail, too, as does what is done after one.
 */
static const struct lskel_op *op_of_fd(const struct blob_copy *copy, __u32 n)
{
	int failing = -1;

	for (__u32 i = 0; i < blob_hdr(copy)->op_cnt; i++) {
		const struct lskel_op *op = blob_op(copy, i);

		if ((op->cmd != BPF_MAP_CREATE && op->cmd != BPF_PROG_LOAD &&
		     op->cmd != BPF_BTF_LOAD) ||
		    !blob_op_is_executed(copy, i, failing) || (n && n--))
			continue;
		if (blob_op_is_fatal(copy, op))
			return op;
		failing = (int)i;
	}
	return NULL;
}

static const char *name_of_stage(enum lskel_stage stage)
{
	return stage == LSKEL_STAGE_BLOB && !replay_in_kernel ? "memory for the load" :
								"loader program";
}

/* In the kernel, the first fds are those of the blob's map, the loader program's BTF and the loader program. */
static void run_out_of_fds(const struct lskel_info *info)
{
	static const enum lskel_stage first[] = { LSKEL_STAGE_BLOB, LSKEL_STAGE_LOADER_BTF,
						  LSKEL_STAGE_LOADER_PROG };
	static struct number_set fds;
	struct blob_copy copy;
	char name[128];
	__u32 before = replay_in_kernel ? 3 : 0;
	bool good = true;

	snprintf(name, sizeof(name), "%s%s: each fd is one too many", info->name,
		 replay_in_kernel ? " in the kernel" : "");
	blob_copy_make(&copy, info);
	list_fds(&fds);
	for (__u32 n = 0; n < before || op_of_fd(&copy, n - before); n++) {
		const struct lskel_op *op = n < before ? NULL : op_of_fd(&copy, n - before);
		struct trial trial = {
			.how = name,
			.number = n,
			.info = info,
			.broken = info,
			.fd_limit = fds.cnt + n,
			.failing_call = -1,
			.err = -EMFILE,
			.stage = op ? LSKEL_STAGE_OP : first[n],
			.at = op ? (__u32)((const char *)op - copy.image) : 0,
			.named = op ? blob_op_object(&copy, op) : name_of_stage(first[n]),
		};

		/* To count CPUs takes an fd before the first operation. */
		for (__u32 i = 0; i < info->map_cnt && n == before; i++)
			if (info->maps[i].flags & LSKEL_MAP_CPUS) {
				trial.stage = LSKEL_STAGE_BLOB;
				trial.named = name_of_stage(trial.stage);
			}
		/* As does the kernel's BTF, before anything else: the first that needs it is a kernel symbol. */
		if (info->extern_cnt && !n) {
			trial.stage = LSKEL_STAGE_OP;
			trial.at = info->externs[0].op;
			trial.named = info->externs[0].name;
		}
		good &= run_trial(&trial);
	}
	blob_copy_free(&copy);
	if (good)
		pass(name);
}

/* The calls of a load in the kernel, in order: see lskel_load(). */
static enum lskel_stage stage_of_call(const struct lskel_info *info, __u32 n)
{
	static const enum lskel_stage first[] = { LSKEL_STAGE_BLOB, LSKEL_STAGE_BLOB,
						  LSKEL_STAGE_LOADER_BTF, LSKEL_STAGE_LOADER_PROG,
						  LSKEL_STAGE_LOADER_RUN };

	if (n < 5)
		return first[n];
	return n - 5 < info->bind_cnt ? LSKEL_STAGE_BIND : LSKEL_STAGE_DATA;
}

static void fail_each_call(const struct lskel_info *info)
{
	__u32 calls = 5 + info->bind_cnt + info->data_cnt;
	char name[128];
	bool good = true;

	if (!replay_in_kernel)
		calls = 1; /* behind it are those that test_failure_injection lets fail */
	snprintf(name, sizeof(name), "%s%s: each of %u calls of the run time fails", info->name,
		 replay_in_kernel ? " in the kernel" : "", calls);
	for (__u32 n = 0; n < calls; n++) {
		struct trial trial = {
			.how = name,
			.number = n,
			.info = info,
			.broken = info,
			.failing_call = (int)n,
			.err = -CALL_ERRNO,
			.stage = stage_of_call(info, n),
			.named = name_of_stage(stage_of_call(info, n)),
		};

		if (trial.stage == LSKEL_STAGE_BIND)
			trial.named = info->progs[info->binds[n - 5].prog].name;
		if (trial.stage == LSKEL_STAGE_DATA)
			trial.named = info->maps[info->data[n - 5 - info->bind_cnt].map].name;
		good &= run_trial(&trial);
	}
	if (good)
		pass(name);
}

static void fail_calls(const struct lskel_info *info)
{
	run_out_of_fds(info);
	fail_each_call(info);
}

static const struct lskel_info *const skeletons[] = { &rich__info,	&bare__info,
						      &maps_only__info, &fallbacks__info,
						      &ksym_addr__info, &ca_plain__info };

int main(int argc, char **argv)
{
	look_after_each = argc > 1 && !strcmp(argv[1], "each");
	/* Fds without holes, so that their number is the limit at which the next one fails. */
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	run_all_trials(skeletons, sizeof(skeletons) / sizeof(skeletons[0]), fail_calls);
	return harness_status();
}
