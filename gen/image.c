// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/image.h. */
#include <string.h>
#include <linux/bpf.h>

#include "image.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_ORDER ELFDATA2LSB
#else
#define HOST_ORDER ELFDATA2MSB
#endif

bool image_section(const struct image *image, Elf_Scn *scn, struct image_section *ret)
{
	GElf_Shdr shdr;

	if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_PROGBITS ||
	    shdr.sh_offset > image->size || shdr.sh_size > image->size - shdr.sh_offset)
		return false;
	ret->data = image->data + shdr.sh_offset;
	ret->size = shdr.sh_size;
	ret->code = shdr.sh_flags & SHF_EXECINSTR;
	return true;
}

static Elf_Scn *find(const struct image *image, const char *name, bool last)
{
	Elf_Scn *scn = NULL, *found = NULL;

	while (image->elf && (last || !found) && (scn = elf_nextscn(image->elf, scn))) {
		const char *scn_name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr))
			return NULL;
		scn_name = elf_strptr(image->elf, image->names, shdr.sh_name);
		if (scn_name && !strcmp(scn_name, name))
			found = scn;
	}
	return found;
}

bool image_find(const struct image *image, const char *name, struct image_section *ret)
{
	Elf_Scn *scn = find(image, name, false);

	return scn && image_section(image, scn, ret);
}

bool image_find_last(const struct image *image, const char *name, struct image_section *ret)
{
	Elf_Scn *scn = find(image, name, true);

	return scn && image_section(image, scn, ret);
}

static bool is_loadable(struct image *image)
{
	GElf_Ehdr ehdr;

	return elf_kind(image->elf) == ELF_K_ELF && gelf_getehdr(image->elf, &ehdr) &&
	       ehdr.e_ident[EI_CLASS] == ELFCLASS64 && ehdr.e_ident[EI_DATA] == HOST_ORDER &&
	       !elf_getshdrstrndx(image->elf, &image->names);
}

void image_open(struct image *image, const char *path, void *data, size_t size)
{
	struct image_section btf;

	*image = (struct image){ .path = path, .data = data, .size = size };
	if (elf_version(EV_CURRENT) == EV_NONE)
		return;
	image->elf = elf_memory(data, size);
	if (!image->elf)
		return;
	if (!is_loadable(image)) {
		elf_end(image->elf);
		image->elf = NULL;
		return;
	}
	if (image_find_last(image, BTF_ELF_SEC, &btf))
		image->btf = btf__new(btf.data, btf.size);
}

void image_close(struct image *image)
{
	btf__free(image->btf);
	elf_end(image->elf);
	*image = (struct image){};
}

static void mark_literals(const struct image_section *section)
{
	struct bpf_insn insn;

	for (size_t at = 0; section->size - at >= sizeof(insn); at += sizeof(insn)) {
		memcpy(&insn, section->data + at, sizeof(insn));
		if (insn.code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insn.src_reg == BPF_PSEUDO_MAP_FD || insn.src_reg == BPF_PSEUDO_MAP_VALUE) {
			insn.src_reg = LITERAL_MAP(insn.src_reg);
			memcpy(section->data + at, &insn, sizeof(insn));
		}
		at += section->size - at >= 2 * sizeof(insn) ? sizeof(insn) : 0;
	}
}

void image_mark_literals(const struct image *image)
{
	struct image_section section;

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(image->elf, scn));)
		if (image_section(image, scn, &section) && section.code)
			mark_literals(&section);
}

void image_each_extern(const struct image *image,
		       void (*each)(void *ctx, const char *name, bool weak), void *ctx)
{
	Elf_Scn *scn = NULL;

	while (image->elf && (scn = elf_nextscn(image->elf, scn))) {
		GElf_Shdr shdr;
		Elf_Data *data;
		GElf_Sym sym;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
			const char *name = elf_strptr(image->elf, shdr.sh_link, sym.st_name);

			if (name && *name && sym.st_shndx == SHN_UNDEF)
				each(ctx, name, GELF_ST_BIND(sym.st_info) == STB_WEAK);
		}
	}
}

struct weak_search {
	const char *name;
	bool weak;
};

static void look_at(void *ctx, const char *name, bool weak)
{
	struct weak_search *search = ctx;

	if (!strcmp(search->name, name))
		search->weak = weak;
}

bool image_is_weak(const struct image *image, const char *name)
{
	struct weak_search search = { .name = name };

	image_each_extern(image, look_at, &search);
	return search.weak;
}
