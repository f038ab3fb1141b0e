// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Types of kernel symbols are compared as libbpf compares them: for types put together at random, and for those at the
 * limits of depth, the verdict of libbpf's own bpf_core_types_are_compat() is that of a description in
 * a skeleton. What is found by name and by number is what libbpf finds. Damaged BTF is refused, or compared
 * without reading anything else (this program has sanitizers).
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "extern_types.h"
#include "fuzz_mutate.h"
#include "harness.h"
#include "util.h"
#include "../loader/btf_types.h"

#define TYPES	30 /* at random */
#define DEEP	40 /* deeper than the limit */
#define ROUNDS	200
#define DAMAGES 3000

/* Not in a header of libbpf's. */
int bpf_core_types_are_compat(const struct btf *local_btf, __u32 local_id,
			      const struct btf *targ_btf, __u32 targ_id);

static unsigned long long state = 1;

static unsigned int below(unsigned int limit)
{
	return random_below(&state, limit);
}

static void add_proto(struct btf *btf, const __u32 *params, __u32 cnt, __u32 result)
{
	btf__add_func_proto(btf, result);
	for (__u32 i = 0; i < cnt; i++)
		btf__add_func_param(btf, "p", params[i]);
}

/* An int that begins inside a byte, which no compiler makes any more. */
static void add_odd_int(struct btf *btf)
{
	struct btf_type *t = (void *)btf__type_by_id(btf, btf__add_int(btf, "odd", 4, 0));

	*(__u32 *)(void *)(t + 1) |= 3 << 16;
}

/* What it refers to comes before it, so that no type is without end; except a pointer to itself. */
static void add_type(struct btf *btf)
{
	const __u32 before = btf__type_cnt(btf);
	__u32 params[3] = { below(before), below(before), below(before) };
	char name[16];

	snprintf(name, sizeof(name), "type%u", below(100));
	switch (below(16)) {
	case 0:
		btf__add_struct(btf, name, 0);
		break;
	case 1:
		btf__add_union(btf, name, 0);
		break;
	case 2:
		btf__add_enum(btf, name, 4);
		break;
	case 3:
		btf__add_enum64(btf, name, 8, false);
		break;
	case 4:
		btf__add_fwd(btf, name, BTF_FWD_STRUCT);
		break;
	case 5:
		btf__add_float(btf, name, 8);
		break;
	case 6:
		add_odd_int(btf);
		break;
	case 7:
		btf__add_typedef(btf, name, params[0]);
		break;
	case 8:
		btf__add_const(btf, params[0]);
		break;
	case 9:
		btf__add_array(btf, 1, params[0], 3);
		break;
	case 10:
		btf__add_ptr(btf, before);
		break;
	case 11:
	case 12:
		btf__add_ptr(btf, params[0]);
		break;
	case 13:
		btf__add_int(btf, name, 1 << below(4), 0);
		break;
	default:
		add_proto(btf, params, below(4), below(before));
	}
}

static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();

	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	while (btf__type_cnt(btf) < TYPES)
		add_type(btf);
	return btf;
}

static bool is_mod(const struct btf *btf, __u32 id)
{
	return id &&
	       btf_is_mod(btf__type_by_id(btf, id)) | btf_is_typedef(btf__type_by_id(btf, id));
}

struct outcome {
	__u32 fit;
	__u32 do_not;
	__u32 wrong;
};

/* Compares the types of both, one of each. libbpf is not asked about what begins with a typedef. */
static void compare(const struct btf *local, const struct btf *kernel, struct outcome *outcome)
{
	struct lskel_btf ours, theirs;

	if (extern_types_open(&ours, local) || extern_types_open(&theirs, kernel)) {
		outcome->wrong++;
		return;
	}
	for (__u32 i = 0; i < btf__type_cnt(local); i++) {
		_cleanup_(free_ptr) char *types = extern_types_of(&ours, i);

		if (is_mod(local, i) || !types)
			continue;
		outcome->wrong += !extern_types_are_sound(types);
		for (__u32 j = 0; j < btf__type_cnt(kernel); j++) {
			bool fits = lskel_type_fits(&theirs, j, types);

			if (is_mod(kernel, j))
				continue;
			outcome->wrong +=
				fits != (bpf_core_types_are_compat(local, i, kernel, j) > 0);
			(*(fits ? &outcome->fit : &outcome->do_not))++;
		}
	}
	lskel_btf_free(&ours);
	lskel_btf_free(&theirs);
}

