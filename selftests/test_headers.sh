#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A generated header, alone or with --standalone, compiles without a warning as C11 and C++17 with gcc
# and clang, against glibc and musl, wherever it is included, and needs nothing but the C library.
# shellcheck disable=SC2086 # lists of words

. selftests/tap.sh
lskel=build/lskel
fixtures=build/selftests/fixtures
clang=$(scripts/newest clang)
clangxx=$(scripts/newest clang++)
options="-I$tmp -Iselftests/fixtures -Wall -Wextra -Wpedantic -Werror"
# Debian's musl comes without the kernel's headers, which are the system's.
musl="musl-gcc -idirafter /usr/include -idirafter /usr/include/$(gcc -dumpmachine)"

# The same program for every header calls all functions that every skeleton has.
cat >"$tmp/use.c" <<'END'
#ifdef AFTER_STDIO
#include <stdio.h>
#endif
#include "types.h"
#include HEADER
#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define F(function) JOIN(NAME, function)
#ifdef OTHER
int OTHER(void);
#else
#define OTHER() 0
#endif

int FUNCTION(void)
{
	struct NAME *skel = F(__open)();

	if (!skel)
		return 1;
	if (LOAD && (F(__load)(skel) || F(__attach)(skel))) {
#ifdef USE_ERROR
		return F(__error)(skel)[0];
#endif
	}
	F(__detach)(skel);
	F(__destroy)(skel);
	if (LOAD)
		F(__destroy)(F(__open_and_load)());
	return OTHER();
}
END

# use FORM NAME COMPILER...: compiles the program with NAME's header. FORM is plain or standalone.
use() {
	form=$1 name=$2
	shift 2
	[ "$form" = plain ] && set -- "$@" -Iinclude
	"$@" $options "-DHEADER=\"$form/$name.h\"" "-DNAME=$name" 2>"$tmp/log"
}

compiler_of() {
	case $1 in
	clang*) echo "$clang${1#clang}" ;;
	c++*) echo "g++ -xc++${1#c++}" ;;
	lc++*) echo "$clangxx -xc++${1#lc++}" ;;
	*) echo "$1" ;;
	esac
}

# every_compiler TEST FORM NAME FLAGS...: all languages and compilers, with each of FLAGS.
every_compiler() {
	test=$1 form=$2 name=$3
	shift 3
	for how in "gcc -std=c11" "gcc -std=gnu11" "clang -std=c11" "clang -std=gnu11" \
		   "c++ -std=c++17" "lc++ -std=c++17"; do
		compiler=$(compiler_of "$how")
		have "${compiler%% *}" || continue
		for flags; do
			use "$form" "$name" $compiler $flags -DLOAD=1 -DFUNCTION=main -c \
				-o "$tmp/use.o" "$tmp/use.c" && continue
			fail "$test" "$compiler $flags: $(cat "$tmp/log")"
			return
		done
	done
	pass "$test"
}

# links TEST FORM NAME COMPILER...: a whole program, $tmp/app.
links() {
	test=$1 form=$2 name=$3
	shift 3
	if use "$form" "$name" "$@" -o "$tmp/app" "$tmp/use.c" $library; then
		pass "$test"
	else
		fail "$test" "$(cat "$tmp/log")"
	fi
}

mkdir "$tmp/plain" "$tmp/standalone" "$tmp/bpftool"
objects="no_programs no_maps no_data no_btf struct_ops targets"
for name in rich $objects; do
	cp "$fixtures/$name.bpf.o" "$tmp/$name.o"
