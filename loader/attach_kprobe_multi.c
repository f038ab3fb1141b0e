// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Implementation of <lskel/attach_kprobe_multi.h>, as libbpf's bpf_program__attach_kprobe_multi_opts(): a pattern
 * becomes the addresses of the functions that ftrace knows.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <stdio.h>

#include <lskel/attach_kprobe_multi.h>
#include "glob.h"

/* BPF_TRACE_KPROBE_SESSION, newer than some <linux/bpf.h> (Linux 6.10). */
#define LSKEL_KPROBE_SESSION 56

/* The longest name of a function, with the NUL (KSYM_NAME_LEN), and a format for it. */
#define LSKEL_KSYM_LEN	  512
#define LSKEL_KSYM_FORMAT "%511s"

/* Names, the caller frees all of them. */
struct lskel_names {
	char **at;
	size_t cnt, room;
};

static int lskel_names_add(struct lskel_names *names, const char *name)
{
	size_t len = strlen(name) + 1, room = names->room ? names->room * 2 : 64;
	char **more, *copy;

	if (names->cnt == names->room) {
		more = (char **)realloc(names->at, room * sizeof(*names->at));
		if (!more)
			return -ENOMEM;
		names->at = more;
		names->room = room;
	}
	copy = (char *)malloc(len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, name, len);
	names->at[names->cnt++] = copy;
	return 0;
}

static void lskel_names_free(struct lskel_names *names)
{
	while (names->cnt)
		free(names->at[--names->cnt]);
	free(names->at);
}

