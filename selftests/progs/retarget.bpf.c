// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs for what no kernel has, until the application names something else. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tp_btf/lskel_missing")
int on_missing(void *ctx)
{
	return 0;
}

SEC("tp_btf/lskel_missing")
int on_missing_too(void *ctx)
{
	return 0;
}

SEC("tp_btf")
int on_anything(void *ctx)
{
	return 0;
}

SEC("?iter")
int for_anything(void *ctx)
{
	return 0;
}

SEC("?iter/vmlinux:task")
int for_tasks(void *ctx)
{
	return 0;
}

SEC("?tp_btf/lskel_module:lskel_missing")
int on_module(void *ctx)
{
	return 0;
}

SEC("?raw_tp")
int on_raw(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
