// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of selftests/fuzz_mutate.h. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz_mutate.h"

/* xorshift64*, of which the upper half is good. */
unsigned int random_below(unsigned long long *state, unsigned int limit)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return limit ? ((*state * 0x2545f4914f6cdd1dULL) >> 32) % limit : 0;
}

static void add_range(struct seed_object *object, size_t start, size_t len, unsigned int weight)
{
	if (!len)
		return;
	while (weight--) {
		unsigned int cnt = object->range_cnt++;

		object->ranges = realloc(object->ranges, (cnt + 1) * sizeof(*object->ranges));
		object->ranges[cnt] = (struct range){ start, len };
	}
}

static unsigned int weight_of(const Elf64_Shdr *shdr, const char *name)
{
	switch (shdr->sh_type) {
	case SHT_NOBITS:
		return 0;
	case SHT_SYMTAB:
		return 6;
	case SHT_REL:
		return 3;
	case SHT_STRTAB:
		return 2;
	}
	if (!strcmp(name, ".BTF") || !strcmp(name, ".BTF.ext"))
		return 10;
	if (!strncmp(name, ".debug", 6))
		return 0;
	return !strcmp(name, ".maps") || shdr->sh_flags & SHF_EXECINSTR ? 3 : 1;
}

static void find_ranges(struct seed_object *object)
{
	const Elf64_Ehdr *ehdr = (const void *)object->data;
	const Elf64_Shdr *shdrs = (const void *)(object->data + ehdr->e_shoff);
	const char *names = (const char *)object->data + shdrs[ehdr->e_shstrndx].sh_offset;

	add_range(object, 0, object->size, 2);
	add_range(object, 0, sizeof(*ehdr), 2);
	for (int i = 0; i < ehdr->e_shnum; i++) {
		const char *name = names + shdrs[i].sh_name;

		if (!strncmp(name, ".debug", 6) || !strncmp(name, ".rel.debug", 10))
			continue;
		add_range(object, ehdr->e_shoff + i * sizeof(*shdrs), sizeof(*shdrs), 1);
		add_range(object, shdrs[i].sh_offset, shdrs[i].sh_size, weight_of(&shdrs[i], name));
		/* The headers, on which all the rest depends. */
		if (!strcmp(name, ".BTF"))
			add_range(object, shdrs[i].sh_offset, 24, 3);
		if (!strcmp(name, ".BTF.ext"))
			add_range(object, shdrs[i].sh_offset, 56, 3);
	}
}

bool seed_object_read(struct seed_object *object, const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	bool read;

	*object = (struct seed_object){ .path = strdup(path) };
	if (!file)
		goto refuse;
	fstat(fileno(file), &st);
	object->size = st.st_size;
	object->data = malloc(object->size);
	read = fread(object->data, 1, object->size, file) == object->size;
	fclose(file);
	if (read && object->size > sizeof(Elf64_Ehdr) && !memcmp(object->data, ELFMAG, SELFMAG)) {
		find_ranges(object);
		return true;
	}
refuse:
	seed_object_free(object);
	return false;
}

void seed_object_free(struct seed_object *object)
{
	free(object->path);
	free(object->data);
	free(object->ranges);
}

/* Numbers that reach limits, or that are near what is there. */
static uint32_t nasty(unsigned long long *state, uint32_t old, size_t size)
{
	static const uint32_t values[] = { 0,	       1,	2,	    3,
					   8,	       0x7f,	0x80,	    0xff,
					   0xffff,     0x10000, 0x7fffffff, 0x80000000,
					   0xfffffffe, -1,	-8,	    0x3fffffff };

	switch (random_below(state, 5)) {
	case 0:
		return values[random_below(state, sizeof(values) / sizeof(values[0]))];
	case 1:
		return old + random_below(state, 33) - 16;
	case 2:
		return random_below(state, 64);
	case 3:
		return size + random_below(state, 65) - 32;
	default:
		return random_below(state, -1);
	}
}

static void damage(const struct seed_object *object, unsigned long long *state, unsigned char *out)
{
	const struct range *range = &object->ranges[random_below(state, object->range_cnt)];
	size_t at = range->start + random_below(state, range->len);
	size_t word = at & ~(size_t)3, from = random_below(state, object->size - 16);
	uint32_t value;

	switch (random_below(state, 6)) {
	case 0:
		out[at] ^= 1 << random_below(state, 8);
		break;
	case 1:
		out[at] = random_below(state, 256);
		break;
	case 2: /* something that looks like what belongs there */
		from &= ~(size_t)3;
		if (word + 16 <= object->size)
			memmove(out + word, out + from, 4 << random_below(state, 3));
		break;
	default:
		if (word + sizeof(value) > object->size)
			break;
		memcpy(&value, out + word, sizeof(value));
		value = nasty(state, value, object->size);
		memcpy(out + word, &value, sizeof(value));
	}
}

size_t mutate(const struct seed_object *object, unsigned long long *state, unsigned char *out)
{
	unsigned int count = 1 + random_below(state, 3);

	memcpy(out, object->data, object->size);
	if (!random_below(state, 20))
		return random_below(state, object->size);
	while (count--)
		damage(object, state, out);
	return object->size;
}
