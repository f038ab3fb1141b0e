#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/kselftest-sum: what is worse than expected is a failure that is told, what is not reported is
# not forgotten, and the expected numbers can be read.

. selftests/tap.sh

# result NAME CLASS ERRNO ERRNO: what the fidelity check prints of one object.
result() {
	printf '%s\t%s\t%s\t%s\tthe reason\n' "$@"
}

{
	result a same 0 0
	result b same 0 0
	result c fails-alike 22 22
	result d fails-alike 1 1
	result e refused-and-fails 22 95
	result f too-slow 14 0
} >"$tmp/good"

# sums NAME STATUS PATTERN [OBJECT]...: of $tmp/results with $tmp/expected; of objects a to f by default.
sums() {
	name=$1 status=$2 pattern=$3
	shift 3
	[ $# -gt 0 ] || set -- dir/a.bpf.o dir/b.bpf.o dir/c.bpf.o dir/d.bpf.o dir/e.bpf.o dir/f.bpf.o
	selftests/kselftest-sum 6.12 "$tmp/expected" "$tmp/results" "$tmp/tsv" "$@" >"$tmp/out" 2>&1
	got=$?
	if [ $got -ne "$status" ]; then
		fail "$name" "status $got instead of $status: $(tail -n 5 "$tmp/out")"
	elif ! grep -q -e "$pattern" "$tmp/out"; then
		fail "$name" "does not say '$pattern': $(tail -n 5 "$tmp/out")"
	else
		pass "$name"
	fi
}

cp "$tmp/good" "$tmp/results"
echo "same 6.12 2" >"$tmp/expected"
sums "as many as expected are the same" 0 "^ *2      lskel loads the same"
sums "libbpf's loads are counted" 0 "^ *2    libbpf loads"
sums "and its failures" 0 "^ *3    libbpf fails to load"
sums "a line for an object that is not the same" 0 "^  e: refused-and-fails: the reason"
echo "same 6.12 4" >"$tmp/expected"
sums "many fewer are a failure" 1 "^kselftest: 6.12: 2 objects are the same, 4 are expected"
echo "same 6.12 3" >"$tmp/expected"
sums "one may be too slow" 0 "^kselftest: 6.12: 2 objects are the same, not 3: \"same 6.12 2\" in $tmp/expected"
echo "same 6.12 1" >"$tmp/expected"
sums "more are fine, and how to say so" 0 "\"same 6.12 2\" in $tmp/expected"
echo "same 6.18 9" >"$tmp/expected"
sums "another kernel's number is not for this one" 0 "\"same 6.12 2\""
: >"$tmp/expected"
sums "nothing is expected" 0 "\"same 6.12 2\""

for class in refused differs lskel-fails fails-otherwise libbpf-fails leaks lskel-crashes libbpf-crashes; do
	{ cat "$tmp/good"; result g $class 0 22; } >"$tmp/results"
	: >"$tmp/expected"
	sums "$class is a failure" 1 "^kselftest: 6.12: g: $class" a.o b.o c.o d.o e.o f.o g.o
	echo "except * g $class it is so" >"$tmp/expected"
	sums "$class that has a reason is not" 0 "^  g: $class, as expected: it is so" \
		a.o b.o c.o d.o e.o f.o g.o
done
grep -v too-slow "$tmp/good" >"$tmp/results"
for i in $(seq 18); do
	result "more$i" same 0 0
done >>"$tmp/results"
objects="a.o b.o c.o d.o e.o $(seq -f 'more%g.o' -s ' ' 18)"
echo "same 6.12 21" >"$tmp/expected"
# shellcheck disable=SC2086 # a list
sums "with another release, some fewer are not a failure" 0 "20 objects are the same, not 21: \"same 6.12 20\"" $objects
echo "same 6.12 22" >"$tmp/expected"
# shellcheck disable=SC2086
sums "more than one in twenty are" 1 "^kselftest: 6.12: 20 objects are the same, 22 are expected" $objects

{ cat "$tmp/good"; result g libbpf-crashes 0 22; } >"$tmp/results"
echo "except 6.12 g leaks it is so" >"$tmp/expected"
sums "an exception is for one class" 1 "^kselftest: 6.12: g is libbpf-crashes, not leaks" \
	a.o b.o c.o d.o e.o f.o g.o

# attaches NAME CLASS ERRNO ERRNO: the same of one that is loaded, and attached.
attaches() {
	printf '%s\tsame\t0\t0\t\t%s\t%s\t%s\n' "$@"
}

{
	attaches a same 0 0
	attaches b fails-alike 2 2
	attaches c nothing 0 0
	attaches d not-loaded 0 0
} >"$tmp/attached"
cp "$tmp/attached" "$tmp/results"
echo "attach 6.12 1" >"$tmp/expected"
sums "as many as expected attach the same" 0 "^ *1  attach the same as by libbpf" a.o b.o c.o d.o
echo "attach 6.12 2" >"$tmp/expected"
sums "one fewer that attaches is a failure" 1 "^kselftest: 6.12: 1 objects attach the same, 2 are expected" \
	a.o b.o c.o d.o
for class in differs lskel-fails fails-otherwise libbpf-fails; do
	{ cat "$tmp/attached"; attaches e $class 0 2; } >"$tmp/results"
	: >"$tmp/expected"
	sums "attaching, $class is a failure" 1 "^kselftest: 6.12: e: attach: $class" a.o b.o c.o d.o e.o
	echo "attach-except 6.12 e $class it is so" >"$tmp/expected"
	sums "attaching, $class that has a reason is not" 0 "^  e: $class, as expected: it is so" \
		a.o b.o c.o d.o e.o
done

cp "$tmp/good" "$tmp/results"
echo "Kernel panic - not syncing" >>"$tmp/results"
printf 'h\tsame\t0' >>"$tmp/results"
: >"$tmp/expected"
sums "an object without a whole line is a failure" 1 "^kselftest: 6.12: h: not-reported" \
	a.o b.o c.o d.o e.o f.o h.o
check "the TSV has every object, in order" "$(cut -f 1,2 "$tmp/tsv")" \
	test "$(cut -f 1 "$tmp/tsv" | tr -d '\n')" = abcdefh
: >"$tmp/results"
sums "no results at all are a failure" 1 "^kselftest: 6.12: a: not-reported"
check "kselftest.expected has numbers and reasons only" "a line of another form" \
	sh -c "! grep -Ev '^(#.*|(same|attach) [0-9a-z.-]+ [0-9]+|(attach-)?except [0-9a-z.*-]+ [a-z0-9_]+ [a-z-]+ .+|)$' selftests/kselftest.expected"