done
for object in /usr/lib/*/bpf/xdp-dispatcher.o; do
	[ -e "$object" ] || continue
	cp "$object" "$tmp/xdp_dispatcher.o"
	objects="$objects xdp_dispatcher"
done

for name in rich $objects; do
	$lskel gen skeleton "$tmp/$name.o" name $name >"$tmp/plain/$name.h"
	$lskel gen skeleton "$tmp/$name.o" name $name --standalone >"$tmp/standalone/$name.h"
	$lskel gen skeleton "$tmp/$name.o" name $name -L >"$tmp/bpftool/$name.h"
done
for form in plain standalone bpftool; do
	every_compiler "rich, $form: compiles without a warning as C and C++, at any place" $form \
		rich -O0 -O2 "-O2 -DAFTER_STDIO -DUSE_ERROR" "-O2 -DLSKEL_LINKED"
	for name in $objects; do
		every_compiler "$name, $form: compiles without a warning as C and C++" $form \
			$name "-O2 -DUSE_ERROR"
	done
done

# What a program needs.
library=
links "without foo__error, liblskel.a isn't needed" plain rich gcc -DFUNCTION=main -DLOAD=1
check "and the program needs libc only" "$(readelf -d "$tmp/app")" sh -c \
	"[ \"\$(readelf -d $tmp/app | grep -c NEEDED)\" = 1 ] && readelf -d $tmp/app | grep -q 'NEEDED.*libc\.so'"
! use plain rich gcc -DFUNCTION=main -DLOAD=1 -DUSE_ERROR -o "$tmp/app" "$tmp/use.c"
check "foo__error is in liblskel.a" "$(cat "$tmp/log")" grep -q 'undefined.*lskel_error' "$tmp/log"
library=build/liblskel.a
links "and links with it" plain rich gcc -DFUNCTION=main -DLOAD=1 -DUSE_ERROR
library=
! use plain rich gcc -DLSKEL_LINKED -DFUNCTION=main -DLOAD=1 -o "$tmp/app" "$tmp/use.c"
check "with -DLSKEL_LINKED, so is the load" "$(cat "$tmp/log")" grep -q 'undefined.*lskel_load_linked' "$tmp/log"
use plain rich gcc -c -DLSKEL_LINKED -DFUNCTION=main -DLOAD=1 -o "$tmp/use.o" "$tmp/use.c"
check "and no part of it in the application" "$(nm "$tmp/use.o" | grep lskel_)" sh -c \
	"nm $tmp/use.o | grep -q ' lskel_attach$' && ! nm $tmp/use.o | grep -q -e ' lskel_run$' -e ' lskel_fill'"
library=build/liblskel.a
links "and links with it" plain rich gcc -DLSKEL_LINKED -DFUNCTION=main -DLOAD=1
links "standalone, -DLSKEL_LINKED makes no difference" standalone rich gcc -DLSKEL_LINKED -DFUNCTION=main -DLOAD=1
check "and the load is in the application" "$(nm "$tmp/app" | grep ' lskel_')" sh -c "! nm $tmp/app | grep -q lskel_load_linked"
library=
if use plain struct_ops gcc -DFUNCTION=main -DLOAD=1 -o "$tmp/app" "$tmp/use.c"; then
	fail "struct_ops are in liblskel.a" "the header has them"
else
	check "struct_ops are in liblskel.a" "$(cat "$tmp/log")" \
		grep -q 'undefined.*lskel_struct_ops_open' "$tmp/log"
fi
# Kinds of attaching that are more than a call.
library=build/liblskel.a
for kind in probes multi uprobes usdt; do
	object=build/selftests/attach_$kind.bpf.o
	$lskel gen skeleton $object name attach_$kind >"$tmp/plain/attach_$kind.h"
	$lskel gen skeleton $object name attach_$kind --standalone >"$tmp/standalone/attach_$kind.h"
	every_compiler "attach_$kind, standalone: compiles without a warning as C and C++" standalone \
		attach_$kind "-O2 -DUSE_ERROR"
	if use plain attach_$kind gcc -O0 -DFUNCTION=main -DLOAD=1 -o "$tmp/app" "$tmp/use.c" $library; then
		needs=libc
	else
		needs=$(grep -q 'undefined reference to .elf_' "$tmp/log" && echo libelf)
	fi
	case $kind in
	probes | multi) check "attach_$kind needs liblskel.a only" "$needs" [ "$needs" = libc ] ;;
	*) check "attach_$kind needs libelf" "$needs" [ "$needs" = libelf ] ;;
	esac
done
library="build/liblskel.a -lelf -lz"
links "with libelf, attach_uprobes is a static program" plain attach_uprobes gcc -static -DFUNCTION=main -DLOAD=1
links "standalone, attach_usdt needs libelf only" standalone attach_usdt gcc -DFUNCTION=main -DLOAD=1 -DUSE_ERROR
# The types of kernel symbols.
cp build/selftests/extern_types_FLAVORS.bpf.o "$tmp/flavors.o"
$lskel gen skeleton "$tmp/flavors.o" name flavors >"$tmp/plain/flavors.h"
$lskel gen skeleton "$tmp/flavors.o" name flavors --standalone >"$tmp/standalone/flavors.h"
for form in plain standalone; do
	every_compiler "flavors, $form: compiles without a warning as C and C++" $form flavors "-O2 -DUSE_ERROR"
done
library=build/liblskel.a
links "kernel symbols with types need liblskel.a" plain flavors gcc -DFUNCTION=main -DLOAD=1
check "and none of its messages" "$(nm "$tmp/app" | grep ' lskel_error')" sh -c \
	"nm $tmp/app | grep -q ' lskel_find_externs' && ! nm $tmp/app | grep -q ' lskel_error'"
library=
links "standalone, they need no library" standalone flavors gcc -DFUNCTION=main -DLOAD=1 -DUSE_ERROR
links "standalone, struct_ops need no library" standalone struct_ops gcc -DFUNCTION=main -DLOAD=1 -DUSE_ERROR
links "standalone, foo__error needs no library" standalone rich gcc -DFUNCTION=main -DLOAD=1 -DUSE_ERROR

for cc in gcc "$musl"; do
	libc=glibc
	[ "$cc" = gcc ] || libc=musl
	for form in plain standalone; do
		if ! have "${cc%% *}"; then
			skip "$form: a static program against $libc" "no musl-gcc"
			continue
		fi
		links "$form: a static program against $libc, as -std=c11" $form rich $cc \
			-std=c11 -O2 -static -DFUNCTION=main -DLOAD=0
		check "and it opens and closes a skeleton" "status not 0" "$tmp/app"
	done
done

# What an application does not call is not in it, also of liblskel.a, of which it links a part. Whether there are
# uprobe_multi links is asked by load().
if use plain rich gcc -O2 -static -DFUNCTION=main -DLOAD=1 -o "$tmp/app" "$tmp/use.c" build/liblskel.a; then
	unused=$(nm "$tmp/app" | grep -E ' lskel_[a-z_]*(ringbuf|perfbuf|map_elem|map_batch|error|kprobe|uprobe|usdt|elf_|netlink|struct_ops_|kconfig|cache)' |
		grep -v uprobe_multi)
	check "an application has no function of a part that it does not use" "$unused" \
		sh -c "[ -z '$unused' ] && nm $tmp/app | grep -q ' lskel_'"
else
	fail "an application has no function of a part that it does not use" "$(cat "$tmp/log")"
fi

# In place of bpftool's: with its names of types, or with libbpf's own where they are there already.
headers=$(sed -n 's/^BPF_HEADERS := //p' build/libbpf.mk)
for first in '' '<bpf/skel_internal.h>'; do
	cat >"$tmp/desc.c" <<-END
		#include <errno.h>
		${first:+#include $first}
		#include "types.h"
		#include "bpftool/rich.h"
		int map_fd(struct rich *skel)
		{
			struct bpf_map_desc *map = (void *)&skel->maps;
			struct bpf_prog_desc *prog = (void *)&skel->progs;
			struct bpf_loader_ctx *ctx = (void *)&skel->ctx;
			return ctx->log_level ? map->map_fd : prog->prog_fd;
		}
	END
	gcc -c $options -O0 -isystem "$headers" -o "$tmp/use.o" "$tmp/desc.c" 2>"$tmp/log"
	check "-L: bpftool's names of types${first:+, after libbpf's}" "$(cat "$tmp/log")" [ $? = 0 ]
done

# All that a skeleton may have of the run time, together: no two parts use one name. And each header by itself.
scripts/amalgamate --all >"$tmp/all.h"
printf '#include "all.h"\nint main(void)\n{\n\treturn 0;\n}\n' >"$tmp/all.c"
for how in "gcc -std=c11" "clang -std=c11" "c++ -std=c++17" "lc++ -std=c++17" "$musl -std=c11"; do
	compiler=$(compiler_of "$how")
	have "${compiler%% *}" || continue
	clean "all parts of the run time in one header compile with ${compiler%% *}, ${how##* }" \
		$compiler $options -fsyntax-only "$tmp/all.c"
	for header in include/lskel/*.h; do
		echo "#include <lskel/${header##*/}>" >"$tmp/one.c"
		$compiler $options -Iinclude -fsyntax-only "$tmp/one.c" 2>"$tmp/log" ||
			echo "${header##*/}: $(head -n 3 "$tmp/log")"
	done >"$tmp/alone"
	check "and each header of it alone" "$(cat "$tmp/alone")" [ ! -s "$tmp/alone" ]
