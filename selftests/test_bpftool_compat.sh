#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# An application written for bpftool's light skeleton does the same with lskel's. With "attach", the
# part that attaches, which is for vmtest. Needs no more than vmtest has.

programs=build/selftests/compat
test="the application does the same with both headers${1:+, attaching}"

if [ ! -x ${programs}_bpftool ]; then
	echo "ok - $test # SKIP no bpftool"
	exit 0
fi
bpftool=$(${programs}_bpftool "$@" 2>&1) || {
	echo "not ok - bpftool's header works${1:+, attaching}: $bpftool"
	exit 1
}
lskel=$(${programs}_lskel "$@" 2>&1)
if [ "$lskel" != "$bpftool" ]; then
	# shellcheck disable=SC2086 # in one line
	echo "not ok - $test: bpftool's:" $bpftool "- lskel's:" $lskel
	exit 1
fi
echo "ok - $test"
