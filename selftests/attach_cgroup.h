/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For test_attach_cgroup*.c: the loaded skeleton, and cgroups of the test's own with the process in the last one. For
 * vmtest kernels.
 */
#ifndef LSKEL_SELFTESTS_ATTACH_CGROUP_H
#define LSKEL_SELFTESTS_ATTACH_CGROUP_H

#include <bpf/bpf.h>

#include "attach_cgroup.lskel.h"
#include "progs/attach_cgroup.h"

#include "attach_failures.h"
#include "cgroup.h"

static struct attach_cgroup *skel;
static int root, here, below, elsewhere; /* cgroups: the process is in "here/below" */
static bool has_unix;
static struct footprint footprint; /* before skel was opened */

#define TO(name, section, context)                                                                 \
	static __attribute__((unused)) struct lskel_link *to_##name(                               \
		void *skel, const struct lskel_where *where)                                       \
	{                                                                                          \
		return attach_cgroup__on_##name##__attach_to(skel, where);                         \
	}                                                                                          \
	static __attribute__((unused)) struct lskel_link *old_to_##name(                           \
		void *skel, const struct lskel_where *where)                                       \
	{                                                                                          \
		return attach_cgroup__on_##name##__attach_old_to(skel, where);                     \
	}
CGROUP_PROGS(TO)

/* The cgroups, the process in the last one, in a network namespace of its own. */
static inline int enter_cgroups(void)
{
	if (net_new())
		return -1;
	root = open(CGROUPS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	elsewhere = cgroup_new(CGROUPS "/elsewhere");
	here = cgroup_new(CGROUPS "/here");
	below = cgroup_new(CGROUPS "/here/below");
	return elsewhere < 0 || here < 0 || below < 0 || cgroup_enter(below) ? -1 : 0;
}

static inline int leave_cgroups(void)
{
	if (cgroup_enter(root))
		return -1;
	close(root);
	close(below);
	close(here);
	close(elsewhere);
	return rmdir(CGROUPS "/here/below") || rmdir(CGROUPS "/here") ||
			       rmdir(CGROUPS "/elsewhere") ?
		       -1 :
		       0;
}

/* Returns whether the test can begin. */
static inline bool begin(void)
{
	if (enter_cgroups()) {
		fail("cgroups", "%s", strerror(errno));
		return false;
	}
	has_unix = linux_version() >= LSKEL_LINUX(6, 7);
	footprint_take(&footprint);
	skel = attach_cgroup__open();
#define OPEN(name, section, context) skel->progs.on_##name.autoload = has_unix;
	CGROUP_UNIX_PROGS(OPEN)
#undef OPEN
	return check("load", !attach_cgroup__load(skel), "%s", attach_cgroup__error(skel));
}

/* Destroys the skeleton, whatever is attached. */
static inline void end(void)
{
	const char *left;

	attach_cgroup__destroy(skel);
	left = footprint_left(&footprint, &attach_cgroup__info);
	check("destroy() leaves nothing", !left, "%s", left);
	check("the cgroups can be removed", !leave_cgroups(), "%s", strerror(errno));
}

#endif /* LSKEL_SELFTESTS_ATTACH_CGROUP_H */
