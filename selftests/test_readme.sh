#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The example in the README compiles and links as it stands.

source=$(mktemp --suffix=.c)
program=$(mktemp)
trap 'rm -f "$source" "$program"' EXIT
sed -n '/^```c$/,/^```$/p' README.md | grep -v '^```' >"$source"
if errors=$("${CC:-cc}" -Wall -Wextra -Werror -Iinclude -Ibuild/examples -static "$source" \
	build/liblskel.a -o "$program" 2>&1) && [ -s "$source" ]; then
	echo "ok - the README's example compiles"
else
	echo "not ok - the README's example compiles: $errors"
fi
