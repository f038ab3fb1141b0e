/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading what programs write with bpf_perf_event_output(): a buffer for each CPU, behind a map of type
 * BPF_MAP_TYPE_PERF_EVENT_ARRAY, as with libbpf's perf_buffer__new() and its like. Part of liblskel.a; who
 * does not read links nothing of it. On kernels since 5.8, which all that lskel supports are, a ring buffer
 * (<lskel/ringbuf.h>) is better: one for all CPUs, in order, without copies.
 *
 * One thread at a time may use a struct lskel_perfbuf. The kernel does not let a child process have the buffers:
 * there, the functions fail with ECHILD, and lskel_perfbuf_free() frees only the child's memory and fds.
 */
#ifndef LSKEL_PERFBUF_H
#define LSKEL_PERFBUF_H

#include <stddef.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

struct lskel_perfbuf;

/*
 * Handles one sample that a program wrote on CPU @cpu: @size bytes at @sample, valid until the function
 * returns. The kernel rounds sizes up, so that up to 7 bytes of no meaning may follow what the program wrote:
 * @size + 4 is a multiple of 8. A negative return value ends the reading; the sample counts as read.
 */
typedef int (*lskel_perfbuf_fn)(void *ctx, int cpu, const void *sample, __u32 size);

/* Is told that @count samples of CPU @cpu found no room, when there is room again. */
typedef void (*lskel_perfbuf_lost_fn)(void *ctx, int cpu, __u64 count);

/* Choices; what is 0 or NULL is as without. */
struct lskel_perfbuf_opts {
	__u32 wakeup_events; /* samples of a CPU that end the waiting, instead of 1 */
	/*
	 * Buffers for these @cpu_cnt CPUs only, at these keys of the map, instead of for all CPUs that are
	 * online. One that is not online is an error then.
	 */
	const int *cpus;
	const __u32 *keys;
	unsigned int cpu_cnt;
};

/*
 * Makes a buffer of @pages pages, a power of two, for each CPU that is online and for which the map @map_fd
 * has room, and puts them into the map. Programs on other CPUs get an error from bpf_perf_event_output(),
 * also on one that comes online later, or comes back.
 *
 * @handle, @lost: what is read goes to these, with @ctx. @lost may be NULL.
 * @opts: may be NULL.
 *
 * The fd stays the caller's and must be open until the buffers are freed. Returns NULL with errno set on failure:
 * EINVAL if the map has another type or @pages is no power of two, or an error of bpf(2), perf_event_open(2)
 * (EACCES or EPERM: needs CAP_PERFMON), mmap(2) (EPERM: more than kernel.perf_event_mlock_kb) or
 * epoll_create(2). Nothing is in the map then.
 *
 * Since: lskel 0.1
 */
LSKEL_API struct lskel_perfbuf *lskel_perfbuf_new(int map_fd, unsigned int pages,
						  lskel_perfbuf_fn handle,
						  lskel_perfbuf_lost_fn lost, void *ctx,
						  const struct lskel_perfbuf_opts *opts);

/*
 * Waits until a buffer has something to read, at most @timeout_ms milliseconds (-1: for ever, 0: not at
 * all), and reads all that is in those that have. Returns the number of samples, 0 after the time is over or if all were lost; the
 * negative value that @handle returned; or a negative errno: -EINTR after a signal.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_poll(struct lskel_perfbuf *buffers, int timeout_ms);

/*
 * Reads all that is in all buffers, without waiting. Returns as lskel_perfbuf_poll().
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_consume(struct lskel_perfbuf *buffers);

/*
 * The same for buffer number @i alone. -EINVAL if there is none.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_consume_buffer(struct lskel_perfbuf *buffers, unsigned int i);

/*
 * The number of buffers.
 *
 * Since: lskel 0.1
 */
LSKEL_API unsigned int lskel_perfbuf_cnt(const struct lskel_perfbuf *buffers);

/*
 * The CPU of buffer number @i, or -EINVAL.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_cpu(const struct lskel_perfbuf *buffers, unsigned int i);

/*
 * The fd of buffer number @i's perf event, which belongs to @buffers, or -EINVAL.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_fd(const struct lskel_perfbuf *buffers, unsigned int i);

/*
 * The memory of buffer number @i: a page with the head (struct perf_event_mmap_page) and @*ret_size bytes of
 * data behind it. Who reads it without lskel_perfbuf_consume_buffer() moves data_tail. Returns 0 or -EINVAL.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_memory(const struct lskel_perfbuf *buffers, unsigned int i, void **ret,
				   size_t *ret_size);

/*
 * An fd that is readable while a buffer has something to read, for an epoll set or poll(2) of the
 * application's; it belongs to @buffers.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_epoll_fd(const struct lskel_perfbuf *buffers);

/*
 * How many samples were lost in all buffers until now, as the kernel counts them (since Linux 6.0): also
 * those that the function of lskel_perfbuf_new() has not been told of yet. Returns 0 or a negative errno.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_perfbuf_lost(const struct lskel_perfbuf *buffers, __u64 *ret);

/*
 * Takes the buffers out of the map and frees @buffers, which may be NULL. What was not read is lost. Not to be
 * called by a sample's function.
 *
 * Since: lskel 0.1
 */
LSKEL_API void lskel_perfbuf_free(struct lskel_perfbuf *buffers);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_PERFBUF_H */
