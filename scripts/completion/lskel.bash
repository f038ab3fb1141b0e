# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# bash completion for lskel(8). To try it: source scripts/completion/lskel.bash

_lskel_pinned() {
	COMPREPLY+=($(compgen -f -- "$1"))
}

# Behind "map idx N" or "map name NAME".
_lskel_map() {
	COMPREPLY+=($(compgen -W 'id pinned name' -- "$1"))
	_lskel_pinned "$1"
}

_lskel_types='socket kprobe kretprobe classifier action tracepoint raw_tracepoint xdp perf_event cgroup/skb
	cgroup/sock cgroup/dev lwt_in lwt_out lwt_xmit lwt_seg6local sockops sk_skb sk_msg lirc_mode2 sk_reuseport
	flow_dissector cgroup/sysctl cgroup/bind4 cgroup/bind6 cgroup/post_bind4 cgroup/post_bind6 cgroup/connect4
	cgroup/connect6 cgroup/getpeername4 cgroup/getpeername6 cgroup/getsockname4 cgroup/getsockname6
	cgroup/sendmsg4 cgroup/sendmsg6 cgroup/recvmsg4 cgroup/recvmsg6 cgroup/getsockopt cgroup/setsockopt
	cgroup/sock_release struct_ops fentry fexit freplace sk_lookup'

# The words behind "prog load FILE PATH"; $2 is the word before, $3 the one before that, $4 one more.
_lskel_prog_load() {
	case $2 in
	type) COMPREPLY=($(compgen -W "$_lskel_types" -- "$1")) ;;
	map) COMPREPLY=($(compgen -W 'idx name' -- "$1")) ;;
	pinmaps) COMPREPLY=($(compgen -d -- "$1")) ;;
	pinned) _lskel_pinned "$1" ;;
	offload_dev | xdpmeta_dev) COMPREPLY=($(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$1")) ;;
	*)
		case $3,$4 in
		idx,map | name,map) _lskel_map "$1" ;;
		*)
			COMPREPLY=($(compgen -W 'type map pinmaps autoattach offload_dev xdpmeta_dev' -- "$1"))
			;;
		esac
		;;
	esac
}

_lskel() {
	local cur=${COMP_WORDS[COMP_CWORD]} word
	local -a words=()
	local i
	COMPREPLY=()

	# The words before this one that are no options.
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		[[ $word == -* ]] || words+=("$word")
	done
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '-j --json -p --pretty -d --debug -L --use-loader -n --nomount -h --help
			-V --version' -- "$cur"))
		case ${words[0]},${words[1]} in
		gen,skeleton) COMPREPLY+=($(compgen -W '--standalone --btf --cache --no-line-info' -- "$cur")) ;;
		relocate,*) COMPREPLY+=($(compgen -W '--dir --btf' -- "$cur")) ;;
		esac
		return
	fi
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--btf) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	--dir) COMPREPLY=($(compgen -d -- "$cur")); return ;;
	esac
	case ${#words[@]},${words[0]},${words[1]} in
	0,*) COMPREPLY=($(compgen -W 'gen prog show verify relocate version help' -- "$cur")) ;;
	1,gen,*) COMPREPLY=($(compgen -W 'skeleton blob trace help' -- "$cur")) ;;
	1,prog,*) COMPREPLY=($(compgen -W 'load loadall help' -- "$cur")) ;;
	1,show,* | 1,verify,* | 1,relocate,* | 2,gen,* | 2,prog,* | 3,prog,*) COMPREPLY=($(compgen -f -- "$cur")) ;;
	3,gen,skeleton | 3,gen,blob | 2,relocate,*) COMPREPLY=($(compgen -W 'name' -- "$cur")) ;;
	*,prog,*) _lskel_prog_load "$cur" "${words[-1]}" "${words[-2]}" "${words[-3]}" ;;
	esac
}

complete -o filenames -F _lskel lskel
