// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From a file to a recorded and sliced load, see gen/object.h. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "extern_types.h"
#include "object.h"
#include "options.h"
#include "record.h"
#include "targets.h"
#include "util.h"

/* libbpf has errors of its own. */
static const char *reason(int err)
{
	static char text[128];

	libbpf_strerror(err, text, sizeof(text));
	return text;
}

/* What libbpf said since the load began: shown when it fails. */
static struct bytes libbpf_says;

static int keep_message(enum libbpf_print_level level, const char *format, va_list args)
{
	char *s = NULL;
	int len;

	if (options.debug) {
		vfprintf(stderr, format, args);
		return 0;
	}
	if (level == LIBBPF_DEBUG)
		return 0;
	len = vasprintf(&s, format, args);
	if (len > 0)
		bytes_add(&libbpf_says, s, len);
	free(s);
	return 0;
}

static void show_messages(void)
{
	bytes_add(&libbpf_says, "", 1);
	for (char *line = strtok(libbpf_says.data, "\n"); line; line = strtok(NULL, "\n"))
		fprintf(stderr, "  %s\n", line);
}

/* "dir/my-prog.bpf.o" gives "my_prog_bpf", as bpftool has it. */
static char *name_of_path(const char *path)
{
	const char *base = strrchr(path, '/');
	char *name = xstrdup(base ? base + 1 : path);
	size_t len = strlen(name);

	if (len > 2 && !strcmp(name + len - 2, ".o"))
		name[len - 2] = '\0';
	make_identifier(name);
	return name;
}

char *object_name(const char *path)
{
	const char *base = strrchr(path, '/');
	_cleanup_(free_ptr) char *name = xstrdup(base ? base + 1 : path);

	name[strcspn(name, ".")] = '\0';
	make_identifier(name);
	return xprintf("%s%s", isalpha((unsigned char)*name) ? "" : "_", name);
}

static int check_name(const char *name)
{
	const char *p = name;

	for (; isalpha((unsigned char)*p) || *p == '_' || (p > name && isdigit((unsigned char)*p));
	     p++)
		;
	if (*p || p == name) {
		complain("'%s' can't be the name of a skeleton: it must be a C identifier; "
			 "give one with 'name NAME'",
			 name);
		return -EINVAL;
	}
	return 0;
}

static int check_accessors(const struct object *object, const char *prog,
			   const struct bpf_core_relo *relos, __u32 cnt)
{
	const struct btf *btf = bpf_object__btf(object->bpf);

	for (__u32 i = 0; i < cnt; i++) {
		const char *access = btf__str_by_offset(btf, relos[i].access_str_off);

		if (access && core_relo_access_is_valid(access))
			continue;
		complain("program '%s': CO-RE relocation %u has the malformed accessor '%s'", prog,
			 i, access ?: "");
		return -EINVAL;
	}
	return 0;
}

/* Gives a PROG_LOAD the CO-RE relocations that were kept from libbpf. */
static int give_core_relos(struct object *object, struct call *call, bool *backwards)
{
	const __u32 size = offsetof(union bpf_attr, core_relo_rec_size) + sizeof(__u32);
	struct arg *insns = call_arg(call, "insns"), *relos = call_arg(call, "core_relos");
	__u32 cnt;

	relos->data = core_relos_restore(&object->relos, insns->data,
					 insns->len / sizeof(struct bpf_insn), &cnt);
	if (!cnt)
		return 0;
	relos->len = cnt * sizeof(struct bpf_core_relo);
	call->attr.core_relo_cnt = cnt;
	call->attr.core_relo_rec_size = sizeof(struct bpf_core_relo);
	if (call->size < size)
		call->size = size;
	core_relos_group(relos->data, cnt, bpf_object__btf(object->bpf), *backwards);
	*backwards = !*backwards;
	return check_accessors(object, call->attr.prog_name, relos->data, cnt);
}

static int give_all_core_relos(struct object *object)
{
	bool backwards = false;
	int err = 0;

	for (__u32 i = 0; i < object->trace.call_cnt && !err; i++) {
		struct call *call = &object->trace.calls[i];

		if (call->needed && call->command->cmd == BPF_PROG_LOAD)
			err = give_core_relos(object, call, &backwards);
	}
	return err;
}

/* What libbpf knows of a section is forgotten where the type is another one. */
static int set_types(struct bpf_object *bpf, const struct object_type *as)
{
	struct bpf_program *prog;
	int err = 0;

	bpf_object__for_each_program(prog, bpf) {
		if (!as || err)
			break;
		if (bpf_program__type(prog) != as->type)
			err = bpf_program__set_type(prog, as->type);
		err = err ?: bpf_program__set_expected_attach_type(prog, as->attach_type);
	}
	return err;
}

