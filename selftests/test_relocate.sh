#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Relocation ahead of the load, from the command line to the kernel: "lskel gen skeleton --btf" and --cache,
# "lskel relocate", and which form an application uses on which kernel. Loads need bpf(2) here and vmtest.

. selftests/tap.sh
lskel=build/lskel
object=build/progs/execwatch.bpf.o
running=/sys/kernel/btf/vmlinux:/sys/kernel/notes
vmlinux=build/kernels/6.12/vmlinux
out=build/selftests/relocated
rm -rf $out && mkdir -p $out/cache || exit 1
chmod 755 $out/cache

uapi=$(sed -n 's/^LIBBPF_UAPI := */-isystem /p' build/libbpf.mk)
# app NAME GENERATOR-OPTION...: builds an application whose skeleton was generated with these.
app() {
	app=$1
	shift
	mkdir -p "$tmp/$app" && $lskel gen skeleton $object name execwatch "$@" >"$tmp/$app/relocated_app.h" || return
	case $* in *--cache*) define=-DCACHE ;; *) define=-DNO_CACHE ;; esac
	# shellcheck disable=SC2086 # one option or none
	gcc -O2 -Wall -Wextra -Werror -static $uapi -Iinclude -I"$tmp/$app" $define -o $out/"$app" \
		selftests/relocated_app.c build/liblskel.a
}
# says NAME WHAT COMMAND...: the output of the command, whatever its status, has WHAT in it
says() {
	name=$1 what=$2
	shift 2
	"$@" >"$tmp/says" 2>&1
	if grep -q -e "$what" "$tmp/says"; then pass "$name"; else fail "$name" "$(cat "$tmp/says")"; fi
}
uses() {
	nm $out/"$1" | grep -c -e ' lskel_choose_relocated' -e ' lskel_use_cache' -e ' lskel_running_build_id'
}

check "an application without it is built" "" app plain
check "one with the form for this kernel" "" app builtin --btf $running
check "one that wants a cache" "" app cached --cache
check "one with both, standalone" "" app standalone --standalone --btf $running --cache
echo '#include "relocated_app.h"' >"$tmp/standalone/app.c"
cp "$tmp/standalone/app.c" "$tmp/standalone/app.cc"
# compiles COMPILER FILE OPTION...
compiles() {
	have "$1" || return 0
	compiler=$1 file=$2
	shift 2
	# shellcheck disable=SC2086 # one option or none
	clean "it compiles with $compiler" "$compiler" -fsyntax-only -Wall -Wextra -Werror $uapi "$@" "$tmp/standalone/$file"
}
compiles g++ app.cc
compiles clang++ app.cc
compiles musl-gcc app.c -idirafter /usr/include -idirafter "/usr/include/$(gcc -dumpmachine)"
check "who does not want it links nothing of it" "$(uses plain)" [ "$(uses plain)" = 0 ]
check "who has no cache links nothing of that" "" sh -c "! nm $out/builtin | grep -q lskel_use_cache"

# Which form is used.
if build/selftests/can_bpf; then
	says "without it, the kernel relocates" '^portable form' $out/plain
	says "the form for this kernel is used" '^built-in form' $out/builtin
	says "without a file, a cache is of no use" '^cache: No such file' $out/cached $out/cache
	says "and the kernel relocates" '^portable form' $out/cached $out/cache
	says "lskel relocate finds the skeleton in the executable" ": $out/cache/" \
		$lskel relocate $out/cached --dir $out/cache
	says "the file is used then" '^cached form' $out/cached $out/cache
	says "a standalone one uses the same" '^cached form' $out/standalone $out/cache
	chmod 777 $out/cache
	says "nobody uses what others may have written" '^cache: Operation not permitted' $out/cached $out/cache
	says "but what is built in is used" '^built-in form' $out/standalone $out/cache
	chmod 755 $out/cache
else
	skip "forms for this kernel" "no bpf(2)"
