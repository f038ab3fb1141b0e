// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The typed functions of maps do what their names say: for keys and values with the types of the object, one
 * by one and in batches, for all CPUs, for queues; they walk through every element once, and fail with
 * the kernel's error.
 */
#include "map_types.lskel.h"

#include "reading.h"

#include "progs/map_types.h"

#define FLOWS 1000

static struct flow flow_of(__u32 i)
{
	return (struct flow){ .from = i, .to = ~i, .port = (__u16)i };
}

static void check_one_by_one(struct map_types *skel)
{
	struct flow key = flow_of(5), next;
	struct stats stats = { 1, 2 }, found = {};
	int err, cnt = 0;

	err = map_types__flows__lookup(skel, &key, &found, 0);
	check("an empty map has nothing", err == -ENOENT, "%d", err);
	err = map_types__flows__next_key(skel, NULL, &next);
	check("not even a first key", err == -ENOENT, "%d", err);
	err = map_types__flows__update(skel, &key, &stats, BPF_EXIST);
	check("flags are the kernel's", err == -ENOENT, "%d", err);
	err = map_types__flows__update(skel, &key, &stats, BPF_NOEXIST);
	check("an element is made", !err, "%d", err);
	err = map_types__flows__lookup(skel, &key, &found, 0);
	check("and found", !err && found.packets == 1 && found.bytes == 2, "%d", err);
	for (__u32 i = 0; i < 5; i++) {
		key = flow_of(i);
		err = err ?: map_types__flows__update(skel, &key, &stats, 0);
	}
	for (err = map_types__flows__next_key(skel, NULL, &key); !err;
	     err = map_types__flows__next_key(skel, &key, &key))
		cnt++;
	check("keys are walked through", err == -ENOENT && cnt == 6, "%d, %d", err, cnt);
	key = flow_of(3);
	err = map_types__flows__lookup_and_delete(skel, &key, &found, 0);
	check("an element is found and deleted", !err && found.bytes == 2, "%d", err);
	err = map_types__flows__delete(skel, &key);
	check("then it is gone", err == -ENOENT, "%d", err);
	key = flow_of(4);
	err = map_types__flows__delete(skel, &key);
	check("one is deleted", !err, "%d", err);
}

static void check_batches(struct map_types *skel)
{
	static struct flow keys[FLOWS], got[FLOWS];
	static struct stats values[FLOWS], got_values[FLOWS];
	struct map_types__flows__cursor cursor = {};
	static bool seen[FLOWS];
	int cnt, total = 0, wrong = 0, err;
	__u32 count = FLOWS;

	for (__u32 i = 0; i < FLOWS; i++) {
		keys[i] = flow_of(i);
		values[i] = (struct stats){ i, i * 2 };
	}
	err = map_types__flows__update_batch(skel, keys, values, &count, 0);
	check("a batch is written", !err && count == FLOWS, "%d, %u", err, count);
	while ((cnt = map_types__flows__lookup_batch(skel, &cursor, got, got_values, 64)) > 0)
		for (int i = 0; i < cnt; i++, total++) {
			__u32 n = got[i].from;

			wrong += n >= FLOWS || seen[n] || got[i].to != ~n ||
				 got_values[i].bytes != n * 2;
			if (n < FLOWS)
				seen[n] = true;
		}
	check("batches have every element once", !cnt && total == FLOWS && !wrong,
	      "%d: %d, %d wrong", cnt, total, wrong);
	cnt = map_types__flows__lookup_batch(skel, &cursor, got, got_values, 64);
	check("and then end", cnt == 0, "%d", cnt);
	count = 10;
	err = map_types__flows__delete_batch(skel, keys, &count);
	check("a batch is deleted", !err && count == 10, "%d, %u", err, count);
	count = 20;
	err = map_types__flows__delete_batch(skel, keys + 990, &count);
	check("what fails says how far it came", err == -ENOENT && count == 10, "%d, %u", err,
	      count);
	count = 5;
	err = map_types__flows__update_batch(skel, keys, values, &count, 0x1000);
	check("also that it came nowhere", err == -EINVAL && !count, "%d, %u", err, count);
	cursor = (struct map_types__flows__cursor){};
	cnt = map_types__flows__lookup_and_delete_batch(skel, &cursor, got, got_values, FLOWS);
	check("all are taken out at once", cnt == FLOWS - 20, "%d", cnt);
	check("so that none is left", map_types__flows__next_key(skel, NULL, &got[0]) == -ENOENT,
	      "one is");
}

static void check_types(struct map_types *skel)
{
	struct map_types__nameless__key key = { .id = 1, .tag = "ab", .on = true };
	struct map_types__nameless__value value = { .first = 1, .depth = -1, .pointer = 5 },
					  found = {};
	const char name[8] = "name";
	__u32 three[3] = { 1, 2, 3 }, got[3] = {}, color = 7, index = 9;
	__u64 wide = 1ULL << 40, prefix = 0, count = 0;
	range_t range = { 1, 2 }, range_found = {};
	__u8 six[6] = { 1 }, twelve[12] = { 2 }, leaf = 3;
	int err;

	value.u.narrow[1][1] = 9;
	err = map_types__nameless__update(skel, &key, &value, 0) ?:
		      map_types__nameless__lookup(skel, &key, &found, 0);
	check("structs without names",
	      !err && found.depth == -1 && found.pointer == 5 && found.u.wide == 9LL << 48 &&
		      sizeof(found) == 24 && sizeof(key) == 8,
	      "%d", err);
	err = map_types__arrays__update(skel, name, three, 0) ?:
		      map_types__arrays__lookup(skel, name, got, 0);
	check("arrays", !err && got[0] == 1 && got[2] == 3, "%d", err);
	err = map_types__ranges__update(skel, &color, &range, 0) ?:
		      map_types__ranges__lookup(skel, &color, &range_found, 0);
	check("enums and typedefs of structs without names", !err && range_found.high == 2, "%d",
	      err);
	err = map_types__counts__update(skel, &index, &wide, 0) ?:
		      map_types__counts__lookup(skel, &index, &count, 0);
	check("integers", !err && count == wide, "%d", err);
	index = 10;
	err = map_types__counts__lookup(skel, &index, &count, 0);
	check("behind the end of an array", err == -ENOENT, "%d", err);
	err = map_types__untyped__update(skel, six, twelve, 0) ?:
		      map_types__untyped__lookup(skel, six, twelve, 0);
	check("no types", !err, "%d", err);
	err = map_types__odd__update(skel, &color, twelve, 0) ?:
		      map_types__odd__lookup(skel, &color, twelve, 0);
	check("types that aren't written", !err, "%d", err);
	err = map_types__trie__update(skel, &prefix, &leaf, 0) ?:
		      map_types__trie__lookup(skel, &prefix, &leaf, 0);
	check("a trie", !err && leaf == 3, "%d", err);
}

