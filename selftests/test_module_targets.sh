#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Programs for functions of a module, in vmtest kernels with their own vsock module.

. selftests/tap.sh

for version in 6.1 6.12; do
	name="module targets on $version"
	if ! have qemu-system-x86_64 || ! scripts/get-kernel $version build/kernels; then
		skip "$name" "no vmtest"
		continue
	fi
	module=$(find "build/kernels/$version/modules" -path '*/vmw_vsock/vsock.ko*')
	case $module in
	*.xz) xz -dc "$module" >"$tmp/vsock.ko" ;;
	*.ko) cp "$module" "$tmp/vsock.ko" ;;
	*) skip "$name" "the kernel has no vsock module"; continue ;;
	esac
	scripts/vmtest --kernel $version -- build/selftests/test_module_targets "$tmp/vsock.ko" \
		>"$tmp/log" || failures=$((failures + 1))
	sed "s/^\(\(not \)\?ok - \)/\1$version: /" "$tmp/log"
done
exit $((failures > 0))
