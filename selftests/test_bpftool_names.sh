#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The struct of a skeleton has the members that bpftool's light skeleton has, with the same names and
# types and in the same order, for every object of which bpftool can make one.

. selftests/tap.sh
lskel=build/lskel
bpftool=$(command -v bpftool || ls /usr/sbin/bpftool 2>/dev/null)
if [ -z "$bpftool" ]; then
	skip "skeletons have the members that bpftool's have" "no bpftool"
	exit 0
fi

# members: of the struct of a skeleton, with bpftool's names for types of the run time. Structs without
# members are left out: bpftool with a libbpf before 1.2 has them for data that is all static.
members() {
	sed -n '/^struct x {/,/^};/p' "$1" | sed -e 's/struct lskel_ctx/struct bpf_loader_ctx/' \
		-e 's/struct lskel_map /struct bpf_map_desc /' \
		-e 's/struct lskel_prog \*/struct bpf_program */' \
		-e 's/struct lskel_prog /struct bpf_prog_desc /' \
		-e 's/\<_Bool\>/bool/g' -e 's/ __attribute__((packed));/;/' |
		sed -e '/^\tstruct x__[^ ]* {$/{N;/\n\t} /d}'
}

# without_hidden FILE: without what only one of the two has because libbpf has learnt since 1.1: that
# hidden variables are no members, and that there are sections .bss.NAME.
without_hidden() {
	grep '^	struct x__' "$tmp/lskel" >"$tmp/structs"
	awk -v structs="$tmp/structs" '
		BEGIN { while ((getline line < structs) > 0) common[line] = 1 }
		/^\tstruct x__/ && !($0 in common) { leave_out = 1 }
		!leave_out && !/ bss_[^ ]*;$/
		/^\t} \*/ { leave_out = 0 }' "$1"
}

# compare OBJECT FILTER
compare() {
	$lskel gen skeleton "$1" name x >"$tmp/lskel.h" 2>/dev/null || return
	if ! "$bpftool" gen skeleton -L "$1" name x >"$tmp/bpftool.h" 2>/dev/null; then
		none=$((none + 1))
		return
	fi
	# Before 7.5 it knows some struct_ops maps only, and nothing of what may be set in them.
	if grep -q '^	} struct_ops;' "$tmp/lskel.h" && ! grep -q '^	} struct_ops;' "$tmp/bpftool.h"; then
		none=$((none + 1))
		return
	fi
	members "$tmp/lskel.h" >"$tmp/lskel"
	members "$tmp/bpftool.h" >"$tmp/bpftool"
	$2 "$tmp/lskel" >"$tmp/lskel.members"
	$2 "$tmp/bpftool" >"$tmp/bpftool.members"
	count=$((count + 1))
	cmp -s "$tmp/bpftool.members" "$tmp/lskel.members" ||
		fail "members of the skeleton of $1" "$(diff "$tmp/bpftool.members" "$tmp/lskel.members")"
}

count=0 none=0
for object in build/selftests/fixtures/*.bpf.o build/selftests/*.bpf.o build/examples/*.bpf.o; do
	[ ! -e "$object" ] || compare "$object" cat
done 2>/dev/null
check "$count skeletons of our own have the members that bpftool's have" "$failures have not" \
	[ "$failures" = 0 ]
own=$failures failures=0 count=0
for object in build/selftests/objects/*.bpf.o /usr/lib/*/bpf/*.o; do
	[ ! -e "$object" ] || compare "$object" without_hidden
done 2>/dev/null
check "$count of others, too ($none that bpftool can't make)" "$failures have not" [ "$failures" = 0 ]

# scripts/bpftool is bpftool, but for gen skeleton -L.
object=build/selftests/fixtures/rich.bpf.o
for words in "gen skeleton -L $object name x" "-L gen skeleton $object name x" \
	     "gen skeleton --use-loader $object name x" "g sk $object name x -L"; do
	# shellcheck disable=SC2086 # words
	scripts/bpftool $words >"$tmp/bpftool.h" 2>"$tmp/log"
	$lskel gen skeleton -L $object name x | cmp -s - "$tmp/bpftool.h"
	check "scripts/bpftool: $(echo "$words" | sed "s,$object,FILE,") is lskel's" "$(cat "$tmp/log")" [ $? = 0 ]
done
for words in version "gen skeleton $object" "-L version" "gen -L help" "net -L"; do
	# shellcheck disable=SC2086 # words
	scripts/bpftool $words >"$tmp/ours" 2>&1
	# shellcheck disable=SC2086 # words
	"$bpftool" $words 2>&1 | sed 's,/usr/sbin/bpftool,bpftool,' >"$tmp/theirs"
	sed -i 's,/usr/sbin/bpftool,bpftool,' "$tmp/ours"
	check "scripts/bpftool: $(echo "$words" | sed "s,$object,FILE,") is bpftool's" \
		"$(diff "$tmp/theirs" "$tmp/ours")" cmp -s "$tmp/theirs" "$tmp/ours"
done
[ $((own + failures)) = 0 ]
