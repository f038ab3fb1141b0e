#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The generator under ASan, UBSan and leak detection, with all objects at hand: each gives a skeleton
# and a trace, or is refused with a message, and no sanitizer has anything to say.

. selftests/tap.sh
lskel=build/asan/lskel
export ASAN_OPTIONS=detect_leaks=1:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1:exitcode=99

# Leak detection wants ptrace(2), which a sandbox may forbid.
$lskel version >"$tmp/out" 2>"$tmp/log" || {
	skip "no memory leaks" "$(head -n 1 "$tmp/log")"
	ASAN_OPTIONS=detect_leaks=0:exitcode=99
}

# clean_run OBJECT ARG...: the verdict on one run, empty if all is well. Counts skeletons and refusals.
refused=0 accepted=0
clean_run() {
	object=$1
	shift
	timeout 60 $lskel "$@" >"$tmp/out" 2>"$tmp/log"
	status=$?
	if grep -q -e Sanitizer -e 'runtime error' "$tmp/log"; then
		fail "$object" "$* $(grep -e SUMMARY -e 'runtime error' "$tmp/log")"
	elif [ $status = 0 ]; then
		accepted=$((accepted + 1))
	elif [ $status = 1 ] && grep -q '^lskel: ' "$tmp/log" &&
		! grep -qv '^{"error":".*"}$' "$tmp/out"; then	# with -j, the message once more
		refused=$((refused + 1))
	else
		fail "$object" "$*: status $status, $(cat "$tmp/log")"
	fi
}

count=0
for object in build/gen/loader_*.o build/progs/*.bpf.o build/examples/*.bpf.o \
	      build/selftests/*.bpf.o build/selftests/fixtures/*.bpf.o /usr/lib/*/bpf/*.o; do
	[ "$(head -c 4 "$object" 2>/dev/null | tail -c 3)" = ELF ] || continue
	count=$((count + 1))
	clean_run "$object" gen skeleton "$object" name sanitized
	clean_run "$object" gen skeleton "$object" name sanitized --standalone
	clean_run "$object" gen trace "$object"
	clean_run "$object" gen trace "$object" -j
done
# The kernel's, of which there are many.
for object in build/selftests/objects/*.bpf.o; do
	[ -e "$object" ] || continue
	count=$((count + 1))
	clean_run "$object" gen skeleton "$object" name sanitized
	clean_run "$object" gen trace "$object" -j
done
check "$count objects: $accepted times output, $refused times a refusal, nothing else" \
	"$failures failures" [ "$failures" = 0 ]
[ "$failures" = 0 ]
