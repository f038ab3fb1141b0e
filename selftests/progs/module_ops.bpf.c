// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* struct_ops of a module: those of bpf_testmod, which calls test_2 when they are registered. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Two flavors with another order than the module has, that share a program. */
struct bpf_testmod_ops___one {
	int data;
	void (*test_2)(int a, int b);
	int (*test_1)(void);
};

struct bpf_testmod_ops___two {
	int (*test_1)(void);
	void (*test_2)(int a, int b);
	void (*in_no_module)(void);
};

int test_1_runs, sum;

SEC("struct_ops/test_1")
int BPF_PROG(ops_test_1)
{
	test_1_runs++;
	return 0;
}

SEC("struct_ops/test_2")
void BPF_PROG(ops_test_2, int a, int b)
{
	sum = a + b;
}

SEC(".struct_ops.link")
struct bpf_testmod_ops___one one = {
	.data = 3,
	.test_1 = (void *)ops_test_1,
	.test_2 = (void *)ops_test_2,
};

SEC(".struct_ops.link")
struct bpf_testmod_ops___two two = {
	.test_1 = (void *)ops_test_1,
};

char _license[] SEC("license") = "GPL";
