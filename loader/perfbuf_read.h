/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading the buffer of one perf event. See struct perf_event_mmap_page in <linux/perf_event.h>: the kernel
 * moves data_head, we move data_tail; both count bytes since the beginning. For loader/perfbuf.c only.
 */
#ifndef LSKEL_LOADER_PERFBUF_READ_H
#define LSKEL_LOADER_PERFBUF_READ_H

#include <stdbool.h>
#include <linux/perf_event.h>

#include <lskel/perfbuf.h>
#include <lskel/sys.h>

/* So far ahead is memory fetched, in bytes. */
#define LSKEL_PERF_AHEAD 512

struct lskel_perfbuf_reader {
	lskel_perfbuf_fn handle;
	lskel_perfbuf_lost_fn lost;
	void *ctx;
};

struct lskel_perf_cpu {
	int cpu;
	int fd; /* of the perf event */
	__u32 key;
	size_t size;			   /* of the data, a power of two */
	struct perf_event_mmap_page *page; /* with the data behind it */
	char *copy; /* of a record at the end of the data and its beginning */
	size_t copy_size;
};

/* What PERF_RECORD_SAMPLE and PERF_RECORD_LOST are like here. */
struct lskel_perf_sample {
	struct perf_event_header header;
	__u32 size; /* of what follows */
};

struct lskel_perf_lost {
	struct perf_event_header header;
	__u64 id;
	__u64 lost;
};

/* Acquire: what is before the head was written. */
static inline __u64 lskel_perf_head(const struct lskel_perf_cpu *cpu)
{
	if (sizeof(long) == 8)
		return (__u64)__atomic_load_n((unsigned long *)(void *)&cpu->page->data_head,
					      __ATOMIC_ACQUIRE);
	else {
		__u64 head = *(volatile __u64 *)&cpu->page->data_head;

		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		return head;
	}
}

/* Release: what is before the tail was read. */
static inline void lskel_perf_set_tail(const struct lskel_perf_cpu *cpu, __u64 tail)
{
	if (sizeof(long) == 8) {
		__atomic_store_n((unsigned long *)(void *)&cpu->page->data_tail,
				 (unsigned long)tail, __ATOMIC_RELEASE);
	} else {
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		*(volatile __u64 *)&cpu->page->data_tail = tail;
	}
}

/* Multiples of 8, so that no head is in two pieces, and not 0: both are said of @len - 8 by the bits that it has. */
static inline bool lskel_perf_is_length(size_t len)
{
	return !((len - 8) & ~(size_t)0xfff8);
}

/* A copy of a record at the end of the data and its beginning; NULL: no memory. */
static inline const struct perf_event_header *lskel_perf_copy(struct lskel_perf_cpu *cpu,
							      const char *data, size_t at,
							      size_t len)
{
	size_t first = cpu->size - at;

	if (len > cpu->copy_size) {
		char *copy = (char *)realloc(cpu->copy, len);

		if (!copy)
			return NULL;
		cpu->copy = copy;
		cpu->copy_size = len;
	}
	memcpy(cpu->copy, data + at, first);
	memcpy(cpu->copy + first, data, len - first);
	return (const struct perf_event_header *)(const void *)cpu->copy;
}

/* Hands on a record of @len bytes. */
static inline int lskel_perf_sample_to(const struct lskel_perfbuf_reader *reader, int cpu,
				       const struct perf_event_header *header, size_t len)
{
	const struct lskel_perf_sample *sample = (const struct lskel_perf_sample *)header;

	if (sample->size + sizeof(*sample) > len)
		return -EIO;
	return reader->handle(reader->ctx, cpu, sample + 1, sample->size);
}

/* Of the other kinds only this one is a program's. */
static inline void lskel_perf_lost_to(const struct lskel_perfbuf_reader *reader, int cpu,
				      const struct perf_event_header *header)
{
	const struct lskel_perf_lost *lost = (const struct lskel_perf_lost *)header;

	if (header->type == PERF_RECORD_LOST && header->size >= sizeof(*lost) && reader->lost)
		reader->lost(reader->ctx, cpu, lost->lost);
}

/*
 * Reads all that is in the buffer, and gives its room back at the end: to do so with each record costs the CPU
 * that writes a cache miss. Returns the number of samples or a negative value; -EIO if the buffer contains
 * what the kernel does not write, which then is skipped.
 */
static inline int lskel_perf_cpu_read(const struct lskel_perfbuf_reader *reader,
				      struct lskel_perf_cpu *cpu)
{
	const char *data = (const char *)cpu->page + lskel_page_size();
	const size_t size = cpu->size;
	__u64 head = lskel_perf_head(cpu), tail = cpu->page->data_tail;
	int count = 0, ret = 0;

	while (tail != head) {
		size_t at = tail & (size - 1);
		const struct perf_event_header *header =
			(const struct perf_event_header *)(const void *)(data + at);
		size_t len = header->size;

		/* Another CPU wrote it, so that the cache does not have what comes next. */
		__builtin_prefetch(data + ((tail + LSKEL_PERF_AHEAD) & (size - 1)));
		if (!lskel_perf_is_length(len) || len > head - tail) {
			tail = head;
			ret = -EIO;
			break;
		}
		if (at + len > size) {
			header = lskel_perf_copy(cpu, data, at, len);
			if (!header) {
				ret = -ENOMEM;
				break;
			}
		}
		tail += len;
		if (header->type != PERF_RECORD_SAMPLE) {
			lskel_perf_lost_to(reader, cpu->cpu, header);
			continue;
		}
		count++;
		ret = lskel_perf_sample_to(reader, cpu->cpu, header, len);
		if (ret < 0)
			break;
	}
	lskel_perf_set_tail(cpu, tail);
	return ret < 0 ? ret : count;
}

#endif /* LSKEL_LOADER_PERFBUF_READ_H */
