/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that a generated skeleton includes.
 *
 * What an application may call are the functions of its skeleton (see <lskel/define.h>) and those whose
 * comment has a line "Since: lskel VERSION". Each of these has a page in Documentation/man3. All others are
 * for generated headers and for the run time itself, and may change with any version; a header that has no
 * others says "Internal" at its top.
 */
#ifndef LSKEL_LSKEL_H
#define LSKEL_LSKEL_H

#include <lskel/define.h>

#endif /* LSKEL_LSKEL_H */
