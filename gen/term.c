// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/term.h. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "term.h"

bool term_has_colours(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(out)) && (!no || !*no) && term && strcmp(term, "dumb") != 0;
}

const char *term_bold(FILE *out)
{
	return term_has_colours(out) ? "\033[1m" : "";
}

const char *term_red(FILE *out)
{
	return term_has_colours(out) ? "\033[1;31m" : "";
}

const char *term_end(FILE *out)
{
	return term_has_colours(out) ? "\033[0m" : "";
}
