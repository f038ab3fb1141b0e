/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Running a program for packets once, on one of 64 zeros, without attaching it. */
#ifndef LSKEL_SELFTESTS_RUN_PACKET_H
#define LSKEL_SELFTESTS_RUN_PACKET_H

#include <lskel/sys.h>

/* Returns what the program returns, or a negative errno. */
static inline int run_on_packet(int prog_fd)
{
	union bpf_attr attr = {};
	char packet[64] = {};
	int err;

	attr.test.prog_fd = (__u32)prog_fd;
	attr.test.data_in = lskel_u64(packet);
	attr.test.data_size_in = sizeof(packet);
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	return err ?: (int)attr.test.retval;
}

#endif /* LSKEL_SELFTESTS_RUN_PACKET_H */
