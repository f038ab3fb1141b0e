/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs of ksym_*.bpf.c found, for test_ksyms.c: the only global variable of each. */
#ifndef LSKEL_SELFTESTS_KSYM_RESULTS_H
#define LSKEL_SELFTESTS_KSYM_RESULTS_H

#include <linux/types.h>

/* So often one program calls one kfunc. */
#define KSYM_CALLS 300

/* In place of a number: the symbol is not there, as far as the program sees. */
#define KSYM_ABSENT 0xab5e97

struct ksym_results {
	/* ksym_func, ksym_mixed: the length of the packet, if all is well. */
	__u64 strong;
	__u64 again;
	__u64 weak;
	__u64 weak_missing;
	__u64 flavored;
	__u64 often;
	__u64 mixed;
	/* ksym_mixed, ksym_addr, ksym_zero: addresses. */
	__u64 first, first_again, first_elsewhere;
	__u64 second, weak_present, none, zero;
	/* ksym_mixed: a variable that has the number of the CPU, and that number. */
	__u64 cpu, this_cpu;
};

#endif /* LSKEL_SELFTESTS_KSYM_RESULTS_H */
