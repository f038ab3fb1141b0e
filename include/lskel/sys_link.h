/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The part of bpf(2) that attaches programs, with links or without, as <lskel/sys.h> has the rest. Nothing here knows
 * of kinds, which are in <lskel/attach_kind.h>.
 *
 * Every function returns 0 or a result, or a negative errno.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_SYS_LINK_H
#define LSKEL_SYS_LINK_H

#include <lskel/sys.h>

/*
 * Opens the raw tracepoint @name. Returns a link's fd, above 2. @cookie: for the program, since Linux 6.10, or 0; its place
 * in union bpf_attr is newer than some <linux/bpf.h>.
 */
static inline int lskel_sys_raw_tracepoint_open(const char *name, int prog_fd, __u64 cookie)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.name = lskel_u64(name);
	attr.raw_tracepoint.prog_fd = (__u32)prog_fd;
	memcpy((char *)&attr + 16, &cookie, sizeof(cookie));
	return lskel_above_low_fds(lskel_sys_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr));
}

/* union bpf_attr for LINK_CREATE, with what is newer than some <linux/bpf.h>. */
struct lskel_link_attr {
	__u32 prog_fd;	 /* of LSKEL_STRUCT_OPS: a map's */
	__u32 target_fd; /* or an ifindex */
	__u32 attach_type;
	__u32 flags;
	union {
		__u32 target_btf_id;
		struct {
			__u64 info; /* union bpf_iter_link_info */
			__u32 len;
		} iter;
		struct {
			__u64 cookie;
		} perf_event;
		struct {
			__u32 flags;
			__u32 cnt;
			__u64 syms;
			__u64 addrs;
			__u64 cookies;
		} kprobe_multi;
		struct {
			__u32 target_btf_id;
			__u64 cookie;
		} tracing;
		struct {
			__u32 pf;
			__u32 hooknum;
			__s32 priority;
			__u32 flags;
		} netfilter;
		struct {
			__u32 relative_fd; /* or id */
			__u64 expected_revision;
		} mprog; /* tcx, netkit; cgroups since Linux 6.17 */
		struct {
			__u64 path;
			__u64 offsets;
			__u64 ref_ctr_offsets;
			__u64 cookies;
			__u32 cnt;
			__u32 flags;
			__u32 pid;
		} uprobe_multi;
	} u;
};

static inline void lskel_link_attr_init(struct lskel_link_attr *attr, int prog_fd, int target_fd,
					__u32 attach_type)
{
	memset(attr, 0, sizeof(*attr));
	attr->prog_fd = (__u32)prog_fd;
	attr->target_fd = (__u32)target_fd;
	attr->attach_type = attach_type;
}

/* BPF_TCX_INGRESS and _EGRESS, newer than some <linux/bpf.h> (Linux 6.6). */
#define LSKEL_TCX_INGRESS 46
#define LSKEL_TCX_EGRESS  47

/* BPF_F_BEFORE, _AFTER, _ID and _LINK, newer than some <linux/bpf.h> (Linux 6.6). */
#define LSKEL_F_BEFORE (1U << 3)
#define LSKEL_F_AFTER  (1U << 4)
#define LSKEL_F_ID     (1U << 5)
#define LSKEL_F_LINK   (1U << 13)

/* Returns a link's fd, above 2. */
static inline int lskel_sys_link_create(struct lskel_link_attr *attr)
{
	return lskel_above_low_fds(lskel_sys_bpf_sized(BPF_LINK_CREATE, attr, sizeof(*attr)));
}

/* Attaches a program without a link, in the place of @replace_fd unless that is 0. */
static inline int lskel_sys_prog_attach(int target_fd, int prog_fd, __u32 type, __u32 flags,
					int replace_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (__u32)target_fd;
	attr.attach_bpf_fd = (__u32)prog_fd;
	attr.attach_type = type;
	attr.attach_flags = flags;
	attr.replace_bpf_fd = (__u32)replace_fd;
	return lskel_sys_bpf(BPF_PROG_ATTACH, &attr);
}

static inline int lskel_sys_prog_detach(int target_fd, int prog_fd, __u32 type)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (__u32)target_fd;
	attr.attach_bpf_fd = (__u32)prog_fd;
	attr.attach_type = type;
	return lskel_sys_bpf(BPF_PROG_DETACH, &attr);
}

/* No place has more: BPF_CGROUP_MAX_PROGS, BPF_MAX_PROGS of lirc. */
#define LSKEL_PROGS_MAX 64