done

# Several in one program.
for form in plain standalone; do
	if use $form rich gcc -c -DFUNCTION=main -DOTHER=other -DLOAD=0 -DUSE_ERROR -o "$tmp/1.o" "$tmp/use.c" &&
	   use $form rich gcc -c -DFUNCTION=other -DLOAD=0 -DUSE_ERROR -o "$tmp/2.o" "$tmp/use.c" &&
	   gcc -o "$tmp/app" "$tmp/1.o" "$tmp/2.o" build/liblskel.a 2>"$tmp/log"; then
		check "$form: one header in two files of a program" "" "$tmp/app"
	else
		fail "$form: one header in two files of a program" "$(cat "$tmp/log")"
	fi
done
if use plain rich gcc -c -DFUNCTION=main -DOTHER=other -DLOAD=1 -o "$tmp/1.o" "$tmp/use.c" &&
   use plain rich gcc -c -DLSKEL_LINKED -DFUNCTION=other -DLOAD=1 -o "$tmp/2.o" "$tmp/use.c"; then
	clean "two files of a program, one with -DLSKEL_LINKED" gcc -o "$tmp/app" "$tmp/1.o" "$tmp/2.o" build/liblskel.a
else
	fail "two files of a program, one with -DLSKEL_LINKED" "$(cat "$tmp/log")"
