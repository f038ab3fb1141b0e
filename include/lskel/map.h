/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The elements of a skeleton's maps, with the types that the object has for keys and values: functions
 * foo__MAP__lookup() and so on, for generated headers. All are inline, and nothing of them is in a program
 * that does not call them.
 *
 * What a type is called where the functions take pointers to it:
 * - integers and enums by their size and sign: char, bool, __s32, __u64, ...; pointers __u64;
 * - struct NAME and union NAME as in the object. The application declares them, but only where it uses them;
 *   in C++, where such a name may be another type's, the functions take void pointers;
 * - a struct or union without a name struct foo__MAP__key or foo__MAP__value, which the header declares;
 * - of arrays, the type of the elements: a pointer to the first is passed;
 * - others, and what has no type in the object, void.
 *
 * Sizes are compared when an application is compiled with optimization: memory that is known to be smaller than
 * a key or value is an error of the compiler.
 *
 * Functions return 0 or what they say, or a negative errno: of bpf(2); -EBADF if the map was not created,
 * -EINVAL if foo__set_value_size() has given its values another size.
 */
#ifndef LSKEL_MAP_H
#define LSKEL_MAP_H

#include <lskel/open.h>

#ifdef __cplusplus
#define LSKEL_TAGGED(type) void
extern "C" {
#else
#define LSKEL_TAGGED(type) type
#endif

/* Is never called. */
void lskel_memory_is_smaller_than_the_key_or_value(void)
	__attribute__((error("memory that is smaller than the map's key or value")));

#ifdef __cplusplus
}
#endif

#ifdef __OPTIMIZE__
#define LSKEL_CHECK_ROOM(memory, size)                                                             \
	do {                                                                                       \
		if (__builtin_object_size(memory, 0) < (size))                                     \
			lskel_memory_is_smaller_than_the_key_or_value();                           \
	} while (0)
#else
#define LSKEL_CHECK_ROOM(memory, size) (void)(memory)
#endif

/* Functions that see what memory their callers hand them. */
#define LSKEL_MAP_FUNCTION static inline __attribute__((unused, always_inline))

/*
 * How many values an element of a per-CPU map has: the number of possible CPUs, which does not change. Or a
 * negative errno.
 *
 * Since: lskel 0.1
 */
static inline int lskel_map_cpus(void)
{
	static int known;
	int cpus = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (cpus > 0)
		return cpus;
	cpus = lskel_possible_cpus();
	__atomic_store_n(&known, cpus, __ATOMIC_RELAXED);
	return cpus;
}

/* The map's fd, if its values have @value_size bytes. */
static inline int lskel_map_fd(const struct lskel_map *map, __u32 value_size)
{
	if (map->map_fd <= 0)
		return -EBADF;
	return map->value_size && map->value_size != value_size ? -EINVAL : map->map_fd;
}

/*
 * BPF_MAP_*_ELEM and BPF_MAP_GET_NEXT_KEY. @map_fd: or an error, which is returned. @value: not changed when it is
 * updated, but not const, which compilers would take for a sign that it has to be initialized.
 */
static inline int lskel_map_elem(int cmd, int map_fd, const void *key, void *value, __u64 flags)
{
	union bpf_attr attr;

	if (map_fd < 0)
		return map_fd;
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)map_fd;
	attr.key = lskel_u64(key);
	attr.value = lskel_u64(value);
	attr.flags = flags;
	return lskel_sys_bpf(cmd, &attr);
}

/* Where a walk through a map in batches is: zero at its beginning. */
struct lskel_map_cursor {
	__u8 started, over;
};

