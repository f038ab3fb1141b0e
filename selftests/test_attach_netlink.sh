#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/test_attach_netlink.c in vmtest, with the modules that it needs, which Debian's kernels have.

. selftests/tap.sh
program=build/selftests/test_attach_netlink

for version in 6.1 6.12; do
	test="filters of traffic control on $version"
	if ! have qemu-system-x86_64 || ! have xz; then
		skip "$test" "no qemu-system-x86_64 or xz"
		continue
	fi
	scripts/get-kernel $version build/kernels >&2 || {
		skip "$test" "no kernel $version"
		continue
	}
	modules=
	for module in sch_ingress cls_bpf veth; do
		file=$tmp/$version-$module.ko
		find build/kernels/$version/modules/ -name "$module.ko" -exec cat {} + >"$file"
		[ -s "$file" ] || find build/kernels/$version/modules/ -name "$module.ko.xz" -exec xz -dc {} + >"$file"
		[ ! -s "$file" ] || modules="$modules --module $file"
	done
	# shellcheck disable=SC2086 # a list
	scripts/vmtest --kernel $version $modules -- $program >"$tmp/out"
	sed "s/^\(not \)*ok - /&$version: /" "$tmp/out"
	check "$test: the run came to its end, and skipped nothing" "$(cat "$tmp/out")" \
		[ "$(grep -c 'leaves no fd\|SKIP' "$tmp/out")" = 1 ]
	! grep -q '^not ok' "$tmp/out" || failures=1
done
[ "$failures" = 0 ]
