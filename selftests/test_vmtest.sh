#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# scripts/vmtest: the command's exit status and output come back, from the kernel that was asked for.

if ! command -v qemu-system-x86_64 >/dev/null; then
	echo "ok - vmtest # SKIP no qemu-system-x86_64"
	exit 0
fi

# expect NAME STATUS OUTPUT ARGS...: what vmtest prints and returns
expect() {
	name=$1 status=$2 output=$3
	shift 3
	got=$(scripts/vmtest "$@" 2>/dev/null)
	got_status=$?
	case $got in
	$output) ;;
	*) echo "not ok - $name: printed '$got'"; return ;;
	esac
	if [ $got_status -ne "$status" ]; then
		echo "not ok - $name: status $got_status instead of $status"
		return
	fi
	echo "ok - $name"
}

expect "exit status comes back" 7 "" -- sh -c 'exit 7'
expect "death by a signal is 128 + its number" 143 "" -- sh -c 'kill -TERM $$'
expect "a command that is not there is 127" 127 "*" -- ./no-such-command
expect "--kernel 6.1 is Linux 6.1" 0 "6.1.*" --kernel 6.1 -- uname -r
expect "--kernel 6.12 is Linux 6.12" 0 "6.12.*" --kernel 6.12 -- uname -r
expect "a module that is none is 126" 126 "insmod:*" --module README.md -- true
expect "too long is 124" 124 "*" --timeout 10 -- sleep 60
