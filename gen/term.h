/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Colours, on terminals only, and not where NO_COLOR (https://no-color.org) or TERM=dumb says no. */
#ifndef LSKEL_GEN_TERM_H
#define LSKEL_GEN_TERM_H

#include <stdbool.h>
#include <stdio.h>

bool term_has_colours(FILE *out);

/* What begins bold or red text on @out, and ends it; or "". */
const char *term_bold(FILE *out);
const char *term_red(FILE *out);
const char *term_end(FILE *out);

#endif /* LSKEL_GEN_TERM_H */
