#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# lskel prog load and loadall, with an object and with the blob saved of it: the same pins and programs as bpftool's,
# its words for maps, types and directories; and whatever fails, nothing is left. Nothing is attached here.
#
# In a mount namespace of its own, so that the machine's BPF file systems stay as they are.

if [ -z "${LSKEL_OWN_MOUNTS:-}" ]; then
	. selftests/tap.sh
	if ! build/selftests/can_bpf; then
		skip "prog load" "bpf(2) is not permitted here"
		exit 0
	fi
	LSKEL_OWN_MOUNTS=1 exec unshare -m "$0"
fi
. selftests/tap.sh
lskel=$(pwd)/build/lskel
bpftool=$(command -v bpftool || ls /usr/sbin/bpftool 2>/dev/null)
fs=/sys/fs/bpf
mount -t bpf bpf $fs || exit 1

# describe DIR: names of pins, and of programs and maps there what is not chance.
describe() {
	(cd "$1" 2>/dev/null && for pin in *; do
		[ -e "$pin" ] || continue
		echo "$pin: $("$bpftool" prog show pinned "$1/$pin" 2>/dev/null |
			sed -n '1s/^[0-9]*: \([a-z_]*\)  name \([^ ]*\) .*/\1 \2/p;s/.*xlated \([0-9]*B\).*/\1/p')" \
			"$("$bpftool" map show pinned "$1/$pin" 2>/dev/null |
			sed -n '1s/^[0-9]*: \([a-z_]*\)  name \([^ ]*\) .*/\1 \2/p;s/^\t\(key.*max_entries [0-9]*\).*/\1/p')" | tr -s ' \n' ' '
		echo
	done)
}

# refuses NAME PATTERN ARG...: status 1, a message, and no pin, directory or mount is left; so nothing is left in the
# kernel either, where only pins outlive a process that attaches nothing.
refuses() {
	name=$1 pattern=$2
	shift 2
	: >"$tmp/refuses"
	: >"$tmp/err"
	before=$(find $fs "$tmp" | sort; cat /proc/mounts)
	$lskel "$@" >"$tmp/refuses" 2>"$tmp/err"
	status=$?
	after=$(find $fs "$tmp" | sort; cat /proc/mounts)
	if [ $status != 1 ] || ! grep -q -- "$pattern" "$tmp/err"; then
		fail "$name" "status $status, $(cat "$tmp/err")"
	elif [ "$before" != "$after" ]; then
		fail "$name" "something is left: $(printf '%s\n%s\n' "$before" "$after" | sort | uniq -u)"
	else
		pass "$name"
	fi
}

rich=build/selftests/rich.bpf.o
if [ -n "$bpftool" ]; then
	same=0 seen=0
	for object in rich maps_only bare many settings fallbacks ksym_func /usr/lib/*/bpf/xdp-dispatcher.o \
		/usr/lib/*/bpf/xdpfilt_alw_all.o; do
		case $object in /*) file=$object ;; *) file=build/selftests/$object.bpf.o ;; esac
		"$bpftool" prog loadall "$file" $fs/theirs pinmaps $fs/their_maps >"$tmp/log" 2>&1 || {
			find $fs -mindepth 1 ! -name '*.debug' -delete # bpftool leaves what it has pinned
			continue
		}
		seen=$((seen + 1))
		$lskel gen blob "$file" >"$tmp/blob"
		for what in "$file" "$tmp/blob"; do
			$lskel prog loadall "$what" $fs/ours pinmaps $fs/our_maps 2>&1 | sed 's/^/# /'
			for dir in s _maps; do
				[ $dir = s ] && ours=ours theirs=theirs || ours=our_maps theirs=their_maps
				{ [ -d "$fs/$theirs" ] && echo there; describe "$fs/$theirs"; } >"$tmp/theirs" 2>&1
				{ [ -d "$fs/$ours" ] && echo there; describe "$fs/$ours"; } >"$tmp/ours" 2>&1
				if cmp -s "$tmp/theirs" "$tmp/ours"; then
					same=$((same + 1))
				else
					diff "$tmp/theirs" "$tmp/ours" | sed "s|^|# $what: |"
				fi
			done
			rm -rf $fs/ours $fs/our_maps
		done
		rm -rf $fs/theirs $fs/their_maps
	done
	check "the same pins, programs and maps as bpftool, of objects and of blobs" "$same of $((4 * seen))" \
		[ "$same,$((seen > 4))" = "$((4 * seen)),1" ]

	"$bpftool" prog load $rich $fs/theirs && $lskel prog load $rich $fs/ours
	check "load pins the first program as bpftool does" "" \
		[ "$("$bpftool" prog show pinned $fs/theirs | sed -n '1s/.*name \([^ ]*\) .*/\1/p')" = \
		"$("$bpftool" prog show pinned $fs/ours | sed -n '1s/.*name \([^ ]*\) .*/\1/p')" ]
	rm $fs/theirs $fs/ours
	"$bpftool" prog load build/selftests/bare.bpf.o $fs/theirs type action 2>"$tmp/log"
	$lskel prog load build/selftests/bare.bpf.o $fs/ours type action
	check "type makes it one of another type, as for bpftool" "$(cat "$tmp/log")" \
		[ "$("$bpftool" prog show pinned $fs/theirs | cut -d' ' -f2 | head -n 1)" = \
		"$("$bpftool" prog show pinned $fs/ours | cut -d' ' -f2 | head -n 1)" ]
	rm -f $fs/theirs $fs/ours
