// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CONFIG_* from the kernel's configuration file, plain or compressed. Apart from kconfig.c because it
 * needs zlib.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdio.h>
#include <sys/utsname.h>
#include <zlib.h>

#include <lskel/kconfig.h>
#include <lskel/load.h>
#include "externs.h"

static int lskel_kconfig_set_tristate(const struct lskel_kconfig_info *kconfig, char *data,
				      char value)
{
	__u32 tristate = value == 'y' ? 1 : value == 'm' ? 2 : 0;

	switch (kconfig->type) {
	case LSKEL_KCONFIG_BOOL:
		if (value == 'm')
			return -EINVAL;
		*data = value == 'y';
		return 0;
	case LSKEL_KCONFIG_TRISTATE:
		memcpy(data, &tristate, sizeof(tristate));
		return 0;
	case LSKEL_KCONFIG_CHAR:
		*data = value;
		return 0;
	default:
		return -EINVAL;
	}
}

/* @value: with its quotes. Cut off if it is too long. */
static int lskel_kconfig_set_string(const struct lskel_kconfig_info *kconfig, char *data,
				    const char *value)
{
	size_t len = strlen(value);

	if (kconfig->type != LSKEL_KCONFIG_STRING || len < 2 || value[len - 1] != '"')
		return -EINVAL;
	len -= 2;
	if (len >= kconfig->size)
		len = kconfig->size - 1;
	memcpy(data, value + 1, len);
	data[len] = '\0';
	return 0;
}

static int lskel_kconfig_set(const struct lskel_kconfig_info *kconfig, char *data,
			     const char *value)
{
	char *end;
	__u64 number;

	if (*value == 'y' || *value == 'n' || *value == 'm')
		return lskel_kconfig_set_tristate(kconfig, data, *value);
	if (*value == '"')
		return lskel_kconfig_set_string(kconfig, data, value);
	errno = 0;
	number = strtoull(value, &end, 0);
	if (errno)
		return -errno;
	if (*end || kconfig->type == LSKEL_KCONFIG_BOOL)
		return -EINVAL;
	return lskel_kconfig_set_number(kconfig, data, number);
}

static gzFile lskel_kconfig_open(void)
{
	struct utsname uts;
	char path[sizeof(uts.release) + sizeof("/boot/config-")];
	gzFile file = NULL;

	if (!uname(&uts)) {
		snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
		file = gzopen(path, "re");
	}
	return file ? file : gzopen("/proc/config.gz", "re");
}

static bool lskel_kconfig_is_of_file(const struct lskel_kconfig_info *kconfig)
{
	return !strncmp(kconfig->name, "CONFIG_", strlen("CONFIG_"));
}

/* Sets what @line, "CONFIG_X=value", is about. The first line counts: @is_set, and @*left that are not. */
static int lskel_kconfig_line(const struct lskel_info *info, void *skel, char *line, char *is_set,
			      __u32 *left)
{
	char *value = strchr(line, '=');
	__u32 i;

	if (!value || strncmp(line, "CONFIG_", strlen("CONFIG_")))
		return 0;
	*value++ = '\0';
	value[strcspn(value, "\n")] = '\0';
	for (i = 0; i < info->kconfig_cnt; i++) {
		int err;

		if (is_set[i] || strcmp(info->kconfigs[i].name, line))
			continue;
		err = lskel_kconfig_set(&info->kconfigs[i], lskel_kconfig_data(info, skel, i),
					value);
		/* Of the configuration file, all is -EINVAL to libbpf. */
		if (err)
			return lskel_fail((struct lskel_ctx *)skel, LSKEL_STAGE_KCONFIG, i,
					  -EINVAL);
		is_set[i] = 1;
		--*left;
	}
	return 0;
}

/* Strong ones that the file does not have. */
static int lskel_kconfig_check(const struct lskel_info *info, void *skel, const char *is_set)
{
	__u32 i;

	for (i = 0; i < info->kconfig_cnt; i++)
		if (!is_set[i] && !info->kconfigs[i].is_weak &&
		    lskel_kconfig_is_of_file(&info->kconfigs[i])) {
			lskel_fail((struct lskel_ctx *)skel, LSKEL_STAGE_KCONFIG, i, -ESRCH);
			return lskel_externs_first(info, skel);
		}
	return 0;
}

LSKEL_API int lskel_kconfig_resolve_file(const struct lskel_info *info, void *skel)
{
	int err = lskel_kconfig_resolve(info, skel);
	char line[4096], *is_set;
	__u32 left = 0, i;
	gzFile file;

	if (err)
		return err;
	file = lskel_kconfig_open();
	if (!file)
		return lskel_fail((struct lskel_ctx *)skel, LSKEL_STAGE_CONFIG_FILE, 0, -EINVAL);
	is_set = (char *)calloc(info->kconfig_cnt, 1);
	if (!is_set)
		err = lskel_fail((struct lskel_ctx *)skel, LSKEL_STAGE_KCONFIG, 0, -ENOMEM);
	for (i = 0; i < info->kconfig_cnt; i++)
		left += lskel_kconfig_is_of_file(&info->kconfigs[i]);
	/* Not to the end of the file, which costs a millisecond to decompress, for what is in its first lines. */
	while (!err && left && gzgets(file, line, sizeof(line)))
		err = lskel_kconfig_line(info, skel, line, is_set, &left);
	if (!err)
		err = lskel_kconfig_check(info, skel, is_set);
	gzclose(file);
	free(is_set);
	return err;
}
