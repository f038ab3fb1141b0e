// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Ways out that depend on the machine: is the kernel too old for something, which capability is missing, is
 * the kernel locked down, which limit was met. Everything is looked up after a load has failed.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <linux/capability.h>

#include "message.h"
#include "names.h"
#include "versions.h"

/* Newer than some <linux/capability.h> (Linux 5.8). */
#define LSKEL_CAP_PERFMON 38
#define LSKEL_CAP_BPF	  39

#define LSKEL_CAP(cap) (1ULL << (cap))

/* The name of a helper, if <linux/bpf.h> has it. */
static const char *lskel_helper_name(__u32 id)
{
#define LSKEL_FUNC_NAME(name) #name
	static const char *const names[] = { __BPF_FUNC_MAPPER(LSKEL_FUNC_NAME) };
#undef LSKEL_FUNC_NAME

	return id < sizeof(names) / sizeof(names[0]) ? names[id] : NULL;
}

/* Whether what is there since @since can't be the running kernel's. Distributions may have it earlier. */
static int lskel_is_newer(__u32 since)
{
	__u32 running = lskel_running_linux();

	return running && running < since;
}

static void lskel_print_since(struct lskel_text *text, __u32 since)
{
	__u32 running = lskel_running_linux();

	lskel_print(text, " since Linux %u.%u; this is %u.%u", LSKEL_LINUX_MAJOR(since),
		    LSKEL_LINUX_MINOR(since), LSKEL_LINUX_MAJOR(running),
		    LSKEL_LINUX_MINOR(running));
}

/* The kernel does not have one of these: "\nhint: WHAT NAME", or its number where @name is NULL. */
static int lskel_print_newer(struct lskel_text *text, const char *what, const char *name,
			     __u32 number, __u32 since)
{
	if (since && !lskel_is_newer(since))
		return 0;
	lskel_print(text, "\nhint: %s ", what);
	if (name)
		lskel_print(text, "%s is there", name);
	else
		lskel_print(text, "%u is there", number);
	if (since)
		lskel_print_since(text, since);
	else
		lskel_print(text, " in no Linux that this lskel knows");
	return 1;
}

static int lskel_print_newer_flags(struct lskel_text *text, __u32 flags, __u32 since)
{
	if (!flags || !lskel_is_newer(since))
		return 0;
	lskel_print(text, "\nhint: its flags (%#x) are there", flags);
	lskel_print_since(text, since);
	return 1;
}

static int lskel_print_newer_helper(struct lskel_text *text, const char *log)
{
	struct lskel_bad_call call;
	const char *name;
	__u32 since;

	/* What stands in for calls is far above. */
	if (!log || !lskel_find_bad_call(log, &call) || call.id > 0xffff)
		return 0;
	since = lskel_helper_since(call.id);
	name = lskel_helper_name(call.id);
	if (!since || !name)
		return lskel_print_newer(text, "helper number", NULL, call.id, since);
	if (!lskel_is_newer(since))
		return 0;
	lskel_print(text, "\nhint: bpf_%s() is there", name);
	lskel_print_since(text, since);
	return 1;
}

/* What the kernel asks of a process that loads a program of @type (kernel/bpf/syscall.c). */
static __u64 lskel_caps_of_prog(__u32 type)
{
	__u64 caps = LSKEL_CAP(LSKEL_CAP_BPF);

	switch (type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_STRUCT_OPS:
		return caps | LSKEL_CAP(LSKEL_CAP_PERFMON);
	case BPF_PROG_TYPE_EXT:
		return caps | LSKEL_CAP(LSKEL_CAP_PERFMON) | LSKEL_CAP(CAP_NET_ADMIN);
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_SK_REUSEPORT:
	case BPF_PROG_TYPE_LIRC_MODE2:
	case BPF_PROG_TYPE_SK_LOOKUP:
	case BPF_PROG_TYPE_SYSCALL:
		return caps;
	default:
		return caps | LSKEL_CAP(CAP_NET_ADMIN);
	}
}

static __u64 lskel_caps_of_map(__u32 type)
{
	switch (type) {
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_XSKMAP:
		return LSKEL_CAP(LSKEL_CAP_BPF) | LSKEL_CAP(CAP_NET_ADMIN);
	default:
		return LSKEL_CAP(LSKEL_CAP_BPF);
	}
}

