// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/target_kernel.h. The files may be anything. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target_kernel.h"
#include "util.h"

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Returns whether @text is a build id. */
static bool parse_build_id(struct target_kernel *kernel, const char *text)
{
	size_t len = strlen(text);

	if (!len || len % 2 || len / 2 > LSKEL_BUILD_ID_MAX ||
	    strspn(text, "0123456789abcdefABCDEF") != len)
		return false;
	for (size_t i = 0; i < len / 2; i++)
		kernel->build_id[i] = hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]);
	kernel->build_id_len = len / 2;
	return true;
}

static void find_in_elf(struct target_kernel *kernel, Elf *elf)
{
	Elf_Scn *scn = NULL;

	while (!kernel->build_id_len && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		Elf_Data *data;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_NOTE)
			continue;
		data = elf_rawdata(scn, NULL);
		if (data && data->d_buf)
			kernel->build_id_len =
				lskel_find_build_id(data->d_buf, data->d_size, kernel->build_id);
	}
}

/* The build id in the file at @path, which is ELF or nothing but notes. */
static int read_build_id(struct target_kernel *kernel, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char notes[65536];
	ssize_t len;
	Elf *elf;

	if (fd < 0) {
		int err = -errno;

		complain("%s: can't open: %s", path, strerror(errno));
		return err;
	}
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF) {
		find_in_elf(kernel, elf);
	} else {
		len = pread(fd, notes, sizeof(notes), 0);
		kernel->build_id_len =
			len > 0 ? lskel_find_build_id(notes, len, kernel->build_id) : 0;
	}
	elf_end(elf);
	close(fd);
	if (kernel->build_id_len)
		return 0;
	complain("%s: has no build id; if you know it, say --btf BTF:ID", path);
	return -ENODATA;
}

static int read_btf(struct target_kernel *kernel, const char *path)
{
	int err;

	kernel->btf = btf__parse(path, NULL);
	if (kernel->btf)
		return 0;
	err = -errno;
	if (err == -ENOENT && !access(path, R_OK)) /* libbpf's for ELF without .BTF */
		complain("%s: has no BTF", path);
	else
		complain("%s: can't read BTF: %s", path, strerror(-err));
	return err;
}

int target_kernel_open(struct target_kernel *kernel, const char *path)
{
	_cleanup_(free_ptr) char *btf = xstrdup(path);
	char *colon = strrchr(btf, ':');
	const char *id = btf;
	struct stat st;

	*kernel = (struct target_kernel){ .path = path };
	if (stat(path, &st)) {
		if (colon) {
			*colon = '\0';
			id = colon + 1;
		}
	} else if (S_ISDIR(st.st_mode)) {
		free(btf);
		id = btf = xprintf("%s/vmlinux", path);
	}
	if (id != btf && parse_build_id(kernel, id))
		return read_btf(kernel, btf);
	return read_btf(kernel, btf) ?: read_build_id(kernel, id);
}

void target_kernel_close(struct target_kernel *kernel)
{
	btf__free(kernel->btf);
	*kernel = (struct target_kernel){};
}