fi
for pair in "plain plain" "plain standalone" "standalone plain" "standalone standalone"; do
	printf '#include "types.h"\n#include "%s/rich.h"\n#include "%s/no_maps.h"\n' $pair >"$tmp/two.c"
	echo 'int main(void) { return !rich__error(rich__open()) + !no_maps__error(no_maps__open()); }' \
		>>"$tmp/two.c"
	clean "two headers in one file: ${pair% *} and ${pair#* }" \
		gcc $options -Iinclude -o "$tmp/app" "$tmp/two.c" build/liblskel.a
	clean "two headers in one C++ file: ${pair% *} and ${pair#* }" \
		g++ $options -Iinclude -o "$tmp/app" -xc++ "$tmp/two.c" -xnone build/liblskel.a
	clean "two headers in one file, with -DLSKEL_LINKED: ${pair% *} and ${pair#* }" \
		gcc $options -Iinclude -DLSKEL_LINKED -o "$tmp/app" "$tmp/two.c" build/liblskel.a
done

# Data is where the object has it, whatever the compiler thinks of its alignment.
cat >"$tmp/alignment.c" <<'END'
#include "plain/alignment.h"
int main(void)
{
	struct alignment *skel = alignment__open();

	return !skel || skel->data_tight->less != 5 || skel->data_tight->behind != 'b' ||
	       skel->data_wide->more != 6 || skel->data_wide->last != 'l';
}
END
$lskel gen skeleton $fixtures/alignment.bpf.o name alignment >"$tmp/plain/alignment.h"
for how in "gcc" "clang" "c++" "lc++"; do
	compiler=$(compiler_of "$how")
	have "${compiler%% *}" || continue
	clean "unusual alignment compiles with ${compiler%% *}" \
		$compiler $options -Iinclude -o "$tmp/app" "$tmp/alignment.c"
	check "and data is where the object has it" "" "$tmp/app"