/* Those of @caps that this process does not have. CAP_SYS_ADMIN stands for each of them. */
static __u64 lskel_missing_caps(__u64 caps)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_header_struct hdr;
	__u64 have;

	memset(&hdr, 0, sizeof(hdr));
	memset(data, 0, sizeof(data));
	hdr.version = _LINUX_CAPABILITY_VERSION_3;
	if (syscall(__NR_capget, &hdr, data))
		return 0;
	have = (__u64)data[1].effective << 32 | data[0].effective;
	return have & LSKEL_CAP(CAP_SYS_ADMIN) ? 0 : caps & ~have;
}

static int lskel_print_missing_caps(struct lskel_text *text, __u64 missing)
{
	static const struct {
		__u32 cap;
		const char *name;
	} names[] = {
		{ LSKEL_CAP_BPF, "CAP_BPF" },
		{ LSKEL_CAP_PERFMON, "CAP_PERFMON" },
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	};
	const char *before = "\nhint: ";
	size_t i;
	int cnt = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(missing >> names[i].cap & 1))
			continue;
		lskel_print(text, "%s%s", before, names[i].name);
		before = " and ";
		cnt++;
	}
	if (cnt)
		lskel_print(text,
			    " %s missing: root has %s; in a user namespace, a BPF token may do",
			    cnt > 1 ? "are" : "is", cnt > 1 ? "them" : "it");
	return cnt;
}

/* Reads the first line of @path to @line, "" if there is none. Returns whether the file is there. */
static int lskel_read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");

	*line = '\0';
	if (!file)
		return 0;
	if (!fgets(line, size, file))
		*line = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return 1;
}

/* Capabilities of another user namespace than the first, which has all users, are none to bpf(2). */
static int lskel_is_in_user_namespace(void)
{
	unsigned int first, outside, cnt;
	char line[64];

	return lskel_read_line("/proc/self/uid_map", line, sizeof(line)) &&
	       (sscanf(line, "%u %u %u", &first, &outside, &cnt) != 3 || cnt != ~0U);
}

static int lskel_print_lockdown(struct lskel_text *text)
{
	char line[64];

	if (!lskel_read_line("/sys/kernel/security/lockdown", line, sizeof(line)) || !*line ||
	    strstr(line, "[none]"))
		return 0;
	lskel_print(text,
		    "\nhint: the kernel is locked down (%s, in /sys/kernel/security/lockdown)",
		    line);
	return 1;
}

static void lskel_print_permission(struct lskel_text *text, __u64 caps)
{
	if (lskel_is_newer(LSKEL_LINUX(5, 11)))
		lskel_print(text,
			    "\nhint: raise the limit of locked memory (RLIMIT_MEMLOCK, ulimit "
			    "-l), which Linux counts maps and programs as before 5.11");
	else if (lskel_print_missing_caps(text, lskel_missing_caps(caps)))
		return;
	else if (lskel_is_in_user_namespace())
		lskel_print(
			text,
			"\nhint: in a user namespace, a BPF file system has to delegate this "
			"(Linux 6.9; mount options delegate_cmds, delegate_maps, delegate_progs)");
	else if (!lskel_print_lockdown(text))
		lskel_print(text,
			    "\nhint: no capability is missing; the kernel may be locked down, or "
			    "a security module refuses it (/sys/kernel/security/lsm)");
}

/* Of helpers that read or write memory, which the kernel does not let everybody use, or nobody. */
static int lskel_print_lacking_helper(struct lskel_text *text, const char *log)
{
	struct lskel_bad_call call;

	if (!log || !lskel_find_bad_call(log, &call) || !call.name ||
	    strncmp(call.name, "bpf_probe_", 10) != 0)
		return 0;
	if (!lskel_print_missing_caps(text, lskel_missing_caps(LSKEL_CAP(LSKEL_CAP_PERFMON))) &&
	    !lskel_print_lockdown(text))
		lskel_print(text,
			    "\nhint: some helpers are only there with CAP_PERFMON, and where the "
			    "kernel is not locked down");
	return 1;
}

