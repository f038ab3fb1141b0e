/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A system call that nobody makes: it stands before and behind those that are to be counted. */
#ifndef LSKEL_BENCH_MARK_H
#define LSKEL_BENCH_MARK_H

#include <sys/syscall.h>

#define MARK	 __NR_getpgid
#define MARK_ARG 0x5eed

#endif /* LSKEL_BENCH_MARK_H */
