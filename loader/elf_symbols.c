// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Functions of an ELF file, of loader/elf_file.h: the same functions in the same order as libbpf's elf.c finds them. But a
 * function that the file only refers to is none: libbpf takes the address of its PLT entry for an offset.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "elf_file.h"

/* A symbol table, and the versions of its symbols. */
struct lskel_symtab {
	Elf *elf;
	Elf_Data *symbols, *versions, *definitions;
	size_t cnt;
	size_t strings, definition_strings; /* section numbers */
	int dynamic;
};

/* One function. */
struct lskel_func {
	const char *name;
	__u64 offset; /* in the ELF file */
	int bind;
	int version;
};

static Elf_Scn *lskel_section_of_type(Elf *elf, __u32 type, GElf_Shdr *ret)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, ret) && ret->sh_type == type)
			return section;
	return NULL;
}

/* Returns whether the file has a symbol table of @type: SHT_DYNSYM or SHT_SYMTAB. */
static int lskel_symtab_open(Elf *elf, __u32 type, struct lskel_symtab *ret)
{
	size_t size = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	Elf_Scn *section;
	GElf_Shdr shdr;

	memset(ret, 0, sizeof(*ret));
	ret->elf = elf;
	section = lskel_section_of_type(elf, type, &shdr);
	ret->symbols = section ? elf_getdata(section, NULL) : NULL;
	if (!ret->symbols || !size)
		return 0;
	ret->strings = shdr.sh_link;
	ret->cnt = ret->symbols->d_size / size;
	ret->dynamic = type == SHT_DYNSYM;
	if (!ret->dynamic)
		return 1;
	section = lskel_section_of_type(elf, SHT_GNU_versym, &shdr);
	ret->versions = section ? elf_getdata(section, NULL) : NULL;
	section = lskel_section_of_type(elf, SHT_GNU_verdef, &shdr);
	ret->definitions = section ? elf_getdata(section, NULL) : NULL;
	ret->definition_strings = shdr.sh_link;
	return 1;
}

