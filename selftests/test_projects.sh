#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Documentation/examples/project with an lskel that is installed: make, Meson and CMake, each from forks.bpf.c
# to an application, which then runs in vmtest. And the README shows these very files.

. selftests/tap.sh

project=Documentation/examples/project
musl="musl-gcc -idirafter /usr/include -idirafter /usr/include/$(gcc -dumpmachine)"
unset MAKEFLAGS MAKELEVEL CFLAGS LDFLAGS DESTDIR

# readme LANGUAGE FILE: the README's block is FILE, but for its first line.
readme() {
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" README.md | grep -v '^```' >"$tmp/block"
	grep -v SPDX "$project/$2" >"$tmp/file"
	check "the README's block of $1 is $project/$2" "$(diff "$tmp/block" "$tmp/file")" \
		cmp -s "$tmp/block" "$tmp/file"
}
readme make Makefile
readme meson meson.build
readme cmake CMakeLists.txt

# Programs that are called by their plain names.
mkdir "$tmp/bin"
ln -s "$(command -v "$(scripts/newest clang)")" "$tmp/bin/clang"
PATH=$tmp/bin:$PATH
export PATH

make install PREFIX="$tmp/prefix" >"$tmp/log" 2>&1 || { fail "make install" "$(cat "$tmp/log")"; exit 1; }
export PKG_CONFIG_PATH="$tmp/prefix/lib/pkgconfig" CMAKE_PREFIX_PATH="$tmp/prefix"

# The commands of the README's example, as they stand.
mkdir "$tmp/example"
cp progs/execwatch.bpf.c progs/execwatch.h "$tmp/example"
sed -n '/^```c$/,/^```$/p' README.md | grep -v '^```' >"$tmp/example/example.c"
sed -n '/^## Example$/,/^## Using/s/^    \$ //p' README.md >"$tmp/commands"
check "the README's example has commands" "$(cat "$tmp/commands")" [ "$(wc -l <"$tmp/commands")" = 3 ]
(cd "$tmp/example" && PATH=$tmp/prefix/bin:$PATH sh -e "$tmp/commands") >"$tmp/log" 2>&1
check "and these make a static program" "$(cat "$tmp/log")" \
	sh -c "[ ! -s $tmp/log ] && readelf -l $tmp/example/example | grep -q LOAD &&
		! readelf -l $tmp/example/example | grep -q INTERP"

# copy NAME: a copy of the project, whose own folder stays clean.
copy() {
	cp -r $project "$tmp/$1"
	built="$built $1"
}
built=

# builds NAME COMMAND...: in the copy; the application is there afterwards. Then a change of the BPF program's
# source gets into the skeleton, and without a change nothing is done.
builds() {
	made=$1
	shift
	if ! (cd "$tmp/$made" && "$@") >"$tmp/log" 2>&1; then
		fail "$made builds" "$(tail -n 5 "$tmp/log")"
		return
	fi
	if grep -i warning "$tmp/log" >"$tmp/warnings"; then
		fail "$made builds" "$(cat "$tmp/warnings")"
		return
	fi
	pass "$made builds"
	header=$(find "$tmp/$made" -name forks.lskel.h)
	sed -i 's/count_fork/count_more/' "$tmp/$made/forks.bpf.c"
	(cd "$tmp/$made" && "$@") >"$tmp/log" 2>&1
	check "$made builds again what has changed" "$(cat "$tmp/log")" grep -q 'struct lskel_prog count_more' "$header"
	touch "$tmp/before"
	(cd "$tmp/$made" && "$@") >"$tmp/log" 2>&1
	newer=$(find "$tmp/$made" -newer "$tmp/before" -type f \( -name forks -o -name 'forks.*' \))
	check "$made builds nothing that is up to date" "$newer" [ -z "$newer" ]
}

copy make
builds make make
check "and the application needs libc only" "$(readelf -d "$tmp/make/forks")" \
	sh -c "[ \"\$(readelf -d $tmp/make/forks | grep NEEDED | sed 's/.*\\[//')\" = 'libc.so.6]' ]"

