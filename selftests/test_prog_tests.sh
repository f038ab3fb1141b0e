#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The kernel's own tests of light skeletons (selftests/prog_tests.mk) have the same results with lskel's
# headers as with those of the kernel's bpftool. A test that fails with both says nothing and counts as
# skipped. For vmtest's 6.12: the tests are of that kernel.

cd build/selftests/prog_tests || exit 1
case $(uname -r) in
6.12.*) ;;
*)
	echo "ok - the kernel's own tests # SKIP they are those of Linux 6.12"
	exit 0
	;;
esac
[ -e bpf_testmod.ko ] || echo "ok - the kernel's tests that need bpf_testmod # SKIP $(cat testmod)"

# results KIND: NAME=OK|SKIP|FAIL of each test and subtest; what they say stays in KIND/log.
results() {
	[ ! -e bpf_testmod.ko ] || cp bpf_testmod.ko "$1"
	(cd "$1" && ./test_progs) >"$1/log" 2>&1
	sed -n 's/^#[0-9][0-9/]* *\([^ ]*\):\(OK\|SKIP\|FAIL\).*/\1=\2/p' "$1/log" | sort -u
}

results bpftool >bpftool/results
results lskel >lskel/results
awk -F = '
	NR == FNR { bpftool[$1] = $2; next }
	{ lskel[$1] = $2; names[n++] = $1 }
	END {
		for (name in bpftool)
			if (!(name in lskel))
				print "not ok - " name ": no result with the header of lskel, with that of bpftool " bpftool[name]
		for (i = 0; i < n; i++) {
			name = names[i]
			theirs = name in bpftool ? bpftool[name] : "without a result"
			text = (lskel[name] == "OK" ? "ok - " : "not ok - ") name
			if (lskel[name] == theirs && theirs != "OK")
				text = "ok - " name " # SKIP " theirs " with both headers"
			else if (lskel[name] != theirs)
				text = text ": " lskel[name] " with the header of lskel, " theirs " with that of bpftool"
			print text
		}
	}' bpftool/results lskel/results | tee lskel/verdict
[ -s lskel/verdict ] || tail -n 5 bpftool/log lskel/log
if grep -q '^not ok' lskel/verdict; then
	grep ':FAIL:' lskel/log
	exit 1
fi
