// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/core_object.h: writes the object, loads it, takes the instructions. */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "core_object.h"
#include "image.h"
#include "record.h"
#include "util.h"

/* Any type of program that needs nothing else. */
#define SECTION "socket"

enum { SEC_NULL, SEC_CODE, SEC_BTF, SEC_EXT, SEC_SYMBOLS, SEC_STRINGS, SEC_CNT };

static const char *const section_names[SEC_CNT] = {
	"", SECTION, BTF_ELF_SEC, BTF_EXT_ELF_SEC, ".symtab", ".strtab",
};

/* .BTF.ext with one section of CO-RE relocations (Documentation/bpf/btf.rst, section 4.2). */
struct ext {
	__u16 magic;
	__u8 version;
	__u8 flags;
	__u32 hdr_len;
	__u32 func_info_off;
	__u32 func_info_len;
	__u32 line_info_off;
	__u32 line_info_len;
	__u32 core_relo_off;
	__u32 core_relo_len;
	__u32 record_size;
	__u32 section_name;
	__u32 record_cnt;
};

/* libbpf looks for the symbols of global variables, of which only those that are static need none. */
int core_object_prepare_btf(struct btf *local)
{
	if (!btf_has_header(local))
		return -EINVAL;
	for (__u32 id = 1; id < btf__type_cnt(local); id++) {
		struct btf_type *t = (struct btf_type *)btf__type_by_id(local, id);

		if (btf_is_var(t))
			btf_var(t)->linkage = BTF_VAR_STATIC;
		else if (btf_is_datasec(t) && !t->size)
			t->size = 1;
	}
	return btf__add_str(local, SECTION) < 0 ? -EINVAL : 0;
}

static void add_ext(struct bytes *out, const struct core_prog *progs, __u32 cnt, __u32 section_name)
{
	const __u32 hdr_len = offsetof(struct ext, record_size);
	struct ext ext = {
		.magic = 0xeb9f,
		.version = 1,
		.hdr_len = hdr_len,
		.record_size = sizeof(struct bpf_core_relo),
		.section_name = section_name,
	};
	__u32 at = 0;

	for (__u32 i = 0; i < cnt; i++)
		ext.record_cnt += progs[i].ready ? progs[i].relo_cnt : 0;
	ext.core_relo_len = sizeof(ext) - hdr_len + ext.record_cnt * sizeof(struct bpf_core_relo);
	bytes_add(out, &ext, sizeof(ext));
	for (__u32 i = 0; i < cnt; i++) {
		if (!progs[i].ready)
			continue;
		for (__u32 j = 0; j < progs[i].relo_cnt; j++) {
			struct bpf_core_relo relo = progs[i].relos[j];

			relo.insn_off += at;
			bytes_add(out, &relo, sizeof(relo));
		}
		at += progs[i].insn_cnt * sizeof(struct bpf_insn);
	}
}

static void add_code(struct bytes *out, const struct core_prog *progs, __u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++)
		if (progs[i].ready)
			bytes_add(out, progs[i].insns, progs[i].insn_cnt * sizeof(struct bpf_insn));
}

/* A function for each program, called "p" and its number. */
static void add_symbols(struct bytes *out, struct bytes *strings, const struct core_prog *progs,
			__u32 cnt)
{
	__u64 at = 0;

	bytes_add(out, NULL, sizeof(Elf64_Sym));
	for (__u32 i = 0; i < cnt; i++) {
		_cleanup_(free_ptr) char *name = xprintf("p%u", i);
		Elf64_Sym symbol = {
			.st_name = strings->len,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = SEC_CODE,
			.st_value = at,
			.st_size = progs[i].insn_cnt * sizeof(struct bpf_insn),
		};

		if (!progs[i].ready)
			continue;
		bytes_add(strings, name, strlen(name) + 1);
		bytes_add(out, &symbol, sizeof(symbol));
		at += symbol.st_size;
	}
}

static void add_section(struct bytes *file, Elf64_Shdr *header, __u32 type, const void *data,
			size_t len)
{
	bytes_align(file, 8);
	header->sh_type = type;
	header->sh_offset = bytes_add(file, data, len);
	header->sh_size = len;
	header->sh_addralign = 8;
}

static void write_object(struct bytes *file, const struct core_prog *progs, __u32 cnt,
			 struct btf *local)
{
	_cleanup_(bytes_free) struct bytes code = {}, ext = {}, symbols = {}, strings = {};
	Elf64_Shdr headers[SEC_CNT] = {};
	Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = SEC_CNT,
		.e_shstrndx = SEC_STRINGS,
	};
	const void *btf;
	__u32 btf_len;

	add_code(&code, progs, cnt);
	add_ext(&ext, progs, cnt, btf__find_str(local, SECTION));
	for (int i = 0; i < SEC_CNT; i++)
		headers[i].sh_name =
			bytes_add(&strings, section_names[i], strlen(section_names[i]) + 1);
	add_symbols(&symbols, &strings, progs, cnt);
	btf = btf__raw_data(local, &btf_len);

	bytes_add(file, &head, sizeof(head));
	add_section(file, &headers[SEC_CODE], SHT_PROGBITS, code.data, code.len);
	headers[SEC_CODE].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	add_section(file, &headers[SEC_BTF], SHT_PROGBITS, btf, btf_len);
	add_section(file, &headers[SEC_EXT], SHT_PROGBITS, ext.data, ext.len);
	add_section(file, &headers[SEC_SYMBOLS], SHT_SYMTAB, symbols.data, symbols.len);
	headers[SEC_SYMBOLS].sh_entsize = sizeof(Elf64_Sym);
	headers[SEC_SYMBOLS].sh_link = SEC_STRINGS;
	headers[SEC_SYMBOLS].sh_info = 1;
	add_section(file, &headers[SEC_STRINGS], SHT_STRTAB, strings.data, strings.len);
	bytes_align(file, 8);
	head.e_shoff = bytes_add(file, headers, sizeof(headers));
	memcpy(file->data, &head, sizeof(head));
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* All of them must be as they were, or libbpf did something else than to relocate. */
static int take_insns(struct core_prog *progs, __u32 cnt, struct bpf_object *object)
{
	struct bpf_program *prog = NULL;

	for (__u32 i = 0; i < cnt; i++) {
		if (!progs[i].ready)
			continue;
		prog = bpf_object__next_program(object, prog);
		if (!prog || bpf_program__insn_cnt(prog) != progs[i].insn_cnt)
			return -EINVAL;
		memcpy(progs[i].insns, bpf_program__insns(prog),
		       progs[i].insn_cnt * sizeof(struct bpf_insn));
	}
	return 0;
}

int core_object_relocate(struct core_prog *progs, __u32 cnt, struct btf *local,
			 const struct btf *kernel)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "core");
	_cleanup_(bytes_free) struct bytes file = {};
	libbpf_print_fn_t print = libbpf_set_print(quiet);
	struct bpf_object *object;
	struct trace trace = {};
	int err;

	write_object(&file, progs, cnt, local);
	pretend_btf_use(kernel, NULL, false);
	record_start(&trace);
	object = bpf_object__open_mem(file.data, file.len, &opts);
	err = object ? bpf_object__load(object) : -errno;
	record_stop();
	pretend_btf_use(NULL, NULL, false);
	if (!err)
		err = take_insns(progs, cnt, object);
	bpf_object__close(object);
	trace_free(&trace);
	libbpf_set_print(print);
	return err;
}
