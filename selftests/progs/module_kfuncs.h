/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs of module_kfuncs.bpf.c found, for test_module_kfuncs.c. */
#ifndef LSKEL_SELFTESTS_MODULE_KFUNCS_H
#define LSKEL_SELFTESTS_MODULE_KFUNCS_H

/* So often one program calls one function of a module. */
#define MODULE_CALLS 300

struct module_results {
	/* The length of the packet, from functions of the kernel. */
	int before, kernel_first, kernel_again, kernel_last, behind;
	/* Errors that nf_conntrack gives. */
	int module_first, module_again, often;
	/* What nf_nat returns; whether nf_conntrack took the connection then. */
	int nat, inserted;
};

#endif /* LSKEL_SELFTESTS_MODULE_KFUNCS_H */
