// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of record.h. Defines syscall(), which libbpf is linked to. */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

#include "record.h"
#include "util.h"

#define FD_MAX 16384

static struct trace *recording;
static int kobj_of_fd[FD_MAX]; /* plus 1; 0: none */
static bool unsupported;       /* the call that is being recorded */
static bool *all_unsupported;  /* one for each call */
static __u32 all_cnt;

int bench_kobj(int fd)
{
	return fd > 0 && fd < FD_MAX && kobj_of_fd[fd] ? kobj_of_fd[fd] - 1 : NO_KOBJ;
}

static const union bpf_attr *map_attr(int kobj)
{
	return &recording->calls[recording->kobjs[kobj].creator].attr;
}

static void copy_insns(struct arg *arg)
{
	struct bpf_insn *insns = arg->data;

	for (__u32 i = 0; i < arg->len / sizeof(*insns); i++) {
		struct bpf_insn *insn = &insns[i];

		if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL &&
		    insn->off)
			unsupported = true; /* a module's: in libbpf's own fd_array */
		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		i++;
		if (insn->src_reg != BPF_PSEUDO_MAP_FD && insn->src_reg != BPF_PSEUDO_MAP_VALUE)
			continue;
		insn->src_reg = insn->src_reg == BPF_PSEUDO_MAP_FD ? BPF_PSEUDO_MAP_IDX :
								     BPF_PSEUDO_MAP_IDX_VALUE;
		insn->imm = bench_kobj(insn->imm);
	}
}

static void copy_bytes(struct arg *arg, const void *p, size_t len)
{
	if (!p || !len)
		return;
	arg->data = xmemdup(p, len);
	arg->len = len;
}

static void copy_array(const struct call *call, const struct attr_field *field, struct arg *arg,
		       const void *p)
{
	__u32 count, elem = field->elem_size;

	memcpy(&count, (const char *)&call->attr + field->count_offset, sizeof(count));
	if (!elem)
		memcpy(&elem, (const char *)&call->attr + field->elem_offset, sizeof(elem));
	copy_bytes(arg, p, (size_t)count * elem);
	if (field->kind == FIELD_INSNS)
		copy_insns(arg);
}

static void copy_map_value(struct arg *arg, const union bpf_attr *map, const void *p)
{
	int fd;

	switch (map->map_type) {
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_PROG_ARRAY:
		memcpy(&fd, p, sizeof(fd));
		arg->kobj = bench_kobj(fd);
		break;
	case BPF_MAP_TYPE_STRUCT_OPS:
		unsupported = true; /* its value holds fds */
		break;
	default:
		copy_bytes(arg, p, map->value_size);
	}
}

static void copy_arg(struct call *call, const struct attr_field *field, struct arg *arg)
{
	__u64 value;
	const void *p;
	int map;

	arg->kobj = NO_KOBJ;
	if (field->kind == FIELD_CHARS)
		return;
	value = attr_get(&call->attr, field);
	p = (const void *)(unsigned long)value;
	switch (field->kind) {
	case FIELD_FD:
		arg->kobj = bench_kobj(value);
		unsupported |= value && arg->kobj == NO_KOBJ;
		break;
	case FIELD_TARGET_FD:
		unsupported |= value != 0;
		break;
	case FIELD_STRING:
		copy_bytes(arg, p, p ? strlen(p) + 1 : 0);
		break;
	case FIELD_ARRAY:
	case FIELD_INSNS:
		copy_array(call, field, arg, p);
		break;
	case FIELD_KEY:
	case FIELD_VALUE:
		map = bench_kobj(call->attr.map_fd);
		if (map == NO_KOBJ)
			unsupported = true;
		else if (field->kind == FIELD_KEY)
			copy_bytes(arg, p, map_attr(map)->key_size);
		else
			copy_map_value(arg, map_attr(map), p);
		break;
	case FIELD_HOST:
		memset((char *)&call->attr + field->offset, 0, field->size);
		break;
	default:
		break;
	}
}

static bool makes_fd(__u32 cmd)
{
	return cmd == BPF_MAP_CREATE || cmd == BPF_PROG_LOAD || cmd == BPF_BTF_LOAD;
}

static enum kobj_kind kind_of(__u32 cmd)
{
	return cmd == BPF_MAP_CREATE ? KOBJ_MAP : cmd == BPF_PROG_LOAD ? KOBJ_PROG : KOBJ_BTF;
}

/* Probes of the kernel's features are recorded, too; nothing that is kept needs them. */
static void record(int cmd, const union bpf_attr *attr, __u32 size, int ret)
{
	struct call call = { .command = command_find(cmd), .size = size, .made = NO_KOBJ };

	if (!call.command || cmd == BPF_LINK_CREATE || cmd == BPF_RAW_TRACEPOINT_OPEN)
		return;
	memcpy(&call.attr, attr, size < sizeof(call.attr) ? size : sizeof(call.attr));
	call.args = xcalloc(call.command->field_cnt, sizeof(*call.args));
	unsupported = false;
	for (__u32 i = 0; i < call.command->field_cnt; i++)
		copy_arg(&call, &call.command->fields[i], &call.args[i]);
	if (makes_fd(cmd)) {
		call.made = recording->kobj_cnt;
		push(recording->kobjs, recording->kobj_cnt) = (struct kobj){
			.kind = kind_of(cmd),
			.creator = recording->call_cnt,
		};
		if (ret < FD_MAX)
			kobj_of_fd[ret] = call.made + 1;
	}
	push(recording->calls, recording->call_cnt) = call;
	push(all_unsupported, all_cnt) = unsupported;
}

long syscall(long number, ...)
{
	static long (*libc_syscall)(long number, ...);
	long arg[6], ret;
	va_list args;

	if (!libc_syscall)
		*(void **)&libc_syscall = dlsym(RTLD_NEXT, "syscall");
	va_start(args, number);
	for (size_t i = 0; i < ARRAY_SIZE(arg); i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	ret = libc_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	if (!recording || ret < 0)
		return ret;
	if (number == __NR_bpf)
		record(arg[0], (const void *)arg[1], arg[2], ret);
	/* libbpf holds the place of a map with another fd. */
	if (number == __NR_dup3 && arg[0] < FD_MAX && ret < FD_MAX)
		kobj_of_fd[ret] = kobj_of_fd[arg[0]];
	return ret;
}

int bench_record(struct bpf_object *object, struct trace *trace)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	int err;

	recording = trace;
	err = bpf_object__load(object);
	recording = NULL;
	if (err)
		return err;
	bpf_object__for_each_map(map, object)
		if (bench_kobj(bpf_map__fd(map)) != NO_KOBJ)
			trace->kobjs[bench_kobj(bpf_map__fd(map))].kept = true;
	bpf_object__for_each_program(prog, object)
		if (bench_kobj(bpf_program__fd(prog)) != NO_KOBJ)
			trace->kobjs[bench_kobj(bpf_program__fd(prog))].kept = true;
	trace_slice(trace);
	for (__u32 i = 0; i < trace->call_cnt; i++)
		if (trace->calls[i].needed && all_unsupported[i])
			return -EOPNOTSUPP;
	return 0;
}
