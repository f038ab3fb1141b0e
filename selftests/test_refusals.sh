#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What can't become a skeleton is refused: status 1, nothing on stdout, and a reason that names the
# construct and the map, program or extern. So are files that are no objects, or spoilt ones.

. selftests/tap.sh
objects=build/selftests/refused

# refuses NAME PATTERN ARGUMENT...: of gen skeleton. PATTERN: in a line that is printed.
refuses() {
	name=$1 pattern=$2
	shift 2
	build/lskel gen skeleton "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ $status -ne 1 ]; then
		fail "$name" "status $status: $(cat "$tmp/err")"
	elif [ -s "$tmp/out" ]; then
		fail "$name" "writes to stdout"
	elif ! grep -q -e "^lskel: .*$pattern" "$tmp/err" || grep -q "Unknown error" "$tmp/err"; then
		fail "$name" "does not say '$pattern': $(cat "$tmp/err")"
	else
		pass "$name"
	fi
}

refuses "a kernel symbol with a name of 256 characters" "kernel symbol '\(name_of_16_chars\)\{16\}' is too long" \
	$objects/LONG_NAME.o
clean "one of 255 is not refused" sh -c "build/lskel gen skeleton $objects/LONGEST_NAME.o >/dev/null"

echo "int main;" >"$tmp/text"
: >"$tmp/empty"
head -c 300 build/selftests/rich.bpf.o >"$tmp/truncated"
refuses "a text file" "$tmp/text: " "$tmp/text" name x
refuses "an empty file" "$tmp/empty: " "$tmp/empty" name x
refuses "a truncated object" "$tmp/truncated: " "$tmp/truncated" name x
refuses "a missing file" "$tmp/missing: .*No such file" "$tmp/missing" name x
refuses "a directory" "$tmp: .*directory" "$tmp" name x
refuses "an object for the host" "can_bpf: " build/selftests/can_bpf name x
refuses "the other byte order" "BIG_ENDIAN.o: " $objects/BIG_ENDIAN.o name x
refuses "no file" "which object"
refuses "an unknown option" "unexpected '--nonsense'" --nonsense build/selftests/bare.bpf.o
refuses "two files" "unexpected" build/selftests/bare.bpf.o build/selftests/rich.bpf.o
for bad in 1abc a-b "a b" '' 'a"b' é; do
	refuses "the name '$bad'" "can't be the name" build/selftests/bare.bpf.o name "$bad"
done

# Strings in an object end with a NUL, so that sed -z takes them for lines.
# spoil NAME ACCESSOR: of CORE.o's CO-RE relocation.
spoil() {
	sed -z "s/^0:10\$/$2/" $objects/CORE.o >"$tmp/core.o"
	if cmp -s $objects/CORE.o "$tmp/core.o"; then
		fail "$1" "the accessor of CORE.o is not 0:10"
	else
		refuses "$1" "program 'user': .*accessor '$2'" "$tmp/core.o"
	fi
}

clean "CO-RE without a fault is not refused" \
	sh -c "build/lskel gen skeleton $objects/CORE.o >/dev/null"
spoil "CO-RE: a negative index" "0:-1"
spoil "CO-RE: a negative first index" "-1:0"
spoil "CO-RE: no number" "0::1"
spoil "CO-RE: no last number" "0:1:"
spoil "CO-RE: no first number" ":0:1"
spoil "CO-RE: a letter" "0:1x"
spoil "CO-RE: a blank" "0: 1"
spoil "CO-RE: a plus" "0:+1"

exit $((failures > 0))