done

# Functions of maps: of types that the application has not declared, with memory that is large enough.
cat >"$tmp/maps.c" <<'END'
#include HEADER
struct flow { unsigned int from, to; unsigned short port, pad; };
struct stats { unsigned long long packets, bytes; };
int use_maps(struct map_types *skel);
int use_maps(struct map_types *skel)
{
	struct map_types__nameless__value nameless;
	struct map_types__nameless__key key = { 1, "a", true };
	struct flow flow = { 1, 2, 3, 0 };
	VALUE value;

	if (map_types__nameless__lookup(skel, &key, &nameless, 0))
		return 1;
	return map_types__flows__lookup(skel, &flow, (void *)&value, 0) ||
	       map_types__flows__update(skel, &flow, (void *)&value, 0);
}
END
cp build/selftests/map_types.bpf.o "$tmp/map_types.o"
$lskel gen skeleton "$tmp/map_types.o" name map_types >"$tmp/plain/map_types.h"
$lskel gen skeleton "$tmp/map_types.o" name map_types --standalone >"$tmp/standalone/map_types.h"
$lskel gen skeleton build/selftests/reading.bpf.o name reading --standalone >"$tmp/standalone/reading.h"
printf '#include "reading.h"\n#include "standalone/reading.h"\n' >"$tmp/readers.c"
for how in "gcc -std=c11" "clang -std=c11" "c++ -std=c++17" "lc++ -std=c++17"; do
	compiler=$(compiler_of "$how")
	have "${compiler%% *}" || continue
	for form in plain standalone; do
		clean "functions of maps, $form: ${how%% *}" $compiler $options -Iinclude -O2 \
			"-DHEADER=\"$form/map_types.h\"" "-DVALUE=struct stats" -c -o "$tmp/use.o" "$tmp/maps.c"
	done
	clean "readers of ring and perf buffers, standalone: ${how%% *}" $compiler $options -O2 -c \
		-Iselftests/progs -o "$tmp/use.o" "$tmp/readers.c"
	$compiler $options -Wno-error -Iinclude -O2 '-DHEADER="plain/map_types.h"' "-DVALUE=struct flow" -c \
		-o "$tmp/use.o" "$tmp/maps.c" >"$tmp/log" 2>&1
	check "memory that is too small for a value is an error of ${how%% *}" "$(cat "$tmp/log")" \
		grep -q "memory that is smaller" "$tmp/log"
done

# --standalone refers to system headers only: those in <>, of the C library and the kernel.
grep -h '^ *# *include' "$tmp/standalone/rich.h" | sort -u >"$tmp/includes"
check "standalone headers include nothing but system headers" "$(cat "$tmp/includes")" \
	sh -c "! grep -v -E '<(linux|asm|sys)/[a-z_]*\.h>|<[a-z]*\.h>' $tmp/includes"
gcc -E -DHEADER='"standalone/rich.h"' -DNAME=rich -DFUNCTION=main $options "$tmp/use.c" |
	sed -n 's/^# [0-9]* "\([^<"]*\)".*/\1/p' | grep -v -e "^$tmp" -e ^selftests/fixtures |
	sort -u >"$tmp/files"
check "and find all of them in the system's folders" "$(cat "$tmp/files")" \
	sh -c "! grep -v -E '^/usr/(include|lib)/' $tmp/files"
[ "$failures" = 0 ]