/* BPF_MAP_*_BATCH. *@count: how many there are, and then were done, also on failure. */
static inline int lskel_map_batch(int cmd, int map_fd, const void *in, void *out, void *keys,
				  void *values, __u32 *count, __u64 flags)
{
	union bpf_attr attr;
	int err;

	if (map_fd < 0) {
		*count = 0;
		return map_fd;
	}
	memset(&attr, 0, sizeof(attr));
	attr.batch.map_fd = (__u32)map_fd;
	attr.batch.in_batch = lskel_u64(in);
	attr.batch.out_batch = lskel_u64(out);
	attr.batch.keys = lskel_u64(keys);
	attr.batch.values = lskel_u64(values);
	attr.batch.count = *count;
	attr.batch.elem_flags = flags;
	err = lskel_sys_bpf(cmd, &attr);
	/* A failure with the number as it was is one before the kernel came to count. */
	*count = err && err != -ENOENT && attr.batch.count == *count ? 0 : attr.batch.count;
	return err;
}

/* The next of a walk: returns how many elements there are in @keys and @values, 0 at the end. */
static inline int lskel_map_walk(int cmd, int map_fd, struct lskel_map_cursor *cursor, void *at,
				 void *keys, void *values, __u32 count)
{
	int err;

	if (cursor->over || !count)
		return 0;
	err = lskel_map_batch(cmd, map_fd, cursor->started ? at : NULL, at, keys, values, &count,
			      0);
	cursor->started = 1;
	if (err == -ENOENT)
		cursor->over = 1;
	return err && err != -ENOENT ? err : (int)count;
}

/*
 * Values of all CPUs: the kernel has each at a multiple of 8 bytes, an application's array has not. Returns
 * memory for the kernel's form of @cnt values: @values itself if that is the same.
 */
static inline void *lskel_map_spread(const void *values, __u32 size, size_t cnt, int fill)
{
	size_t step = ((size_t)size + 7) & ~(size_t)7, i;
	char *wide;

	if (step == size)
		return (void *)values;
	wide = (char *)calloc(cnt, step);
	for (i = 0; wide && fill && i < cnt; i++)
		memcpy(wide + i * step, (const char *)values + i * size, size);
	return wide;
}

static inline void lskel_map_gather(void *values, void *wide, __u32 size, size_t cnt, int fill)
{
	size_t step = ((size_t)size + 7) & ~(size_t)7, i;

	if (wide == values)
		return;
	for (i = 0; fill && i < cnt; i++)
		memcpy((char *)values + i * size, (char *)wide + i * step, size);
	free(wide);
}

/* lskel_map_elem() for @cpus values, which must be all. */
static inline int lskel_map_percpu_elem(int cmd, int map_fd, const void *key, void *values,
					__u32 value_size, int cpus, __u64 flags)
{
	int need = lskel_map_cpus(), update = cmd == BPF_MAP_UPDATE_ELEM, err;
	void *wide;

	if (need < 0)
		return need;
	if (cpus < need)
		return -E2BIG;
	wide = lskel_map_spread(values, value_size, (size_t)need, update);
	if (!wide)
		return -ENOMEM;
	err = lskel_map_elem(cmd, map_fd, key, wide, flags);
	lskel_map_gather(values, wide, value_size, (size_t)need, !update && !err);
	return err;
}

/* lskel_map_walk() for @cpus values of each element, which must be all. */
static inline int lskel_map_percpu_walk(int cmd, int map_fd, struct lskel_map_cursor *cursor,
					void *at, void *keys, void *values, __u32 value_size,
					int cpus, __u32 count)
{
	int need = lskel_map_cpus(), ret;
	void *wide;

	if (need < 0)
		return need;
	if (cpus != need)
		return -E2BIG;
	wide = lskel_map_spread(values, value_size, (size_t)need * count, 0);
	if (!wide)
		return -ENOMEM;
	ret = lskel_map_walk(cmd, map_fd, cursor, at, keys, wide, count);
	lskel_map_gather(values, wide, value_size, (size_t)need * (ret > 0 ? (size_t)ret : 0), 1);
	return ret;
}

