/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writing to a BPF user ring buffer (BPF_MAP_TYPE_USER_RINGBUF, Linux 6.1), which programs read with
 * bpf_user_ringbuf_drain(), as with libbpf's user_ring_buffer__new() and its like. Part of liblskel.a; who
 * does not write links nothing of it.
 *
 * One thread at a time may reserve. Samples may be submitted in any order and by any thread; programs see
 * them in the order in which they were reserved.
 */
#ifndef LSKEL_USER_RINGBUF_H
#define LSKEL_USER_RINGBUF_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

struct lskel_user_ringbuf;

/*
 * Makes a writer for the user ring buffer @map_fd. The fd stays the caller's and must be open until the
 * writer is freed. Returns NULL with errno set on failure: EINVAL if @map_fd is no user ring buffer, or an
 * error of bpf(2), epoll_create(2) or mmap(2).
 *
 * Since: lskel 0.1
 */
LSKEL_API struct lskel_user_ringbuf *lskel_user_ringbuf_new(int map_fd);

/*
 * Reserves room for a sample of @size bytes, aligned to 8 bytes, to be filled and submitted or discarded:
 * those that are reserved after it wait for that. Returns NULL with errno set: ENOSPC if there is no room
 * now, E2BIG if there can never be.
 *
 * Since: lskel 0.1
 */
LSKEL_API void *lskel_user_ringbuf_reserve(struct lskel_user_ringbuf *ring, __u32 size);

/*
 * The same, but waits for room, at most @timeout_ms milliseconds (-1: for ever). ENOSPC if there is none then,
 * EINTR after a signal. Programs that drain with BPF_RB_NO_WAKEUP do not end the waiting.
 *
 * Since: lskel 0.1
 */
LSKEL_API void *lskel_user_ringbuf_reserve_blocking(struct lskel_user_ringbuf *ring, __u32 size,
						    int timeout_ms);

/*
 * Hands over a sample that lskel_user_ringbuf_reserve() returned; it is not the caller's any more.
 *
 * Since: lskel 0.1
 */
LSKEL_API void lskel_user_ringbuf_submit(struct lskel_user_ringbuf *ring, void *sample);

/*
 * The same for a sample that programs shall not see.
 *
 * Since: lskel 0.1
 */
LSKEL_API void lskel_user_ringbuf_discard(struct lskel_user_ringbuf *ring, void *sample);

/*
 * Frees @ring, which may be NULL. What was submitted stays in the map. A sample that was neither submitted nor
 * discarded would make programs wait for ever.
 *
 * Since: lskel 0.1
 */
LSKEL_API void lskel_user_ringbuf_free(struct lskel_user_ringbuf *ring);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_USER_RINGBUF_H */
