// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The pretend kernel's BTF: it has whatever type libbpf asks for, by name and kind, and remembers
 * under which id, so that the id in an attr can be turned back into the name that the target's
 * kernel is asked for.
 */
#include <errno.h>
#include <string.h>

#include "record.h"
#include "util.h"

/* Ids start here, out of the way of those in the object's own BTF. */
#define FIRST_ID 0x10000000

static struct btf *kernel_btf;
static struct pretend_type *types;
static __u32 type_cnt;

struct btf *__real_btf__load_vmlinux_btf(void);
struct btf *__wrap_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);
void __wrap_btf__free(struct btf *btf);
__s32 __real_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);
__s32 __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind);
__s32 __real_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind);
__s32 __wrap_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind);

void pretend_btf_reset(void)
{
	for (__u32 i = 0; i < type_cnt; i++)
		free(types[i].name);
	free(types);
	types = NULL;
	type_cnt = 0;
}

const struct pretend_type *pretend_btf_type(__u32 id)
{
	return id >= FIRST_ID && id - FIRST_ID < type_cnt ? &types[id - FIRST_ID] : NULL;
}

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	if (!record_is_on())
		return __real_btf__load_vmlinux_btf();
	kernel_btf = btf__new_empty();
	return kernel_btf;
}

void __wrap_btf__free(struct btf *btf)
{
	if (btf == kernel_btf)
		kernel_btf = NULL;
	__real_btf__free(btf);
}

static __s32 find_or_add(const char *name, __u32 kind)
{
	for (__u32 i = 0; i < type_cnt; i++)
		if (types[i].kind == kind && !strcmp(types[i].name, name))
			return FIRST_ID + i;
	push(types, type_cnt) = (struct pretend_type){ xstrdup(name), kind };
	return FIRST_ID + type_cnt - 1;
}

__s32 __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, __u32 kind)
{
	if (btf && btf == kernel_btf)
		return find_or_add(name, kind);
	return __real_btf__find_by_name_kind(btf, name, kind);
}

__s32 __wrap_btf__find_by_name_kind_own(const struct btf *btf, const char *name, __u32 kind)
{
	if (btf && btf == kernel_btf)
		return find_or_add(name, kind);
	return __real_btf__find_by_name_kind_own(btf, name, kind);
}