static void lskel_advise_on_map(struct lskel_text *text, const union bpf_attr *attr, int err)
{
	if (err == -EINVAL) {
		if (lskel_print_newer(text, "map type", lskel_map_type_name(attr->map_type),
				      attr->map_type, lskel_map_type_since(attr->map_type)))
			return;
		if (lskel_print_newer_flags(text, attr->map_flags,
					    lskel_map_flags_since(attr->map_flags)))
			return;
		if (!attr->max_entries)
			lskel_print(text,
				    "\nhint: most types of maps need max_entries; set it in the "
				    "object, or skel->maps.NAME.max_entries before load()");
	} else if (err == -E2BIG) {
		lskel_print(text,
			    "\nhint: max_entries, or the size of an entry, is too large for this "
			    "type of map");
	} else if (err == -ENOMEM) {
		lskel_print(text, "\nhint: the memory of maps counts for the cgroup of the process "
				  "(memory.max)");
	}
}

/* What the loader program fails at is no program's fault. */
static void lskel_advise_on_loader(struct lskel_text *text, int err)
{
	const __u64 caps = LSKEL_CAP(LSKEL_CAP_BPF) | LSKEL_CAP(LSKEL_CAP_PERFMON);

	if (err == -EPERM || err == -EACCES) {
		lskel_print_permission(text, caps);
	} else if (lskel_is_newer(LSKEL_LINUX_MIN)) {
		lskel_print(text, "\nhint: what a loader program needs is there");
		lskel_print_since(text, LSKEL_LINUX_MIN);
	} else if (err == -EINVAL) {
		lskel_print_missing_caps(text, lskel_missing_caps(caps));
	}
}

/* The type is old enough, and yet refused. Sources: Kconfig files, include/linux/bpf_types.h. */
static void lskel_print_config(struct lskel_text *text, __u32 prog_type)
{
	static const struct {
		__u32 type;
		const char *option;
	} options[] = {
		{ BPF_PROG_TYPE_LIRC_MODE2, "CONFIG_BPF_LIRC_MODE2" },
		{ 32 /* BPF_PROG_TYPE_NETFILTER, Linux 6.4 */, "CONFIG_NETFILTER_BPF_LINK" },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].type == prog_type)
			lskel_print(text, "\nhint: a kernel built without %s has no such programs",
				    options[i].option);
}

static void lskel_advise_on_prog(struct lskel_text *text, const union bpf_attr *attr, int err,
				 const char *log)
{
	if (lskel_print_newer_helper(text, log) || lskel_print_lacking_helper(text, log))
		return;
	if (err == -EPERM) {
		lskel_print_permission(text, lskel_caps_of_prog(attr->prog_type));
	} else if (err == -EINVAL && !(log && *log)) {
		if (!lskel_print_newer(text, "program type", lskel_prog_type_name(attr->prog_type),
				       attr->prog_type, lskel_prog_type_since(attr->prog_type)) &&
		    !lskel_print_newer(text, "attach type", NULL, attr->expected_attach_type,
				       lskel_attach_type_since(attr->expected_attach_type)) &&
		    !lskel_print_newer_flags(text, attr->prog_flags,
					     lskel_prog_flags_since(attr->prog_flags)))
			lskel_print_config(text, attr->prog_type);
	}
}

LSKEL_API void lskel_print_advice(struct lskel_text *text, const struct lskel_info *info,
				  void *skel, const char *log)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	const struct lskel_failure *failure = &ctx->failure;
	const struct lskel_op *op;
	union bpf_attr attr;

	if (failure->stage >= LSKEL_STAGE_BLOB && failure->stage <= LSKEL_STAGE_LOADER_RUN) {
		lskel_advise_on_loader(text, failure->err);
		return;
	}
	if (failure->stage == LSKEL_STAGE_ARENA) {
		attr = lskel_image_attr(info, info->maps[failure->at].attr);
		lskel_advise_on_map(text, &attr, failure->err);
		return;
	}
	op = lskel_failed_op(info, ctx);
	if (!op || op->cmd > BPF_BTF_LOAD)
		return;
	attr = lskel_image_attr(info, op->attr);
	if (op->cmd == BPF_PROG_LOAD) {
		attr.prog_flags |= lskel_prog_at(info, skel, op->owner - info->map_cnt - 1)->flags;
		lskel_advise_on_prog(text, &attr, failure->err, log);
	} else if (failure->err == -EPERM) {
		lskel_print_permission(text, op->cmd == BPF_MAP_CREATE ?
						     lskel_caps_of_map(attr.map_type) :
						     LSKEL_CAP(LSKEL_CAP_BPF));
	} else if (op->cmd == BPF_MAP_CREATE) {
		lskel_advise_on_map(text, &attr, failure->err);
	}
}