fi

# The file: the same from an executable, from the object, and when it is there already.
rm -f $out/cache/*
$lskel relocate $out/cached --dir $out/cache --btf $running >"$tmp/first" 2>&1
mkdir "$tmp/second"
chmod 755 "$tmp/second"
$lskel relocate $object name execwatch --dir "$tmp/second" --btf $running >/dev/null 2>&1
check "an object file gives the same file as the executable" "$(cat "$tmp/first")" \
	diff -r $out/cache "$tmp/second"
says "a file that is there is left alone" 'is there already' $lskel relocate $out/cached --dir $out/cache
for file in $out/cache/*; do echo damage >>"$file"; done
$lskel relocate $out/cached --dir $out/cache >/dev/null 2>&1
check "one that is damaged is written anew" "" diff -r $out/cache "$tmp/second"
check "it may be read by all and written by its owner" "" [ "$(stat -c %a $out/cache/*)" = 644 ]
rm -f $out/cache/*

# What it can't do, with the reason.
says "no CO-RE: nothing to do" 'nothing to relocate' \
	$lskel relocate build/selftests/many.bpf.o --dir $out/cache
says "an executable without a skeleton is refused" 'is no BPF object, and has no skeletons' \
	$lskel relocate $lskel --dir $out/cache
says "one without --cache is refused" 'generated without --cache' $lskel relocate $out/plain --dir $out/cache
says "a directory that nobody would trust is refused" 'no application would trust it' \
	sh -c "mkdir -m 777 $tmp/all; chmod 777 $tmp/all; $lskel relocate $out/cached --dir $tmp/all"
says "a kernel without a build id is refused" 'has no build id' \
	$lskel gen skeleton $object --btf /sys/kernel/btf/vmlinux
says "a kernel that is not there is refused" 'No such file' $lskel gen skeleton $object --btf /nowhere
says "one without BTF is refused" "can't read BTF" $lskel gen skeleton $object --btf $lskel:0123
check "nothing is left behind by these" "$(ls -A $out/cache)" [ -z "$(ls -A $out/cache)" ]

# Build ids.
id=$(od -An -tx1 -v /sys/kernel/notes | tr -d ' \n' | sed 's/.*474e5500\(.\{40\}\).*/\1/;t;d')
check "a build id may be given in digits" "$id" sh -c "
	$lskel gen skeleton $object name execwatch --btf $running >$tmp/by_notes &&
	$lskel gen skeleton $object name execwatch --btf /sys/kernel/btf/vmlinux:$id >$tmp/by_digits &&
	cmp $tmp/by_notes $tmp/by_digits"

# Another kernel, known by its vmlinux, and by the directory that has it.
if [ -e $vmlinux ] && have qemu-system-x86_64; then
	check "an application has the form for another kernel" "" app other --btf ${vmlinux%/*}
	$lskel gen skeleton $object name execwatch --btf $vmlinux >"$tmp/other.h"
	check "by its vmlinux or the directory, it is the same" "" cmp "$tmp/other.h" "$tmp/other/relocated_app.h"
	check "and has both forms" "" app both --btf $vmlinux --btf $running
	$lskel relocate $out/cached --dir $out/cache --btf $vmlinux >/dev/null 2>&1
	! build/selftests/can_bpf ||
		says "the form for another kernel is not used here" '^portable form' $out/other
	scripts/vmtest --kernel 6.12 --file $out -- sh -c "
		$out/other; $out/both; $out/cached $out/cache; $out/builtin" >"$tmp/vm" 2>&1
	check "it is used there" "$(cat "$tmp/vm")" \
		[ "$(grep ' form' "$tmp/vm" | tr '\n' ' ')" = "built-in form built-in form cached form portable form " ]
else
	skip "forms for another kernel" "no vmlinux of 6.12, or no qemu-system-x86_64"
fi

[ $failures = 0 ]
