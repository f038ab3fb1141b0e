// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Makes of an object what the applications of the benchmark need, on the kernel that it is to run on. One
 * thing at a time, since each ends the process if it can't be done.
 *
 * usage: prepare floor|gen_loader|types OBJECT FOLDER
 *
 * floor: floor.bin, see floor.h. gen_loader: gen_loader.{h,data,insns,values}. types: types.h, C
 * declarations of what global variables have as types.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/btf.h>

#include "floor.h"
#include "record.h"
#include "util.h"

static const char *folder;

static FILE *create(const char *name)
{
	_cleanup_(free_ptr) char *path = xprintf("%s/%s", folder, name);
	FILE *out = fopen(path, "we");

	if (!out) {
		perror(path);
		exit(1);
	}
	return out;
}

static void write_file(const char *name, const void *data, size_t len)
{
	_cleanup_(close_file) FILE *out = create(name);

	fwrite(data, 1, len, out);
}

static struct bpf_object *open_object(const char *path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "bench");
	struct bpf_object *object = bpf_object__open_file(path, &opts);

	if (!object) {
		perror(path);
		exit(1);
	}
	return object;
}

/* Whether an application sees the content of @map: then it is mapped. */
static bool is_data(const struct bpf_map *map)
{
	size_t size;

	return bpf_map__initial_value((struct bpf_map *)map, &size) &&
	       bpf_map__map_flags(map) & BPF_F_MMAPABLE;
}

static size_t mapping_len(const struct bpf_map *map)
{
	return (bpf_map__value_size(map) + 4095UL) & ~4095UL;
}

static int mapping_prot(const struct bpf_map *map)
{
	return bpf_map__map_flags(map) & BPF_F_RDONLY_PROG ? PROT_READ : PROT_READ | PROT_WRITE;
}

/* The floor in the making. */
static struct bytes image;
static struct floor_op *ops;
static __u32 op_cnt;
static __u32 *relocs;
static __u32 reloc_cnt;
static __u32 fd_off;

static void put_pointer(__u32 at, __u64 target)
{
	memcpy(image.data + at, &target, sizeof(target));
	push(relocs, reloc_cnt) = at;
}

static __u32 put_bytes(const void *data, size_t len)
{
	bytes_align(&image, 8);
	return bytes_add(&image, data, len);
}

static void put_arg(const struct attr_field *field, const struct arg *arg, __u32 attr,
		    struct floor_patch **patches, __u32 *patch_cnt)
{
	switch (field->kind) {
	case FIELD_FD:
		if (arg->kobj != NO_KOBJ)
			push(*patches, *patch_cnt) = (struct floor_patch){
				attr + field->offset,
				arg->kobj,
			};
		break;
	case FIELD_STRING:
	case FIELD_ARRAY:
	case FIELD_INSNS:
	case FIELD_KEY:
	case FIELD_VALUE:
		if (arg->data)
			put_pointer(attr + field->offset, put_bytes(arg->data, arg->len));
		else if (arg->kobj != NO_KOBJ)
			put_pointer(attr + field->offset, fd_off + arg->kobj * sizeof(int));
		break;
	default:
		break;
	}
}

static void put_call(const struct call *call)
{
	_cleanup_(free_ptr) struct floor_patch *patches = NULL;
	__u32 patch_cnt = 0, attr;
	struct floor_op op = {
		.cmd = call->command->cmd,
		.size = call->size,
		.made = call->made,
	};

	attr = put_bytes(&call->attr, sizeof(call->attr));
	for (__u32 i = 0; i < call->command->field_cnt; i++)
		put_arg(&call->command->fields[i], &call->args[i], attr, &patches, &patch_cnt);
	if (op.cmd == BPF_PROG_LOAD)
		put_pointer(attr + offsetof(union bpf_attr, fd_array), fd_off);
	op.attr = attr;
	op.patch = put_bytes(patches, patch_cnt * sizeof(*patches));
	op.patch_cnt = patch_cnt;
	push(ops, op_cnt) = op;
}

static void put_data_maps(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		struct floor_mmap data = {
			.object = bench_kobj(bpf_map__fd(map)),
			.prot = mapping_prot(map),
			.len = mapping_len(map),
		};

		if (is_data(map))
			push(ops, op_cnt) = (struct floor_op){
				.cmd = FLOOR_MMAP,
				.attr = put_bytes(&data, sizeof(data)),
				.made = -1,
			};
	}
}