/* Symbol number @i, if it is a function of this file. */
static int lskel_symtab_get(const struct lskel_symtab *table, size_t i, struct lskel_func *ret)
{
	GElf_Versym version = 0;
	Elf_Scn *section;
	GElf_Shdr shdr;
	GElf_Sym symbol;

	if (!gelf_getsym(table->symbols, (int)i, &symbol) ||
	    GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
		return 0;
	ret->name = elf_strptr(table->elf, table->strings, symbol.st_name);
	section = elf_getscn(table->elf, symbol.st_shndx);
	if (!ret->name || !section || !gelf_getshdr(section, &shdr))
		return 0;
	if (table->versions && !gelf_getversym(table->versions, (int)i, &version))
		return 0;
	ret->offset = symbol.st_value - shdr.sh_addr + shdr.sh_offset;
	ret->bind = GELF_ST_BIND(symbol.st_info);
	ret->version = version & 0x7fff; /* without VERSYM_HIDDEN */
	return 1;
}

/* The name of a version, or NULL. */
static const char *lskel_version_name(const struct lskel_symtab *table, int version)
{
	GElf_Verdaux aux;
	GElf_Verdef def;
	size_t at = 0;

	while (table->definitions && at < table->definitions->d_size && at < 0x7fffffff &&
	       gelf_getverdef(table->definitions, (int)at, &def)) {
		if (def.vd_ndx == version) {
			if (!gelf_getverdaux(table->definitions, (int)(at + def.vd_aux), &aux))
				return NULL;
			return elf_strptr(table->elf, table->definition_strings, aux.vda_name);
		}
		if (!def.vd_next)
			return NULL;
		at += def.vd_next;
	}
	return NULL;
}

/* Whether @func is @name, of which @len bytes come before '@'; @version: what comes behind it, or NULL. */
static int lskel_func_is(const struct lskel_symtab *table, const struct lskel_func *func,
			 const char *name, size_t len, const char *version)
{
	const char *found;

	if (strncmp(func->name, name, len) || (func->name[len] && func->name[len] != '@'))
		return 0;
	if (!version)
		return 1;
	if (!table->dynamic) /* the version is in the name */
		return !strcmp(func->name, name);
	found = lskel_version_name(table, func->version);
	return found && !strcmp(found, version);
}

/*
 * Takes @func for *@offset, which is 0 or that of another function of this name. Of several, one that is not weak
 * counts; if there are several of these, or only weak ones, libbpf has the first weak one, or fails. Returns 0 or
 * -EINVAL.
 */
static int lskel_func_take(const struct lskel_func *func, __u64 *offset, int *bind)
{
	if (*offset && *offset != func->offset) {
		if (*bind != STB_WEAK && func->bind != STB_WEAK)
			return -EINVAL;
		if (func->bind == STB_WEAK)
			return 0;
	}
	if (*offset != func->offset) {
		*offset = func->offset;
		*bind = func->bind;
	}
	return 0;
}

LSKEL_API int lskel_elf_find(const struct lskel_attaching *at, struct lskel_elf *elf,
			     const char *name, __u64 *ret)
{
	static const __u32 types[] = { SHT_DYNSYM, SHT_SYMTAB };
	const char *version = strchr(name, '@');
	size_t len = strcspn(name, "@"), i;
	struct lskel_symtab table;
	struct lskel_func func;
	int type, bind = 0;

	if (version)
		version += version[1] == '@' ? 2 : 1;
	*ret = 0;
	for (type = 0; type < 2 && !*ret; type++) {
		if (!lskel_symtab_open(elf->elf, types[type], &table))
			continue;
		for (i = 0; i < table.cnt; i++)
			if (lskel_symtab_get(&table, i, &func) &&
			    lskel_func_is(&table, &func, name, len, version) &&
			    lskel_func_take(&func, ret, &bind))
				return lskel_attach_fail(at, -EINVAL,
							 "'%s' has several functions '%s'",
							 at->where->path, name);
	}
	if (!*ret)
		return lskel_attach_fail(at, -ENOENT,
					 "'%s' has no function '%s' in its symbol tables",
					 at->where->path, name);
	*ret += elf->base;
	return 0;
}

LSKEL_API int lskel_elf_find_pattern(const struct lskel_attaching *at, struct lskel_elf *elf,
				     const char *pattern, struct lskel_numbers *ret)
{
	static const __u32 types[] = { SHT_SYMTAB, SHT_DYNSYM };
	struct lskel_symtab table;
	struct lskel_func func;
	int type, err = 0;
	size_t i;

	for (type = 0; type < 2 && !ret->cnt; type++) {
		if (!lskel_symtab_open(elf->elf, types[type], &table))
			continue;
		for (i = 0; i < table.cnt && !err; i++)
			if (lskel_symtab_get(&table, i, &func) && lskel_glob(func.name, pattern))
				err = lskel_numbers_add(ret, func.offset + elf->base);
		if (err)
			return err;
	}
	return ret->cnt ? 0 :
			  lskel_attach_fail(at, -ENOENT, "'%s' has no function that fits '%s'",
					    at->where->path, pattern);
}

/* A name that is looked for, and what was found. */
struct lskel_wanted {
	const char *name;
	__u64 offset;
	__u32 number;
	int bind;
};

static int lskel_wanted_compare(const void *a, const void *b)
{
	return strcmp(((const struct lskel_wanted *)a)->name,
		      ((const struct lskel_wanted *)b)->name);
}

/* Finds all of @wanted, sorted by name. Returns 0, or -EINVAL with *@several set. */
static int lskel_find_wanted(Elf *elf, struct lskel_wanted *wanted, __u32 cnt, const char **several)
{
	static const __u32 types[] = { SHT_DYNSYM, SHT_SYMTAB };
	struct lskel_wanted key, *found;
	struct lskel_symtab table;
	struct lskel_func func;
	int type;
	size_t i;

	for (type = 0; type < 2; type++) {
		if (!lskel_symtab_open(elf, types[type], &table))
			continue;
		for (i = 0; i < table.cnt; i++) {
			if (!lskel_symtab_get(&table, i, &func))
				continue;
			key.name = func.name;
			found = (struct lskel_wanted *)bsearch(&key, wanted, cnt, sizeof(*wanted),
							       lskel_wanted_compare);
			if (found && lskel_func_take(&func, &found->offset, &found->bind)) {
				*several = found->name;
				return -EINVAL;
			}
		}
	}
	return 0;
}

LSKEL_API int lskel_elf_find_names(const struct lskel_attaching *at, struct lskel_elf *elf,
				   const char *const *names, __u32 cnt, struct lskel_numbers *ret)
{
	struct lskel_wanted *wanted = (struct lskel_wanted *)calloc(cnt, sizeof(*wanted));
	const char *several = NULL;
	int err = 0;
	__u32 i;

	if (!wanted)
		return -ENOMEM;
	for (i = 0; i < cnt; i++) {
		wanted[i].name = names[i];
		wanted[i].number = i;
		if (!err)
			err = lskel_numbers_add(ret, 0);
	}
	qsort(wanted, cnt, sizeof(*wanted), lskel_wanted_compare);
	if (!err)
		err = lskel_find_wanted(elf->elf, wanted, cnt, &several);
	if (several)
		lskel_attach_fail(at, err, "'%s' has several functions '%s'", at->where->path,
				  several);
	for (i = 0; i < cnt && !err; i++) {
		if (!wanted[i].offset)
			err = lskel_attach_fail(at, -ENOENT, "'%s' has no function '%s'%s",
						at->where->path, wanted[i].name,
						i && !strcmp(wanted[i].name, wanted[i - 1].name) ?
							", or it is named twice" :
							"");
		else
			ret->at[wanted[i].number] = wanted[i].offset + elf->base;
	}
	free(wanted);
	return err;
}
