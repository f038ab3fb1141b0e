#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The Debian packages of "make deb", in build/deb: what is in them, what lintian says of them, and that a
# project builds with what they contain. Not part of "make check": building them takes minutes.

. selftests/tap.sh

debs=build/deb
command=$(echo $debs/lskel_*.deb) devel=$(echo $debs/liblskel-dev_*.deb)
for package in "$command" "$devel"; do
	[ -e "$package" ] || { fail "packages" "$package is not there"; exit 1; }
	dpkg-deb -x "$package" "$tmp/root"
	dpkg -c "$package" | sed 's/.* \.//; s/ -> .*//' | grep -v '/$' | sort >"$tmp/$(basename "${package%%_*}")"
done
version=$("$tmp/root/usr/bin/lskel" version | sed 's/^lskel //')
lib=$(dpkg-architecture -qDEB_HOST_MULTIARCH)

check "the version is lskel's" "$command" [ "$(dpkg-deb -f "$command" Version)" = "$version" ]
check "they need nothing but libc, libelf and zlib" "$(dpkg-deb -f "$command" Depends)" \
	sh -c "! dpkg-deb -f $command Depends | tr , '\n' | grep -v -E '^ ?(libc6|libelf1t?6?4?|zlib1g) '"
check "liblskel-dev goes with its lskel" "$(dpkg-deb -f "$devel" Depends)" \
	sh -c "dpkg-deb -f $devel Depends | grep -qF 'lskel (= $version)'"

# has PACKAGE FILE...
has() {
	list=$tmp/$1
	shift
	for file; do
		check "${list##*/} has $file" "$(cat "$list")" grep -qx "$file" "$list"
	done
}
has lskel /usr/bin/lskel /usr/libexec/lskel/bpftool /usr/share/bash-completion/completions/lskel \
	/usr/share/man/man8/lskel-gen.8.gz
has liblskel-dev "/usr/lib/$lib/liblskel.a" "/usr/lib/$lib/pkgconfig/lskel.pc" \
	"/usr/lib/$lib/cmake/lskel/lskel-config.cmake" /usr/share/man/man3/foo__open.3.gz \
	/usr/share/man/man3/foo__open_and_load.3.gz /usr/share/man/man7/lskel-skeleton.7.gz \
	/usr/share/doc/liblskel-dev/examples/project/meson.build
(cd include && find lskel -type f -printf '/usr/include/%p\n') | sort >"$tmp/headers"
grep ^/usr/include/ "$tmp/liblskel-dev" >"$tmp/packed"
clean "liblskel-dev has all headers" cmp "$tmp/headers" "$tmp/packed"

dpkg-deb -e "$devel" "$tmp/root/DEBIAN"
grep -rlE "$PWD|lskel-$version/" "$tmp/root" >"$tmp/paths"
check "no file has a path of the build in it" "$(cat "$tmp/paths")" [ ! -s "$tmp/paths" ]

# With the same options, and of the same tree: also what the package has is the tree's.
for object in build/selftests/fixtures/*.bpf.o; do
	"$tmp/root/usr/bin/lskel" gen skeleton "$object" name a >"$tmp/packed" 2>&1
	build/lskel gen skeleton "$object" name a >"$tmp/own" 2>&1
	cmp -s "$tmp/own" "$tmp/packed" || echo "$object"
done >"$tmp/differ"
check "the lskel in it makes the skeletons that the tree's makes" "$(cat "$tmp/differ")" [ ! -s "$tmp/differ" ]

if have lintian; then
	clean "lintian is silent" lintian --allow-root --fail-on error,warning "$debs"/lskel_*.changes
else
	skip "lintian is silent" "no lintian"
fi

# A project, with the packages as they would be installed.
mkdir "$tmp/bin"
ln -s "$(command -v "$(scripts/newest clang)")" "$tmp/bin/clang"
PATH=$tmp/bin:$PATH
unset MAKEFLAGS MAKELEVEL CFLAGS LDFLAGS
cp -r "$tmp/root/usr/share/doc/liblskel-dev/examples/project" "$tmp/make"
cp -r "$tmp/make" "$tmp/cmake"
clean_build() {
	name=$1
	shift
	if "$@" >"$tmp/log" 2>&1; then pass "$name"; else fail "$name" "$(tail -n 5 "$tmp/log")"; fi
}
clean_build "the project in it builds with make and the packages" \
	env PKG_CONFIG_PATH="$tmp/root/usr/lib/$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$tmp/root" \
	make -C "$tmp/make" LSKEL="$tmp/root/usr/bin/lskel" LDFLAGS=-static
clean_build "and with CMake" sh -c "cmake -S $tmp/cmake -B $tmp/cmake/build -DCMAKE_PREFIX_PATH=$tmp/root/usr \
	-DCMAKE_EXE_LINKER_FLAGS=-static && cmake --build $tmp/cmake/build"
if have qemu-system-x86_64; then
	cat >"$tmp/run" <<-'END'
		#!/bin/sh
		for forks; do
			$forks 1 &
			for i in 1 2 3 4 5 6 7 8; do /bin/busybox usleep 250000; done
			wait
		done
	END
	chmod 755 "$tmp/run"
	rm "$tmp/bin/clang"
	scripts/vmtest -- "$tmp/run" "$tmp/make/forks" "$tmp/cmake/build/forks" >"$tmp/log"
	check "and they run" "$(cat "$tmp/log")" [ "$(grep -c '^[1-9][0-9]* forks$' "$tmp/log")" = 2 ]
else
	skip "and they run" "no qemu-system-x86_64"
fi
[ "$failures" = 0 ]