static void random_types(void)
{
	struct outcome outcome = {};

	for (int i = 0; i < ROUNDS; i++) {
		struct btf *local = make_btf(), *kernel = make_btf();

		compare(local, kernel, &outcome);
		compare(local, local, &outcome);
		btf__free(local);
		btf__free(kernel);
	}
	check("types at random fit as libbpf says",
	      !outcome.wrong && outcome.fit > ROUNDS && outcome.do_not > ROUNDS,
	      "%u fit, %u do not, %u are wrong", outcome.fit, outcome.do_not, outcome.wrong);
}

/* Pointers to pointers and so on; functions of functions and so on. */
static void deep_types(void)
{
	struct btf *pointers = btf__new_empty(), *functions = btf__new_empty();
	struct outcome outcome = {}, of_functions = {};

	for (__u32 i = 0; i < DEEP; i++) {
		btf__add_ptr(pointers, i);
		add_proto(functions, &i, 1, 0);
	}
	compare(pointers, pointers, &outcome);
	/* void to 31 stars; more of them fit nothing. */
	check("pointers fit up to libbpf's depth", !outcome.wrong && outcome.fit == 32,
	      "%u fit, %u are wrong", outcome.fit, outcome.wrong);
	compare(functions, functions, &of_functions);
	check("functions of functions, too", !of_functions.wrong && of_functions.fit == 33,
	      "%u fit, %u are wrong", of_functions.fit, of_functions.wrong);
	btf__free(pointers);
	btf__free(functions);
}

/* More types than one step of the reader's index has. */
static void numbers_and_names(void)
{
	struct btf *btf = btf__new_empty();
	struct lskel_btf ours;
	__u32 wrong = 0;
	char name[16];

	for (__u32 i = 1; i < 200; i++) {
		snprintf(name, sizeof(name), "name%u", i % 150);
		btf__add_func(btf, name, BTF_FUNC_GLOBAL, btf__add_func_proto(btf, 0));
		if (i % 3 == 0)
			btf__add_func_param(btf, "p", 0);
	}
	if (extern_types_open(&ours, btf)) {
		fail("BTF is read", "it is not");
		return;
	}
	for (__u32 i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *t = btf__type_by_id(btf, i);

		wrong += !lskel_btf_type(&ours, i) ||
			 memcmp(lskel_btf_type(&ours, i), t, sizeof(*t)) != 0;
	}
	for (__u32 i = 0; i < 151; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		wrong += lskel_btf_find(&ours, name, BTF_KIND_FUNC) !=
			 btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	}
	wrong += lskel_btf_type(&ours, 0) || lskel_btf_type(&ours, btf__type_cnt(btf));
	check("numbers and names are those that libbpf has", !wrong, "%u are not", wrong);
	lskel_btf_free(&ours);
	btf__free(btf);
}

static void look_at_all(const struct lskel_btf *btf)
{
	static const char *const types[] = { "(*s*vi)i", "(*(*ii)v[s)e", "******************" };
	char buf[64];

	for (__u32 id = 0; id <= btf->end_id; id++) {
		struct lskel_text text = { buf, sizeof(buf) };

		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			lskel_type_fits(btf, id, types[i]);
		lskel_print_type(&text, btf, id);
		free(extern_types_of(btf, id));
	}
}

static void damaged_btf(void)
{
	struct btf *btf = make_btf();
	__u32 size, read = 0;
	const char *raw = btf__raw_data(btf, &size);

	for (__u32 i = 0; i < DAMAGES; i++) {
		char *copy = xmemdup(raw, size);
		__u32 len = below(4) ? size : below(size + 1);
		struct lskel_btf ours;

		for (__u32 j = below(4); j < 4; j++)
			copy[below(size)] = below(256);
		copy = realloc(copy, len ?: 1);
		if (lskel_btf_take(&ours, copy, len, NULL))
			continue;
		read++;
		look_at_all(&ours);
		lskel_btf_free(&ours);
	}
	check("damaged BTF is refused, or no harm", read && read < DAMAGES, "%u of %u were read",
	      read, DAMAGES);
	btf__free(btf);
}

int main(void)
{
	libbpf_set_print(NULL);
	random_types();
	deep_types();
	numbers_and_names();
	damaged_btf();
	return harness_status();
}
