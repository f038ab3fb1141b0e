// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * USDT probes of an ELF file: notes that say where they are, as libbpf's collect_usdt_targets() reads them. Source of the format:
 * https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation. The file is not trusted.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "usdt.h"

#define LSKEL_USDT_NOTE_TYPE 3

/* A note: addresses when the file was linked, and strings. */
struct lskel_usdt_note {
	unsigned long location, base, semaphore;
	const char *provider, *name, *args;
};

/* What a search knows of the file. */
struct lskel_usdt_file {
	const struct lskel_attaching *at;
	struct lskel_elf *elf;
	const char *provider, *name;
	GElf_Ehdr ehdr;
	__u64 base; /* address of .stapsdt.base, or 0 */
};

/* Returns NULL if there is none. */
static Elf_Scn *lskel_section_by_name(Elf *elf, const char *name, GElf_Shdr *ret)
{
	Elf_Scn *section = NULL;
	const char *this_name;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		this_name =
			gelf_getshdr(section, ret) ? elf_strptr(elf, names, ret->sh_name) : NULL;
		if (this_name && !strcmp(this_name, name))
			return section;
	}
	return NULL;
}

/* The offset in the file of @address, or 0: no segment has it that is executable, or is not, as wanted. */
static __u64 lskel_segment_offset(const struct lskel_usdt_file *file, __u64 address, int executable)
{
	GElf_Phdr phdr;
	size_t cnt;
	int i;

	if (elf_getphdrnum(file->elf->elf, &cnt))
		return 0;
	for (i = 0; (size_t)i < cnt; i++)
		if (gelf_getphdr(file->elf->elf, i, &phdr) && phdr.p_type == PT_LOAD &&
		    phdr.p_vaddr <= address && address - phdr.p_vaddr < phdr.p_memsz)
			return !(phdr.p_flags & PF_X) == !executable ?
				       address - phdr.p_vaddr + phdr.p_offset + file->elf->base :
				       0;
	return 0;
}

/* Returns whether @desc, of @len bytes, is one. */
static int lskel_note_parse(const char *desc, size_t len, struct lskel_usdt_note *ret)
{
	const char *end = desc + len, *nul;
	unsigned long addresses[3];

	if (len < sizeof(addresses) + 3)
		return 0;
	memcpy(addresses, desc, sizeof(addresses));
	ret->location = addresses[0];
	ret->base = addresses[1];
	ret->semaphore = addresses[2];
	ret->provider = desc + sizeof(addresses);
	nul = (const char *)memchr(ret->provider, 0, (size_t)(end - ret->provider));
	ret->name = nul ? nul + 1 : end;
	nul = (const char *)memchr(ret->name, 0, (size_t)(end - ret->name));
	ret->args = nul ? nul + 1 : end;
	if (!nul || !*ret->name || !memchr(ret->args, 0, (size_t)(end - ret->args)))
		return 0;
	if (*ret->args == ':')
		ret->args = "";
	return 1;
}

