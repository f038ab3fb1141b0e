// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The load for applications that do not have it in their headers, see <lskel/linked.h>. */
#include <lskel/load.h>

int lskel_load_linked(const struct lskel_info *info, void *skel);

int lskel_load_linked(const struct lskel_info *info, void *skel)
{
	return lskel_load(info, skel);
}
