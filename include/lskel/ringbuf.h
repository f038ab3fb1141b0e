/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading a BPF ring buffer (BPF_MAP_TYPE_RINGBUF) without libbpf: one buffer, polled by whatever
 * the application polls with (the map's fd becomes readable). The layout of the buffer is documented
 * in the kernel's Documentation/bpf/ringbuf.rst and in include/uapi/linux/bpf.h.
 */
#ifndef LSKEL_RINGBUF_H
#define LSKEL_RINGBUF_H

#include <lskel/sys.h>

struct lskel_ringbuf {
	unsigned long *consumer; /* a page that we may write */
	unsigned long *producer; /* a page that we only read, with the data behind it */
	const char *data;	 /* mapped twice in a row, so that no record is split */
	__u32 size;		 /* bytes of data, a power of two */
};

/* Handles one record of @size bytes, valid only now. A negative return value ends the reading. */
typedef int (*lskel_ringbuf_fn)(void *ctx, const void *record, __u32 size);

/*
 * Unmaps @ring; the map's fd stays the skeleton's.
 *
 * Since: lskel 0.1
 */
static inline void lskel_ringbuf_close(struct lskel_ringbuf *ring)
{
	if (ring->consumer)
		munmap(ring->consumer, lskel_page_size());
	if (ring->producer)
		munmap(ring->producer, lskel_page_size() + 2 * (size_t)ring->size);
	memset(ring, 0, sizeof(*ring));
}

/*
 * Maps the ring buffer @map_fd of @size bytes, its max_entries. Returns 0 or a negative errno.
 *
 * Since: lskel 0.1
 */
static inline int lskel_ringbuf_open(struct lskel_ringbuf *ring, int map_fd, __u32 size)
{
	size_t page = lskel_page_size();
	void *addr;
	int err;

	memset(ring, 0, sizeof(*ring));
	ring->size = size;
	addr = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (addr == MAP_FAILED)
		return -errno;
	ring->consumer = (unsigned long *)addr;
	addr = mmap(NULL, page + 2 * (size_t)size, PROT_READ, MAP_SHARED, map_fd, (off_t)page);
	if (addr == MAP_FAILED) {
		err = -errno;
		lskel_ringbuf_close(ring);
		return err;
	}
	ring->producer = (unsigned long *)addr;
	ring->data = (const char *)addr + page;
	return 0;
}

/*
 * Hands every record that is complete to @handle. Returns how many there were, or the negative value
 * that @handle returned; its record counts as read. Does not wait: poll() the map's fd for that.
 *
 * Since: lskel 0.1
 */
static inline int lskel_ringbuf_read(struct lskel_ringbuf *ring, lskel_ringbuf_fn handle, void *ctx)
{
	unsigned long at = *ring->consumer, end;
	int count = 0, ret = 0;

	end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	while (at < end && ret >= 0) {
		const char *record = ring->data + (at & (ring->size - 1));
		__u32 head = __atomic_load_n((const __u32 *)(const void *)record, __ATOMIC_ACQUIRE);
		__u32 len = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (head & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(head & BPF_RINGBUF_DISCARD_BIT)) {
			ret = handle(ctx, record + BPF_RINGBUF_HDR_SZ, len);
			count++;
		}
		at += (len + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;
		__atomic_store_n(ring->consumer, at, __ATOMIC_RELEASE);
		if (at == end)
			end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	}
	return ret < 0 ? ret : count;
}

#endif /* LSKEL_RINGBUF_H */