/* The id of the program that is attached, or 0; -E2BIG: there are several. */
static inline int lskel_sys_prog_query(int target_fd, __u32 type, __u32 *ret_id)
{
	__u32 ids[LSKEL_PROGS_MAX] = { 0 };
	union bpf_attr attr;
	int err;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (__u32)target_fd;
	attr.query.attach_type = type;
	attr.query.prog_ids = lskel_u64(ids);
	attr.query.prog_cnt = LSKEL_PROGS_MAX;
	err = lskel_sys_bpf(BPF_PROG_QUERY, &attr);
	if (!err && attr.query.prog_cnt > 1)
		err = -E2BIG;
	*ret_id = err ? 0 : ids[0];
	return err;
}

/* bpf_attr.query, newer than some <linux/bpf.h> (Linux 6.6). */
struct lskel_query_attr {
	__u32 target_fd;
	__u32 attach_type;
	__u32 query_flags;
	__u32 attach_flags;
	__u64 prog_ids;
	__u32 cnt;
	__u32 unused;
	__u64 prog_attach_flags;
	__u64 link_ids;
	__u64 link_attach_flags;
	__u64 revision;
};

/*
 * The revision of the list of programs in the cgroup @fd, which is at least 1; or 0: the kernel does not have that
 * (Linux 6.17, and 6.12 in its later releases). Needs CAP_NET_ADMIN.
 */
static inline int lskel_sys_cgroup_revision(int fd, __u64 *ret)
{
	struct lskel_query_attr attr;
	int err;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (__u32)fd;
	attr.attach_type = BPF_CGROUP_INET_INGRESS;
	err = lskel_sys_bpf_sized(BPF_PROG_QUERY, &attr, sizeof(attr));
	*ret = err ? 0 : attr.revision;
	return err;
}

/* Puts a program into a link, in place of @old_fd, above 2. */
static inline int lskel_sys_link_update(int link_fd, int prog_fd, int old_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_update.link_fd = (__u32)link_fd;
	attr.link_update.new_prog_fd = (__u32)prog_fd;
	attr.link_update.flags = BPF_F_REPLACE;
	attr.link_update.old_prog_fd = (__u32)old_fd;
	return lskel_sys_bpf(BPF_LINK_UPDATE, &attr);
}

/* The same for a program or a struct_ops map, in place of whatever is in the link. */
static inline int lskel_sys_link_put(int link_fd, int fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_update.link_fd = (__u32)link_fd;
	attr.link_update.new_prog_fd = (__u32)fd;
	return lskel_sys_bpf(BPF_LINK_UPDATE, &attr);
}

/* BPF_TRACE_UPROBE_MULTI, newer than some <linux/bpf.h> (Linux 6.6). */
#define LSKEL_UPROBE_MULTI 48

/* Returns what a link to no file, for process @pid, fails with. */
static inline int lskel_sys_try_uprobe_multi(int prog_fd, __u32 pid)
{
	struct lskel_link_attr attr;
	__u64 offset = 0;

	lskel_link_attr_init(&attr, prog_fd, -1, LSKEL_UPROBE_MULTI);
	attr.u.uprobe_multi.path = lskel_u64("/");
	attr.u.uprobe_multi.offsets = lskel_u64(&offset);
	attr.u.uprobe_multi.cnt = 1;
	attr.u.uprobe_multi.pid = pid;
	return lskel_sys_link_create(&attr);
}

/*
 * Whether the kernel has uprobe_multi links that tell processes by their pid: libbpf's
 * probe_uprobe_multi_link(). USDT programs are loaded for these if it has.
 */
static inline int lskel_has_uprobe_multi(int token_fd)
{
	struct bpf_insn insns[2];
	union bpf_attr attr;
	int fd, has;

	memset(insns, 0, sizeof(insns));
	insns[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
	insns[1].code = BPF_JMP | BPF_EXIT;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_KPROBE;
	attr.expected_attach_type = LSKEL_UPROBE_MULTI;
	attr.insns = lskel_u64(insns);
	attr.insn_cnt = 2;
	attr.license = lskel_u64("GPL");
	fd = lskel_sys_bpf_token(BPF_PROG_LOAD, &attr, token_fd);
	if (fd < 0)
		return 0;
	has = lskel_sys_try_uprobe_multi(fd, 0) == -EBADF &&
	      lskel_sys_try_uprobe_multi(fd, (__u32)-1) == -EINVAL;
	close(fd);
	return has;
}

#endif /* LSKEL_SYS_LINK_H */
