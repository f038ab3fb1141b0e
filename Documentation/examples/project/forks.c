// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Example of a project: prints how many processes and threads start while it waits.
 *
 * usage: forks [SECONDS]
 */
#include "forks.lskel.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct forks *skel = forks__open();
	int err;

	if (!skel) {
		perror("forks");
		return 1;
	}
	err = forks__load(skel);
	if (!err)
		err = forks__attach(skel);
	if (err) {
		fprintf(stderr, "%s\n", forks__error(skel));
	} else {
		sleep(argc > 1 ? (unsigned int)atoi(argv[1]) : 1);
		printf("%llu forks\n", skel->bss->forks);
	}
	forks__destroy(skel);
	return err ? 1 : 0;
}
