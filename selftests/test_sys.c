// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the run time computes about the target: how many CPUs a list of the kernel's counts, and what
 * size a ring buffer gets.
 */
#include <lskel/sys.h>

#include "harness.h"

static void check_cpu_lists(void)
{
	static const struct {
		const char *list;
		int cpus;
	} table[] = {
		{ "0\n", 1 },
		{ "0-3\n", 4 },
		{ "0-3,5\n", 5 },
		{ "0,2,4\n", 3 },
		{ "0-1,3-5,10\n", 6 },
		{ "0-8191\n", 8192 },
		{ "5", 1 },
		{ "", -EINVAL },
		{ "\n", -EINVAL },
		{ "3-1\n", -EINVAL },
		{ "x\n", -EINVAL },
		{ "-1\n", -EINVAL },
		{ "0-\n", -EINVAL },
		{ "0-99999999999999999999\n", -EINVAL },
		{ "0-3x\n", -EINVAL },
		{ "0-3,\n", -EINVAL },
		{ "0-3,x\n", -EINVAL },
	};
	bool same = true;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int cpus = lskel_count_cpus(table[i].list);

		if (cpus != table[i].cpus) {
			fail("lists of CPUs", "'%s' is %d and not %d", table[i].list, cpus,
			     table[i].cpus);
			same = false;
		}
	}
	if (same)
		pass("lists of CPUs are counted, or refused");
	check("so is the machine's",
	      lskel_possible_cpus() == sysconf(_SC_NPROCESSORS_CONF) ||
		      lskel_possible_cpus() >= sysconf(_SC_NPROCESSORS_ONLN),
	      "%d", lskel_possible_cpus());
}

static void check_rounding(void)
{
	const __u32 page = lskel_page_size();
	const struct {
		__u32 size;
		__u32 rounded;
	} table[] = {
		{ 0, 0 },
		{ 1, page },
		{ page - 1, page },
		{ page, page },
		{ page + 1, 2 * page },
		{ 3 * page, 4 * page },
		{ 4 * page, 4 * page },
		{ 5 * page, 8 * page },
		{ 0x7fffffff, 0x80000000 },
		{ 0x80000000, 0x80000000 },
		{ 0x80000001, 0x80000001 }, /* for the kernel to refuse */
		{ 0xffffffff, 0xffffffff },
	};
	bool same = true;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		__u32 rounded = lskel_round_to_pages(table[i].size);

		if (rounded != table[i].rounded) {
			fail("sizes of ring buffers", "%u becomes %u and not %u", table[i].size,
			     rounded, table[i].rounded);
			same = false;
		}
	}
	if (same)
		pass("sizes of ring buffers are rounded up to a power of two of pages");
}

int main(void)
{
	check_cpu_lists();
	check_rounding();
	return harness_status();
}
