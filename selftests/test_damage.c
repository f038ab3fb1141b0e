// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Damage that fuzz_elf has found to crash or hang libbpf, or to let it relocate for the build host:
 * each kind made on purpose. The sanitized generator refuses it, or isn't impressed.
 */
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <sys/wait.h>

#include "fuzz_mutate.h"
#include "harness.h"
#include "util.h"

#define LSKEL "build/asan/lskel"

static Elf64_Shdr *section(const struct seed_object *object, const char *name)
{
	Elf64_Ehdr *ehdr = (void *)object->data;
	Elf64_Shdr *shdrs = (void *)(object->data + ehdr->e_shoff);
	const char *names = (char *)object->data + shdrs[ehdr->e_shstrndx].sh_offset;

	for (int i = 0; i < ehdr->e_shnum; i++)
		if (!strcmp(names + shdrs[i].sh_name, name))
			return &shdrs[i];
	fprintf(stderr, "%s: no section '%s'\n", object->path, name);
	exit(1);
}

/* The type of that name and kind in the file itself. */
static struct btf_type *type(const struct seed_object *object, const char *name, __u32 kind)
{
	const Elf64_Shdr *shdr = section(object, BTF_ELF_SEC);
	unsigned char *data = object->data + shdr->sh_offset;
	const struct btf_header *head = (void *)data;
	struct btf *btf = btf__new(data, shdr->sh_size);
	__s32 id = btf__find_by_name_kind(btf, name, kind);
	const char *copy = (const char *)btf__type_by_id(btf, id > 0 ? id : 0);
	size_t offset = copy - (const char *)btf__type_by_id(btf, 1);

	btf__free(btf);
	if (id <= 0) {
		fprintf(stderr, "%s: no type '%s'\n", object->path, name);
		exit(1);
	}
	return (void *)(data + head->hdr_len + head->type_off + offset);
}

static __u32 type_id(const struct seed_object *object, const char *name, __u32 kind)
{
	const Elf64_Shdr *shdr = section(object, BTF_ELF_SEC);
	struct btf *btf = btf__new(object->data + shdr->sh_offset, shdr->sh_size);
	__s32 id = btf__find_by_name_kind(btf, name, kind);

	btf__free(btf);
	return id;
}

static void end_in_half(const struct seed_object *object)
{
	const Elf64_Shdr *shdr = section(object, "?xdp");
	struct bpf_insn *insns = (void *)(object->data + shdr->sh_offset);

	insns[shdr->sh_size / sizeof(*insns) - 1].code = BPF_LD | BPF_IMM | BPF_DW;
}

static void contain_itself(const struct seed_object *object)
{
	struct btf_type *pair = type(object, "pair", BTF_KIND_STRUCT);

	btf_members(pair)[1].type = type_id(object, "pair", BTF_KIND_STRUCT);
}

static void be_a_huge_number(const struct seed_object *object)
{
	type(object, "short", BTF_KIND_INT)->size = 0x7ffffff0;
}

static void return_nothing_known(const struct seed_object *object)
{
	const Elf64_Shdr *shdr = section(object, BTF_ELF_SEC);
	struct btf_type *function = type(object, "use_everything", BTF_KIND_FUNC);
	struct btf *btf = btf__new(object->data + shdr->sh_offset, shdr->sh_size);
	const char *first = (const char *)btf__type_by_id(btf, 1);
	const char *proto = (const char *)btf__type_by_id(btf, function->type);
	const struct btf_header *head = (void *)(object->data + shdr->sh_offset);

	((struct btf_type *)((char *)head + head->hdr_len + head->type_off + (proto - first)))
		->type = 0x4a000011;
	btf__free(btf);
}

static void have_no_header(const struct seed_object *object)
{
	const Elf64_Shdr *shdr = section(object, BTF_ELF_SEC);
	struct btf_header *head = (void *)(object->data + shdr->sh_offset);

	head->type_off += head->hdr_len;
	head->str_off += head->hdr_len;
	head->hdr_len = 0;
}

static void be_compressed(const struct seed_object *object)
{
	section(object, BTF_ELF_SEC)->sh_flags |= SHF_COMPRESSED;
	section(object, BTF_EXT_ELF_SEC)->sh_flags |= SHF_COMPRESSED;
}

static void write_file(const char *path, const struct seed_object *object)
{
	FILE *file = fopen(path, "we");

	if (!file || fwrite(object->data, 1, object->size, file) != object->size) {
		perror(path);
		exit(1);
	}
	fclose(file);
}

/* Status of the sanitized generator for the object at @path, its output and messages in files. */
static int generate(const char *dir, const char *path, const char *output)
{
	_cleanup_(free_ptr) char *command =
		xprintf("timeout 20 " LSKEL " gen skeleton %s name x >%s/%s 2>%s/err", path, dir,
			output, dir);
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The message of a refusal stands in @dir/err: is there one, and no sanitizer's? */
static bool has_message(const char *dir)
{
	_cleanup_(free_ptr) char *command =
		xprintf("grep -q '^lskel: ' %s/err && ! grep -q -e Sanitizer -e 'runtime error' "
			"%s/err",
			dir, dir);

	return system(command) == 0;
}

static void check_refused(const char *dir, const char *name,
			  void (*damage)(const struct seed_object *object))
{
	_cleanup_(free_ptr) char *path = xprintf("%s/damaged.o", dir);
	struct seed_object object;
	int status;

	if (!seed_object_read(&object, "build/selftests/fixtures/rich.bpf.o"))
		exit(1);
	damage(&object);
	write_file(path, &object);
	status = generate(dir, path, "out");
	check(name, status == 1 && has_message(dir), "status %d", status);
	seed_object_free(&object);
}

static void check_core_relos(const char *dir)
{
	static const char name[] = "BTF that calls itself compressed is read like libbpf reads it";
	const char *linked = "build/selftests/fixtures/link_a.bpf.o";
	_cleanup_(free_ptr) char *path = xprintf("%s/damaged.o", dir);
	_cleanup_(free_ptr) char *compare = xprintf("cmp -s %s/out %s/expected", dir, dir);
	struct seed_object object;
	int status;

	if (!seed_object_read(&object, linked))
		exit(1);
	be_compressed(&object);
	write_file(path, &object);
	status = generate(dir, linked, "expected") ?: generate(dir, path, "out");
	check(name, !status && !system(compare), "status %d, or another skeleton", status);
	seed_object_free(&object);
}

int main(void)
{
	char dir[] = "/tmp/lskel-damage-XXXXXX", remove[64];

	if (!mkdtemp(dir))
		return 1;
	check_refused(dir, "a function that ends in the middle of an instruction is refused",
		      end_in_half);
	check_refused(dir, "a type that contains itself is refused", contain_itself);
	check_refused(dir, "a number of 2 GB is refused", be_a_huge_number);
	check_refused(dir, "a type that is not there is refused", return_nothing_known);
	check_refused(dir, "BTF whose header has no bytes is refused", have_no_header);
	check_core_relos(dir);
	snprintf(remove, sizeof(remove), "rm -rf %s", dir);
	return system(remove) ?: harness_status();
}
