// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Damage that libbpf doesn't notice but trips over, found by selftests/fuzz_elf.c: a function that
 * ends between the halves of an instruction (libbpf writes to the second), variables far behind their
 * section (libbpf reads there), and types that are not there,
 * contain themselves (libbpf follows them for ever) or are numbers of megabytes (it pads them, line by
 * line). Nothing of that comes out of a compiler.
 */
#include <errno.h>
#include <string.h>
#include <linux/bpf.h>

#include "image.h"
#include "struct_ops.h"
#include "util.h"

/* As deep as types are nested in the kernel's own check (MAX_RESOLVE_DEPTH), and then some. */
#define MAX_DEPTH 256

/* Bytes of the largest number, __int128. */
#define MAX_SCALAR 16

static int check_function(const struct image *image, const struct image_section *section,
			  const GElf_Sym *sym)
{
	struct bpf_insn last;

	if (sym->st_value > section->size || sym->st_size > section->size - sym->st_value ||
	    sym->st_size < sizeof(last))
		return 0;
	memcpy(&last,
	       section->data + sym->st_value + (sym->st_size / sizeof(last) - 1) * sizeof(last),
	       sizeof(last));
	if (last.code != (BPF_LD | BPF_IMM | BPF_DW))
		return 0;
	complain("%s: a function ends in the middle of an instruction (section %u, offset %llu)",
		 image->path, sym->st_shndx, (unsigned long long)sym->st_value);
	return -EINVAL;
}

/* libbpf adds the size of a struct_ops variable to where it is, in 32 bits. */
static int check_variable(const struct image *image, const GElf_Sym *sym)
{
	if (sym->st_shndx >= SHN_LORESERVE || sym->st_value <= INT32_MAX)
		return 0;
	complain("%s: a variable is beyond the end of section %u (offset %llu)", image->path,
		 sym->st_shndx, (unsigned long long)sym->st_value);
	return -EINVAL;
}

static int check_symbols(const struct image *image, Elf_Scn *symtab)
{
	Elf_Data *data = elf_getdata(symtab, NULL);
	struct image_section section;
	GElf_Sym sym;
	int err = 0;

	for (int i = 0; data && !err && gelf_getsym(data, i, &sym); i++) {
		Elf_Scn *scn = elf_getscn(image->elf, sym.st_shndx);

		if (GELF_ST_TYPE(sym.st_info) == STT_OBJECT)
			err = check_variable(image, &sym);
		else if (GELF_ST_TYPE(sym.st_info) == STT_FUNC && scn &&
			 image_section(image, scn, &section) && section.code)
			err = check_function(image, &section, &sym);
	}
	return err;
}

/*
 * A walk over types. Behind a pointer a struct with a name isn't looked into, for that is how lists
 * and trees are declared; so each type may be visited in two ways.
 */
struct walk {
	const struct btf *btf;
	enum { WHITE, GREY, BLACK } (*color)[2]; /* unvisited, being visited, done */
	int depth;
};

static bool is_sound(struct walk *walk, __u32 id, bool behind);

/* libbpf writes to what a DATASEC lists as to a VAR or a FUNC. */
static bool lists_variables(const struct btf *btf, const struct btf_type *sec)
{
	const struct btf_var_secinfo *info = btf_var_secinfos(sec);

	for (__u32 i = 0; i < btf_vlen(sec); i++) {
		const struct btf_type *t = btf__type_by_id(btf, info[i].type);

		if (!t || (!btf_is_var(t) && !btf_is_func(t)))
			return false;
	}
	return true;
}

static bool parts_are_sound(struct walk *walk, const struct btf_type *t, bool behind)
{
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		return is_sound(walk, t->type, true);
	case BTF_KIND_ARRAY:
		return is_sound(walk, btf_array(t)->type, behind);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		return is_sound(walk, t->type, behind);
	case BTF_KIND_FUNC_PROTO:
		for (__u32 i = 0; i < btf_vlen(t); i++)
			if (!is_sound(walk, btf_params(t)[i].type, true))
				return false;
		return is_sound(walk, t->type, true);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (__u32 i = 0; i < btf_vlen(t) && !(behind && t->name_off); i++)
			if (!is_sound(walk, btf_members(t)[i].type, behind))
				return false;
		return true;
	case BTF_KIND_DATASEC:
		return lists_variables(walk->btf, t);
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return t->size <= MAX_SCALAR;
	default:
		return true;
	}
}

static bool is_sound(struct walk *walk, __u32 id, bool behind)
{
	const struct btf_type *t = btf__type_by_id(walk->btf, id);
	bool sound;

	if (!t || walk->color[id][behind] == BLACK)
		return t;
	if (walk->color[id][behind] == GREY || walk->depth == MAX_DEPTH)
		return false;
	walk->color[id][behind] = GREY;
	walk->depth++;
	sound = parts_are_sound(walk, t, behind);
	walk->depth--;
	walk->color[id][behind] = BLACK;
	return sound;
}

static int check_types(const struct image *image)
{
	struct walk walk = { .btf = image->btf };
	__u32 cnt = btf__type_cnt(image->btf), id;
	int err = 0;

	walk.color = xcalloc(cnt, sizeof(*walk.color));
	for (id = 1; id < cnt && !err; id++) {
		if (is_sound(&walk, id, false))
			continue;
		complain("%s: BTF: type %u is malformed, or contains itself", image->path, id);
		err = -EINVAL;
	}
	free(walk.color);
	return err;
}

bool btf_has_header(const struct btf *btf)
{
	__u32 size;
	const struct btf_header *hdr = btf__raw_data(btf, &size);

	return hdr && hdr->hdr_len >= sizeof(*hdr);
}

static int check_btf_header(const struct image *image)
{
	if (btf_has_header(image->btf))
		return 0;
	complain("%s: BTF: its header says that it is shorter than a header is", image->path);
	return -EINVAL;
}

int image_check(const struct image *image)
{
	Elf_Scn *scn = NULL;
	int err = 0;

	while (image->elf && !err && (scn = elf_nextscn(image->elf, scn))) {
		GElf_Shdr shdr;

		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB)
			err = check_symbols(image, scn);
	}
	if (!err && image->btf)
		err = check_btf_header(image) ?: check_types(image) ?: struct_ops_check(image);
	return err;
}
