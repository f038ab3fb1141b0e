// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Global data that is zero when the skeleton is loaded is not stored, since new maps are zero; all other data is, with
 * the application's values. With the loader program and without.
 */
#include <lskel/map.h>

#include "settings.lskel.h"

#include "harness.h"

long __real_syscall(long number, long cmd, long attr, long size);
long __wrap_syscall(long number, long cmd, long attr, long size);

static int stored; /* values, from this process */

long __wrap_syscall(long number, long cmd, long attr, long size)
{
	stored += number == __NR_bpf && cmd == BPF_MAP_UPDATE_ELEM;
	return __real_syscall(number, cmd, attr, size);
}

static const struct {
	const char *name;
	int factor, offset, step;
	char last; /* byte of .bss, in its second page */
	int stored;
} values[] = {
	{ "the object's values", 2, 5, 100, 0, 3 },
	{ "none that is zero", 3, 5, 100, 1, 4 },
	{ "some that the object has are zero", 2, 0, 0, 0, 1 },
	{ "all are zero", 0, 0, 0, 0, 0 },
};

static void set(struct settings *skel, size_t i)
{
	*(int *)(void *)&skel->rodata->factor = values[i].factor;
	skel->data->offset = values[i].offset;
	skel->data_step->step = values[i].step;
	skel->bss->page[sizeof(skel->bss->page) - 1] = values[i].last;
}

static bool has(int map_fd, __u32 size, __u32 offset, const void *expected, size_t expected_size)
{
	const __u32 key = 0;
	char *value = calloc(1, size);
	bool equal = !lskel_map_elem(BPF_MAP_LOOKUP_ELEM, map_fd, &key, value, 0) &&
		     !memcmp(value + offset, expected, expected_size);

	free(value);
	return equal;
}

#define HAS(section, member, expected)                                                             \
	has(skel->maps.section.map_fd, sizeof(*skel->section),                                     \
	    (__u32)((const char *)&skel->section->member - (const char *)skel->section),           \
	    &(expected), sizeof(expected))

static void check_values(size_t i, bool in_kernel)
{
	struct settings *skel = settings__open();
	char name[128];
	bool good;

	snprintf(name, sizeof(name), "%s: %s", in_kernel ? "loader program" : "process",
		 values[i].name);
	if (!skel) {
		fail(name, "open: %s", strerror(errno));
		return;
	}
	skel->ctx.in_kernel = in_kernel;
	set(skel, i);
	stored = 0;
	if (settings__load(skel)) {
		fail(name, "%s", settings__error(skel));
		settings__destroy(skel);
		return;
	}
	good = HAS(rodata, factor, values[i].factor) && HAS(data, offset, values[i].offset) &&
	       HAS(data_step, step, values[i].step) &&
	       HAS(bss, page[sizeof(skel->bss->page) - 1], values[i].last);
	check(name, good, "not the values of the application");
	if (!in_kernel) {
		snprintf(name, sizeof(name), "%s: %d stored", values[i].name, values[i].stored);
		check(name, stored == values[i].stored, "%d", stored);
	}
	settings__destroy(skel);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		check_values(i, false);
		check_values(i, true);
	}
	return harness_status();
}