/* The description of arguments @text: one that is there, or a new one. Returns its index, or a negative errno. */
static int lskel_usdt_spec_of(const struct lskel_usdt_file *file, struct lskel_usdt *usdt,
			      const char *text)
{
	struct lskel_usdt_spec *more;
	const char *bad;
	__u32 i;
	int err;

	for (i = 0; i < usdt->spec_cnt; i++)
		if (!strcmp(usdt->specs[i].text, text))
			return (int)i;
	more = (struct lskel_usdt_spec *)realloc(usdt->specs, (i + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	usdt->specs = more;
	err = lskel_usdt_parse(file->ehdr.e_machine, text, &more[i], &bad);
	if (err == -E2BIG)
		return lskel_attach_fail(file->at, err, "more than %d arguments: '%s'",
					 LSKEL_USDT_ARGS, text);
	if (err)
		return lskel_attach_fail(file->at, err, "argument '%.64s' of '%.256s'", bad, text);
	return (int)usdt->spec_cnt++;
}

static int lskel_usdt_add(const struct lskel_usdt_file *file, struct lskel_usdt *usdt,
			  const struct lskel_usdt_note *note)
{
	struct lskel_usdt_place *more, place = { 0, 0, 0 };
	__u64 address = note->location;
	int spec;

	/* prelink changes addresses, but not those in notes. */
	if (file->base && note->base)
		address += file->base - note->base;
	place.offset = lskel_segment_offset(file, address, 1);
	if (!place.offset)
		return lskel_attach_fail(file->at, -ESRCH,
					 "probe '%s:%s' is at 0x%llx, which is no code of '%s'",
					 file->provider, file->name, (unsigned long long)address,
					 file->elf->path);
	if (note->semaphore) {
		place.ref_ctr = lskel_segment_offset(file, note->semaphore, 0);
		if (!place.ref_ctr)
			return lskel_attach_fail(
				file->at, -ESRCH,
				"the semaphore of probe '%s:%s' is at 0x%lx, which is no data of '%s'",
				file->provider, file->name, note->semaphore, file->elf->path);
	}
	spec = lskel_usdt_spec_of(file, usdt, note->args);
	if (spec < 0)
		return spec;
	place.spec = (__u32)spec;
	if (!(usdt->place_cnt & (usdt->place_cnt - 1))) { /* 0, 1, 2, 4, ... */
		more = (struct lskel_usdt_place *)realloc(
			usdt->places, (usdt->place_cnt ? usdt->place_cnt * 2 : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		usdt->places = more;
	}
	usdt->places[usdt->place_cnt++] = place;
	return 0;
}

/* Is it what a probe can be traced in? */
static int lskel_usdt_check(struct lskel_usdt_file *file)
{
	const unsigned short one = 1;
	int data = *(const unsigned char *)&one ? ELFDATA2LSB : ELFDATA2MSB;
	int elf_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;

	if (!gelf_getehdr(file->elf->elf, &file->ehdr) ||
	    file->ehdr.e_ident[EI_CLASS] != elf_class || file->ehdr.e_ident[EI_DATA] != data ||
	    (file->ehdr.e_type != ET_EXEC && file->ehdr.e_type != ET_DYN))
		return lskel_attach_fail(file->at, -ENOEXEC,
					 "'%s' is no executable or library of this architecture",
					 file->elf->path);
	return 0;
}

static int lskel_usdt_read(const struct lskel_usdt_file *file, Elf_Data *data,
			   struct lskel_usdt *ret)
{
	struct lskel_usdt_note note;
	size_t at = 0, name, desc;
	GElf_Nhdr nhdr;
	int err = 0;

	while (!err && (at = gelf_getnote(data, at, &nhdr, &name, &desc)) > 0) {
		const char *bytes = (const char *)data->d_buf;

		if (nhdr.n_type != LSKEL_USDT_NOTE_TYPE || nhdr.n_namesz != sizeof("stapsdt") ||
		    memcmp(bytes + name, "stapsdt", sizeof("stapsdt")) ||
		    !lskel_note_parse(bytes + desc, nhdr.n_descsz, &note))
			return lskel_attach_fail(file->at, -EINVAL, "a note about probes in '%s'",
						 file->elf->path);
		if (!strcmp(note.provider, file->provider) && !strcmp(note.name, file->name))
			err = lskel_usdt_add(file, ret, &note);
	}
	return err;
}

LSKEL_API int lskel_usdt_find(const struct lskel_attaching *at, struct lskel_elf *elf,
			      const char *provider, const char *name, struct lskel_usdt *ret)
{
	struct lskel_usdt_file file;
	GElf_Shdr shdr;
	Elf_Scn *notes;
	Elf_Data *data;
	int err;

	memset(ret, 0, sizeof(*ret));
	memset(&file, 0, sizeof(file));
	file.at = at;
	file.elf = elf;
	file.provider = provider;
	file.name = name;
	err = lskel_usdt_check(&file);
	if (err)
		return err;
	if (lskel_section_by_name(elf->elf, ".stapsdt.base", &shdr))
		file.base = shdr.sh_addr;
	notes = lskel_section_by_name(elf->elf, ".note.stapsdt", &shdr);
	data = notes && shdr.sh_type == SHT_NOTE ? elf_getdata(notes, NULL) : NULL;
	if (!data)
		return lskel_attach_fail(at, -ENOENT, "'%s' has no USDT probes", elf->path);
	err = lskel_usdt_read(&file, data, ret);
	if (!err && !ret->place_cnt)
		err = lskel_attach_fail(at, -ENOENT, "'%s' has no probe '%s:%s'", elf->path,
					provider, name);
	return err;
}

LSKEL_API void lskel_usdt_free(struct lskel_usdt *usdt)
{
	free(usdt->places);
	free(usdt->specs);
}