static int prepare_floor(const char *path)
{
	struct bpf_object *object = open_object(path);
	struct trace trace = {};
	struct floor header;
	int err;

	err = bench_record(object, &trace);
	if (err) {
		fprintf(stderr, "%s: no floor: %s\n", path, strerror(-err));
		return 1;
	}
	bytes_add(&image, NULL, sizeof(header));
	fd_off = put_bytes(NULL, trace.kobj_cnt * sizeof(int));
	for (__u32 i = 0; i < trace.call_cnt; i++)
		if (trace.calls[i].needed)
			put_call(&trace.calls[i]);
	put_data_maps(object);
	for (__u32 i = 0; i < trace.kobj_cnt; i++)
		if (trace.kobjs[i].needed && !trace.kobjs[i].kept)
			push(ops, op_cnt) = (struct floor_op){ .cmd = FLOOR_CLOSE, .made = i };
	header = (struct floor){
		.op_off = put_bytes(ops, op_cnt * sizeof(*ops)),
		.op_cnt = op_cnt,
		.reloc_off = put_bytes(relocs, reloc_cnt * sizeof(*relocs)),
		.reloc_cnt = reloc_cnt,
		.fd_off = fd_off,
		.fd_cnt = trace.kobj_cnt,
	};
	memcpy(image.data, &header, sizeof(header));
	write_file("floor.bin", image.data, image.len);
	return 0;
}

static int prepare_gen_loader(const char *path)
{
	LIBBPF_OPTS(gen_loader_opts, loader);
	struct bpf_object *object = open_object(path);
	__u32 maps = 0, progs = 0, data_maps = 0;
	struct bytes values = {};
	struct bpf_program *prog;
	struct bpf_map *map;
	FILE *out;
	int err;

	bpf_object__for_each_program(prog, object)
		progs++;
	err = bpf_object__gen_loader(object, &loader) ?: bpf_object__load(object);
	if (err) {
		fprintf(stderr, "%s: gen_loader can't: %s\n", path, strerror(-err));
		return 1;
	}
	out = create("gen_loader.h");
	fprintf(out, "static const struct data_map data_maps[] = {\n");
	bpf_object__for_each_map(map, object) {
		size_t size;
		const void *value = bpf_map__initial_value(map, &size);

		if (is_data(map)) {
			bytes_align(&values, 8);
			fprintf(out, "\t{ %u, %zu, %zu, %d, %zu },\n", maps, mapping_len(map), size,
				mapping_prot(map), bytes_add(&values, value, size));
			data_maps++;
		}
		maps++;
	}
	fprintf(out, "};\n#define DATA_MAPS %u\n#define MAPS %u\n#define PROGS %u\n", data_maps,
		maps, progs);
	fclose(out);
	write_file("gen_loader.data", loader.data, loader.data_sz);
	write_file("gen_loader.insns", loader.insns, loader.insns_sz);
	write_file("gen_loader.values", values.data, values.len);
	return 0;
}

static void print_type(void *ctx, const char *format, va_list args)
{
	vfprintf(ctx, format, args);
}

static int prepare_types(const char *path)
{
	struct btf *btf = bpf_object__btf(open_object(path));
	_cleanup_(close_file) FILE *out = create("types.h");
	struct btf_dump *dump = btf ? btf_dump__new(btf, print_type, out, NULL) : NULL;
	int err = 0;

	fprintf(out, "#include <linux/types.h>\n#include <linux/bpf.h>\n");
	for (__u32 id = 1; dump && id < btf__type_cnt(btf) && !err; id++) {
		const struct btf_type *sec = btf__type_by_id(btf, id);
		const char *name = btf__str_by_offset(btf, sec->name_off);
		const struct btf_var_secinfo *vars = btf_var_secinfos(sec);

		if (!btf_is_datasec(sec) || !strcmp(name, ".maps") || !strcmp(name, "license") ||
		    !strcmp(name, ".ksyms"))
			continue;
		for (__u32 i = 0; i < btf_vlen(sec) && !err; i++)
			err = btf_dump__dump_type(dump, btf__type_by_id(btf, vars[i].type)->type);
	}
	btf_dump__free(dump);
	return err ? 1 : 0;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: prepare floor|gen_loader|types OBJECT FOLDER\n");
		return 1;
	}
	libbpf_set_print(quiet);
	folder = argv[3];
	if (!strcmp(argv[1], "floor"))
		return prepare_floor(argv[2]);
	if (!strcmp(argv[1], "gen_loader"))
		return prepare_gen_loader(argv[2]);
	return prepare_types(argv[2]);
}
