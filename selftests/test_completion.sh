#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# bash completes every command, option and word that "lskel --help" has, and files where there are files.

. selftests/tap.sh
lskel=build/lskel
if ! have bash; then
	skip "completion" "no bash"
	exit 0
fi

# completes WORD...: what the last word, which may be empty, is completed to; one a line.
completes() {
	bash -c '
		source scripts/completion/lskel.bash
		COMP_WORDS=(lskel "$@")
		COMP_CWORD=$#
		_lskel
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

# offers WORD BEFORE...: behind BEFORE, WORD is among what is offered.
offers() {
	word=$1
	shift
	check "completes $word behind 'lskel $*'" "$(completes "$@" '' | tr '\n' ' ')" \
		sh -c "printf '%s\n' '$(completes "$@" "$(printf '%.3s' "$word")")' | grep -qxF -e '$word'"
}

$lskel --help >"$tmp/help"
sed -n 's/^  lskel \([a-z]*\).*/\1/p' "$tmp/help" | sort -u >"$tmp/commands"
while read -r command; do offers "$command"; done <"$tmp/commands"
sed -n 's/^  lskel \([a-z]*\) \([a-z]\{1,\}\).*/\1 \2/p' "$tmp/help" >"$tmp/commands"
while read -r group command; do offers "$command" "$group"; done <"$tmp/commands"
# Those that all commands take, and those in the usage of one.
sed -n 's/^  \(-[a-zA-Z]\), \(--[a-z-]*\) .*/\1\n\2/p' "$tmp/help" >"$tmp/options"
check "the help has options" "" [ "$(wc -l <"$tmp/options")" -ge 14 ]
while read -r option; do offers "$option"; offers "$option" prog load; done <"$tmp/options"
sed -n 's/^  lskel \([a-z ]*\)\([A-Z].*\)/\1|\2/p' "$tmp/help" | while IFS='|' read -r words usage; do
	for option in $(echo "$usage" | grep -o -e '--[a-z-]*'); do
		echo "$option $words"
	done
done >"$tmp/options"
check "commands have options of their own" "" [ "$(wc -l <"$tmp/options")" -ge 3 ]
# shellcheck disable=SC2086 # words
while read -r option words; do offers "$option" $words; done <"$tmp/options"
# The words of the usage that are in lower case.
$lskel prog load help | head -n 1 | sed 's/.*PATH//' | grep -o '[a-z_]*' | grep -v -e '^idx$' -e '^name$' |
	sort -u >"$tmp/words"
check "the usage of prog load has words" "$(cat "$tmp/words")" [ "$(wc -l <"$tmp/words")" = 6 ]
while read -r word; do offers "$word" prog load x.o /sys/fs/bpf/x; done <"$tmp/words"
for word in idx name; do offers $word prog load x.o /sys/fs/bpf/x map; done
for word in id pinned name; do offers $word prog load x.o /sys/fs/bpf/x map idx 1; done
offers xdp prog loadall x.o /sys/fs/bpf/x type
offers lo prog loadall x.o /sys/fs/bpf/x offload_dev
offers name gen skeleton x.o
for before in show verify relocate 'gen blob' 'gen skeleton' 'gen trace' 'prog load' 'prog loadall'; do
	# shellcheck disable=SC2086 # words
	offers README.md $before
done
[ "$failures" = 0 ]
