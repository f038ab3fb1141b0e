// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/user_ringbuf.h>. The kernel's side is __bpf_user_ringbuf_peek() in
 * kernel/bpf/ringbuf.c. The layout is that of a ring buffer that programs write, but here the producer's
 * page and the data are ours to write.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <limits.h>
#include <sys/epoll.h>

#include <lskel/sys.h>
#include <lskel/user_ringbuf.h>

struct lskel_user_ringbuf {
	const unsigned long *consumer; /* a page that we only read */
	unsigned long *producer; /* a page that we write, with the data behind it, twice in a row */
	char *data;
	size_t mask; /* of positions in data */
	int epoll_fd;
};

static int lskel_user_ringbuf_map(struct lskel_user_ringbuf *ring, int map_fd)
{
	size_t page = lskel_page_size(), size;
	struct bpf_map_info info;
	void *addr;
	int err = lskel_sys_map_info(map_fd, &info);

	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_USER_RINGBUF)
		return -EINVAL;
	size = info.max_entries;
	if (size > ((size_t)-1 - page) / 2) /* more than 32 bits can address */
		return -E2BIG;
	ring->mask = size - 1;
	addr = mmap(NULL, page, PROT_READ, MAP_SHARED, map_fd, 0);
	if (addr == MAP_FAILED)
		return -errno;
	ring->consumer = (const unsigned long *)addr;
	addr = mmap(NULL, page + 2 * size, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, (off_t)page);
	if (addr == MAP_FAILED)
		return -errno;
	ring->producer = (unsigned long *)addr;
	ring->data = (char *)addr + page;
	return 0;
}

static int lskel_user_ringbuf_watch(struct lskel_user_ringbuf *ring, int map_fd)
{
	struct epoll_event event;

	/*
	 * Level-triggered it would be no waiting: the kernel says EPOLLOUT while there is any room. Each
	 * drain is an edge, and one before epoll_wait() is remembered.
	 */
	memset(&event, 0, sizeof(event));
	event.events = EPOLLOUT | (__u32)EPOLLET;
	ring->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (ring->epoll_fd < 0 || epoll_ctl(ring->epoll_fd, EPOLL_CTL_ADD, map_fd, &event))
		return -errno;
	return 0;
}

LSKEL_API void lskel_user_ringbuf_free(struct lskel_user_ringbuf *ring)
{
	size_t page = lskel_page_size();

	if (!ring)
		return;
	if (ring->consumer)
		munmap((void *)ring->consumer, page);
	if (ring->producer)
		munmap(ring->producer, page + 2 * (ring->mask + 1));
	if (ring->epoll_fd >= 0)
		close(ring->epoll_fd);
	free(ring);
}

LSKEL_API struct lskel_user_ringbuf *lskel_user_ringbuf_new(int map_fd)
{
	struct lskel_user_ringbuf *ring = (struct lskel_user_ringbuf *)calloc(1, sizeof(*ring));
	int err;

	if (!ring)
		return NULL;
	ring->epoll_fd = -1;
	err = lskel_user_ringbuf_map(ring, map_fd);
	if (!err)
		err = lskel_user_ringbuf_watch(ring, map_fd);
	if (err) {
		lskel_user_ringbuf_free(ring);
		errno = -err;
		return NULL;
	}
	return ring;
}

LSKEL_API void *lskel_user_ringbuf_reserve(struct lskel_user_ringbuf *ring, __u32 size)
{
	/* Acquire: what programs have read of the old data happens before we write there. */
	unsigned long end = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE) + ring->mask + 1;
	unsigned long at = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	__u64 total = ((__u64)size + BPF_RINGBUF_HDR_SZ + 7) & ~7ULL;
	__u32 *head = (__u32 *)(void *)(ring->data + (at & ring->mask));

	if (total > ring->mask + 1 || (size & (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))) {
		errno = E2BIG;
		return NULL;
	}
	if (end - at < total) {
		errno = ENOSPC;
		return NULL;
	}
	/* struct bpf_ringbuf_hdr: len, pad */
	head[0] = size | BPF_RINGBUF_BUSY_BIT;
	head[1] = 0;
	/* Release: programs that see the position see the head, too. */
	__atomic_store_n(ring->producer, at + (unsigned long)total, __ATOMIC_RELEASE);
	return (char *)head + BPF_RINGBUF_HDR_SZ;
}

static void lskel_user_ringbuf_commit(void *sample, __u32 flags)
{
	__u32 *head = (__u32 *)(void *)((char *)sample - BPF_RINGBUF_HDR_SZ);

	/* Only we change it while it is busy. Release: with the sample, which was filled before. */
	__atomic_store_n(head, (*head & ~BPF_RINGBUF_BUSY_BIT) | flags, __ATOMIC_RELEASE);
}

LSKEL_API void lskel_user_ringbuf_submit(struct lskel_user_ringbuf *ring, void *sample)
{
	(void)ring;
	lskel_user_ringbuf_commit(sample, 0);
}

LSKEL_API void lskel_user_ringbuf_discard(struct lskel_user_ringbuf *ring, void *sample)
{
	(void)ring;
	lskel_user_ringbuf_commit(sample, BPF_RINGBUF_DISCARD_BIT);
}

LSKEL_API void *lskel_user_ringbuf_reserve_blocking(struct lskel_user_ringbuf *ring, __u32 size,
						    int timeout_ms)
{
	long long until = timeout_ms < 0 ? LLONG_MAX : lskel_now_ms() + timeout_ms, left;
	struct epoll_event event;
	void *sample;

	for (;;) {
		sample = lskel_user_ringbuf_reserve(ring, size);
		if (sample || errno != ENOSPC)
			return sample;
		left = timeout_ms < 0 ? -1 : until - lskel_now_ms();
		if (timeout_ms >= 0 && left <= 0) {
			errno = ENOSPC;
			return NULL;
		}
		if (epoll_wait(ring->epoll_fd, &event, 1, (int)left) < 0)
			return NULL;
	}
}
