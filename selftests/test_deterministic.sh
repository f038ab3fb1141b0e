#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The same object gives the same header and trace, byte for byte, whoever generates it on whatever
# machine: as root or not, without /sys, /proc and /boot, with another kernel name, other CPUs, another
# environment, folder and file name. And no access to what could differ is even tried.
#
# usage: selftests/test_deterministic.sh [OBJECT]...
#
# Every OBJECT is generated twice: here, and where all of that differs at once. Without arguments these
# are all that "make check" has, and a few of them are looked at with one difference at a time, too.
# shellcheck disable=SC2016 # $0 and $1 are for the shells inside

. selftests/tap.sh
lskel=$(pwd)/build/lskel
chmod 755 "$tmp"

# elsewhere COMMAND...: on a machine that is another one in all that the generator could look at. For root,
# in mount and UTS namespaces of its own. $tmp/objects is $tmp/away/objects there.
cat >"$tmp/elsewhere" <<END
#!/bin/sh
hostname elsewhere
mount --bind "$tmp/objects" "$tmp/away/objects" || exit 1
for dir in /sys /proc /boot /lib/modules; do
	[ ! -d \$dir ] || mount -t tmpfs none \$dir || exit 1
done
mkdir -p /sys/devices/system/cpu /sys/kernel/btf
echo 0-255 | tee /sys/devices/system/cpu/possible >/sys/devices/system/cpu/online
echo "not BTF" >/sys/kernel/btf/module
echo "ffffffff81000000 T bpf_prog_load" >/proc/kallsyms
echo "Linux version 2.6.99 (somebody@elsewhere)" >/proc/version
echo CONFIG_HZ=17 | gzip >/proc/config.gz
umask 077
ulimit -Sn 64
exec env -i PATH="\$PATH" HOME="$tmp/away" TMPDIR=/nowhere LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo \\
	LIBBPF_LOG_LEVEL=debug LIBBPF_BPF_TOKEN_PATH=/sys/fs/bpf LIBBPF_STRICT_MODE=all \\
	GLIBC_TUNABLES=glibc.malloc.perturb=165 \\
	setarch --uname-2.6 taskset 1 \\
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "\$@"
END

# generate_each FOLDER WORK: what the object in each FOLDER/NUMBER gives, in a line: its number, the
# generator's status, size and checksum of the header, the messages, and checksum and size of the saved blob.
cat >"$tmp/generate_each" <<END
#!/bin/sh
number=1
while cd "\$1/\$number" 2>/dev/null; do
	"$tmp/lskel" gen skeleton *.o >"\$2/out" 2>"\$2/err"
	echo "\$number \$? \$(cksum <"\$2/out") \$(tr '\\n' ' ' <"\$2/err") \$("$tmp/lskel" gen blob *.o 2>/dev/null | cksum)"
	number=\$((number + 1))
done
END
chmod 755 "$tmp/elsewhere" "$tmp/generate_each"

# Whether this process may do that. The answer is also that it is another machine there.
can_be_elsewhere() {
	what='echo "$(uname -nr) $(nproc) $(id -u) $(cat /sys/devices/system/cpu/possible)"'
	there=$(unshare --mount --uts "$tmp/elsewhere" sh -c "$what" 2>"$tmp/log") || return 1
	case $there in
	"elsewhere 2.6."*" 1 65534 0-255") ;;
	*) fail "elsewhere is another machine" "$there" ;;
	esac
}

