/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading BPF ring buffers (BPF_MAP_TYPE_RINGBUF): one or several that are waited for together, as with
 * libbpf's ring_buffer__new() and its like. Part of liblskel.a; who does not read links nothing of it.
 * The layout of a buffer is in the kernel's Documentation/bpf/ringbuf.rst and kernel/bpf/ringbuf.c.
 *
 * One thread at a time may use a struct lskel_ringbuf, and one of these at a time may read a map, in
 * whichever process: the position of the reader is part of the map. A child process has what its parent
 * had at fork(), and may go on reading in its place, or free its own copy.
 */
#ifndef LSKEL_RINGBUF_H
#define LSKEL_RINGBUF_H

#include <stddef.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

struct lskel_ringbuf;

/*
 * Handles one record of @size bytes at @record, which is aligned to 8 bytes and valid until the function
 * returns. A negative return value ends the reading; the record counts as read.
 */
typedef int (*lskel_ringbuf_fn)(void *ctx, const void *record, size_t size);

/* What lskel_ringbuf_info() tells of one buffer. */
struct lskel_ringbuf_info {
	int map_fd;
	size_t size;		    /* bytes, a power of two */
	unsigned long consumer_pos; /* bytes that were read since the map exists */
	unsigned long producer_pos; /* and written, or reserved by programs */
	size_t avail;		    /* the difference, with the heads of records */
};

/*
 * Makes a reader of the ring buffer @map_fd, whose records go to @handle with @ctx. The fd stays the
 * caller's and must be open until the reader is freed. Returns NULL with errno set on failure: EINVAL
 * if @map_fd is not a ring buffer, or an error of bpf(2), epoll_create(2) or mmap(2).
 *
 * Since: lskel 0.1
 */
LSKEL_API struct lskel_ringbuf *lskel_ringbuf_new(int map_fd, lskel_ringbuf_fn handle, void *ctx);

/*
 * Adds another ring buffer to @rings, with a function of its own. Returns 0 or a negative errno (-EEXIST if
 * it is there already), and then leaves @rings as it was. Not to be called by a record's function.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_add(struct lskel_ringbuf *rings, int map_fd, lskel_ringbuf_fn handle,
				void *ctx);

/*
 * Waits until a buffer has something to read, at most @timeout_ms milliseconds (-1: for ever, 0: not at
 * all), and reads all that is complete. Returns the number of records: 0 after the time is over, or before
 * that if there are only such as are not complete, or discarded. Or the negative value that a record's function
 * returned; or a negative errno: -EINTR after a signal.
 * Records of programs that use BPF_RB_NO_WAKEUP do not end the waiting.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_poll(struct lskel_ringbuf *rings, int timeout_ms);

/*
 * Reads all that is complete in all buffers, without waiting. Returns as lskel_ringbuf_poll().
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_consume(struct lskel_ringbuf *rings);

/*
 * The same for at most @max records.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_consume_n(struct lskel_ringbuf *rings, size_t max);

/*
 * The same for buffer number @i alone, in the order in which they were added. -EINVAL if there is none.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_consume_ring(struct lskel_ringbuf *rings, unsigned int i, size_t max);

/*
 * An fd that is readable while a buffer has something to read, for an epoll set or poll(2) of the
 * application's; it belongs to @rings.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_epoll_fd(const struct lskel_ringbuf *rings);

/*
 * The number of buffers.
 *
 * Since: lskel 0.1
 */
LSKEL_API unsigned int lskel_ringbuf_cnt(const struct lskel_ringbuf *rings);

/*
 * Tells about buffer number @i. Returns 0, or -EINVAL if there is none.
 *
 * Since: lskel 0.1
 */
LSKEL_API int lskel_ringbuf_info(const struct lskel_ringbuf *rings, unsigned int i,
				 struct lskel_ringbuf_info *ret);

/*
 * Frees @rings, which may be NULL. What was not read stays in the maps. Not to be called by a record's
 * function.
 *
 * Since: lskel 0.1
 */
LSKEL_API void lskel_ringbuf_free(struct lskel_ringbuf *rings);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_RINGBUF_H */
