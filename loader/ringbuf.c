// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/ringbuf.h>. The kernel's side is kernel/bpf/ringbuf.c: a record's head is
 * written with BPF_RINGBUF_BUSY_BIT before the producer position moves over it, and the bit goes away when
 * the record is complete. The data is mapped twice in a row, so that no record is split.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <limits.h>
#include <sys/epoll.h>

#include <lskel/ringbuf.h>
#include <lskel/sys.h>

struct lskel_ring {
	unsigned long *consumer;       /* a page that we may write */
	const unsigned long *producer; /* a page that we only read, with the data behind it */
	const char *data;
	size_t mask; /* of positions in data */
	int map_fd;
	lskel_ringbuf_fn handle;
	void *ctx;
};

struct lskel_ringbuf {
	int epoll_fd;
	unsigned int cnt;
	struct lskel_ring *rings;
	struct epoll_event *events; /* room for one of each ring */
};

static void lskel_ring_unmap(struct lskel_ring *ring)
{
	size_t page = lskel_page_size();

	if (ring->consumer)
		munmap(ring->consumer, page);
	if (ring->producer)
		munmap((void *)ring->producer, page + 2 * (ring->mask + 1));
	ring->consumer = NULL;
	ring->producer = NULL;
}

static int lskel_ring_map(struct lskel_ring *ring, int map_fd)
{
	size_t page = lskel_page_size(), size;
	struct bpf_map_info info;
	void *addr;
	int err;

	memset(ring, 0, sizeof(*ring));
	err = lskel_sys_map_info(map_fd, &info);
	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	size = info.max_entries;
	if (size > ((size_t)-1 - page) / 2) /* more than 32 bits can address */
		return -E2BIG;
	ring->mask = size - 1;
	ring->map_fd = map_fd;
	addr = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (addr == MAP_FAILED)
		return -errno;
	ring->consumer = (unsigned long *)addr;
	addr = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, map_fd, (off_t)page);
	if (addr == MAP_FAILED) {
		err = -errno;
		lskel_ring_unmap(ring);
		return err;
	}
	ring->producer = (const unsigned long *)addr;
	ring->data = (const char *)addr + page;
	return 0;
}

/* Makes room for one more ring. */
static int lskel_ringbuf_grow(struct lskel_ringbuf *rings)
{
	void *p = realloc(rings->rings, (rings->cnt + 1) * sizeof(*rings->rings));

	if (!p)
		return -ENOMEM;
	rings->rings = (struct lskel_ring *)p;
	p = realloc(rings->events, (rings->cnt + 1) * sizeof(*rings->events));
	if (!p)
		return -ENOMEM;
	rings->events = (struct epoll_event *)p;
	return 0;
}

LSKEL_API int lskel_ringbuf_add(struct lskel_ringbuf *rings, int map_fd, lskel_ringbuf_fn handle,
				void *ctx)
{
	struct epoll_event event;
	struct lskel_ring ring;
	int err = lskel_ring_map(&ring, map_fd);

	if (err)
		return err;
	ring.handle = handle;
	ring.ctx = ctx;
	memset(&event, 0, sizeof(event));
	event.events = EPOLLIN;
	event.data.u32 = rings->cnt;
	err = lskel_ringbuf_grow(rings);
	if (!err && epoll_ctl(rings->epoll_fd, EPOLL_CTL_ADD, map_fd, &event))
		err = -errno;
	if (err) {
		lskel_ring_unmap(&ring);
		return err;
	}
	rings->rings[rings->cnt++] = ring;
	return 0;
}

LSKEL_API void lskel_ringbuf_free(struct lskel_ringbuf *rings)
{
	unsigned int i;

	if (!rings)
		return;
	for (i = 0; i < rings->cnt; i++)
		lskel_ring_unmap(&rings->rings[i]);
	if (rings->epoll_fd >= 0)
		close(rings->epoll_fd);
	free(rings->rings);
	free(rings->events);
	free(rings);
}

LSKEL_API struct lskel_ringbuf *lskel_ringbuf_new(int map_fd, lskel_ringbuf_fn handle, void *ctx)
{
	struct lskel_ringbuf *rings = (struct lskel_ringbuf *)calloc(1, sizeof(*rings));
	int err;

	if (!rings)
		return NULL;
	rings->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = rings->epoll_fd < 0 ? -errno : lskel_ringbuf_add(rings, map_fd, handle, ctx);
	if (err) {
		lskel_ringbuf_free(rings);
		errno = -err;
		return NULL;
	}
	return rings;
}