int object_open(const struct object *object, const struct image *image, const char *token_path,
		struct trace *trace, struct bpf_object **ret)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = object->name,
		    .bpf_token_path = token_path);
	int err;

	record_start(trace);
	*ret = bpf_object__open_mem(image->data, image->size, &opts);
	err = *ret ? set_types(*ret, object->as) : -errno;
	err = err ?: targets_pretend(*ret);
	if (!err)
		return 0;
	complain("%s: libbpf can't open it: %s", image->path, reason(err));
	show_messages();
	return err;
}

int object_load_bpf(const struct object *object, struct bpf_object *bpf, enum object_part part)
{
	struct bpf_program *prog = NULL;
	struct bpf_map *map;

	struct_ops_record(bpf);
	/* What is pinned already is a matter of the target. */
	bpf_object__for_each_map(map, bpf)
		bpf_map__set_pin_path(map, NULL);
	for (__u32 i = 0; i < object->prog_cnt; i++) {
		prog = bpf_object__next_program(bpf, prog);
		if (part == OBJECT_MAPS)
			bpf_program__set_autoload(prog, false);
		else if (object->progs[i].off)
			bpf_program__set_autoload(prog, object->all);
	}
	return bpf_object__load(bpf);
}

static int open_and_list(struct object *object, const struct image *image)
{
	int err = object_open(object, image, NULL, &object->trace, &object->bpf);

	if (err)
		return err;
	object_list(object);
	return struct_ops_collect(&object->struct_ops, object->bpf, image->path);
}

/* Back to before open_and_list(). */
static void close_and_forget(struct object *object)
{
	record_stop();
	struct_ops_free(&object->struct_ops);
	bpf_object__close(object->bpf);
	trace_free(&object->trace);
	object_unlist(object);
	object->bpf = NULL;
	object->trace = (struct trace){};
}

static bool any_is_off(const struct object *object)
{
	for (__u32 i = 0; i < object->prog_cnt; i++)
		if (object->progs[i].off)
			return true;
	return false;
}

/* Records the load of all programs or, if that can't be, of those that are not off. */
static int record(struct object *object, const struct image *image)
{
	int err;

	object->all = true;
	err = open_and_list(object, image);
	if (err)
		return err;
	kconfigs_collect(&object->kconfigs, object->bpf, image);
	object->config = kconfigs_pretend(&object->kconfigs);
	pretend_kconfig(object->config);
	err = object_load_bpf(object, object->bpf, OBJECT_WHOLE);
	if (err && any_is_off(object)) {
		close_and_forget(object);
		object->all = false;
		err = open_and_list(object, image);
		if (err)
			return err;
		err = object_load_bpf(object, object->bpf, OBJECT_WHOLE);
	}
	if (err) {
		complain("%s: libbpf can't load it: %s", image->path, reason(err));
		show_messages();
	}
	return err;
}

static int load(struct object *object, const struct image *image)
{
	_cleanup_(free_ptr) char *kallsyms = externs_kallsyms(&object->externs, false);
	int err;

	pretend_btf_use(image->btf, &object->externs, false);
	pretend_kallsyms(kallsyms);
	err = record(object, image) ?: object_find_kobjs(object);
	if (err)
		return err;
	trace_slice(&object->trace);
	err = give_all_core_relos(object);
	if (err)
		return err;
	for (__u32 i = 0; i < object->prog_cnt; i++)
		if (object->progs[i].kobj != NO_KOBJ)
			object->progs[i].attach =
				attach_learn(&object->trace, object->progs[i].prog);
	object_name_temporaries(object);
	record_stop();
	return learn_alternatives(object, image);
}

int object_load(struct object *object, const char *path, const char *name)
{
	_cleanup_(bytes_free) struct bytes file = {};
	int err = read_file(path, &file);

	*object = (struct object){};
	return err ?: object_load_data(object, path, name, &file, NULL);
}

int object_load_data(struct object *object, const char *path, const char *name,
		     const struct bytes *file, const struct object_type *as)
{
	struct image image = {};
	int err;

	*object = (struct object){
		.name = name ? xstrdup(name) : name_of_path(path),
		.as = as,
	};
	err = check_name(object->name);
	if (err)
		return err;

	libbpf_set_print(keep_message);
	pretend_btf_reset();
	image_open(&image, path, file->data, file->len);
	err = image_check(&image) ?: core_relos_hide(&object->relos, &image);
	if (!err) {
		image_mark_literals(&image);
		externs_collect(&object->externs, &image);
		err = extern_types_describe(&object->externs, &image);
		if (!err)
			err = load(object, &image);
		record_stop();
		/* Their texts are gone, whichever way load() ended. */
		pretend_kallsyms(NULL);
		pretend_kconfig(NULL);
	}
	image_close(&image);
	bytes_free(&libbpf_says);
	return err;
}

void object_free(struct object *object)
{
	bpf_object__close(object->bpf);
	object_unlist(object);
	core_relos_free(&object->relos);
	externs_free(&object->externs);
	kconfigs_free(&object->kconfigs);
	struct_ops_free(&object->struct_ops);
	trace_free(&object->trace);
	free(object->config);
	free(object->name);
	*object = (struct object){};
}
