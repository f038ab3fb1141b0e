// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The recorder: stands in for bpf(2), see gen/record.h. The linker sends libbpf's syscall() here
 * (--wrap=syscall). What calls refer to is copied in gen/record_args.c.
 *
 * A pretend fd is a memfd, since libbpf dup()s, mmap()s and close()s it. Its size says which object it
 * is, and device and inode that it really is the one: an fd number alone would not survive dup3().
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "record_impl.h"
#include "targets.h"
#include "util.h"

/* Larger than whatever libbpf maps of a map. */
#define PRETEND_FD_SIZE (1LL << 40)
#define TOKEN_SIZE	(PRETEND_FD_SIZE - 1)

#define CMD_TOKEN_CREATE 36 /* BPF_TOKEN_CREATE, Linux 6.9 */

static struct trace *recording;
static struct refusals refusals;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t offset);

/* Objects have two fds at a time, and an object may have thousands of maps. */
static void raise_fd_limit(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

void record_start(struct trace *trace)
{
	raise_fd_limit();
	recording = trace;
}

void record_stop(void)
{
	recording = NULL;
	record_refuse((struct refusals){});
}

void record_refuse(struct refusals calls)
{
	refusals = calls;
}

bool record_is_on(void)
{
	return recording;
}

int record_kobj(const struct trace *trace, int fd)
{
	struct stat st;
	long long i;

	if (fstat(fd, &st))
		return NO_KOBJ;
	i = st.st_size - PRETEND_FD_SIZE;
	if (i < 0 || i >= trace->kobj_cnt || trace->kobjs[i].ino != st.st_ino ||
	    trace->kobjs[i].dev != st.st_dev)
		return NO_KOBJ;
	return i;
}

/* The token that makes libbpf ask again what the kernel knows, see gen/learn.c. */
static int make_token(void)
{
	int fd = memfd_create("lskel-token", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, TOKEN_SIZE)) {
		close(fd);
		fd = -1;
	}
	return fd < 0 ? -errno : fd;
}

bool record_is_token(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_size == TOKEN_SIZE;
}

/* Returns a new pretend fd, or a negative errno. */
static int make_kobj(enum kobj_kind kind, struct call *call)
{
	struct stat st;
	int fd;

	fd = memfd_create("lskel", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, PRETEND_FD_SIZE + recording->kobj_cnt) || fstat(fd, &st)) {
		int err = -errno;

		close(fd);
		return err;
	}
	call->made = recording->kobj_cnt;
	push(recording->kobjs, recording->kobj_cnt) = (struct kobj){
		.kind = kind,
		.creator = recording->call_cnt,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
	return fd;
}

static int make_result(struct call *call)
{
	if (record_is_refused(call, &refusals))
		return -EINVAL;
	switch (call->command->cmd) {
	case BPF_MAP_CREATE:
		return make_kobj(KOBJ_MAP, call);
	case BPF_PROG_LOAD:
		return make_kobj(KOBJ_PROG, call);
	case BPF_BTF_LOAD:
		return make_kobj(KOBJ_BTF, call);
	case BPF_LINK_CREATE:
	case BPF_RAW_TRACEPOINT_OPEN:
		/* As the kernel does, and as libbpf's probes expect. */
		if (!record_is_kind(recording, call_arg(call, "prog_fd")->kobj, KOBJ_PROG))
			return -EBADF;
		if (record_is_uprobe_multi_probe(call))
			return call->attr.link_create.uprobe_multi.pid ? -EINVAL : -EBADF;
		return make_kobj(KOBJ_LINK, call);
	default:
		return 0;
	}
}

/* Of a program there is but one, and that its BTF can be had is all that is to be known. */
static int pretend_info(const union bpf_attr *attr)
{
	struct bpf_prog_info *info = (void *)(unsigned long)attr->info.info;

	if (attr->info.bpf_fd != PRETEND_TARGET_FD || attr->info.info_len < sizeof(*info))
		return -EINVAL;
	info->btf_id = 1;
	return 0;
}

static void drop_args(struct call *call)
{
	for (__u32 i = 0; i < call->command->field_cnt; i++)
		free(call->args[i].data);
	free(call->args);
}

/* The pretend kernel's bpf(2). Returns an fd, 0 or a negative errno. */
static int pretend_bpf(int cmd, const union bpf_attr *attr, __u32 size)
{
	struct call call = { .command = command_find(cmd), .size = size, .made = NO_KOBJ };
	int ret = 0;

	if (cmd == BPF_OBJ_GET || cmd == BPF_BTF_GET_NEXT_ID || cmd == BPF_MAP_LOOKUP_ELEM)
		return -ENOENT;
	if (cmd == CMD_TOKEN_CREATE)
		return make_token();
	if (cmd == BPF_OBJ_GET_INFO_BY_FD)
		return pretend_info(attr);
	if (!call.command || size > sizeof(call.attr))
		return -EINVAL;

	memcpy(&call.attr, attr, size);
	call.args = xcalloc(call.command->field_cnt, sizeof(*call.args));
	for (__u32 i = 0; i < call.command->field_cnt && !ret; i++)
		ret = record_copy_arg(recording, &call, &call.command->fields[i], &call.args[i]);
	if (!ret)
		ret = make_result(&call);
	if (ret < 0)
		drop_args(&call);
	else
		push(recording->calls, recording->call_cnt) = call;
	return ret;
}

/*
 * Objects say at which address an arena is mapped: not in this process. What libbpf fills with initial data is
 * shared memory, whose pages are made when they are read: not those of private memory.
 */
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	int kobj = recording && fd >= 0 ? record_kobj(recording, fd) : NO_KOBJ;

	if (recording && flags == (MAP_SHARED | MAP_ANONYMOUS))
		flags = MAP_PRIVATE | MAP_ANONYMOUS;
	if (record_is_kind(recording, kobj, KOBJ_MAP) &&
	    record_map_attr(recording, kobj)->map_type == BPF_MAP_TYPE_ARENA) {
		addr = NULL;
		flags &= ~MAP_FIXED;
	}
	return __real_mmap(addr, len, prot, flags, fd, offset);
}

void *__wrap_mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return __wrap_mmap(addr, len, prot, flags, fd, offset);
}

long __wrap_syscall(long number, ...)
{
	long arg[5], ret; /* libbpf never passes more, and what isn't passed must not be read */
	va_list args;

	va_start(args, number);
	for (size_t i = 0; i < ARRAY_SIZE(arg); i++)
		arg[i] = va_arg(args, long);
	va_end(args);

	if (!recording || number == __NR_memfd_create || number == __NR_dup3)
		return __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4]);
	ret = number == __NR_bpf ? pretend_bpf(arg[0], (const union bpf_attr *)arg[1], arg[2]) :
				   -ENOSYS;
	if (ret < 0) {
		errno = -ret;
		return -1;
	}
	return ret;
}
