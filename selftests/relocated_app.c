// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An application for selftests/test_relocate.sh: loads the example execwatch and says which form was used.
 *
 * usage: relocated_app [DIRECTORY-OF-THE-CACHE]; the latter if CACHE is defined.
 */
#include <stdio.h>
#include <string.h>

#include "relocated_app.h" /* of the test's making */

int main(int argc, char **argv)
{
	struct execwatch *skel = execwatch__open();

	if (!skel)
		return 1;
#ifdef CACHE
	if (argc > 1 && execwatch__use_cache(skel, argv[1]))
		printf("cache: %s\n", strerror(errno));
#else
	(void)argc;
	(void)argv;
#endif
	if (execwatch__load(skel)) {
		printf("%s\n", execwatch__error(skel));
		return 1;
	}
	printf("%s form\n", skel->ctx.cache	? "cached" :
			    skel->ctx.relocated ? "built-in" :
						  "portable");
	execwatch__destroy(skel);
	return 0;
}
