#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The examples work: they attach, and print what then happens. Attaches, so it is for vmtest.

# matches NAME OUTPUT PATTERN
matches() {
	if echo "$2" | grep -q "$3"; then
		echo "ok - $1"
	else
		echo "not ok - $1: '$3' is not in: $2"
	fi
}

log=$(mktemp)
build/examples/execwatch 3 >"$log" 2>&1 &
while kill -0 $! 2>/dev/null; do
	/bin/busybox usleep 100000
done
wait
matches "execwatch reports an exec, and of which parent" "$(cat "$log")" "busybox  *from  *[0-9]* test_examples"
matches "execwatch reads its counters" "$(cat "$log")" "^[1-9][0-9]* execs, 0 lost"
rm -f "$log"

[ -x build/examples/xdp_dispatcher ] || exit 0
sysctl -qw kernel.bpf_stats_enabled=1
matches "libxdp's dispatcher sees packets" "$(build/examples/xdp_dispatcher 2>&1)" \
	"passed [1-9][0-9]* packets"
