// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Writes as many records as a test asks for, of sizes that vary, to ring buffers and a perf buffer, and
 * reads a user ring buffer. Run by BPF_PROG_TEST_RUN, never attached.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "reading.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} small_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, int);
	__type(value, int);
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} user SEC(".maps");

/* What the test asks for. */
int count = 0;
int min_size = 8;
int size_step = 0;     /* each record is that much longer than the one before, up to ... */
int max_size = 8;      /* ... this one, and then it begins again */
int discard_every = 0; /* each such ring buffer record is discarded */
int to_small_ring = 0;
__u64 flags = 0;

/* What was done. */
__u64 seq = 0; /* of the next record */
__u64 lost = 0;
int last_error = 0;
__u64 drained = 0;
__u64 drained_wrong = 0;

struct record buffer = {};

/* The size of record number @i of a run. */
static __always_inline __u32 size_of_record(__u32 i)
{
	__u32 size = min_size;

	if (size_step > 0 && max_size > min_size)
		size += i * (__u32)size_step % (max_size - min_size + 1);
	return size < 8 ? 8 : size > MAX_RECORD ? MAX_RECORD : size;
}

static long write_ring_record(__u32 i, void *ctx)
{
	__u32 size = size_of_record(i);
	struct record *record;
	void *map = to_small_ring ? (void *)&small_ring : (void *)&ring;

	if (discard_every > 0 && i % discard_every == 0) {
		record = to_small_ring ? bpf_ringbuf_reserve(&small_ring, 16, 0) :
					 bpf_ringbuf_reserve(&ring, 16, 0);
		if (record)
			bpf_ringbuf_discard(record, flags);
	}
	buffer.seq = seq;
	last_error = bpf_ringbuf_output(map, &buffer, size, flags);
	if (last_error)
		lost++;
	else
		seq++;
	return 0;
}

SEC("raw_tp")
int write_ring(void *ctx)
{
	bpf_loop(count, write_ring_record, NULL, 0);
	return 0;
}

/* Fast: what the reader costs is to be seen. */
SEC("raw_tp")
int fill_ring(void *ctx)
{
	__u64 *record;

	for (int i = 0; i < 1000; i++) {
		record = bpf_ringbuf_reserve(&ring, 32, 0);
		if (!record) {
			lost++;
			return 0;
		}
		*record = seq++;
		bpf_ringbuf_submit(record, i == 999 ? flags : BPF_RB_NO_WAKEUP);
	}
	return 0;
}

static long write_perf_record(__u32 i, void **ctx)
{
	__u32 size = size_of_record(i);

	buffer.seq = seq++;
	last_error = bpf_perf_event_output(*ctx, &perf, BPF_F_CURRENT_CPU, &buffer, size);
	if (last_error)
		lost++;
	return 0;
}

SEC("raw_tp")
int write_perf(void *ctx)
{
	bpf_loop(count, write_perf_record, &ctx, 0);
	return 0;
}

static long read_sample(struct bpf_dynptr *dynptr, void *ctx)
{
	const __u64 *sample = bpf_dynptr_data(dynptr, 0, sizeof(*sample));

	if (!sample || *sample != drained)
		drained_wrong++;
	drained++;
	return 0;
}

SEC("raw_tp")
int drain_user(void *ctx)
{
	last_error = bpf_user_ringbuf_drain(&user, read_sample, NULL, flags);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
