#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# selftests/test_module_kfuncs.c on Linux 6.12 in vmtest, without modules and with one or two.

. selftests/tap.sh
test="functions of modules"

for tool in qemu-system-x86_64 xz; do
	if ! have $tool; then
		skip "$test" "no $tool"
		exit 0
	fi
done
scripts/get-kernel 6.12 build/kernels >&2 || {
	skip "$test" "no kernel 6.12"
	exit 0
}

# In an order in which they can be loaded.
needed='libcrc32c nf_defrag_ipv4 nf_defrag_ipv6 nf_conntrack nf_nat'
for module in $needed; do
	find build/kernels/6.12/modules/ -name "$module.ko.xz" -exec xz -dc {} + >"$tmp/$module.ko"
	[ -s "$tmp/$module.ko" ] || rm "$tmp/$module.ko" # built in
done
cat >"$tmp/run" <<'END'
#!/bin/sh
# run TEST MODULE...: the last two modules come one by one.
test=$1
shift
cd "${0%/*}"
$test none
while [ $# -gt 0 ]; do
	[ ! -e "$1.ko" ] || insmod "$1.ko" || echo "not ok - insmod $1"
	case $1 in
	nf_conntrack)
		$test one
		"${test%/*}"/test_extern_types module
		;;
	nf_nat) $test two ;;
	esac
	shift
done
END
chmod 755 "$tmp/run"
# shellcheck disable=SC2086 # a list
scripts/vmtest --file "$tmp" --file build/selftests/test_module_kfuncs \
	--file build/selftests/test_extern_types -- "$tmp/run" \
	"$(pwd)/build/selftests/test_module_kfuncs" $needed >"$tmp/out"
cat "$tmp/out"
check "$test: types are compared" "" grep -q '^ok - extern_types_MODULE_WEAK, in the kernel: sees' "$tmp/out"
check "$test: all three runs came to their end" "" [ "$(grep -c 'holds no module\|no fd is left' "$tmp/out")" = 3 ]
! grep -q '^not ok' "$tmp/out" && [ "$failures" = 0 ]