else
	skip "comparison with bpftool" "no bpftool"
fi

# A map that is there already, in every way to say so.
map_id() {
	"$bpftool" -j map show pinned "$1" | sed 's/.*"id":\([0-9]*\).*/\1/'
}
$lskel prog loadall $rich $fs/first pinmaps $fs/maps
idx=$("$bpftool" -j prog show pinned $fs/first/enter >/dev/null && $lskel -j show $rich | sed 's/.*"maps":\[//' |
	tr '{' '\n' | grep '"name"' | grep -n '"name":"counts"' | cut -d: -f1)
idx=$((idx - 1))
id=$(map_id $fs/maps/counts)
for words in "map idx $idx $fs/maps/counts" "map name counts $fs/maps/counts" "map name counts pinned $fs/maps/counts" \
	"map idx $idx id $id" "map n counts i $id"; do
	# shellcheck disable=SC2086 # words
	$lskel prog loadall $rich $fs/second $words pinmaps $fs/second_maps
	check "another map: $words" "" [ "$(map_id $fs/second_maps/counts)" = "$id" ]
	rm -rf $fs/second $fs/second_maps
done
refuses "a map that is not there" "no map 'nobody'" prog load $rich $fs/x map name nobody $fs/maps/counts
refuses "a number of a map that is not there" 'no map number 99' prog load $rich $fs/x map idx 99 $fs/maps/counts
refuses "a map that is given twice" 'twice' prog load $rich $fs/x map name counts $fs/maps/counts map idx $idx id "$id"
refuses "a program in place of a map" 'is no map' prog load $rich $fs/x map name counts $fs/first/enter
refuses "no such pin" 'No such file' prog load $rich $fs/x map name counts $fs/nowhere
refuses "no such id" "id '4000000000'" prog load $rich $fs/x map name counts id 4000000000
refuses "no such device" "no network device 'nodev'" prog load $rich $fs/x offload_dev nodev
refuses "two devices" 'once' prog load $rich $fs/x offload_dev lo xdpmeta_dev lo
refuses "a device that nothing can be offloaded to" 'failed to' prog load $rich $fs/x offload_dev lo
refuses "a device without XDP metadata" 'failed to' prog load build/selftests/autoattach.bpf.o $fs/x xdpmeta_dev lo
refuses "no such type" "'zzz' is no type" prog load $rich $fs/x type zzz
refuses "unknown words" "got 'zzz'" prog load $rich $fs/x zzz
refuses "no path" 'missing' prog load $rich
rm -rf $fs/first $fs/maps

# All or nothing.
refuses "a program that the verifier refuses" 'out_of_bounds' prog load build/selftests/bad_access.bpf.o $fs/x
refuses "the same with directories to make" 'out_of_bounds' \
	prog loadall build/selftests/bad_access.bpf.o $fs/x pinmaps $fs/y
mkdir "$tmp/mnt"
refuses "the same with a file system to mount" 'out_of_bounds' \
	prog loadall build/selftests/bad_access.bpf.o "$tmp/mnt/x" pinmaps $fs/y
mkdir $fs/taken && $lskel prog load build/selftests/bare.bpf.o $fs/taken/on_switch
refuses "a pin that is taken, behind others" "'on_switch' as.*File exists" prog loadall $rich $fs/taken pinmaps $fs/y
rm -rf $fs/taken
mkdir $fs/taken && $lskel prog load build/selftests/bare.bpf.o $fs/taken/rich_bss
refuses "a map's pin that is taken" "'rich.bss'.*File exists" prog loadall $rich $fs/x pinmaps $fs/taken
refuses "a pin that exists is not loaded for" "it exists" prog load $rich $fs/taken/rich_bss
rm -rf $fs/taken
refuses "maps that the object pins by name stay where they are" 'by the object itself' \
	prog loadall build/selftests/pinned.bpf.o $fs/x pinmaps $fs/y
