#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The example tools see what happens, on Linux 6.1 and 6.12 in vmtest: requests to a block device, tasks that wait
# for a CPU, a TCP connection, packets that are dropped. The same tools on libbpf see the same. (execwatch is in
# test_examples.sh.)

. selftests/tap.sh

# What the README says of them.
for tool in execwatch biolat runqlat tcplife xdpfilter; do
	LC_ALL=C readelf -lW build/examples/$tool >"$tmp/static" 2>&1
	check "$tool is one static executable" "$(cat "$tmp/static")" \
		sh -c "grep -q LOAD '$tmp/static' && ! grep -q -e INTERP -e DYNAMIC '$tmp/static'"
	LC_ALL=C readelf -dW build/examples/${tool}_dynamic 2>&1 | sed -n 's/.*NEEDED.*\[\(.*\)].*/\1/p' >"$tmp/needed"
	check "$tool needs no library but libc" "$(cat "$tmp/needed")" [ "$(sed 's/\.so\..*//' "$tmp/needed")" = libc ]
done

for tool in qemu-system-x86_64 xz; do
	if ! have $tool; then
		skip "the example tools" "no $tool"
		exit 0
	fi
done

# section NAME: what the tool printed.
section() {
	sed -n "/^== $1\$/,/^== /{/^== /d;p;}" "$tmp/out"
}

# says NAME PATTERN WHAT
says() {
	section "$1" >"$tmp/section"
	check "$kernel, $on: $1 $3" "$(cat "$tmp/section")" grep -qE "$2" "$tmp/section"
}

for kernel in 6.1 6.12; do
	scripts/get-kernel $kernel build/kernels >&2 || {
		skip "$kernel: the example tools" "no such kernel"
		continue
	}
	modules=
	for module in configfs null_blk; do
		find build/kernels/$kernel/modules/ -name "$module.ko*" -exec cp {} "$tmp/" \;
		[ ! -e "$tmp/$module.ko.xz" ] || xz -dcf "$tmp/$module.ko.xz" >"$tmp/$module.ko"
		modules="$modules --module $tmp/$module.ko"
	done
	for suffix in "" _skel_static; do
		on=lskel
		[ -z "$suffix" ] || on=libbpf
		if [ ! -x build/examples/biolat$suffix ]; then
			skip "$kernel, $on: the example tools" "no bpftool when they were built"
			continue
		fi
		# shellcheck disable=SC2086 # two words a module
		scripts/vmtest --kernel $kernel $modules --file build/examples --file selftests/tools_events \
			-- selftests/tools_events "$suffix" >"$tmp/out" 2>"$tmp/err"
		status=$?
		check "$kernel, $on: the tools run" "status $status: $(cat "$tmp/out" "$tmp/err" | tail -n 5)" [ $status = 0 ]
		says biolat '^ +[0-9]+ - [0-9]+ +[1-9][0-9]* \|' "counts requests"
		says runqlat '^ +[0-9]+ - [0-9]+ +[1-9][0-9]* \|\*+' "counts tasks that wait"
		says tcplife '[1-9][0-9]* nc .* 127\.0\.0\.1:[1-9][0-9]+ -> 127\.0\.0\.1:7777 1[0-9] sent .* ms' \
			"tells of who connects"
		says tcplife '127\.0\.0\.1:7777 -> .*127\.0\.0\.1:[0-9]+ .* 1[0-9] received .* ms' "tells of who accepts"
		says xdpfilter '^127\.0\.0\.9 +3 dropped' "drops what it is told to"
		says xdpfilter '^10\.0\.0\.1 +0 dropped' "and nothing of others"
		says xdpfilter '^[1-9][0-9]* passed' "lets the rest pass"
		says "xdpfilter, from standard input" '^127\.0\.0\.8 +1 dropped' "takes addresses while it runs"
		check "$kernel, $on: no ping goes astray" "$(cat "$tmp/out")" sh -c "! grep -q 'that should' $tmp/out"
	done
	rm -f "$tmp"/*.ko*
done
[ "$failures" = 0 ]
