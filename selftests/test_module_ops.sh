#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/test_module_ops.c on Linux 6.12 in vmtest, without and with the kernel's own test module.

. selftests/tap.sh
test="struct_ops of a module"
module=build/kernels/6.12/bpf_testmod.ko
program=build/selftests/test_module_ops

if ! have qemu-system-x86_64; then
	skip "$test" "no qemu-system-x86_64"
	exit 0
fi
if ! selftests/kernel-testmod 6.12 build/kernel-objects/src >&2; then
	skip "$test" "no bpf_testmod.ko"
	exit 0
fi
scripts/vmtest --file $module --file $program -- sh -c "$program; insmod $module && $program module" >"$tmp/out"
cat "$tmp/out"
check "$test: both runs came to their end" "" [ "$(grep -c 'is left' "$tmp/out")" = 2 ]
! grep -q '^not ok' "$tmp/out" && [ "$failures" = 0 ]