/* What maps of values and maps of values for each CPU have in common. */
#define LSKEL_MAP_KEYS_FUNCTIONS(name, map, key_type, key_size, value_size)                        \
	struct name##__##map##__cursor {                                                           \
		struct lskel_map_cursor cursor;                                                    \
		union {                                                                            \
			__u32 bucket;                                                              \
			char key[key_size];                                                        \
		} at;                                                                              \
	};                                                                                         \
	LSKEL_MAP_FUNCTION int name##__##map##__delete(struct name *skel, const key_type *key)     \
	{                                                                                          \
		LSKEL_CHECK_ROOM(key, key_size);                                                   \
		return lskel_map_elem(BPF_MAP_DELETE_ELEM,                                         \
				      lskel_map_fd(&skel->maps.map, value_size), key, NULL, 0);    \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__next_key(struct name *skel, const key_type *key,   \
							 key_type *next)                           \
	{                                                                                          \
		LSKEL_CHECK_ROOM(next, key_size);                                                  \
		return lskel_map_elem(BPF_MAP_GET_NEXT_KEY,                                        \
				      lskel_map_fd(&skel->maps.map, value_size), key, next, 0);    \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__delete_batch(struct name *skel,                    \
							     const key_type *keys, __u32 *count)   \
	{                                                                                          \
		return lskel_map_batch(BPF_MAP_DELETE_BATCH,                                       \
				       lskel_map_fd(&skel->maps.map, value_size), NULL, NULL,      \
				       (void *)keys, NULL, count, 0);                              \
	}

#define LSKEL_DEFINE_MAP(name, map, key_type, key_size, value_type, value_size)                    \
	LSKEL_MAP_KEYS_FUNCTIONS(name, map, key_type, key_size, value_size)                        \
	LSKEL_MAP_FUNCTION int name##__##map##__lookup(struct name *skel, const key_type *key,     \
						       value_type *value, __u64 flags)             \
	{                                                                                          \
		LSKEL_CHECK_ROOM(key, key_size);                                                   \
		LSKEL_CHECK_ROOM(value, value_size);                                               \
		return lskel_map_elem(BPF_MAP_LOOKUP_ELEM,                                         \
				      lskel_map_fd(&skel->maps.map, value_size), key, value,       \
				      flags);                                                      \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__lookup_and_delete(                                 \
		struct name *skel, const key_type *key, value_type *value, __u64 flags)            \
	{                                                                                          \
		LSKEL_CHECK_ROOM(key, key_size);                                                   \
		LSKEL_CHECK_ROOM(value, value_size);                                               \
		return lskel_map_elem(BPF_MAP_LOOKUP_AND_DELETE_ELEM,                              \
				      lskel_map_fd(&skel->maps.map, value_size), key, value,       \
				      flags);                                                      \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__update(struct name *skel, const key_type *key,     \
						       const value_type *value, __u64 flags)       \
	{                                                                                          \
		LSKEL_CHECK_ROOM(key, key_size);                                                   \
		LSKEL_CHECK_ROOM(value, value_size);                                               \
		return lskel_map_elem(BPF_MAP_UPDATE_ELEM,                                         \
				      lskel_map_fd(&skel->maps.map, value_size), key,              \
				      (void *)value, flags);                                       \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__lookup_batch(                                      \
		struct name *skel, struct name##__##map##__cursor *cursor, key_type *keys,         \
		value_type *values, __u32 count)                                                   \
	{                                                                                          \
		return lskel_map_walk(BPF_MAP_LOOKUP_BATCH,                                        \
				      lskel_map_fd(&skel->maps.map, value_size), &cursor->cursor,  \
				      &cursor->at, keys, values, count);                           \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__lookup_and_delete_batch(                           \
		struct name *skel, struct name##__##map##__cursor *cursor, key_type *keys,         \
		value_type *values, __u32 count)                                                   \
	{                                                                                          \
		return lskel_map_walk(BPF_MAP_LOOKUP_AND_DELETE_BATCH,                             \
				      lskel_map_fd(&skel->maps.map, value_size), &cursor->cursor,  \
				      &cursor->at, keys, values, count);                           \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##map##__update_batch(struct name *skel,                    \
							     const key_type *keys,                 \
							     const value_type *values,             \
							     __u32 *count, __u64 flags)            \
	{                                                                                          \
		return lskel_map_batch(BPF_MAP_UPDATE_BATCH,                                       \
				       lskel_map_fd(&skel->maps.map, value_size), NULL, NULL,      \
				       (void *)keys, (void *)values, count, flags);                \
	}

#define LSKEL_DEFINE_PERCPU_MAP(name, percpu_map, key_type, key_size, value_type, value_size)      \
	LSKEL_MAP_KEYS_FUNCTIONS(name, percpu_map, key_type, key_size, value_size)                 \
	LSKEL_MAP_FUNCTION int name##__##percpu_map##__lookup(                                     \
		struct name *skel, const key_type *key, value_type *values, int cpus, __u64 flags) \
	{                                                                                          \
		LSKEL_CHECK_ROOM(key, key_size);                                                   \
		LSKEL_CHECK_ROOM(values, value_size);                                              \
		return lskel_map_percpu_elem(BPF_MAP_LOOKUP_ELEM,                                  \
					     lskel_map_fd(&skel->maps.percpu_map, value_size),     \
					     key, values, value_size, cpus, flags);                \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##percpu_map##__update(struct name *skel,                   \
							      const key_type *key,                 \
							      const value_type *values, int cpus,  \
							      __u64 flags)                         \
	{                                                                                          \
		LSKEL_CHECK_ROOM(key, key_size);                                                   \
		LSKEL_CHECK_ROOM(values, value_size);                                              \
		return lskel_map_percpu_elem(BPF_MAP_UPDATE_ELEM,                                  \
					     lskel_map_fd(&skel->maps.percpu_map, value_size),     \
					     key, (void *)values, value_size, cpus, flags);        \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##percpu_map##__lookup_batch(                               \
		struct name *skel, struct name##__##percpu_map##__cursor *cursor, key_type *keys,  \
		value_type *values, int cpus, __u32 count)                                         \
	{                                                                                          \
		return lskel_map_percpu_walk(BPF_MAP_LOOKUP_BATCH,                                 \
					     lskel_map_fd(&skel->maps.percpu_map, value_size),     \
					     &cursor->cursor, &cursor->at, keys, values,           \
					     value_size, cpus, count);                             \
	}

/* Of a queue, a stack or a bloom filter. */
#define LSKEL_DEFINE_QUEUE(name, queue, value_type, value_size)                                    \
	LSKEL_MAP_FUNCTION int name##__##queue##__push(struct name *skel, const value_type *value, \
						       __u64 flags)                                \
	{                                                                                          \
		LSKEL_CHECK_ROOM(value, value_size);                                               \
		return lskel_map_elem(BPF_MAP_UPDATE_ELEM,                                         \
				      lskel_map_fd(&skel->maps.queue, value_size), NULL,           \
				      (void *)value, flags);                                       \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##queue##__pop(struct name *skel, value_type *value)        \
	{                                                                                          \
		LSKEL_CHECK_ROOM(value, value_size);                                               \
		return lskel_map_elem(BPF_MAP_LOOKUP_AND_DELETE_ELEM,                              \
				      lskel_map_fd(&skel->maps.queue, value_size), NULL, value,    \
				      0);                                                          \
	}                                                                                          \
	LSKEL_MAP_FUNCTION int name##__##queue##__peek(struct name *skel, value_type *value)       \
	{                                                                                          \
		LSKEL_CHECK_ROOM(value, value_size);                                               \
		return lskel_map_elem(BPF_MAP_LOOKUP_ELEM,                                         \
				      lskel_map_fd(&skel->maps.queue, value_size), NULL, value,    \
				      0);                                                          \
	}

#endif /* LSKEL_MAP_H */
