// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Defines syscall(), which libbpf and the run time are linked to, to see what they send: that part of maps,
 * programs and links that the kernel does not show. See fidelity.h.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <lskel/sys.h>

#include "fidelity.h"
#include "util.h"

#define FD_MAX 16384

static long (*libc_syscall)(long number, ...);

static union bpf_attr *attrs[FD_MAX];
static char *perf_events[FD_MAX];

/* What links were made with. */
static struct {
	__u32 id;
	char *text;
	__u64 cookie;
} * links;
static __u32 link_cnt;

const union bpf_attr *fidelity_attr_of_fd(int fd)
{
	static const union bpf_attr none;

	return fd >= 0 && fd < FD_MAX && attrs[fd] ? attrs[fd] : &none;
}

const char *fidelity_made_with(__u32 link_id)
{
	for (__u32 i = link_cnt; i-- > 0;)
		if (links[i].id == link_id)
			return links[i].text;
	return "";
}

__u64 fidelity_cookie(__u32 link_id)
{
	for (__u32 i = link_cnt; i-- > 0;)
		if (links[i].id == link_id)
			return links[i].cookie;
	return 0;
}

static void keep_attr(long fd, long cmd, const void *attr, size_t size)
{
	if (fd < 0 || fd >= FD_MAX || (cmd != BPF_MAP_CREATE && cmd != BPF_PROG_LOAD))
		return;
	free(attrs[fd]);
	attrs[fd] = xcalloc(1, sizeof(*attrs[fd]));
	memcpy(attrs[fd], attr, size < sizeof(*attrs[fd]) ? size : sizeof(*attrs[fd]));
}

/* Types that have no fixed number are those of kprobes and uprobes, whose config1 is a name. */
static void keep_perf_event(long fd, const struct perf_event_attr *attr, long pid, long cpu)
{
	const char *name = attr->type >= PERF_TYPE_MAX ? (const char *)attr->config1 : NULL;

	if (fd < 0 || fd >= FD_MAX)
		return;
	free(perf_events[fd]);
	perf_events[fd] =
		xprintf("; event type %u config %#llx of %s + %#llx, period %llu, pid %d, cpu %d",
			attr->type, (unsigned long long)attr->config, name ?: "no name",
			(unsigned long long)attr->config2, (unsigned long long)attr->sample_period,
			(int)pid, (int)cpu);
}

static __u64 sum_of_names(const char *const *names, __u32 cnt)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < cnt; i++)
		sum += fidelity_checksum(names[i], strlen(names[i]));
	return sum;
}

static char *multi_text(const union bpf_attr *attr)
{
	const __u32 cnt = attr->link_create.kprobe_multi.cnt;
	const char *const *syms = (const void *)attr->link_create.kprobe_multi.syms;
	const __u64 *addrs = (const void *)attr->link_create.kprobe_multi.addrs;

	return xprintf("; %u functions, flags %#x, names %llx, addresses %llx, %s cookies", cnt,
		       attr->link_create.kprobe_multi.flags,
		       (unsigned long long)(syms ? sum_of_names(syms, cnt) : 0),
		       (unsigned long long)(addrs ? fidelity_checksum(addrs, cnt * sizeof(*addrs)) :
						    0),
		       attr->link_create.kprobe_multi.cookies ? "with" : "without");
}

static void keep_link(long fd, const union bpf_attr *attr)
{
	const __u32 target = attr->link_create.target_fd;
	struct bpf_link_info info = {};
	union bpf_attr ask = {
		.info = { .bpf_fd = fd, .info_len = sizeof(info), .info = lskel_u64(&info) }
	};
	char *text = NULL;
	__u64 cookie = 0;

	if (fd < 0)
		return;
	if (attr->link_create.attach_type == BPF_PERF_EVENT && target < FD_MAX) {
		text = xstrdup(perf_events[target] ?: "; unknown event");
		cookie = attr->link_create.perf_event.bpf_cookie;
	}
	if (attr->link_create.attach_type == BPF_TRACE_KPROBE_MULTI ||
	    attr->link_create.attach_type == BPF_TRACE_KPROBE_SESSION)
		text = multi_text(attr);
	if (!text)
		return;
	libc_syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof(ask));
	push(links, link_cnt) = (typeof(*links)){ info.id, text, cookie };
}

long syscall(long number, ...)
{
	long arg[6], ret;
	va_list args;
	int err;

	if (!libc_syscall)
		*(void **)&libc_syscall = dlsym(RTLD_NEXT, "syscall");
	va_start(args, number);
	for (size_t i = 0; i < ARRAY_SIZE(arg); i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	ret = libc_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	err = errno;
	if (number == __NR_bpf && arg[0] == BPF_LINK_CREATE)
		keep_link(ret, (const void *)arg[1]);
	else if (number == __NR_bpf)
		keep_attr(ret, arg[0], (const void *)arg[1], arg[2]);
	if (number == __NR_perf_event_open)
		keep_perf_event(ret, (const void *)arg[0], arg[1], arg[2]);
	/* libbpf holds the place of a map with another fd. */
	if (number == __NR_dup3 && ret >= 0 && arg[0] < FD_MAX && attrs[arg[0]])
		keep_attr(ret, BPF_MAP_CREATE, attrs[arg[0]], sizeof(*attrs[0]));
	errno = err;
	return ret;
}
