// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A kernel that is locked down for confidentiality loads every skeleton whose programs don't read its
 * memory, by both variants of the loader program, which use no such helper. For one that does, the
 * message says what may be the reason.
 *
 * For selftests/test_lockdown.sh.
 */
/* The type of the data in the skeletons. */
#include "progs/ksym_results.h"

#include "fallbacks.lskel.h"
#include "ksym_addr.lskel.h"
#include "ksym_func.lskel.h"
#include "ksym_mixed.lskel.h"
#include "maps_only.lskel.h"
#include "needs_core.lskel.h"
#include "one_target.lskel.h"
#include "optional.lskel.h"
#include "settings.lskel.h"

#include "footprint.h"
#include "harness.h"

/* With and without kernel symbols: the generator takes the variant that is needed. */
static const struct lskel_info *const skeletons[] = {
	&settings__info,   &optional__info,  &maps_only__info, &fallbacks__info,
	&one_target__info, &ksym_addr__info, &ksym_func__info, &ksym_mixed__info,
};

static bool is_locked_down(void)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";
	bool found = file && fgets(line, sizeof(line), file) && strstr(line, "[confidentiality]");

	if (file)
		fclose(file);
	return found;
}

static void loads(const struct lskel_info *info)
{
	void *skel = lskel_open(info);
	char name[64];
	int err = lskel_load(info, skel);

	snprintf(name, sizeof(name), "%s is loaded", info->name);
	check(name, !err, "%s", lskel_error(info, skel));
	lskel_destroy(info, skel);
}

/* The verifier's log is in a buffer of the application, or fetched for the message. */
static void is_refused(bool own_buffer)
{
	static char log[1 << 16];
	struct needs_core *skel = needs_core__open();
	const char *where = own_buffer ? "own buffer: " : "", *message, *left;
	static struct footprint before;
	char name[96];
	int err;

	footprint_take(&before);
	if (own_buffer) {
		skel->ctx.log_level = 1;
		skel->ctx.log_size = sizeof(log);
		skel->ctx.log_buf = lskel_u64(log);
	}
	err = needs_core__load(skel);
	message = needs_core__error(skel);
	snprintf(name, sizeof(name), "%sa program that reads the kernel's memory is refused",
		 where);
	check(name, err == -EINVAL, "%d", err);
	snprintf(name, sizeof(name), "%sthe message names it, the helper, and the lockdown", where);
	check(name,
	      strstr(message, "'reads'") && strstr(message, "bpf_probe_read_kernel") &&
		      strstr(message, "hint: the kernel is locked down (none integrity "
				      "[confidentiality], in /sys/kernel/security/lockdown)\n"),
	      "%s", message);
	left = footprint_left(&before, &needs_core__info);
	snprintf(name, sizeof(name), "%snothing of it is left", where);
	check(name, !left, "%s", left);
	needs_core__destroy(skel);
}

int main(void)
{
	if (!check("the kernel is locked down", is_locked_down(), "it is not"))
		return 1;
	for (size_t i = 0; i < sizeof(skeletons) / sizeof(skeletons[0]); i++)
		loads(skeletons[i]);
	is_refused(false);
	is_refused(true);
	return harness_status();
}
