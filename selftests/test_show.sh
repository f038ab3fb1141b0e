#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# lskel gen blob, show and verify: an object, the blob saved of it and its headers are the same thing; what has been
# changed by hand is refused, with the line; and the output is for people or for programs.

. selftests/tap.sh
lskel=build/lskel
blob=$tmp/x.lskel
header=$tmp/x.lskel.h

# without_file FILE: what show -j says of it, but for where it is from.
without_file() {
	$lskel -j show "$1" 2>&1 | sed 's/"file":"[^"]*","kind":"[^"]*",//'
}

hashes() {
	$lskel verify "$1" 2>&1 | grep sha256
}

differing=0 seen=0
for object in build/selftests/*.bpf.o build/selftests/fixtures/*.bpf.o; do
	$lskel gen blob "$object" name same >"$blob" || continue
	without_file "$blob" >"$tmp/show"
	hashes "$blob" >"$tmp/hashes"
	for form in '' --standalone -L; do
		# shellcheck disable=SC2086 # none or one
		$lskel gen skeleton "$object" name same $form >"$header"
		seen=$((seen + 1))
		if [ "$(without_file "$header")" != "$(cat "$tmp/show")" ] ||
			[ "$(hashes "$header")" != "$(cat "$tmp/hashes")" ] ||
			[ "$(wc -l <"$tmp/hashes")" != 2 ]; then
			differing=$((differing + 1))
			echo "# $object $form: $($lskel verify "$header" 2>&1)"
		fi
	done
done
check "blob and headers of an object show and verify as the same" "$differing of $seen" \
	[ "$differing,$((seen > 100))" = 0,1 ]

object=build/selftests/ksym_mixed.bpf.o
cp $object "$tmp/ksym_mixed.o"
$lskel gen blob "$tmp/ksym_mixed.o" >"$tmp/1"
$lskel gen blob $object >"$tmp/2"
check "the same object gives the same blob, wherever it is" "" cmp "$tmp/1" "$tmp/2"
without_file $object >"$tmp/a"
without_file "$tmp/2" >"$tmp/b"
check "an object shows as the blob that is saved of it" "" cmp "$tmp/a" "$tmp/b"
$lskel show $object >"$tmp/out"
for what in 'ksym_mixed.*BPF object' 'needs Linux 6.1 or newer' 'mixed.*SEC("tc")' 'kfunc: bpf_dynptr_from_skb' \
	'variable: process_counts (weak), const unsigned long$' 'helpers: bpf_get_smp_processor_id' '44 operations'; do
	check "show tells: $what" "$(cat "$tmp/out")" grep -q "$what" "$tmp/out"
done
flavored=build/selftests/extern_types_FLAVORS.bpf.o
check "show tells flavors of a kfunc apart" "$($lskel show $flavored | grep kfunc)" test "$($lskel show $flavored |
	sed -n 's/^ *kfunc: bpf_dynptr_size___[bc]//p')" = " (weak), __u32 (const struct bpf_dynptr *)
 (weak), __u32 * (const struct bpf_dynptr *)"
check "so does JSON" "$($lskel -j show $flavored)" sh -c "$lskel -j show $flavored |
	grep -q '\"name\":\"bpf_dynptr_size\",\"kind\":\"kfunc\",\"weak\":true,\"declared\":\"bpf_dynptr_size___d\",\"type\":\"__u32 (void \*)\"'"
$lskel show build/selftests/arena.bpf.o >"$tmp/out"
check "show tells since which Linux there is the newest thing" "$(cat "$tmp/out")" \
	grep -q "needs Linux 6.9 or newer (map 'memory': type arena)" "$tmp/out"

# changed NAME LINE SED: a header that sed has changed is refused, and the line is named.
changed() {
	sed "$3" "$tmp/good.h" >"$header"
	if cmp -s "$header" "$tmp/good.h"; then
		fail "$1" "nothing was changed"
		return
	fi
	message=$($lskel verify "$header" 2>&1)
	status=$?
	case $status,$message in
	1,"lskel: $header:$2: "* | 1,"lskel: $header: "*) pass "$1" ;;
	*) fail "$1" "status $status, $message" ;;
	esac
}
$lskel gen skeleton build/selftests/rich.bpf.o name rich >"$tmp/good.h"
line() {
	grep -n "$1" "$tmp/good.h" | head -n 1 | cut -d: -f1
}
image=$(line 'rich__image\[\]')
changed "another byte in the image of a header is seen" "$((image + 1))" "$((image + 5))s/0/1/"
changed "a directive is seen" "$(line '^struct rich {')" 's/^struct rich {/#define rich poor\n&/'
changed "a comment is seen" 1 's/^struct rich {/\/* *\/ &/'
changed "a directive among types is seen" "$(line 'struct rich__bss {')" 's/^\tstruct rich__bss {/&\n#define x y/'
changed "a member more is seen" "$(line 'struct rich__bss {')" 's/^\tstruct rich__bss {/\tint more;\n&/'
changed "a statement among assertions is seen" "$(($(line '(void)s;') + 1))" 's/^\t(void)s;/&\n\t*(int *)0 = 1;/'
changed "another slot is seen" "$(line 'rich__maps\[\]')" "/rich__maps\\[\\]/,/};/s/, 0, /, 1, /"
changed "a table more is seen" "$(line 'rich__info')" \
	's/^static const struct lskel_info rich__info/static const int more[1];\n&/'
changed "another function is seen" "$(line LSKEL_DEFINE_SKELETON)" \
	's/^LSKEL_DEFINE_SKELETON(rich)/LSKEL_DEFINE_SKELETON(poor)/'
# shellcheck disable=SC2016 # $ is sed's
changed "text behind the end is seen" "$(($(line '#endif /. RICH') + 1))" '$s/$/\nint x;/'
$lskel gen skeleton build/selftests/rich.bpf.o name rich --standalone >"$tmp/good.h"
changed "another run time in a standalone header is seen" "$(line 'close(\*fd)')" 's/close(\*fd)/close(*fd + 1)/'
changed "a header of another lskel is refused" 2 '2s/lskel [0-9.]*\. /lskel 77.7. /'

running=/sys/kernel/btf/vmlinux:/sys/kernel/notes
if $lskel gen skeleton build/selftests/relocated.bpf.o name rich --btf $running --cache >"$tmp/good.h" 2>/dev/null; then
	check "a header with a relocated form is good" "$($lskel verify "$tmp/good.h" 2>&1)" [ "$(hashes "$tmp/good.h" | wc -l)" = 2 ]
	forms=$(($(line rich__forms) + 4))
	changed "a relocated form that was changed is refused" $forms "${forms}s/[0-9]/7/;${forms}s/[a-z]/A/"
else
	skip "relocated forms" "no BTF or build id of this kernel"
fi

# refused NAME PATTERN FILE
refused() {
	message=$($lskel verify "$3" 2>&1)
	status=$?
	check "$1" "status $status, $message" sh -c "[ $status = 1 ] && echo '$message' | grep -q '$2'"
}
refused "what is none of these is refused" "not a BPF object" README.md
refused "so is an empty file" "not a BPF object" /dev/null
object_with_fd=build/kernel-objects/verifier_cgroup_storage.bpf.o
[ ! -e $object_with_fd ] || refused "an fd of some process is seen" "refers to an fd" $object_with_fd
head -c 1000 "$tmp/1" >"$blob"
refused "a blob that is cut short is refused" "cut short" "$blob"

if have python3; then
	for cmd in "show $object" "verify $object" "gen trace $object" version "show /nowhere" \
		"prog load /nowhere /nowhere"; do
		for option in -j -p --json --pretty; do
			# shellcheck disable=SC2086 # words
			$lskel $cmd $option >"$tmp/json" 2>/dev/null
			check "$cmd $option prints JSON" "$(head -c 200 "$tmp/json")" \
				python3 -c "import json; json.load(open('$tmp/json'))"
		done
	done
else
	skip "JSON" "no python3"
fi
$lskel -j verify /nowhere >"$tmp/json" 2>/dev/null
check "an error is in the JSON" "$(cat "$tmp/json")" grep -q '^{"error":".*No such file' "$tmp/json"

escape=$(printf '\033')
$lskel show $object >"$tmp/out"
check "no colours in a file" "" sh -c "! grep -q '$escape' '$tmp/out'"
if have script; then
	TERM=xterm NO_COLOR='' script -qec "$lskel show $object" /dev/null </dev/null >"$tmp/out"
	check "colours on a terminal" "$(cat "$tmp/out")" grep -q "$escape" "$tmp/out"
	TERM=xterm NO_COLOR='' script -qec "$lskel show /nowhere" /dev/null </dev/null >"$tmp/out"
	check "colours of an error on a terminal" "$(cat "$tmp/out")" grep -q "${escape}\[1;31mlskel:" "$tmp/out"
	TERM=xterm NO_COLOR=1 script -qec "$lskel show $object" /dev/null </dev/null >"$tmp/out"
	check "no colours with NO_COLOR" "" sh -c "! grep -q '$escape' '$tmp/out'"
	TERM=dumb NO_COLOR='' script -qec "$lskel show $object" /dev/null </dev/null >"$tmp/out"
	check "no colours on a dumb terminal" "" sh -c "! grep -q '$escape' '$tmp/out'"
else
	skip "colours on a terminal" "no script"
fi
[ "$failures" = 0 ]
