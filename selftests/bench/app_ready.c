// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A skeleton of lskel that is CO-RE-relocated for this kernel ahead of the load. */
#define BENCH_READY
#include "app_lskel.c"
