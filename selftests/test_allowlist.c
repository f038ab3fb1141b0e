// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The loader program executes nothing but what a load needs: each other command, BPF_PROG_TEST_RUN
 * first of all, it refuses itself with EPERM (the kernel would say EINVAL, or do it), and does not go
 * on. So do both of its variants.
 */
#include "bare.lskel.h"
#include "rich.lskel.h"

#include "footprint.h"
#include "harness.h"

/* Bit N: command N is for the loader program to execute. */
static const __u64 plain = LSKEL_ALLOWED_CMDS | 1ULL << LSKEL_CMD_CLOSE;
static const __u64 lookup = plain | 1ULL << LSKEL_CMD_FIND_BTF | 1ULL << LSKEL_CMD_FIND_SYM;

/* Asks for @cmd first thing, with an attr of zeros. Returns NULL, or what is not as it should be. */
static const char *refusal(const struct lskel_info *info, __u32 cmd, bool in_kernel)
{
	static struct footprint before;
	static char text[128];
	struct blob_copy copy;
	struct lskel_op *op;
	const char *wrong = NULL;
	struct lskel_ctx *ctx;
	void *skel;
	int err;

	blob_copy_make(&copy, info);
	op = blob_op(&copy, 0);
	op->cmd = cmd;
	/* There may be something to do instead, and there is nothing to clean up. */
	op->next[1] = LSKEL_FAILED;
	memset(blob_attr(&copy, op), 0, op->size);
	/* What a search that fails is told as. */
	((struct lskel_symbol *)blob_attr(&copy, op))->missing = EPERM;
	blob_hdr(&copy)->reloc_cnt = 0;
	skel = lskel_open(&copy.info);
	if (!skel)
		abort();
	footprint_take(&before);
	ctx = skel;
	ctx->in_kernel = in_kernel;
	err = lskel_load(&copy.info, skel);
	snprintf(text, sizeof(text), "%d in stage %d at offset %u", err, ctx->failure.stage,
		 ctx->failure.at);
	if (err != -EPERM || ctx->failure.stage != LSKEL_STAGE_OP ||
	    ctx->failure.at != blob_hdr(&copy)->op_off)
		wrong = text;
	wrong = wrong ?: fds_left(&before);
	lskel_destroy(&copy.info, skel);
	blob_copy_free(&copy);
	return wrong;
}

/* Above 63, only the low bits count: tested, too. */
static void refuse_others(const struct lskel_info *info, __u64 allowed, bool in_kernel,
			  const char *name)
{
	__u32 refused = 0, others = 0;

	for (__u32 cmd = 0; cmd < 128; cmd++) {
		const char *wrong;

		if (allowed >> (cmd & 63) & 1)
			continue;
		others++;
		wrong = refusal(info, cmd, in_kernel);
		if (wrong)
			fail(name, "command %u: %s", cmd, wrong);
		else
			refused++;
	}
	if (refused == others)
		pass(name);
}

int main(void)
{
	check("PROG_TEST_RUN is not on the list", !(LSKEL_ALLOWED_CMDS >> BPF_PROG_TEST_RUN & 1),
	      "it is");
	check("OBJ_PIN is not on the list", !(LSKEL_ALLOWED_CMDS >> BPF_OBJ_PIN & 1), "it is");
	refuse_others(&bare__info, plain, true, "the loader program refuses all other commands");
	refuse_others(&rich__info, lookup, true, "so does the one that finds BTF types");
	refuse_others(&bare__info, plain, false, "so does a replay without it");
	return harness_status();
}
