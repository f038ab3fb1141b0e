#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The command line: help goes to stdout and is no error; errors go to stderr with status 1, and then
# there is nothing on stdout; a lost write is an error.

. selftests/tap.sh
lskel=build/lskel
object=build/selftests/fixtures/no_maps.bpf.o

# helps NAME ARG...: status 0, usage on stdout, nothing on stderr.
helps() {
	name=$1
	shift
	$lskel "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ $status = 0 ] && [ ! -s "$tmp/err" ] && grep -q '^usage:' "$tmp/out"; then
		pass "$name"
	else
		fail "$name" "status $status, $(cat "$tmp/out" "$tmp/err")"
	fi
}

# refuses NAME PATTERN ARG...: status 1, a message on stderr, nothing on stdout.
refuses() {
	name=$1 pattern=$2
	shift 2
	$lskel "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ $status = 1 ] && [ ! -s "$tmp/out" ] && grep -q -- "$pattern" "$tmp/err"; then
		pass "$name"
	else
		fail "$name" "status $status, $(wc -c <"$tmp/out") bytes on stdout, $(cat "$tmp/err")"
	fi
}

# reports_lost_write NAME ARG...: with a full disk, status 1 and a message.
reports_lost_write() {
	name=$1
	shift
	$lskel "$@" >/dev/full 2>"$tmp/err"
	status=$?
	if [ $status = 1 ] && grep -q '^lskel: .*No space left' "$tmp/err"; then
		pass "$name"
	else
		fail "$name" "status $status, $(cat "$tmp/err")"
	fi
}

for word in help --help -h; do
	helps "lskel $word prints the usage" $word
	helps "lskel gen $word prints the usage" gen $word
	helps "lskel gen skeleton $word prints the usage" gen skeleton $word
	for cmd in 'gen trace' 'gen blob' 'prog load' 'prog loadall' show verify relocate; do
		# shellcheck disable=SC2086 # words
		helps "lskel $cmd $word prints the usage" $cmd $word
	done
	helps "lskel version $word prints the usage" version $word
done
for word in version --version -V; do
	check "lskel $word prints the version" "$($lskel $word 2>&1)" \
		sh -c "$lskel $word | grep -qx 'lskel [0-9][0-9.]*'"
done

refuses "no command is an error" '^usage:'
refuses "gen without a command is an error" '^usage:' gen
refuses "an unknown command is an error that shows the way" "'frobnicate'.*lskel help" frobnicate
refuses "so is an unknown command of gen" "'frobnicate'.*lskel gen help" gen frobnicate
refuses "version takes no arguments" arguments version 1
for cmd in skeleton blob trace; do
	refuses "gen $cmd needs a file" 'which.* file' gen $cmd
	refuses "gen $cmd takes one file" "'second'" gen $cmd $object second
	refuses "gen $cmd refuses an unknown option" "'--wrong'" gen $cmd --wrong $object
	refuses "gen $cmd names a file that is not there" '/nowhere.*No such file' gen $cmd /nowhere
	refuses "gen $cmd refuses a directory" 'selftests.*directory' gen $cmd selftests
	refuses "gen $cmd refuses an empty file" 'null' gen $cmd /dev/null
	refuses "gen $cmd refuses what isn't ELF" 'README.*not.*ELF' gen $cmd README.md
	refuses "gen $cmd refuses a program of the host" 'lskel' gen $cmd $lskel
	reports_lost_write "gen $cmd reports a lost write" gen $cmd $object
done
refuses "'name' needs a name" "'name'" gen skeleton $object name
refuses "a name must be a C identifier" "'1x'" gen skeleton $object name 1x
refuses "an empty name is none" "''" gen skeleton $object name ''
refuses "one name is enough" "'name'" gen skeleton $object name one name two
reports_lost_write "version reports a lost write" version
reports_lost_write "help reports a lost write" help
$lskel gen skeleton $object >&- 2>"$tmp/err"
check "a closed stdout is an error" "$(cat "$tmp/err")" grep -q '^lskel: ' "$tmp/err"