# twice OBJECT...: generates each in the two environments at the same time.
twice() {
	mkdir "$tmp/objects" "$tmp/here" "$tmp/away" "$tmp/away/objects" "$tmp/away/work"
	chmod 777 "$tmp/away/work"
	cp "$lskel" "$tmp/lskel"
	number=0
	for object; do
		number=$((number + 1))
		mkdir "$tmp/objects/$number"
		cp "$object" "$tmp/objects/$number/${object##*/}.o" 2>"$tmp/log" ||
			fail "there is an object" "$(cat "$tmp/log")"
	done
	if ! can_be_elsewhere; then
		skip "every object gives the same elsewhere" "$(head -n 1 "$tmp/log")"
		return
	fi
	unshare --mount --uts "$tmp/elsewhere" "$tmp/generate_each" "$tmp/away/objects" \
		"$tmp/away/work" >"$tmp/lines_away" 2>"$tmp/log" &
	"$tmp/generate_each" "$tmp/objects" "$tmp/here" >"$tmp/lines_here"
	wait
	# Either a header, or status 1 and a message.
	results=$(grep -c -e '^[0-9]* 0 [0-9]* [1-9]' -e '^[0-9]* 1 [0-9]* 0 lskel: ' "$tmp/lines_here")
	check "$# objects, $(grep -c '^[0-9]* 0' "$tmp/lines_here") of which give a header" \
		"there are $results results, $(cat "$tmp/log")" [ "$results" -eq $# ]
	check "each gives the same elsewhere, be it a refusal" \
		"$(diff "$tmp/lines_here" "$tmp/lines_away" | sed -n 's/^[<>]/&/p' | cut -c -300)" \
		cmp -s "$tmp/lines_here" "$tmp/lines_away"
}

if [ $# -gt 0 ]; then
	twice "$@"
	exit $((failures > 0))
fi
twice build/selftests/objects/*.o build/selftests/fixtures/*.o build/selftests/*.bpf.o \
	build/selftests/refused/*.o

cat >"$tmp/generate" <<END
#!/bin/sh
# generate OBJECT...: all that lskel can say about each.
for object; do
	$lskel gen skeleton "\$object" name same --standalone &&
		$lskel gen trace "\$object" && $lskel gen trace "\$object" -j || exit 1
done
END
chmod 755 "$tmp/generate"

for name in rich linked no_btf; do
	[ -e build/selftests/fixtures/$name.bpf.o ] &&
		cp build/selftests/fixtures/$name.bpf.o "$tmp/"
done
cp /usr/lib/*/bpf/xdp-dispatcher.o "$tmp/" 2>/dev/null
objects=$(ls "$tmp"/*.o)
# shellcheck disable=SC2086 # a list
"$tmp/generate" $objects >"$tmp/expected" 2>"$tmp/log"
check "there is something to compare" "$(cat "$tmp/log")" [ -s "$tmp/expected" ]

# same NAME COMMAND...: COMMAND, to which "generate OBJECT..." is appended, gives the same bytes.
same() {
	name=$1
	shift
	# shellcheck disable=SC2086 # a list
	"$@" "$tmp/generate" $objects >"$tmp/got" 2>"$tmp/log"
	check "$name" "$(cat "$tmp/log"; cmp "$tmp/expected" "$tmp/got" 2>&1)" \
		cmp -s "$tmp/expected" "$tmp/got"
}

# same_if CONDITION NAME COMMAND...: skips it where CONDITION, run as a test, does not succeed.
same_if() {
	if $1 2>/dev/null >&2; then
		shift
		same "$@"
	else
		skip "$2" "'$1' is not possible here"
	fi
}

same "the same once more"
same "with an empty environment" env -i
same "in another language and time zone" env LC_ALL=tr_TR.UTF-8 LANG=de_DE TZ=Asia/Tokyo
same "whatever libbpf reads from the environment" \
	env LIBBPF_LOG_LEVEL=debug LIBBPF_BPF_TOKEN_PATH=/sys/fs/bpf LIBBPF_STRICT_MODE=all
same "with few open files" sh -c 'ulimit -Sn 64; exec "$@"' sh
same "from another folder" sh -c 'cd / && exec "$@"' sh
same_if "setarch --uname-2.6 true" "with another kernel release" setarch --uname-2.6
same_if "taskset 1 true" "on one CPU" taskset 1
same_if "setpriv --reuid 65534 --clear-groups $lskel version" "as nobody" \
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all
same_if "unshare --uts hostname other" "on a machine of another name" \
	unshare --uts sh -c 'hostname other; exec "$@"' sh
same_if "unshare -m true" "without /sys, /proc and /boot" unshare -m sh -c '
	for dir in /sys /proc /boot /lib/modules; do
		[ ! -d $dir ] || mount -t tmpfs none $dir || exit 1
	done
	exec "$@"' sh
printf '0-255\n' >"$tmp/cpus"
same_if "unshare -m mount --bind $tmp/cpus /sys/devices/system/cpu/possible" \
	"on a machine of 256 CPUs" unshare -m sh -c '
	mount --bind "$0" /sys/devices/system/cpu/possible && exec "$@"' "$tmp/cpus"
printf 'ffffffff81000000 T bpf_prog_load\n' >"$tmp/kallsyms"
printf 'not BTF' >"$tmp/vmlinux"
same_if "unshare -m mount --bind $tmp/vmlinux /sys/kernel/btf/vmlinux" \
	"on another kernel's BTF and symbols" unshare -m sh -c '
	mount --bind "$0/vmlinux" /sys/kernel/btf/vmlinux &&
		mount --bind "$0/kallsyms" /proc/kallsyms && exec "$@"' "$tmp"

# Nothing but lskel, its libraries and the object.
mkdir "$tmp/root"
ldd "$lskel" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' >"$tmp/libraries"
if [ "$(id -u)" = 0 ] && have chroot; then
	while read -r file; do
		mkdir -p "$tmp/root${file%/*}" && cp -L "$file" "$tmp/root$file"
	done <"$tmp/libraries"
	cp "$lskel" "$tmp/rich.bpf.o" "$tmp/root/"
	chroot "$tmp/root" /lskel gen skeleton rich.bpf.o >"$tmp/got" 2>"$tmp/log"
	"$lskel" gen skeleton "$tmp/rich.bpf.o" >"$tmp/rich.h"
	check "in an otherwise empty file system" "$(cat "$tmp/log")" cmp -s "$tmp/rich.h" "$tmp/got"
else
	skip "in an otherwise empty file system" "not root"
fi

if have strace && strace -o "$tmp/calls" true 2>/dev/null; then
	# The C library reads configuration of its own before main().
	for object in $objects; do
		strace -f -o "$tmp/calls" "$lskel" gen skeleton "$object" name x >/dev/null 2>&1
		grep -n -E '"/(sys|proc|boot|lib/modules)|^[0-9]+ +(bpf|perf_event_open|uname|socket)\(' \
			"$tmp/calls"
		grep -q memfd_create "$tmp/calls" || echo "$object: nothing was traced"
	done >"$tmp/forbidden"
	check "no system call looks at the machine" "$(cat "$tmp/forbidden")" [ ! -s "$tmp/forbidden" ]
else
	skip "no system call looks at the machine" "strace is not installed, or not permitted"
fi
[ "$failures" = 0 ]
