/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All that a generated skeleton includes. */
#ifndef LSKEL_LSKEL_H
#define LSKEL_LSKEL_H

#include <lskel/define.h>

#endif /* LSKEL_LSKEL_H */