name_of() {
	cp $object "$tmp/$1"
	$lskel gen skeleton "$tmp/$1" | sed -n 's/^struct \([^ ]*\) {$/\1/p'
}
check "the skeleton is named after the file" "" [ "$(name_of a-b.bpf.o)" = a_b_bpf ]
check "a name can be given" "" \
	sh -c "$lskel gen skeleton $object name given | grep -q '^struct given {'"
check "options may come first" "" \
	sh -c "$lskel gen skeleton --standalone $object name given | grep -q '^struct given {'"

# As bpftool: options anywhere, words cut short.
$lskel gen skeleton -L $object name given >"$tmp/L"
for words in "-L gen skeleton $object name given" "gen -L skeleton $object name given" \
	"--use-loader -d gen skeleton $object name given" "gen skeleton $object name given -Ln" "g s $object name given -L" \
	"gen skel -Lfml $object name given" "gen skeleton $object name given -- -L"; do
	# shellcheck disable=SC2086 # words
	$lskel $words >"$tmp/out" 2>/dev/null
	case $words in
	*'-- -L') refuses "behind -- there are no options" "unexpected '-L'" $words ;;
	*) check "lskel $words is gen skeleton -L" "" cmp -s "$tmp/L" "$tmp/out" ;;
	esac
done
for words in 'gen object x y' 'gen min_core_btf x y' 'btf dump file x format c' 'prog show' 'map' '-d map show'; do
	# shellcheck disable=SC2086 # words
	refuses "lskel $words: who has that" "bpftool's.*libexec/lskel/bpftool" $words
done
refuses "what belongs to another group is plainly unknown" "'object'; try 'lskel prog help'" prog object
refuses "an unknown option is called one" "unknown option '-B'" -B x gen skeleton $object
cat >"$tmp/Makefile" <<'END'
# As in other people's trees.
BPFTOOL ?= bpftool
%.skel.h: %.bpf.o
	$(BPFTOOL) gen skeleton -L $< name app > $@
END
cp $object "$tmp/app.bpf.o"
check "BPFTOOL=lskel in a makefile" "$(make -s -C "$tmp" BPFTOOL="$(pwd)/$lskel" app.skel.h 2>&1)" \
	grep -q 'struct app {' "$tmp/app.skel.h"

# With -j and -p all that comes to stdout is JSON, unless it is what was asked for: a header or a blob.
$lskel gen skeleton $object name given >"$tmp/given.h"
$lskel gen blob $object >"$tmp/given.lskel"
# prints_json STATUS ARG...
prints_json() {
	expected=$1
	shift
	for option in -j -p; do
		$lskel $option "$@" >"$tmp/json" 2>"$tmp/err"
		status=$?
		check "lskel $option $*: JSON, status $expected" "status $status, $(head -c 200 "$tmp/json" "$tmp/err")" \
			sh -c "[ $status = $expected ] && [ -s '$tmp/json' ] &&
				build/selftests/json_cmds <'$tmp/json' >/dev/null &&
				{ [ $status = 0 ] || grep -q '\"error\":' '$tmp/json'; }"
	done
}
for words in help 'gen help' 'prog load help' 'show -h' version 'gen trace' show verify relocate; do
	case $words in
	*help | *-h | version) file='' ;;
	relocate) file="build/selftests/relocated.bpf.o --dir $tmp/cache" ;;
	*) file=$object ;;
	esac
	# shellcheck disable=SC2086 # words
	prints_json 0 $words $file
done
for file in "$tmp/given.h" "$tmp/given.lskel"; do
	prints_json 0 show "$file"
	prints_json 0 verify "$file"
done
for words in '' frobnicate gen 'gen frobnicate' 'gen object' prog 'gen skeleton' 'gen blob' 'gen trace' 'prog load' \
	'prog loadall' show verify relocate 'version x'; do
	# shellcheck disable=SC2086 # words
	prints_json 1 $words
done
for words in 'gen skeleton' 'gen blob' 'gen trace' show verify relocate; do
	# shellcheck disable=SC2086 # words
	prints_json 1 $words README.md
done
[ "$failures" = 0 ]
