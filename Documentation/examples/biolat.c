// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * biolat: how long block devices take for requests, as a histogram, as an application of progs/biolat.bpf.c.
 *
 * usage: biolat [SECONDS]
 */
#include "tool.h"

#include "histogram.h"
#include TOOL_SKELETON(biolat)

int main(int argc, char **argv)
{
	struct biolat *skel = biolat__open();

	if (!skel || biolat__load(skel) || biolat__attach(skel)) {
		fprintf(stderr, "%s\n", skel ? tool_error(biolat, skel) : strerror(errno));
		biolat__destroy(skel);
		return 1;
	}
	tool_start();
	tool_wait(argc > 1 ? atoi(argv[1]) : 0);
	tool_print_histogram(skel->bss->slots, SLOTS);
	if (skel->bss->missed)
		printf("%llu requests were not measured\n", skel->bss->missed);
	biolat__destroy(skel);
	return 0;
}
