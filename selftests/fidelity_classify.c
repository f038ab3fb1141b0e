// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whether two loads of an object, and what they attach, are the same: see fidelity.h. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "fidelity.h"
#include "util.h"

/* What stands in @messages between @before and the next quote: libbpf or lskel names a program. */
static char *quoted(const char *messages, const char *before, const char *after)
{
	for (const char *p = messages; (p = strstr(p, before)); p++) {
		const char *start = p + strlen(before), *end = strchr(start, '\'');

		if (end && !strncmp(end, after, strlen(after)))
			return strndup(start, end - start);
	}
	return NULL;
}

static bool same_program(const struct fidelity_report *libbpf, const struct fidelity_report *lskel)
{
	_cleanup_(free_ptr) char *a =
		quoted(libbpf->messages, "prog '", "': BPF program load failed");
	_cleanup_(free_ptr) char *b = quoted(lskel->messages, "failed to load program '", "' (SEC");

	return !a || !b || !strcmp(a, b);
}

/* A function of the kernel that isn't there is ESRCH to libbpf, which looks for it by itself. */
static bool same_errno(const struct fidelity_report *libbpf, const struct fidelity_report *lskel)
{
	if (libbpf->err == lskel->err)
		return true;
	return libbpf->err == ESRCH && lskel->err == ENOENT &&
	       strstr(lskel->messages, ": failed to find '");
}

bool fidelity_too_slow(const struct fidelity_report *libbpf)
{
	return libbpf->result == FIDELITY_CRASHED && libbpf->err == SIGALRM;
}

/*
 * The generator refuses what it has no means for, which is nothing to compare, and what libbpf
 * refuses without the kernel.
 */
static const char *classify_refused(const struct fidelity_report *libbpf,
				    const struct fidelity_report *lskel)
{
	if (libbpf->result == FIDELITY_LOADED)
		return "refused";
	if (!strstr(lskel->messages, ": libbpf can't "))
		return "refused-and-fails";
	return libbpf->err == lskel->err ? "fails-alike" : "fails-otherwise";
}

const char *fidelity_classify(const struct fidelity_report *libbpf,
			      const struct fidelity_report *lskel)
{
	if (libbpf->result == FIDELITY_CRASHED)
		return fidelity_too_slow(libbpf) ? "too-slow" : "libbpf-crashes";
	switch (lskel->result) {
	case FIDELITY_CRASHED:
		return "lskel-crashes";
	case FIDELITY_REFUSED:
		return classify_refused(libbpf, lskel);
	case FIDELITY_LEAKED:
		return "leaks";
	case FIDELITY_FAILED:
		if (libbpf->result == FIDELITY_LOADED)
			return "lskel-fails";
		if (!same_errno(libbpf, lskel) || !same_program(libbpf, lskel))
			return "fails-otherwise";
		return "fails-alike";
	default:
		if (libbpf->result != FIDELITY_LOADED)
			return "libbpf-fails";
		return strcmp(libbpf->text, lskel->text) ? "differs" : "same";
	}
}

const char *fidelity_classify_attach(const struct fidelity_report *libbpf,
				     const struct fidelity_report *lskel)
{
	const int err = libbpf->attach_err;

	if (!libbpf->attached || !lskel->attached)
		return "not-loaded";
	if (err != lskel->attach_err)
		return !err		 ? "lskel-fails" :
		       lskel->attach_err ? "fails-otherwise" :
					   "libbpf-fails";
	if (strcmp(libbpf->attached, lskel->attached))
		return "differs";
	if (err)
		return "fails-alike";
	return libbpf->attach_cnt ? "same" : "nothing";
}
