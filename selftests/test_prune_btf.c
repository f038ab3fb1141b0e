// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What maps and programs refer to stays in the BTF of a skeleton, under its id, also what is only known by name;
 * the rest is gone, with its strings. That the kernel makes the same of it is for selftests/fidelity.c to say.
 */
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "harness.h"
#include "info.h"
#include "prune_btf.h"
#include "util.h"

#define OBJECT "build/selftests/fixtures/prune.bpf.o"
#define LINE   "take_element(0, 0);"

static const struct {
	const char *name;
	__u32 kind;
	bool kept;
} expected[] = {
	{ "map_value", BTF_KIND_STRUCT, true },	    /* a map's value */
	{ "bpf_spin_lock", BTF_KIND_STRUCT, true }, /* a member's type */
	{ "map_key", BTF_KIND_STRUCT, true },
	{ "contains:element:node", BTF_KIND_DECL_TAG, true },
	{ "element", BTF_KIND_STRUCT, true }, /* of which the tag has the name */
	{ "task_struct", BTF_KIND_STRUCT, true },
	{ "next_number", BTF_KIND_FUNC, true },
	{ "counts", BTF_KIND_FUNC, true },
	{ ".bss", BTF_KIND_DATASEC, true },
	{ ".maps", BTF_KIND_DATASEC, false },
	{ "license", BTF_KIND_DATASEC, false },
	{ "LICENSE", BTF_KIND_VAR, false },
	{ "numbers", BTF_KIND_VAR, false },
	{ "take_element", BTF_KIND_FUNC, false },
};

static const struct call *btf_load(const struct object *object)
{
	for (__u32 i = 0; i < object->trace.call_cnt; i++) {
		const struct call *call = &object->trace.calls[i];

		if (call->needed && call->command->cmd == BPF_BTF_LOAD)
			return call;
	}
	return NULL;
}

static struct btf *btf_of(const struct object *object)
{
	const struct arg *arg = call_arg(btf_load(object), "btf");

	return btf__new(arg->data, arg->len);
}

/* Not btf__find_by_name_kind(): that is for the recorder. */
static __u32 find(const struct btf *btf, const char *name, __u32 kind)
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_kind(t) == kind && !strcmp(btf__name_by_offset(btf, t->name_off), name))
			return id;
	}
	return 0;
}

static bool has_string(const struct btf *btf, const char *string)
{
	__u32 size;
	const void *data = btf__raw_data(btf, &size);

	return memmem(data, size, string, strlen(string) + 1);
}

static void check_types(const struct btf *before, const struct btf *after)
{
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		_cleanup_(free_ptr) char *name =
			xprintf("%s %s", expected[i].name, expected[i].kept ? "stays" : "goes");
		__u32 old = find(before, expected[i].name, expected[i].kind);
		__u32 new = find(after, expected[i].name, expected[i].kind);

		check(name, old && new == (expected[i].kept ? old : 0), "its id was %u and is %u",
		      old, new);
	}
}

/* All others are nothing. */
static void check_others(const struct btf *before, const struct btf *after)
{
	__u32 other = 0;

	for (__u32 id = 1; id < btf__type_cnt(after); id++) {
		const struct btf_type *old = btf__type_by_id(before, id);
		const struct btf_type *new = btf__type_by_id(after, id);
		const bool same = old->info == new->info && old->type == new->type &&
				  !strcmp(btf__name_by_offset(before, old->name_off),
					  btf__name_by_offset(after, new->name_off));

		if (!same && !(btf_is_ptr(new) && !new->type && !new->name_off))
			other = id;
	}
	check("a type is what it was or nothing", !other, "%u is not", other);
	check("types are as many", btf__type_cnt(after) == btf__type_cnt(before), "%u and %u",
	      btf__type_cnt(after), btf__type_cnt(before));
}

static void check_strings(const struct btf *before, const struct btf *after)
{
	check("strings of what goes go, too",
	      has_string(before, "take_element") && has_string(before, "max_entries") &&
		      !has_string(after, "take_element") && !has_string(after, "max_entries"),
	      "they do not");
	check("source lines stay", has_string(before, "\t" LINE) && has_string(after, "\t" LINE),
	      "they do not");
}

/* Loads the object and makes its tables. Returns the blob's BTF. */
static struct btf *load(struct object *object, struct info *info, bool lines, struct btf **before)
{
	int err = object_load(object, OBJECT, NULL);

	if (err || !btf_load(object))
		return NULL;
	if (before)
		*before = btf_of(object);
	if (!lines)
		drop_line_info(&object->trace);
	err = info_make(info, object);
	return err ? NULL : btf_of(object);
}

static __u32 blob_size(const struct info *info)
{
	return info->blob.image.len;
}

int main(void)
{
	struct btf *before = NULL, *after, *without;
	struct object object, other;
	struct info info = {}, no_lines = {}, again = {};

	after = load(&object, &info, true, &before);
	without = load(&other, &no_lines, false, NULL);
	if (check("the object becomes a skeleton", after && without, "it does not")) {
		check_types(before, after);
		check_others(before, after);
		check_strings(before, after);
		check("without line_info, source lines go, types do not",
		      !has_string(without, "\t" LINE) &&
			      btf__type_cnt(without) == btf__type_cnt(after),
		      "they stay");
		check("and the blob is smaller", blob_size(&no_lines) < blob_size(&info),
		      "%u and %u bytes", blob_size(&no_lines), blob_size(&info));
		check("what has been pruned stays as it is",
		      !info_make(&again, &object) && blob_size(&again) == blob_size(&info) &&
			      !memcmp(again.blob.image.data, info.blob.image.data,
				      blob_size(&info)),
		      "it does not");
	}
	btf__free(before);
	btf__free(after);
	btf__free(without);
	info_free(&again);
	info_free(&no_lines);
	info_free(&info);
	object_free(&other);
	object_free(&object);
	return harness_status();
}
