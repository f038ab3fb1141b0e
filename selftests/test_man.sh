#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Manual pages: every function that is for applications has one (see include/lskel/lskel.h for which these are),
# each page is well-formed, each SYNOPSIS compiles and has the prototypes of the headers, and each example compiles.

. selftests/tap.sh

# The functions of headers that have "Since:" in the comment right before them: "FILE NAME".
public() {
	awk '
	function take(text) {
		sub(/\(.*/, "", text)
		sub(/.*[ \t*]/, "", text)
		if (text ~ /^[a-z]/)
			print FILENAME, text
	}
	/^\/\*/ { since = 0; comment = 1 }
	comment && /Since: lskel/ { since = 1 }
	comment { if (/\*\//) { comment = 0; ended = FNR }; next }
	# A declaration may be longer than a line before its first parenthesis.
	since && FNR == ended + 1 && /^(static inline|LSKEL_API|LSKEL_FUNCTION|#define [a-z_]*\()/ { decl = $0 }
	since && decl != "" && FNR > ended + 1 { decl = decl " " $0 }
	decl ~ /\(/ { sub(/__attribute__\(\(.*\)\)/, "", decl); if (decl ~ /\(/) { take(decl); decl = ""; since = 0 } }
	FNR > ended && decl == "" { since = 0 }
	' include/lskel/*.h
}
public >"$tmp/public"

newer=$(grep -oh 'Since: lskel [0-9.]*' include/lskel/*.h | sed 's/.* //'; sed -n 's/^VERSION := //p' Makefile)
newest=$(echo "$newer" | sort -V | tail -n 1)
check "nothing is since a version that is not there yet" "$newest" grep -qx "VERSION := $newest" Makefile

# A header with functions that are all internal says so, and no other does.
for header in include/lskel/*.h; do
	grep -q -E '^(static inline|LSKEL_API).*\(' "$header" || continue
	internal=no public=no
	grep -q 'Internal:' "$header" && internal=yes
	grep -q "^$header " "$tmp/public" && public=yes
	[ $internal != $public ] || echo "${header##*/}"
done >"$tmp/undecided"
check "headers either have functions with \"Since:\" or say \"Internal:\"" "$(cat "$tmp/undecided")" [ ! -s "$tmp/undecided" ]

# A skeleton "foo" with a program PROG and a map MAP, and all functions that any skeleton has: every
# LSKEL_DEFINE_...(name, prog, number) of the headers becomes one with (foo, PROG, 0).
{
	printf '#pragma once\n#include <lskel/lskel.h>\n'
	for header in include/lskel/*.h; do echo "#include <lskel/${header##*/}>"; done
	cat <<-'END'
		struct foo {
			struct lskel_ctx ctx;
			struct { struct lskel_map MAP, PERCPU_MAP, QUEUE; } maps;
			struct { struct lskel_prog PROG; } progs;
			struct { int PROG_fd; int MAP_fd; } links;
		};
		extern const struct lskel_info foo__info;
		extern const struct lskel_attach_kind any_kind;
		#define KIND (&any_kind)
		typedef int KEY_TYPE, VALUE_TYPE;
		#define KEY_SIZE 4
		#define VALUE_SIZE 4
	END
	cat include/lskel/*.h | sed -n 's/^#define \(LSKEL_DEFINE_[A-Z_]*\)(\([^)]*\)).*/\1 \2/p' | tr -d , |
		while read -r macro args; do
			for arg in $args; do
				case $arg in
				name) printf foo ;;
				number) printf ', 0' ;;
				*) printf ', %s' "$arg" | tr a-z A-Z ;;
				esac
			done | sed "s/.*/$macro(&)\n/"
		done
} >"$tmp/foo.lskel.h"
printf '#include "foo.lskel.h"\n' >"$tmp/foo.c"
clean "all functions of a skeleton compile" \
	gcc -std=gnu11 -Wall -Iinclude -I"$tmp" -fsyntax-only -aux-info "$tmp/prototypes" "$tmp/foo.c"
sed -n 's/.*[ *]\(foo__[A-Za-z_]*\) (.*/foo.lskel.h \1/p' "$tmp/prototypes" >>"$tmp/public"
sort -u -o "$tmp/public" "$tmp/public"
count=$(wc -l <"$tmp/public")
check "there are functions to look for" "$count" [ "$count" -gt 12 ]

# What pages there are.
for page in Documentation/man3/*.3; do
	for name in $(sed -n '/^\.SH NAME/{n;s/ \\-.*//;s/,//g;p;q;}' "$page"); do
		echo "$name"
	done
done | sort >"$tmp/documented"
cut -d ' ' -f 2 "$tmp/public" | sort >"$tmp/wanted"
missing=$(comm -23 "$tmp/wanted" "$tmp/documented")
check "every function for applications has a page in Documentation/man3" "$missing" [ -z "$missing" ]
stale=$(comm -13 "$tmp/wanted" "$tmp/documented")
check "every page is about such functions" "$stale" [ -z "$stale" ]
twice=$(uniq -d "$tmp/documented")
check "no function has two" "$twice" [ -z "$twice" ]
misnamed=$(for page in Documentation/man*/*; do
	title=$(sed -n 's/^\.TH \([^ ]*\) \([1-9]\) .*/\1.\2/p' "$page")
	[ "$title" = "${page##*/}" ] || echo "$page"
done)
check "pages are named for their titles" "$misnamed" [ -z "$misnamed" ]
stale=$(grep -L "^\.TH .* \"lskel $(sed -n 's/^VERSION := //p' Makefile)\" \"lskel\"$" Documentation/*.[1-9] Documentation/man*/*)
check "pages are of this version" "$stale" [ -z "$stale" ]

# "name (3)" of lskel's own, in any page.
{
	sed 's/$/ (3)/' "$tmp/documented"
	for page in Documentation/*.[1-9]; do echo "$page" | sed 's,.*/\(.*\)\.\(.\)$,\1 (\2),'; done
} | sort >"$tmp/pages"
lost=$(cat Documentation/*.[1-9] Documentation/man3/* | grep -ohE '\b(foo__|lskel[-_])[A-Za-z_-]+ \([1-9]\)' |
	sort -u | comm -23 - "$tmp/pages")
check "pages refer to pages that are there" "$lost" [ -z "$lost" ]

# What examples use is for applications.
grep -ohE '\blskel_[a-z0-9_]+\(' README.md Documentation/lskel-*.[78] Documentation/man3/* $(find Documentation/examples -name '*.c') |
	tr -d '(' | grep -v -x lskel_add_skeleton | sort -u | comm -23 - "$tmp/wanted" >"$tmp/internal"
check "examples and pages use no internal function" "$(cat "$tmp/internal")" [ ! -s "$tmp/internal" ]

# Every command, with the words and options of its usage, on the page that its help names.
build/lskel --help | sed -n 's/^  \(lskel .*\)/\1/p' >"$tmp/usages"
check "there are commands to look for" "$(cat "$tmp/usages")" [ "$(wc -l <"$tmp/usages")" -ge 9 ]
while read -r usage; do
	command=$(echo "$usage" | sed 's/ [A-Z[].*//')
	# shellcheck disable=SC2086 # words
	page=$(build/$command --help | sed -n 's/.*see \(lskel[a-z-]*\)(8)$/\1/p')
	sed 's/\\-/-/g' "Documentation/$page.8" >"$tmp/page" || continue
	# "prog load" is two words there, too; "version" is an option's, besides.
	for word in "${command#lskel }" $(echo "${usage#"$command"}" | grep -oE -e '-*[a-z][a-z_-]+'); do
		grep -qwF -e "$word" "$tmp/page" || echo "$command: '$word' is not in $page(8)"
	done
	grep -q '^\.SH EXIT STATUS' "$tmp/page" || echo "$page(8) has no exit status"
done <"$tmp/usages" >"$tmp/missing" 2>&1
check "every command and every word of its usage is on its page" "$(cat "$tmp/missing")" [ ! -s "$tmp/missing" ]

# A line of 80 columns is what a terminal has; man(1) leaves two of them free.
if have groff; then
	for page in Documentation/*.[1-9] Documentation/man[1-9]/*.[1-9]; do
		groff -k -t -man -Tutf8 -rLL=78n -Z "$page" 2>&1 >/dev/null | sed "s,^,${page##*/}: ,"
	done >"$tmp/warnings"
	check "no table is wider than a terminal" "$(cat "$tmp/warnings")" [ ! -s "$tmp/warnings" ]
else
	skip "no table is wider than a terminal" "no groff"
fi

if ! have mandoc; then
	skip "pages are well-formed" "no mandoc"
	skip "every SYNOPSIS compiles" "no mandoc"
	exit $((failures > 0))
fi
for page in Documentation/*.[1-9] Documentation/man[1-9]/*.[1-9]; do
	clean "${page##*/} is well-formed" mandoc -T lint -W warning "$page"
done

# The SYNOPSIS as a person reads it, as a file of C. What is a macro is shown as a function.
for page in Documentation/man3/*.3; do
	mandoc -T ascii -O width=1000 "$page" | col -b |
		sed -n '/^SYNOPSIS/,/^[A-Z]/{/^[A-Z]/d;s/^ *//;p;}' >"$tmp/synopsis"
	{
		grep '^#' "$tmp/synopsis"
		sed -n '/^typedef/!s/.*[ *]\([a-z_0-9A-Z]\+\)(.*/#undef \1/p' "$tmp/synopsis"
		grep -v '^#' "$tmp/synopsis"
	} >"$tmp/synopsis.c"
	clean "the SYNOPSIS of ${page##*/} compiles" \
		gcc -std=gnu11 -Wall -Werror -Iinclude -I"$tmp" -fsyntax-only "$tmp/synopsis.c"
	lost=$(for name in $(sed -n '/^\.SH NAME/{n;s/ \\-.*//;s/,//g;p;q;}' "$page"); do
		grep -q "[ *]$name(" "$tmp/synopsis" || echo "$name"
	done)
	check "and has all functions of the page" "$lost" [ -z "$lost" ]
	grep -q '^\.EX' "$page" || continue
	# An example is for a skeleton "skel", of this foo.
	{
		printf '#include <%s.h>\n' errno net/if poll stdio stdlib string sys/epoll unistd
		grep '^#' "$tmp/synopsis"
		echo '#include "foo.lskel.h"'
		echo 'int example(struct foo *skel) {'
		sed -n '/^\.EX/,/^\.EE/{/^\.E[XE]/d;s/\\-/-/g;s/\\e/\\/g;p;}' "$page"
		echo 'return 0; }'
	} >"$tmp/example.c"
	clean "the example of ${page##*/} compiles" gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -Wno-unused-variable \
		-Iinclude -I"$tmp" -c -o "$tmp/example.o" "$tmp/example.c"
done
[ "$failures" = 0 ]
