#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# lskel prog load and loadall with autoattach, in vmtest: links are pinned where bpftool pins them, programs that
# their sections don't say a place for are pinned themselves; they run as long as the pins are there; and if one can't
# be attached, none is, and nothing is left.

fs=/sys/fs/bpf
if [ "${1:-}" = inside ]; then
	. selftests/tap.sh
	lskel=build/lskel bpftool=$2 object=build/selftests/autoattach.bpf.o
	link_type() {
		$bpftool link show pinned "$1" 2>&1 | sed -n '1s/^[0-9]*: \([a-z_]*\).*/\1/p'
	}
	links() {
		$bpftool link show | grep -c '^[0-9]'
	}
	before="$(links) $($bpftool prog show | grep -c '^[0-9]')"
	for what in $object blob; do
		if [ "$what" = blob ]; then
			$lskel gen blob $object >"$tmp/blob"
			file=$tmp/blob
		else
			file=$object
		fi
		check "loadall autoattach of an $what" "" \
			$lskel prog loadall "$file" $fs/all autoattach pinmaps $fs/maps
		check "$what: a raw tracepoint's link is pinned" "$(ls -R $fs)" [ "$(link_type $fs/all/on_raw)" = raw_tracepoint ]
		check "$what: a BTF tracepoint's link is pinned" "$($bpftool link show pinned $fs/all/on_btf 2>&1)" [ "$(link_type $fs/all/on_btf)" = raw_tracepoint ]
		check "$what: a tracepoint's link is pinned" "$($bpftool link show pinned $fs/all/on_tp 2>&1)" \
			[ "$(link_type $fs/all/on_tp)" = perf_event ]
		check "$what: a program without a place is pinned itself" "$($bpftool prog show pinned $fs/all/pass 2>&1)" \
			sh -c "$bpftool prog show pinned $fs/all/pass | grep -q '^[0-9]*: xdp'"
		$bpftool map dump pinned $fs/maps/autoatta_bss >"$tmp/first" 2>&1
		ls / >/dev/null
		$bpftool map dump pinned $fs/maps/autoatta_bss >"$tmp/second" 2>&1
		# Each counter has another value now.
		same=$(grep hits "$tmp/second" | grep -cxF "$(grep hits "$tmp/first")")
		check "$what: the programs run" "$(cat "$tmp/first" "$tmp/second")" \
			[ "$same,$(grep -c hits "$tmp/second")" = 0,3 ]
		rm -r $fs/all $fs/maps
		sleep 1
		check "$what: without pins, nothing is left" "$($bpftool prog show)" \
			[ "$before" = "$(links) $($bpftool prog show | grep -c '^[0-9]')" ]
	done
	check "load autoattach pins the first program's link" "" $lskel prog load $object $fs/one autoattach
	check "it is that" "" [ "$(link_type $fs/one)" = raw_tracepoint ]
	rm $fs/one
	$lskel prog loadall build/selftests/autoattach_nowhere.bpf.o $fs/all autoattach pinmaps $fs/maps 2>"$tmp/err"
	status=$?
	check "one that can't be attached is an error" "$status $(cat "$tmp/err")" \
		sh -c "[ $status = 1 ] && grep -q 'nowhere' '$tmp/err'"
	sleep 1
	check "then nothing is left" "$(ls -R $fs; $bpftool link show; $bpftool prog show)" \
		[ "$before $(find $fs -mindepth 1 ! -name '*.debug')" = "$(links) $($bpftool prog show | grep -c '^[0-9]') " ]
	[ "$failures" = 0 ]
	exit
fi

. selftests/tap.sh
bpftool=$(command -v bpftool || ls /usr/sbin/bpftool 2>/dev/null)
if [ -z "$bpftool" ] || ! have qemu-system-x86_64; then
	skip "autoattach" "no bpftool or no qemu"
	exit 0
fi
for kernel in 6.1 6.12; do
	scripts/get-kernel $kernel build/kernels >&2 || {
		skip "autoattach on $kernel" "no such kernel"
		continue
	}
	scripts/vmtest --kernel $kernel --file build/lskel --file "$bpftool" --file selftests \
		--file build/selftests/autoattach.bpf.o --file build/selftests/autoattach_nowhere.bpf.o -- \
		selftests/test_autoattach.sh inside "$bpftool" >"$tmp/out"
	status=$?
	sed "s/^\(\(not \)\{0,1\}ok - \)/\1[$kernel] /" "$tmp/out"
	check "[$kernel] all came to its end" "status $status" \
		sh -c "[ $status = 0 ] && [ $(grep -c '^ok' "$tmp/out") = 18 ]"
done
[ "$failures" = 0 ]