/* Whether the record at @at is complete, and its head. */
static int lskel_ring_is_complete(const struct lskel_ring *ring, unsigned long at, __u32 *ret)
{
	const void *head = ring->data + (at & ring->mask);

	*ret = __atomic_load_n((const __u32 *)head, __ATOMIC_ACQUIRE);
	return !(*ret & BPF_RINGBUF_BUSY_BIT);
}

/*
 * Whether there is a record to read at @at, up to *@end, the producer's position as far as it is known.
 *
 * A program that completes a record wakes us up only if it sees that we have come to it. So it must see our
 * position before we look for the last time whether its record is complete: this takes a full barrier, as
 * the two are at different addresses.
 */
static int lskel_ring_next(const struct lskel_ring *ring, unsigned long at, unsigned long *end,
			   __u32 *head)
{
	if ((long)(*end - at) > 0 && lskel_ring_is_complete(ring, at, head))
		return 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	return (long)(*end - at) > 0 && lskel_ring_is_complete(ring, at, head);
}

/* Reads at most @max records, no more than an int can count. */
static int lskel_ring_read(struct lskel_ring *ring, size_t max)
{
	unsigned long at = __atomic_load_n(ring->consumer, __ATOMIC_RELAXED), end;
	int count = 0, ret = 0;
	__u32 head;

	if (max > INT_MAX)
		max = INT_MAX;
	end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	while ((size_t)count < max && ret >= 0 && lskel_ring_next(ring, at, &end, &head)) {
		const char *record = ring->data + (at & ring->mask) + BPF_RINGBUF_HDR_SZ;
		__u32 len = head & ~BPF_RINGBUF_DISCARD_BIT;

		if (!(head & BPF_RINGBUF_DISCARD_BIT)) {
			ret = ring->handle(ring->ctx, record, len);
			count++;
		}
		at += ((unsigned long)len + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;
		__atomic_store_n(ring->consumer, at, __ATOMIC_RELEASE);
	}
	return ret < 0 ? ret : count;
}

/* Reads ring @i; *@count becomes what was read in all. Returns 0, or a negative value to end with. */
static int lskel_ringbuf_read(struct lskel_ringbuf *rings, unsigned int i, size_t max, int *count)
{
	int ret = lskel_ring_read(&rings->rings[i], max - (size_t)*count);

	if (ret < 0)
		return ret;
	*count += ret;
	return 0;
}

LSKEL_API int lskel_ringbuf_consume_n(struct lskel_ringbuf *rings, size_t max)
{
	int count = 0, err = 0;
	unsigned int i;

	if (max > INT_MAX)
		max = INT_MAX;
	for (i = 0; i < rings->cnt && !err; i++)
		err = lskel_ringbuf_read(rings, i, max, &count);
	return err ? err : count;
}

LSKEL_API int lskel_ringbuf_consume(struct lskel_ringbuf *rings)
{
	return lskel_ringbuf_consume_n(rings, INT_MAX);
}

LSKEL_API int lskel_ringbuf_consume_ring(struct lskel_ringbuf *rings, unsigned int i, size_t max)
{
	return i < rings->cnt ? lskel_ring_read(&rings->rings[i], max) : -EINVAL;
}

LSKEL_API int lskel_ringbuf_poll(struct lskel_ringbuf *rings, int timeout_ms)
{
	int cnt = epoll_wait(rings->epoll_fd, rings->events, (int)rings->cnt, timeout_ms);
	int count = 0, err = cnt < 0 ? -errno : 0, i;

	for (i = 0; i < cnt && !err; i++)
		err = lskel_ringbuf_read(rings, rings->events[i].data.u32, INT_MAX, &count);
	return err ? err : count;
}

LSKEL_API int lskel_ringbuf_epoll_fd(const struct lskel_ringbuf *rings)
{
	return rings->epoll_fd;
}

LSKEL_API unsigned int lskel_ringbuf_cnt(const struct lskel_ringbuf *rings)
{
	return rings->cnt;
}

LSKEL_API int lskel_ringbuf_info(const struct lskel_ringbuf *rings, unsigned int i,
				 struct lskel_ringbuf_info *ret)
{
	const struct lskel_ring *ring;

	if (i >= rings->cnt)
		return -EINVAL;
	ring = &rings->rings[i];
	ret->map_fd = ring->map_fd;
	ret->size = ring->mask + 1;
	ret->consumer_pos = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	ret->producer_pos = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	ret->avail = ret->producer_pos - ret->consumer_pos;
	return 0;
}