if have musl-gcc; then
	copy make_musl
	builds make_musl make CC="$musl" LDFLAGS=-static
else
	skip "make_musl builds" "no musl-gcc"
fi

meson_build() {
	[ -d build ] || meson setup build "$@" || return
	meson compile -C build
}
if have meson; then
	copy meson
	builds meson meson_build
	copy meson_static
	builds meson_static meson_build -Dc_link_args=-static
else
	skip "meson builds" "no meson"
fi

cmake_build() {
	[ -d build ] || cmake -S . -B build "$@" || return
	cmake --build build
}
if have cmake; then
	copy cmake
	builds cmake cmake_build
	if have musl-gcc; then
		# Debian's musl comes without the kernel's headers.
		copy cmake_musl
		builds cmake_musl cmake_build -DCMAKE_C_COMPILER=musl-gcc -DCMAKE_C_FLAGS="${musl#musl-gcc}" \
			-DCMAKE_EXE_LINKER_FLAGS=-static
	fi
	if have ninja; then
		copy cmake_ninja
		builds cmake_ninja cmake_build -G Ninja
	fi
	copy cmake_options
	sed -i 's/forks.bpf.c)/forks.bpf.c CFLAGS -DEXTRA=1 OPTIONS --standalone)/' "$tmp/cmake_options/CMakeLists.txt"
	sed -i '/^char LICENSE/i unsigned long long extra = EXTRA;' "$tmp/cmake_options/forks.bpf.c"
	builds cmake_options cmake_build
	check "and CFLAGS and OPTIONS come to where they should" "$(head -n 20 "$header")" \
		sh -c "! grep -q '#include <lskel/' $header && grep -q 'long extra;' $header"
	for version in 0.1:yes 99:no; do
		mkdir -p "$tmp/find"
		cat >"$tmp/find/CMakeLists.txt" <<-END
			cmake_minimum_required(VERSION 3.21)
			project(find C)
			find_package(lskel ${version%:*} REQUIRED)
		END
		rm -rf "$tmp/find/build"
		cmake -S "$tmp/find" -B "$tmp/find/build" >"$tmp/log" 2>&1 && found=yes || found=no
		check "find_package(lskel ${version%:*}): ${version#*:}" "$(cat "$tmp/log")" [ $found = "${version#*:}" ]
	done
else
	skip "cmake builds" "no cmake"
fi

own_load=
for name in $built; do
	application=$(find "$tmp/$name" -name forks -type f)
	[ "$name" = cmake_options ] || nm "$application" | grep -q ' lskel_load_linked$' || own_load="$own_load $name"
	[ -z "$application" ] || mv "$application" "$tmp/bin/forks_$name"
done
check "applications have the load of liblskel.a" "not:$own_load" [ -z "$own_load" ]
cat >"$tmp/bin/run" <<'END'
#!/bin/sh
for forks in "$1"/forks_*; do
	$forks 1 >/tmp/out 2>&1 &
	for i in 1 2 3 4 5 6 7 8; do /bin/busybox usleep 250000; done
	wait
	if grep -q '^[1-9][0-9]* forks$' /tmp/out; then
		echo "ok - ${forks##*/}: the application counts forks"
	else
		echo "not ok - ${forks##*/}: the application counts forks: $(cat /tmp/out)"
	fi
done
END
chmod 755 "$tmp/bin/run"
rm "$tmp/bin/clang"
if have qemu-system-x86_64; then
	scripts/vmtest --kernel 6.12 -- "$tmp/bin/run" "$tmp/bin" >"$tmp/log"
	cat "$tmp/log"
	check "all of them ran" "$(cat "$tmp/log")" \
		[ "$(grep -c '^ok' "$tmp/log")" = "$(echo "$built" | wc -w)" ]
else
	skip "the applications run" "no qemu-system-x86_64"
fi
[ "$failures" = 0 ]