static void check_percpu(struct map_types *skel)
{
	int cpus = lskel_map_cpus(), cnt, err, total = 0, wrong = 0;
	int narrow[cpus], batch[100][cpus];
	struct stats wide[cpus];
	__u32 key, keys[100];
	struct map_types__percpu_narrow__cursor cursor = {};

	check("there are CPUs", cpus >= 1 && cpus == lskel_possible_cpus(), "%d", cpus);
	for (key = 0; key < 50; key++) {
		for (int cpu = 0; cpu < cpus; cpu++)
			narrow[cpu] = (int)key * 100 + cpu;
		err = map_types__percpu_narrow__update(skel, &key, narrow, cpus, 0);
		wrong += err != 0;
	}
	check("values for all CPUs are written", !wrong, "%d", wrong);
	key = 1;
	err = run_raw_tp(skel->progs.count.prog_fd, cpus - 1) ?:
		      map_types__percpu_narrow__lookup(skel, &key, narrow, cpus, 0);
	for (int cpu = 0; cpu < cpus; cpu++)
		wrong += narrow[cpu] != 100 + cpu + (cpu == cpus - 1);
	check("and read, as programs changed them", !err && !wrong, "%d, %d wrong", err, wrong);
	err = map_types__percpu_wide__lookup(skel, &key, wide, cpus, 0);
	for (int cpu = 0; cpu < cpus; cpu++)
		wrong += wide[cpu].bytes != (cpu == cpus - 1 ? 5 : 0) || wide[cpu].packets;
	check("also wide ones", !err && !wrong, "%d, %d wrong", err, wrong);
	err = map_types__percpu_narrow__lookup(skel, &key, narrow, cpus - 1, 0);
	check("room for too few is an error", err == -E2BIG, "%d", err);
	key = 99;
	err = map_types__percpu_narrow__lookup(skel, &key, narrow, cpus, 0);
	check("as is what isn't there", err == -ENOENT, "%d", err);
	while ((cnt = map_types__percpu_narrow__lookup_batch(skel, &cursor, keys, batch[0], cpus,
							     20)) > 0)
		for (int i = 0; i < cnt; i++, total++)
			for (int cpu = 0; cpu < cpus; cpu++)
				wrong += batch[i][cpu] != (int)keys[i] * 100 + cpu +
								  (keys[i] == 1 && cpu == cpus - 1);
	check("batches have every element once", !cnt && total == 50 && !wrong, "%d: %d, %d wrong",
	      cnt, total, wrong);
	key = 7;
	err = map_types__percpu_narrow__delete(skel, &key);
	check("elements are deleted", !err, "%d", err);
	err = map_types__percpu_narrow__next_key(skel, NULL, &key);
	check("keys are walked through", !err, "%d", err);
}

static void check_queues(struct map_types *skel)
{
	__u32 value, got = 0;
	int err = 0;

	for (value = 1; value < 5; value++)
		err = err ?: map_types__queue__push(skel, &value, 0);
	check("values are pushed", !err, "%d", err);
	err = map_types__queue__push(skel, &value, 0);
	check("as many as there is room for", err == -E2BIG, "%d", err);
	err = map_types__queue__peek(skel, &got);
	check("the first is seen", !err && got == 1, "%d: %u", err, got);
	err = map_types__queue__pop(skel, &got) ?: map_types__queue__pop(skel, &got);
	check("and taken, in order", !err && got == 2, "%d: %u", err, got);
	value = 77;
	err = map_types__bloom__push(skel, &value, 0) ?: map_types__bloom__peek(skel, &value);
	check("a bloom filter knows", !err, "%d", err);
}

int main(void)
{
	struct map_types *skel = map_types__open();
	__u32 key = 0;
	__u64 value;
	int err;

	err = map_types__counts__lookup(skel, &key, &value, 0);
	check("before the load, there are no maps", err == -EBADF, "%d", err);
	map_types__set_value_size(skel, &skel->maps.untyped, 16);
	if (!check("map_types: loads", !map_types__load(skel), "%s", map_types__error(skel)))
		return harness_status();
	check_one_by_one(skel);
	check_batches(skel);
	err = map_types__untyped__lookup(skel, &skel->ctx, &skel->ctx, 0);
	check("a map that was given another size of values is refused", err == -EINVAL, "%d", err);
	map_types__destroy(skel);

	skel = map_types__open_and_load();
	check_types(skel);
	check_percpu(skel);
	check_queues(skel);
	map_types__destroy(skel);
	return harness_status();
}
