#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# "make install" and "make uninstall": what goes where, with which modes, and that nothing is built.

. selftests/tap.sh

touch "$tmp/before"
(
	umask 077
	env -u MAKEFLAGS -u MAKELEVEL make install "DESTDIR=$tmp/root" PREFIX=/usr LIBDIR=/usr/lib/abc
) >"$tmp/log" 2>&1
check "make install succeeds, and is silent" "$(cat "$tmp/log")" sh -c "[ $? = 0 ] && [ ! -s $tmp/log ]"
find build -path build/kernels -prune -o -newer "$tmp/before" -type f -print | head >"$tmp/built"
check "and builds nothing" "$(cat "$tmp/built")" [ ! -s "$tmp/built" ]

(cd "$tmp/root" && find . -type f | sort) >"$tmp/files"
for file in usr/bin/lskel usr/libexec/lskel/bpftool usr/lib/abc/liblskel.a usr/lib/abc/pkgconfig/lskel.pc \
	    usr/lib/abc/cmake/lskel/lskel-config.cmake usr/lib/abc/cmake/lskel/lskel-config-version.cmake \
	    usr/share/man/man7/lskel-skeleton.7 usr/share/man/man8/lskel-gen.8 \
	    usr/share/bash-completion/completions/lskel; do
	check "it installs $file" "$(cat "$tmp/files")" grep -qx "./$file" "$tmp/files"
done
(cd include && find lskel -type f | sort) >"$tmp/headers"
(cd "$tmp/root/usr/include" && find . -type f | sed 's,^\./,,' | sort) >"$tmp/installed"
clean "it installs all headers, and nothing else beside them" cmp "$tmp/headers" "$tmp/installed"
clean "the headers are those of the tree" diff -r include/lskel "$tmp/root/usr/include/lskel"

find "$tmp/root" -mindepth 1 -printf '%y %m %P\n' | grep -v -e '^d 755 ' -e '^f 644 ' >"$tmp/modes"
printf 'f 755 %s\n' usr/bin/lskel usr/libexec/lskel/bpftool >"$tmp/wanted"
check "modes are 644, folders and commands 755, whatever the umask" "$(cat "$tmp/modes")" \
	sh -c "sort $tmp/modes | cmp -s - $tmp/wanted"
grep -rlI -e "$PWD" -e "$tmp" "$tmp/root" >"$tmp/paths"
check "no file has a path of the build in it" "$(cat "$tmp/paths")" [ ! -s "$tmp/paths" ]

version=$("$tmp/root/usr/bin/lskel" version | sed 's/^lskel //')
if have pkg-config; then
	pc() {
		PKG_CONFIG_PATH=$tmp/root/usr/lib/abc/pkgconfig PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 \
			PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config "$@" lskel | sed 's/ *$//'
	}
	check "lskel.pc: the version is that of lskel" "$(pc --modversion)" [ "$(pc --modversion)" = "$version" ]
	check "lskel.pc: the headers" "$(pc --cflags)" [ "$(pc --cflags)" = "-I/usr/include -DLSKEL_LINKED" ]
	check "lskel.pc: the library" "$(pc --libs)" [ "$(pc --libs)" = "-L/usr/lib/abc -llskel" ]
	check "lskel.pc: libelf and zlib, for static linking" "$(pc --static --libs)" \
		[ "$(pc --static --libs)" = "-L/usr/lib/abc -llskel -lelf -lz" ]
	check "lskel.pc: the command" "$(pc --variable=lskel)" [ "$(pc --variable=lskel)" = /usr/bin/lskel ]
else
	skip "lskel.pc" "no pkg-config"
fi

# An alias for every name, which leads to a page.
man=$tmp/root/usr/share/man
for page in "$man"/man*/*; do
	sed -n '/^\.SH NAME/{n;s/ \\-.*//;s/,//g;p;q;}' "$page" | tr ' ' '\n' |
		sed "s,.*,$man/man${page##*.}/&.${page##*.},"
done >"$tmp/names"
missing=$(while read -r page; do [ -e "$page" ] || echo "$page"; done <"$tmp/names")
check "every name of a manual page can be looked up" "$missing" [ -z "$missing" ]
lost=$(grep -rhs '^\.so ' "$man" | while read -r so page; do [ -e "$man/$page" ] || echo "$so $page"; done)
check "and every alias leads to a page" "$lost" [ -z "$lost" ]

other=$(grep -rh '^\.TH ' "$man" | grep -v "\"lskel $version\"")
check "every page is of this version" "$other" [ -z "$other" ]

# bpftool's light skeletons.
object=build/selftests/fixtures/rich.bpf.o
LSKEL=$tmp/root/usr/bin/lskel "$tmp/root/usr/libexec/lskel/bpftool" gen skeleton -L $object name rich >"$tmp/rich.h"
build/lskel gen skeleton $object name rich -L >"$tmp/tree.h"
clean "the bpftool that is installed makes the same skeletons" cmp "$tmp/rich.h" "$tmp/tree.h"
check "and calls the lskel that is installed with it" "$(tail -n 1 "$tmp/root/usr/libexec/lskel/bpftool")" \
	grep -qF '${LSKEL:-/usr/bin/lskel}' "$tmp/root/usr/libexec/lskel/bpftool"

touch "$tmp/root/usr/bin/other"
env -u MAKEFLAGS -u MAKELEVEL make uninstall "DESTDIR=$tmp/root" PREFIX=/usr LIBDIR=/usr/lib/abc >"$tmp/log" 2>&1
find "$tmp/root" ! -type d >"$tmp/rest"
check "make uninstall takes back all of it, and nothing else" "$(cat "$tmp/log" "$tmp/rest")" \
	[ "$(cat "$tmp/rest")" = "$tmp/root/usr/bin/other" ]
find "$tmp/root" -type d -name '*lskel*' >"$tmp/rest"
check "and lskel's own folders" "$(cat "$tmp/rest")" [ ! -s "$tmp/rest" ]

env -u MAKEFLAGS -u MAKELEVEL make install B="$tmp/none" "DESTDIR=$tmp/root2" >"$tmp/log" 2>&1
status=$?
check "what was not built is not installed" "$status, $(cat "$tmp/log")" \
	sh -c "[ $status != 0 ] && grep -q 'run make first' $tmp/log && [ ! -e $tmp/root2 ]"
env -u MAKEFLAGS -u MAKELEVEL make install DESTDIR="$tmp/root3" PREFIX=usr >"$tmp/log" 2>&1
check "a relative PREFIX is refused" "$(cat "$tmp/log")" \
	sh -c "grep -q 'PREFIX=usr is not absolute' $tmp/log && [ ! -e $tmp/root3 ]"
[ "$failures" = 0 ]
