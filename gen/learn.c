// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * libbpf's fallbacks. A pretend kernel that accepts everything never sees them, so the object is loaded
 * again into one that refuses something, and what libbpf then does differently is noted in the calls of
 * the first trace. What it can't do without has no alternative.
 */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "object.h"
#include "record.h"
#include "util.h"

/* The object in a pretend kernel of another kind. */
struct retake {
	struct trace trace;
	struct bpf_object *bpf;
};

static struct call *creator(struct trace *trace, int kobj)
{
	return &trace->calls[trace->kobjs[kobj].creator];
}

static struct call *first_btf_load(struct trace *trace)
{
	for (__u32 i = 0; i < trace->call_cnt; i++)
		if (trace->calls[i].needed && trace->calls[i].command->cmd == BPF_BTF_LOAD)
			return &trace->calls[i];
	return NULL;
}

static void retake_free(struct retake *retake)
{
	record_stop();
	bpf_object__close(retake->bpf);
	trace_free(&retake->trace);
}

/* Returns whether libbpf can load the object, or its maps alone, there. */
static int retake(struct retake *retake, const struct object *object, const struct image *image,
		  struct refusals refusals, enum object_part part)
{
	const char *token_path = refusals.newer_btf ? PRETEND_TOKEN_PATH : NULL;
	int err = object_open(object, image, token_path, &retake->trace, &retake->bpf);

	record_refuse(refusals);
	return err ?: object_load_bpf(object, retake->bpf, part);
}

/* The attr of @call; of an fd or an id in the kernel's BTF only whether there is one. */
static union bpf_attr *plain_attr(const struct call *call)
{
	union bpf_attr *attr = xmemdup(&call->attr, sizeof(*attr));

	for (__u32 i = 0; i < call->command->field_cnt; i++) {
		const struct attr_field *field = &call->command->fields[i];

		if ((field->kind == FIELD_FD || field->kind == FIELD_BTF_ID) &&
		    attr_get(attr, field))
			memset((char *)attr + field->offset, 0xff, field->size);
	}
	return attr;
}

/* The maps of @trace and their templates have those of @other, in the order of creation, as alternatives. */
static void note_maps(struct trace *trace, struct trace *other, bool types)
{
	__u32 j = 0;

	trace_slice(other);
	for (__u32 i = 0; i < trace->call_cnt; i++) {
		struct call *call = &trace->calls[i];

		if (!call->needed || call->command->cmd != BPF_MAP_CREATE)
			continue;
		while (j < other->call_cnt &&
		       !(other->calls[j].needed && other->calls[j].command->cmd == BPF_MAP_CREATE))
			j++;
		if (j == other->call_cnt)
			return;
		*(types ? &call->without_types : &call->without_btf) =
			plain_attr(&other->calls[j++]);
	}
}

static void keep_all(struct retake *retake)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	int kobj;

	bpf_object__for_each_map(map, retake->bpf) {
		kobj = record_kobj(&retake->trace, bpf_map__fd(map));
		if (kobj != NO_KOBJ)
			retake->trace.kobjs[kobj].kept = true;
	}
	bpf_object__for_each_program(prog, retake->bpf) {
		kobj = record_kobj(&retake->trace, bpf_program__fd(prog));
		if (kobj != NO_KOBJ)
			retake->trace.kobjs[kobj].kept = true;
	}
}

/* libbpf relocates CO-RE itself; the kernel, which has to do it here, needs the object's BTF for it. */
static bool has_core_relos(const struct trace *trace)
{
	for (__u32 i = 0; i < trace->call_cnt; i++)
		if (trace->calls[i].needed && trace->calls[i].command->cmd == BPF_PROG_LOAD &&
		    trace->calls[i].attr.core_relo_cnt)
			return true;
	return false;
}

/* Where the kernel refuses the object's BTF. */
static void learn_without_btf(struct object *object, const struct image *image)
{
	const struct call *btf_load = first_btf_load(&object->trace);
	struct retake other = {};
	struct bpf_program *prog = NULL;

	if (!btf_load || has_core_relos(&object->trace))
		return;
	if (!retake(&other, object, image, (struct refusals){ .btf_load = btf_load },
		    OBJECT_WHOLE)) {
		keep_all(&other);
		note_maps(&object->trace, &other.trace, false);
		for (__u32 i = 0; i < object->prog_cnt; i++) {
			int kobj;

			prog = bpf_object__next_program(other.bpf, prog);
			kobj = record_kobj(&other.trace, bpf_program__fd(prog));
			if (kobj == NO_KOBJ)
				continue;
			creator(&object->trace, object->progs[i].kobj)->without_btf =
				plain_attr(creator(&other.trace, kobj));
		}
	}
	retake_free(&other);
}

