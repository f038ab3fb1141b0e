// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * runqlat: how long tasks wait for a CPU, as a histogram, as an application of progs/runqlat.bpf.c.
 *
 * usage: runqlat [SECONDS]
 */
#include "tool.h"

#include "histogram.h"
#include TOOL_SKELETON(runqlat)

int main(int argc, char **argv)
{
	struct runqlat *skel = runqlat__open();

	if (!skel || runqlat__load(skel) || runqlat__attach(skel)) {
		fprintf(stderr, "%s\n", skel ? tool_error(runqlat, skel) : strerror(errno));
		runqlat__destroy(skel);
		return 1;
	}
	tool_start();
	tool_wait(argc > 1 ? atoi(argv[1]) : 0);
	tool_print_histogram(skel->bss->slots, SLOTS);
	runqlat__destroy(skel);
	return 0;
}
