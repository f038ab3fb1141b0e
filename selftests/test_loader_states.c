// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a user waits for at each start is the verification of the loader program, and that follows the
 * number of states that the verifier explores. It stays small, and the same for one program and for
 * two hundred. The linker sends bpf(2) here, to ask for the verifier's statistics.
 */
#include <sys/resource.h>

#include "bare.lskel.h"
#include "progs/ksym_results.h"
#include "ksym_addr.lskel.h"
#include "many.lskel.h"
#include "one_target.lskel.h"
#include "rich.lskel.h"

#include "harness.h"

#define BPF_LOG_STATS                                                                              \
	4 /* of the kernel's internal bpf_verifier.h; libbpf users know it as 4, too */

/* Measured on Linux 6.1, 6.12 and 6.18, compiled by clang 14 and 22: the same, but for one less on 6.1. */
#define PLAIN_STATES   3
#define TYPES_STATES   7
#define SYMBOLS_STATES 8

static char verifier_log[4096];

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);

long __wrap_syscall(long number, long cmd, long address, long size)
{
	union bpf_attr *attr = (void *)address;

	if (cmd == BPF_PROG_LOAD) {
		attr->log_level = BPF_LOG_STATS;
		attr->log_size = sizeof(verifier_log);
		attr->log_buf = lskel_u64(verifier_log);
	}
	return __real_syscall(number, cmd, address, size);
}

/* Returns what the verifier says behind @word, or -1. */
static int statistic(const char *word)
{
	const char *at = strstr(verifier_log, word);

	return at ? atoi(at + strlen(word)) : -1;
}

/* Loads @info's skeleton. Returns the states of the loader program, or -1. */
static int loader_states(const struct lskel_info *info)
{
	void *skel = lskel_open(info);
	int states = -1;

	verifier_log[0] = '\0';
	if (skel)
		((struct lskel_ctx *)skel)->in_kernel = true;
	if (!skel || lskel_load(info, skel))
		fail(info->name, "%s", skel ? lskel_error(info, skel) : strerror(errno));
	else
		states = statistic("total_states ");
	lskel_destroy(info, skel);
	printf("# %s: %u instructions, %d processed, %d states\n", info->name, info->insn_cnt,
	       statistic("processed "), states);
	return states;
}

static int check_bound(const char *variant, const struct lskel_info *info, int bound)
{
	int states = loader_states(info);
	char name[96];

	snprintf(name, sizeof(name), "%s loader program: at most %d states", variant, bound);
	check(name, states > 0 && states <= bound, "%d states", states);
	return states;
}

static void compare(const char *variant, const struct lskel_info *small,
		    const struct lskel_info *large, int bound)
{
	int few = check_bound(variant, small, bound), many = loader_states(large);
	char name[96];

	snprintf(name, sizeof(name), "%s loader program: the same for %u programs as for %u",
		 variant, large->prog_cnt, small->prog_cnt);
	check(name, few == many, "%d and %d states", many, few);
}

int main(void)
{
	struct rlimit limit = { 4096, 4096 };

	setrlimit(RLIMIT_NOFILE, &limit);
	compare("plain", &bare__info, &many__info, PLAIN_STATES);
	compare("types", &one_target__info, &rich__info, TYPES_STATES);
	check_bound("symbols", &ksym_addr__info, SYMBOLS_STATES);
	return harness_status();
}
