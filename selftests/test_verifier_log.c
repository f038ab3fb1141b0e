// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who can't load a skeleton learns why from one message: the program, its section, the errno in words
 * and the end of the verifier's log, in the application's own buffer, too, if it gives one; which target
 * is missing; which privilege.
 */
#include <grp.h>
#include <sys/wait.h>

#include "bad_access.lskel.h"
#include "bad_helper.lskel.h"
#include "bad_target.lskel.h"
#include "bare.lskel.h"

#include "harness.h"

#define NOBODY 65534

/* Loads @skel, which must fail with @err. Returns the message. */
static const char *refused(const struct lskel_info *info, void *skel, int err)
{
	char name[64];
	int ret = lskel_load(info, skel);

	snprintf(name, sizeof(name), "%s is refused", info->name);
	check(name, ret == err, "%d instead of %d: %s", ret, err, lskel_error(info, skel));
	return lskel_error(info, skel);
}

static void check_says(const char *what, const char *message, const char *part)
{
	char name[128];

	snprintf(name, sizeof(name), "%s: the message has '%s'", what, part);
	check(name, strstr(message, part), "%s", message);
}

static void says_what_the_verifier_says(void)
{
	struct bad_access *skel = bad_access__open();
	const char *message = refused(&bad_access__info, skel, -EACCES);

	check_says("EACCES", message, "'out_of_bounds'");
	check_says("EACCES", message, "SEC(\"raw_tp/sys_enter\")");
	check_says("EACCES", message, "Permission denied");
	check_says("EACCES", message, "unbounded memory access");
	check_says("EACCES", message, "processed ");
	check("the whole log is in ctx.failure.log",
	      skel->ctx.failure.log && strstr(skel->ctx.failure.log, "0: "), "%s", message);
	bad_access__destroy(skel);
}

static void says_it_for_einval(void)
{
	struct bad_helper *skel = bad_helper__open();
	const char *message = refused(&bad_helper__info, skel, -EINVAL);

	check_says("EINVAL", message, "'overrides'");
	check_says("EINVAL", message, "Invalid argument");
	check_says("EINVAL", message, "bpf_override_return");
	bad_helper__destroy(skel);
}

static void uses_the_buffer_of_the_application(void)
{
	static char log[1 << 16];
	struct bad_access *skel = bad_access__open();
	const char *message;

	skel->ctx.log_level = 1;
	skel->ctx.log_size = sizeof(log);
	skel->ctx.log_buf = lskel_u64(log);
	message = refused(&bad_access__info, skel, -EACCES);
	check_says("own buffer", message, "'out_of_bounds'");
	check_says("own buffer", message, "unbounded memory access");
	check("own buffer: has the log", strstr(log, "unbounded memory access"), "%s", log);
	bad_access__destroy(skel);
}

/* A map that can't be created; the buffer is as malloc() may give it: no NUL in it, or old text. */
static void prints_no_log_without_verifier(void)
{
	static char log[64 + 1];
	struct bad_access *skel = bad_access__open();
	const char *message;

	memset(log, 'x', sizeof(log) - 1);
	skel->ctx.log_level = 1;
	skel->ctx.log_size = sizeof(log) - 1;
	skel->ctx.log_buf = lskel_u64(log);
	skel->maps.bss.max_entries = ~0U;
	lskel_load(&bad_access__info, skel);
	message = bad_access__error(skel);
	check_says("no verifier", message, "create map 'bad_acce.bss'");
	check("no verifier: the message shows no log", !strstr(message, "verifier"), "%s", message);
	bad_access__destroy(skel);
}

static void names_the_missing_target(void)
{
	struct bad_target *skel = bad_target__open();
	const char *message = refused(&bad_target__info, skel, -ESRCH);

	check_says("missing target", message, "'no_such_function'");
	check_says("missing target", message, "'looks_for_it'");
	check_says("missing target", message, "SEC(\"fentry/no_such_function\")");
	check_says("missing target", message, "no such symbol");
	bad_target__destroy(skel);
}

static int without_privileges(void)
{
	struct bare *skel;

	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		fail("without privileges", "can't drop them: %s", strerror(errno));
	skel = bare__open();
	check_says("without privileges", refused(&bare__info, skel, -EPERM), "CAP_BPF");
	check_says("without privileges", bare__error(skel), "Operation not permitted");
	bare__destroy(skel);
	return harness_status();
}

int main(void)
{
	int status;
	pid_t pid;

	says_what_the_verifier_says();
	says_it_for_einval();
	uses_the_buffer_of_the_application();
	prints_no_log_without_verifier();
	names_the_missing_target();

	pid = fork();
	if (!pid)
		_exit(without_privileges());
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		fail("without privileges", "the child was killed");
	return harness_status() ?: WEXITSTATUS(status);
}
