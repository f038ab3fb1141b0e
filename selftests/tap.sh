# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/harness.h for shell scripts: one line for each thing that a test proves.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0

pass() {
	echo "ok - $1"
}

# fail NAME WHY: of WHY, the first lines in one.
fail() {
	echo "not ok - $1: $(echo "$2" | head -n 5 | tr '\n' ' ')"
	failures=$((failures + 1))
}

skip() {
	echo "ok - $1 # SKIP $2"
}

# check NAME WHY COMMAND...: passes if the command succeeds.
check() {
	name=$1 why=$2
	shift 2
	if "$@"; then pass "$name"; else fail "$name" "$why"; fi
}

# clean NAME COMMAND...: passes if the command succeeds and is silent.
clean() {
	name=$1
	shift
	if "$@" >"$tmp/clean" 2>&1 && [ ! -s "$tmp/clean" ]; then
		pass "$name"
	else
		fail "$name" "status $?, $(cat "$tmp/clean")"
	fi
}

have() {
	command -v "$1" >/dev/null
}
