// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Not a test: exits with 0 if this process may do what a skeleton's load does, that is create a map
 * and load a syscall program; else says what it may not and exits with 1.
 */
#include <stdio.h>

#include <lskel/sys.h>

int main(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SYSCALL,
		.prog_flags = BPF_F_SLEEPABLE,
		.insns = lskel_u64(insns),
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = lskel_u64("GPL"),
	};
	int map = lskel_sys_blob_create(4096, 0);
	int prog = lskel_sys_bpf(BPF_PROG_LOAD, &attr);

	if (map < 0)
		fprintf(stderr, "can't create a map: %s\n", strerror(-map));
	if (prog < 0)
		fprintf(stderr, "can't load a program: %s\n", strerror(-prog));
	return map < 0 || prog < 0;
}
