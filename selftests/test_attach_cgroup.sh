#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/test_attach_cgroup*.c in vmtest, on kernels that run with the BPF LSM, which programs of lsm_cgroup need.

. selftests/tap.sh

for version in 6.1 6.12; do
	test="programs of cgroups on $version"
	if ! have qemu-system-x86_64; then
		skip "$test" "no qemu-system-x86_64"
		continue
	fi
	scripts/get-kernel $version build/kernels >&2 || {
		skip "$test" "no kernel $version"
		continue
	}
	for program in test_attach_cgroup test_attach_cgroup_rules; do
		scripts/vmtest --kernel $version --append lsm=capability,bpf --file build/selftests/attach_cgroup.bpf.o \
			-- build/selftests/$program >"$tmp/out"
		sed "s/^\(not \)*ok - /&$version: /" "$tmp/out"
		check "$test: $program came to its end, and skipped nothing" "$(cat "$tmp/out")" \
			[ "$(grep -c 'the cgroups can be removed\|SKIP' "$tmp/out")" = 1 ]
		! grep -q '^not ok' "$tmp/out" || failures=1
	done
done
[ "$failures" = 0 ]
