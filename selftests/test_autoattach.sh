#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# lskel prog load and loadall with autoattach, in vmtest: links are pinned where bpftool pins them, programs that
# their sections don't say a place for are pinned themselves; they run as long as the pins are there; and if one can't
# be attached, none is, and nothing is left. And with xdpmeta_dev and offload_dev, for which there are devices here.

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
	# The kernel frees links and programs a moment after the last who had them.
	nothing_left() {
		for i in $(seq 100); do
			[ "$before" != "$(links) $($bpftool prog show | grep -c '^[0-9]')" ] || return 0
			/bin/busybox usleep 100000
		done
		return 1
	}
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
		check "$what: without pins, nothing is left" "$($bpftool prog show)" nothing_left
	done
	check "load autoattach pins the first program's link" "" $lskel prog load $object $fs/one autoattach
	check "it is that" "" [ "$(link_type $fs/one)" = raw_tracepoint ]
	rm $fs/one
	$lskel prog loadall build/selftests/autoattach_nowhere.bpf.o $fs/all autoattach pinmaps $fs/maps 2>"$tmp/err"
	status=$?
	check "one that can't be attached is an error" "$status $(cat "$tmp/err")" \
		sh -c "[ $status = 1 ] && grep -q 'nowhere' '$tmp/err'"
	check "then nothing is left" "$(ls -R $fs; $bpftool link show; $bpftool prog show)" nothing_left
	check "and no pin" "$(ls -R $fs)" [ -z "$(find $fs -mindepth 1 ! -name '*.debug')" ]
	/bin/busybox ip link add meta0 type veth peer name meta1
	check "there is a device with XDP metadata" "$(/bin/busybox ip link)" [ -e /sys/class/net/meta0 ]
	$lskel prog loadall $object $fs/all xdpmeta_dev meta0 2>"$tmp/err"
	status=$?
	case $(uname -r) in
	6.1.*) # Linux 6.3 is the first
		check "xdpmeta_dev is an error of the program" "$status" [ $status = 1 ]
		check "that says since when there is that" "$status $(cat "$tmp/err")" \
			sh -c "[ $status = 1 ] && grep -q \"program 'pass'.*Invalid argument\" '$tmp/err' && grep -q 'since Linux 6.3' '$tmp/err'"
		check "and nothing is left" "$(ls -R $fs)" [ ! -e $fs/all ]
		;;
	*)
		check "xdpmeta_dev loads all programs" "$status $(cat "$tmp/err")" \
			[ "$status $(find $fs/all -type f | wc -l)" = '0 4' ]
		# Which only a program of the device may do.
		meta=build/selftests/xdp_metadata.bpf.o
		$lskel prog load $meta $fs/meta 2>"$tmp/err"
		check "a program that asks for metadata needs it" "$(cat "$tmp/err")" \
			sh -c "grep -q \"failed to load program 'stamp'\" '$tmp/err' && [ ! -e $fs/meta ]"
		check "and XDP programs are bound to the device by it" "" $lskel prog load $meta $fs/meta xdpmeta_dev meta0
		;;
	esac
	[ "$failures" = 0 ]
	exit
fi

if [ "${1:-}" = offload ]; then
	. selftests/tap.sh
	bpftool=$2 object=build/selftests/offload.bpf.o
	echo '1 1' >/sys/bus/netdevsim/new_device
	dev=$(ls /sys/bus/netdevsim/devices/netdevsim1/net)
	check "there is a device that takes programs over" "$(ls /sys/class/net)" [ -n "$dev" ]
	# "dev" is the word that every bpftool has.
	$bpftool prog load $object $fs/theirs dev "$dev" pinmaps $fs/their_maps >"$tmp/err" 2>&1
	check "bpftool loads a program for it" "$(cat "$tmp/err")" [ -e $fs/theirs ]
	for word in offload_dev dev; do
		build/lskel prog load $object $fs/ours $word "$dev" pinmaps $fs/our_maps 2>"$tmp/err"
		for what in theirs ours; do
			$bpftool prog show pinned $fs/$what 2>&1
			$bpftool map show pinned $fs/${what%s}_maps/seen 2>&1
		done >"$tmp/shown"
		check "$word: the program and its map are the device's, as bpftool's are" "$(cat "$tmp/err" "$tmp/shown")" \
			[ "$(grep -c "offloaded_to $dev" "$tmp/shown")" = 4 ]
		rm -r $fs/ours $fs/our_maps
	done
	[ "$failures" = 0 ]
	exit
fi

. selftests/tap.sh
bpftool=$(command -v bpftool || ls /usr/sbin/bpftool 2>/dev/null)
if [ -z "$bpftool" ] || ! have qemu-system-x86_64 || ! have xz; then
	skip "autoattach" "no bpftool, no qemu or no xz"
	exit 0
fi
for kernel in 6.1 6.12; do
	scripts/get-kernel $kernel build/kernels >&2 || {
		skip "autoattach on $kernel" "no such kernel"
		continue
	}
	find build/kernels/$kernel/modules/ -name veth.ko -exec cat {} + >"$tmp/veth.ko"
	[ -s "$tmp/veth.ko" ] || find build/kernels/$kernel/modules/ -name veth.ko.xz -exec xz -dc {} + >"$tmp/veth.ko"
	scripts/vmtest --kernel $kernel --module "$tmp/veth.ko" --file build/lskel --file "$bpftool" --file selftests \
		--file build/selftests/autoattach.bpf.o --file build/selftests/autoattach_nowhere.bpf.o --file build/selftests/xdp_metadata.bpf.o -- \
		selftests/test_autoattach.sh inside "$bpftool" >"$tmp/out"
	status=$?
	sed "s/^\(\(not \)\{0,1\}ok - \)/\1[$kernel] /" "$tmp/out"
	check "[$kernel] all came to its end" "status $status" \
		sh -c "[ $status = 0 ] && [ $(grep -c '^ok' "$tmp/out") = 23 ]"
done
# Debian's kernels have no netdevsim.
kernels=$(scripts/selftests-kernel --directory)
if [ ! -e "$kernels/selftests/release" ]; then
	skip "offload_dev" "no kernel of the selftests: scripts/selftests-kernel builds it"
	exit $((failures > 0))
fi
scripts/vmtest --kernel selftests --file build/lskel --file "$bpftool" --file selftests \
	--file build/selftests/offload.bpf.o -- selftests/test_autoattach.sh offload "$bpftool" >"$tmp/out"
status=$?
cat "$tmp/out"
check "offload_dev: all came to its end" "status $status" sh -c "[ $status = 0 ] && [ $(grep -c '^ok' "$tmp/out") = 4 ]"
[ "$failures" = 0 ]
