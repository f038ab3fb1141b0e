// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Messages in the making, see loader/message.h. By itself, because who makes one need not know all the others.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdarg.h>
#include <stdio.h>

#include "message.h"

LSKEL_API void lskel_print(struct lskel_text *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text->at, text->left, format, args);
	va_end(args);
	if (len < 0 || !text->left)
		return;
	if ((size_t)len >= text->left)
		len = (int)text->left - 1;
	text->at += len;
	text->left -= (size_t)len;
}