static int lskel_names_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A file of tracefs, or NULL with errno set. */
static FILE *lskel_tracefs_open(const char *name)
{
	static const char *const mounts[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	FILE *file = NULL;
	char path[128];
	int i;

	for (i = 0; i < 2 && !file; i++) {
		snprintf(path, sizeof(path), "%s/%s", mounts[i], name);
		file = fopen(path, "re");
	}
	return file;
}

/* Reads lines of "ADDRESS FUNCTION [MODULE]", since Linux 6.5. */
static int lskel_find_addresses(FILE *file, const char *pattern, struct lskel_numbers *ret)
{
	char name[LSKEL_KSYM_LEN];
	unsigned long long address;
	int err = 0, got;

	for (;;) {
		got = fscanf(file, "%llx " LSKEL_KSYM_FORMAT "%*[^\n]\n", &address, name);
		if (got == EOF)
			return ferror(file) ? -EIO : 0;
		if (got != 2)
			return -EINVAL;
		if (lskel_glob(name, pattern))
			err = lskel_numbers_add(ret, address);
		if (err)
			return err;
	}
}

/* Reads lines of "FUNCTION [MODULE]". */
static int lskel_find_names(FILE *file, const char *pattern, struct lskel_names *ret)
{
	char name[LSKEL_KSYM_LEN];
	int err = 0, got;

	for (;;) {
		got = fscanf(file, LSKEL_KSYM_FORMAT "%*[^\n]\n", name);
		if (got == EOF)
			return ferror(file) ? -EIO : 0;
		if (got != 1)
			return -EINVAL;
		if (lskel_glob(name, pattern))
			err = lskel_names_add(ret, name);
		if (err)
			return err;
	}
}

/* The addresses of all symbols that have one of @names, which are sorted. */
static int lskel_find_kallsyms(FILE *file, const struct lskel_names *names,
			       struct lskel_numbers *ret)
{
	char name[LSKEL_KSYM_LEN], *key = name;
	unsigned long long address;
	int err = 0, got;

	for (;;) {
		got = fscanf(file, "%llx %*c " LSKEL_KSYM_FORMAT "%*[^\n]\n", &address, name);
		if (got == EOF)
			return ferror(file) ? -EIO : 0;
		if (got != 2)
			return -EINVAL;
		if (bsearch(&key, names->at, names->cnt, sizeof(*names->at), lskel_names_compare))
			err = address ? lskel_numbers_add(ret, address) : -EPERM;
		if (err)
			return err;
	}
}

/* Before Linux 6.5, ftrace does not tell addresses. */
static int lskel_find_by_names(const struct lskel_attaching *at, struct lskel_numbers *ret)
{
	FILE *file = lskel_tracefs_open("available_filter_functions");
	struct lskel_names names = { NULL, 0, 0 };
	int err;

	if (!file)
		return lskel_attach_fail(at, -errno,
					 "/sys/kernel/tracing/available_filter_functions");
	err = lskel_find_names(file, at->where->func, &names);
	fclose(file);
	if (!err && names.cnt) {
		qsort(names.at, names.cnt, sizeof(*names.at), lskel_names_compare);
		file = fopen("/proc/kallsyms", "re");
		err = file ? lskel_find_kallsyms(file, &names, ret) : -errno;
		if (file)
			fclose(file);
	}
	lskel_names_free(&names);
	if (err == -EPERM)
		return lskel_attach_fail(
			at, err,
			"/proc/kallsyms has no addresses for you (kernel.kptr_restrict, CAP_SYSLOG)");
	return err ? lskel_attach_fail(at, err, "searching functions '%s'", at->where->func) : 0;
}

/*
 * The addresses that ftrace tells may be some bytes into a function (behind endbr64), where the kernel looks for no
 * cookie: bpf_kprobe_multi_cookie() in kernel/trace/bpf_trace.c has the address of the function.
 */
static int lskel_find_pattern(const struct lskel_attaching *at, struct lskel_numbers *ret)
{
	FILE *file = NULL;
	int err;

	if (!at->where->cookie)
		file = lskel_tracefs_open("available_filter_functions_addrs");
	if (file) {
		err = lskel_find_addresses(file, at->where->func, ret);
		fclose(file);
		if (err)
			return lskel_attach_fail(at, err, "searching functions '%s'",
						 at->where->func);
	} else {
		err = lskel_find_by_names(at, ret);
		if (err)
			return err;
	}
	return ret->cnt ? 0 :
			  lskel_attach_fail(at, -ENOENT, "no function of the kernel fits '%s'",
					    at->where->func);
}

static int lskel_multi_link(const struct lskel_attaching *at, struct lskel_link_attr *attr,
			    struct lskel_link *link)
{
	link->fd = lskel_sys_link_create(attr);
	if (link->fd >= 0)
		return 0;
	if (link->fd == -EOPNOTSUPP)
		return lskel_attach_fail(at, link->fd, "the kernel may be without CONFIG_FPROBE");
	return lskel_attach_fail(at, link->fd, "%u functions", attr->u.kprobe_multi.cnt);
}

static int lskel_attach_at_functions(const struct lskel_attaching *at, __u32 attach_type,
				     int at_return, struct lskel_link *link)
{
	const struct lskel_where *where = at->where;
	struct lskel_numbers found = { NULL, 0, 0 }, cookies = { NULL, 0, 0 };
	struct lskel_link_attr attr;
	int err = 0;

	if (!!where->func + !!where->funcs + !!where->offsets != 1)
		return lskel_attach_fail(
			at, -EINVAL,
			"one of where.func (a pattern), .funcs and .offsets is needed");
	if (where->func ? where->cnt || where->cookies : !where->cnt)
		return lskel_attach_fail(
			at, -EINVAL,
			"where.cnt and .cookies are for where.funcs or .offsets, and needed there");
	if (where->flags & ~(__u32)LSKEL_AT_RETURN ||
	    (where->flags && attach_type == LSKEL_KPROBE_SESSION))
		return lskel_attach_fail(at, -EINVAL, "where.flags 0x%x", where->flags);
	lskel_link_attr_init(&attr, at->prog_fd, 0, attach_type);
	attr.u.kprobe_multi.flags = at_return || where->flags; /* BPF_F_KPROBE_MULTI_RETURN is 1 */
	if (where->func) {
		err = lskel_find_pattern(at, &found);
		attr.u.kprobe_multi.cnt = found.cnt;
		attr.u.kprobe_multi.addrs = lskel_u64(found.at);
	} else {
		attr.u.kprobe_multi.cnt = where->cnt;
		attr.u.kprobe_multi.syms = lskel_u64(where->funcs);
		attr.u.kprobe_multi.addrs = lskel_u64(where->offsets);
		attr.u.kprobe_multi.cookies = lskel_u64(where->cookies);
	}
	while (!err && where->cookie && !where->cookies && cookies.cnt < attr.u.kprobe_multi.cnt)
		err = lskel_numbers_add(&cookies, where->cookie);
	if (cookies.cnt)
		attr.u.kprobe_multi.cookies = lskel_u64(cookies.at);
	if (!err)
		err = lskel_multi_link(at, &attr, link);
	free(cookies.at);
	free(found.at);
	return err;
}

LSKEL_API int lskel_attach_kprobe_multi(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_functions(at, BPF_TRACE_KPROBE_MULTI, 0, link);
}

LSKEL_API int lskel_attach_kretprobe_multi(const struct lskel_attaching *at,
					   struct lskel_link *link)
{
	return lskel_attach_at_functions(at, BPF_TRACE_KPROBE_MULTI, 1, link);
}

LSKEL_API int lskel_attach_kprobe_session(const struct lskel_attaching *at, struct lskel_link *link)
{
	return lskel_attach_at_functions(at, LSKEL_KPROBE_SESSION, 0, link);
}