/* Where the kernel refuses the BTF types of a map. Maps that are initialized with programs need these. */
static void learn_without_types(struct object *object, const struct image *image)
{
	static const enum object_part parts[] = { OBJECT_MAPS, OBJECT_WHOLE };
	int err = -1;

	for (__u32 i = 0; err && i < ARRAY_SIZE(parts); i++) {
		struct retake other = {};

		err = retake(&other, object, image, (struct refusals){ .map_types = true },
			     parts[i]);
		if (!err) {
			keep_all(&other);
			note_maps(&object->trace, &other.trace, true);
		}
		retake_free(&other);
	}
}

/* Notes the argument @name of @other for older kernels if it is another one than that of @call. */
static void note_old(struct call *call, const struct call *other, const char *name)
{
	const struct arg *arg = call_arg(call, name), *old = call_arg(other, name);

	if (!old->data || (arg->len == old->len && !memcmp(arg->data, old->data, arg->len)))
		return;
	call->old = (struct arg){ xmemdup(old->data, old->len), old->len, NO_KOBJ };
}

/* Where the kernel does not know what is newer in BTF, libbpf does in other words. */
static void learn_old_btf(struct object *object, const struct image *image)
{
	struct call *btf_load = first_btf_load(&object->trace);
	struct retake other = {};
	struct bpf_program *prog = NULL;

	if (!btf_load || !btf_is_newer(call_arg(btf_load, "btf")))
		return;
	if (!retake(&other, object, image, (struct refusals){ .newer_btf = true }, OBJECT_WHOLE)) {
		keep_all(&other);
		trace_slice(&other.trace);
		if (first_btf_load(&other.trace))
			note_old(btf_load, first_btf_load(&other.trace), "btf");
		for (__u32 i = 0; i < object->prog_cnt; i++) {
			int kobj;

			prog = bpf_object__next_program(other.bpf, prog);
			kobj = record_kobj(&other.trace, bpf_program__fd(prog));
			if (kobj != NO_KOBJ)
				note_old(creator(&object->trace, object->progs[i].kobj),
					 creator(&other.trace, kobj), "func_info");
		}
	}
	retake_free(&other);
}

static int note_insns(struct object *object, struct retake *other)
{
	struct bpf_program *prog = NULL;

	for (__u32 i = 0; i < object->prog_cnt; i++) {
		struct call *call;
		struct arg *insns;
		__u32 cnt;

		prog = bpf_object__next_program(other->bpf, prog);
		if (object->progs[i].kobj == NO_KOBJ)
			continue;
		call = creator(&object->trace, object->progs[i].kobj);
		insns = call_arg(creator(&other->trace,
					 record_kobj(&other->trace, bpf_program__fd(prog))),
				 "insns");
		if (insns->len != call_arg(call, "insns")->len)
			return -EINVAL;
		call->without_weak = insns->data;
		insns->data = NULL;
		free(core_relos_restore(&object->relos, call->without_weak,
					insns->len / sizeof(struct bpf_insn), &cnt));
	}
	return 0;
}

/* Where no weak kernel symbol exists. Without an answer the object can't become a skeleton. */
static int learn_without_weak(struct object *object, const struct image *image)
{
	_cleanup_(free_ptr) char *kallsyms = externs_kallsyms(&object->externs, true);
	struct retake other = {};
	int err;

	pretend_btf_use(image->btf, &object->externs, true);
	pretend_kallsyms(kallsyms);
	err = retake(&other, object, image, (struct refusals){}, OBJECT_WHOLE);
	if (!err)
		err = note_insns(object, &other);
	if (err)
		complain("%s: libbpf can't load it where weak symbols are missing: %s", image->path,
			 strerror(-err));
	retake_free(&other);
	pretend_btf_use(image->btf, &object->externs, false);
	return err;
}

int learn_alternatives(struct object *object, const struct image *image)
{
	learn_without_btf(object, image);
	learn_without_types(object, image);
	learn_old_btf(object, image);
	return object->externs.any_weak ? learn_without_weak(object, image) : 0;
}