mkdir $fs/x && $lskel prog load build/selftests/bare.bpf.o \
	"$fs/x/$($lskel -j show build/selftests/pinned.bpf.o | sed 's/.*"programs":\[{"name":"\([^"]*\)".*/\1/')"
refuses "maps pinned by name are taken back, too" 'File exists' prog loadall build/selftests/pinned.bpf.o $fs/x
rm -rf $fs/x
refuses "--nomount says not to mount" 'nomount' prog load -n $rich "$tmp/mnt/x"
refuses "a directory that does not exist" 'does not exist' prog load $rich $fs/no/such
refuses "a name with a '.'" "may have a '.'" prog load $rich $fs/a.b
refuses "a header is for a compiler" 'not a BPF object' prog load build/selftests/rich.lskel.h $fs/x
$lskel prog load $rich "$tmp/mnt/x"
check "a BPF file system is mounted where there is none" "" [ -e "$tmp/mnt/x" ]
umount "$tmp/mnt"

# A blob that was changed is not loaded.
$lskel gen blob $rich >"$tmp/blob"
printf 'X' | dd of="$tmp/blob" bs=1 seek=3000 conv=notrunc 2>/dev/null
refuses "a damaged blob" 'damaged' prog load "$tmp/blob" $fs/x
$lskel gen blob $rich >"$tmp/blob"
refuses "types are for objects" 'have their types' prog load "$tmp/blob" $fs/x type xdp

$lskel prog load -L $rich
check "-L loads and pins nothing" "$(ls $fs)" [ -z "$(find $fs -mindepth 1 ! -name '*.debug')" ]
$lskel -j prog loadall $rich $fs/x >"$tmp/json"
check "-j tells what is pinned" "$(cat "$tmp/json")" \
	grep -q "{\"name\":\"enter\",\"id\":[0-9]*,\"pinned\":\"$fs/x/enter\",\"attached\":false}" "$tmp/json"
rm -rf $fs/x
# prints_json STATUS ARG...: all of stdout is JSON, with the error if there is one.
prints_json() {
	expected=$1
	shift
	for option in -j -p '-j -d'; do
		# shellcheck disable=SC2086 # words
		$lskel $option "$@" >"$tmp/json" 2>/dev/null
		status=$?
		check "lskel $option $*: JSON, status $expected" "status $status, $(head -c 200 "$tmp/json")" \
			sh -c "[ $status = $expected ] && build/selftests/json_cmds <'$tmp/json' >/dev/null &&
				{ [ $status = 0 ] || grep -q '\"error\":' '$tmp/json'; }"
		rm -rf $fs/x $fs/y
	done
}
prints_json 0 prog load $rich $fs/x
prints_json 0 prog loadall $rich $fs/x pinmaps $fs/y
prints_json 0 prog load -L $rich
prints_json 1 prog load build/selftests/bad_access.bpf.o $fs/x
prints_json 1 prog loadall build/selftests/bad_access.bpf.o $fs/x
prints_json 1 prog load $rich $fs/a.b
$lskel -d prog load build/selftests/bare.bpf.o $fs/x 2>"$tmp/err"
check "-d tells what the verifier says" "$(cat "$tmp/err")" grep -q 'processed [0-9]* insns' "$tmp/err"

# A load that takes a while shows how far it is, on a terminal only, and wipes that away.
if have script; then
	start=$(date +%s)
	script -qec "$lskel prog load -L build/selftests/slow.bpf.o" "$tmp/typescript" </dev/null >/dev/null 2>&1
	status=$?
	if ! grep -q 'loading slow' "$tmp/typescript" && [ $(($(date +%s) - start)) -lt 2 ]; then
		skip "progress on a terminal" "this machine is too fast"
	else
		check "progress on a terminal" "$(cat "$tmp/typescript")" \
			grep -q "loading slow: program [0-9]* of 16, 'slow_[0-9]*', [0-9]* s" "$tmp/typescript"
		check "which is gone at the end" "status $status" \
			sh -c "[ $status = 0 ] && tail -n 2 '$tmp/typescript' | tr '\r' '\n' | grep -qx '$(printf '\033')\[K.*'"
	fi
	$lskel prog load -L build/selftests/slow.bpf.o >"$tmp/out" 2>&1
	check "but not in a file" "$(cat "$tmp/out")" [ ! -s "$tmp/out" ]
else
	skip "progress on a terminal" "no script"
fi
[ "$failures" = 0 ]
