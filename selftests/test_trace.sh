#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# "lskel gen trace" lists the calls that load an object, in order and with names; no probe of libbpf,
# no number of the build host. "-j" lists the same calls as JSON.

. selftests/tap.sh
object=build/selftests/bad_access.bpf.o

build/lskel gen trace $object >"$tmp/trace" 2>"$tmp/err"
check "gen trace succeeds and is silent otherwise" "$(cat "$tmp/err")" [ ! -s "$tmp/err" ]

# Each call without its attr.
sed 's/ {.*} = / = /' "$tmp/trace" >"$tmp/calls"
cat >"$tmp/expected" <<'END'
BTF_LOAD = btf
MAP_CREATE = map:bad_acce.bss
MAP_UPDATE_ELEM = 0
PROG_LOAD = prog:good_one
PROG_LOAD = prog:out_of_bounds
RAW_TRACEPOINT_OPEN = link
END
check "the calls are those of a load" "$(diff "$tmp/expected" "$tmp/calls")" \
	cmp -s "$tmp/expected" "$tmp/calls"

has() {
	check "$1" "$(cat "$tmp/trace")" grep -qF "$2" "$tmp/trace"
}

has "a map has a type and a size" 'map_type=array, key_size=4, value_size=64, max_entries=1'
has "fds are names" 'map_fd=map:bad_acce.bss'
has "strings are strings" 'license="GPL"'
has "a program has a type" 'prog_type=socket_filter'
has "a tracepoint has a name" 'RAW_TRACEPOINT_OPEN {name="sys_enter", prog_fd=prog:out_of_bounds}'

build/lskel gen trace build/selftests/one_target.bpf.o >"$tmp/trace"
has "a target is a name" 'attach_btf_id=bpf_iter_task'

for object in bare rich many one_target maps_only; do
	path=build/selftests/$object.bpf.o
	build/lskel gen trace $path | sed 's/ .*//' >"$tmp/calls"
	build/lskel gen trace $path -j >"$tmp/json"
	build/selftests/json_cmds <"$tmp/json" >"$tmp/json_calls" 2>"$tmp/err"
	check "$object: -j gives JSON" "$(cat "$tmp/err")" [ ! -s "$tmp/err" ]
	check "$object: of the same calls" "$(diff "$tmp/calls" "$tmp/json_calls")" \
		cmp -s "$tmp/calls" "$tmp/json_calls"
done

exit $((failures > 0))
