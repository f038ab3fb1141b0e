/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Damaging BPF objects on purpose, where it hurts: headers, symbols, relocations, BTF. The same seed
 * gives the same damage on every machine.
 */
#ifndef LSKEL_SELFTESTS_FUZZ_MUTATE_H
#define LSKEL_SELFTESTS_FUZZ_MUTATE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of an object that belong together. */
struct range {
	size_t start;
	size_t len;
};

struct seed_object {
	char *path;
	unsigned char *data;
	size_t size;
	struct range *ranges; /* what to damage; the more important, the more often */
	unsigned int range_cnt;
};

/* Reads a valid 64-bit object. */
bool seed_object_read(struct seed_object *object, const char *path);
void seed_object_free(struct seed_object *object);

/*
 * Writes a damaged copy of @object to @out, which has as much room as the object. @state is the
 * state of the random numbers. Returns the size of the copy.
 */
size_t mutate(const struct seed_object *object, unsigned long long *state, unsigned char *out);

unsigned int random_below(unsigned long long *state, unsigned int limit);

#endif /* LSKEL_SELFTESTS_FUZZ_MUTATE_H */
