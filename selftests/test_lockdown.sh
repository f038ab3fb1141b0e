#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/test_lockdown.c, and attaching, in a vmtest kernel that is locked down for confidentiality.

. selftests/tap.sh
test="lockdown=confidentiality"

if ! have qemu-system-x86_64; then
	skip "$test" "no qemu-system-x86_64"
	exit 0
fi
for program in build/selftests/test_lockdown build/selftests/test_attach_kinds; do
	scripts/vmtest --kernel 6.12 --append lockdown=confidentiality -- $program >"$tmp/out"
	status=$?
	sed "s/^\(not \)\?ok - /&$test: /" "$tmp/out"
	check "$test: ${program##*/} comes to its end" "status $status" [ $status = 0 ]
done
exit $((failures > 0))
