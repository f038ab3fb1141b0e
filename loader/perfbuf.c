// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/perfbuf.h>: setting up and taking down. How a buffer is read is in perfbuf_read.h.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <limits.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "perfbuf_read.h"

/* PERF_FORMAT_LOST, newer than some <linux/perf_event.h> (Linux 6.0). */
#define LSKEL_PERF_FORMAT_LOST (1U << 4)

struct lskel_perfbuf {
	pid_t pid; /* who may use it */
	int map_fd;
	int epoll_fd;
	struct lskel_perfbuf_reader reader;
	struct lskel_perf_cpu *cpus;
	struct epoll_event *events; /* room for one of each */
	unsigned int cnt;
	/* Something may be left that epoll does not tell of again, as the kernel tells of new samples only. */
	bool left;
};

/* Events of type BPF_OUTPUT, which only bpf_perf_event_output() makes. */
static int lskel_perf_cpu_open(int cpu, __u32 wakeup_events)
{
	struct perf_event_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_BPF_OUTPUT;
	attr.sample_type = PERF_SAMPLE_RAW;
	attr.sample_period = wakeup_events;
	attr.wakeup_events = wakeup_events;
	attr.read_format = LSKEL_PERF_FORMAT_LOST;
	fd = (int)syscall(__NR_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void lskel_perf_cpu_close(struct lskel_perf_cpu *cpu)
{
	if (cpu->page)
		munmap((void *)cpu->page, lskel_page_size() + cpu->size);
	if (cpu->fd >= 0)
		close(cpu->fd);
	free(cpu->copy);
}

/* Opens, maps and publishes buffer number @buffers->cnt. -ENODEV if the CPU is not online. */
static int lskel_perfbuf_add(struct lskel_perfbuf *buffers, int number, __u32 key, size_t size,
			     __u32 wakeup_events)
{
	struct lskel_perf_cpu *cpu = &buffers->cpus[buffers->cnt];
	struct epoll_event event;
	void *addr;
	int err = 0;

	memset(cpu, 0, sizeof(*cpu));
	cpu->cpu = number;
	cpu->key = key;
	cpu->size = size;
	cpu->fd = lskel_perf_cpu_open(number, wakeup_events);
	if (cpu->fd < 0)
		return cpu->fd;
	addr = mmap(NULL, lskel_page_size() + size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu->fd, 0);
	if (addr == MAP_FAILED)
		err = -errno;
	else
		cpu->page = (struct perf_event_mmap_page *)addr;
	memset(&event, 0, sizeof(event));
	event.events = EPOLLIN;
	event.data.u32 = buffers->cnt;
	if (!err && (ioctl(cpu->fd, PERF_EVENT_IOC_ENABLE, 0) ||
		     epoll_ctl(buffers->epoll_fd, EPOLL_CTL_ADD, cpu->fd, &event)))
		err = -errno;
	if (!err)
		err = lskel_sys_map_update(buffers->map_fd, &key, &cpu->fd);
	if (err) {
		lskel_perf_cpu_close(cpu);
		return err;
	}
	buffers->cnt++;
	return 0;
}

static int lskel_perfbuf_fill(struct lskel_perfbuf *buffers, size_t size, unsigned int cnt,
			      const struct lskel_perfbuf_opts *opts)
{
	__u32 wakeup = opts && opts->wakeup_events ? opts->wakeup_events : 1;
	bool chosen = opts && opts->cpu_cnt;
	unsigned int i;

	for (i = 0; i < cnt; i++) {
		int cpu = chosen ? opts->cpus[i] : (int)i;
		int err = lskel_perfbuf_add(buffers, cpu, chosen ? opts->keys[i] : i, size, wakeup);

		/* Not online: the kernel knows, and at this moment. */
		if (err && (chosen || err != -ENODEV))
			return err;
	}
	return 0;
}

/* How many CPUs are looked at, or a negative errno. */
static int lskel_perfbuf_count(int map_fd, unsigned int pages,
			       const struct lskel_perfbuf_opts *opts)
{
	struct bpf_map_info info;
	int err = lskel_sys_map_info(map_fd, &info), cnt;

	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_PERF_EVENT_ARRAY || !pages || (pages & (pages - 1)) ||
	    pages > (size_t)-1 / 4 / lskel_page_size())
		return -EINVAL;
	if (opts && opts->cpu_cnt)
		return opts->cpus && opts->keys && opts->cpu_cnt <= INT_MAX ? (int)opts->cpu_cnt :
									      -EINVAL;
	cnt = lskel_possible_cpus();
	return cnt > 0 && (__u32)cnt > info.max_entries ? (int)info.max_entries : cnt;
}

LSKEL_API void lskel_perfbuf_free(struct lskel_perfbuf *buffers)
{
	unsigned int i;

	if (!buffers)
		return;
	for (i = 0; i < buffers->cnt; i++) {
		struct lskel_perf_cpu *cpu = &buffers->cpus[i];

		if (buffers->pid == getpid())
			lskel_sys_map_delete(buffers->map_fd, &cpu->key);
		else
			cpu->page = NULL; /* VM_DONTCOPY */
		lskel_perf_cpu_close(cpu);
	}
	if (buffers->epoll_fd >= 0)
		close(buffers->epoll_fd);
	free(buffers->cpus);
	free(buffers->events);
	free(buffers);
}

LSKEL_API struct lskel_perfbuf *lskel_perfbuf_new(int map_fd, unsigned int pages,
						  lskel_perfbuf_fn handle,
						  lskel_perfbuf_lost_fn lost, void *ctx,
						  const struct lskel_perfbuf_opts *opts)
{
	int cnt = lskel_perfbuf_count(map_fd, pages, opts), err = 0;
	struct lskel_perfbuf *buffers;

	if (cnt < 0) {
		errno = -cnt;
		return NULL;
	}
	buffers = (struct lskel_perfbuf *)calloc(1, sizeof(*buffers));
	if (!buffers)
		return NULL;
	buffers->pid = getpid();
	buffers->map_fd = map_fd;
	buffers->reader.handle = handle;
	buffers->reader.lost = lost;
	buffers->reader.ctx = ctx;
	buffers->cpus = (struct lskel_perf_cpu *)calloc((size_t)cnt + 1, sizeof(*buffers->cpus));
	buffers->events = (struct epoll_event *)calloc((size_t)cnt + 1, sizeof(*buffers->events));
	buffers->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (buffers->epoll_fd < 0)
		err = -errno;
	else if (!buffers->cpus || !buffers->events)
		err = -ENOMEM;
	else
		err = lskel_perfbuf_fill(buffers, (size_t)pages * lskel_page_size(),
					 (unsigned int)cnt, opts);
	if (err) {
		lskel_perfbuf_free(buffers);
		errno = -err;
		return NULL;
	}
	return buffers;
}

/* Reads buffer @i; *@count becomes what was read in all. Returns 0, or a negative value to end with. */
static int lskel_perfbuf_read(struct lskel_perfbuf *buffers, unsigned int i, int *count)
{
	int ret = lskel_perf_cpu_read(&buffers->reader, &buffers->cpus[i]);

	if (ret < 0) {
		buffers->left = true;
		return ret;
	}
	*count = ret > INT_MAX - *count ? INT_MAX : *count + ret;
	return 0;
}

LSKEL_API int lskel_perfbuf_consume(struct lskel_perfbuf *buffers)
{
	int count = 0, err = 0;
	unsigned int i;

	if (buffers->pid != getpid())
		return -ECHILD;
	buffers->left = false;
	for (i = 0; i < buffers->cnt && !err; i++)
		err = lskel_perfbuf_read(buffers, i, &count);
	return err ? err : count;
}

LSKEL_API int lskel_perfbuf_poll(struct lskel_perfbuf *buffers, int timeout_ms)
{
	int count = 0, err, cnt, i;

	if (buffers->pid != getpid())
		return -ECHILD;
	if (buffers->left)
		return lskel_perfbuf_consume(buffers);
	cnt = epoll_wait(buffers->epoll_fd, buffers->events, (int)buffers->cnt + 1, timeout_ms);
	err = cnt < 0 ? -errno : 0;
	for (i = 0; i < cnt && !err; i++) {
		const struct epoll_event *event = &buffers->events[i];

		/* The kernel will write nothing more, and say so for ever. */
		if (event->events & (EPOLLHUP | EPOLLERR))
			epoll_ctl(buffers->epoll_fd, EPOLL_CTL_DEL,
				  buffers->cpus[event->data.u32].fd, NULL);
		err = lskel_perfbuf_read(buffers, event->data.u32, &count);
	}
	return err ? err : count;
}

LSKEL_API int lskel_perfbuf_consume_buffer(struct lskel_perfbuf *buffers, unsigned int i)
{
	int count = 0, err;

	if (i >= buffers->cnt)
		return -EINVAL;
	if (buffers->pid != getpid())
		return -ECHILD;
	err = lskel_perfbuf_read(buffers, i, &count);
	return err ? err : count;
}

LSKEL_API unsigned int lskel_perfbuf_cnt(const struct lskel_perfbuf *buffers)
{
	return buffers->cnt;
}

LSKEL_API int lskel_perfbuf_cpu(const struct lskel_perfbuf *buffers, unsigned int i)
{
	return i < buffers->cnt ? buffers->cpus[i].cpu : -EINVAL;
}

LSKEL_API int lskel_perfbuf_fd(const struct lskel_perfbuf *buffers, unsigned int i)
{
	return i < buffers->cnt ? buffers->cpus[i].fd : -EINVAL;
}

LSKEL_API int lskel_perfbuf_memory(const struct lskel_perfbuf *buffers, unsigned int i, void **ret,
				   size_t *ret_size)
{
	if (i >= buffers->cnt)
		return -EINVAL;
	if (buffers->pid != getpid())
		return -ECHILD;
	*ret = (void *)buffers->cpus[i].page;
	*ret_size = buffers->cpus[i].size;
	return 0;
}

LSKEL_API int lskel_perfbuf_epoll_fd(const struct lskel_perfbuf *buffers)
{
	return buffers->epoll_fd;
}

LSKEL_API int lskel_perfbuf_lost(const struct lskel_perfbuf *buffers, __u64 *ret)
{
	__u64 sum = 0, values[2]; /* the event's count, and lost */
	unsigned int i;

	for (i = 0; i < buffers->cnt; i++) {
		ssize_t len = read(buffers->cpus[i].fd, values, sizeof(values));

		if (len != sizeof(values))
			return len < 0 ? -errno : -EIO;
		sum += values[1];
	}
	*ret = sum;
	return 0;
}
