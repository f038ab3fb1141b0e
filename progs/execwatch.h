/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What execwatch's BPF program tells the application about each exec. */
#ifndef EXECWATCH_H
#define EXECWATCH_H

struct exec_event {
	int pid;
	int parent;
	char comm[16];
	char parent_comm[16];
};

#endif /* EXECWATCH_H */
