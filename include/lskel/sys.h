/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one place where the run time enters the kernel's bpf(2). Nothing here knows about skeletons.
 *
 * Every function returns 0 or a result, or a negative errno.
 *
 * Internal: applications call none of it.
 */
#ifndef LSKEL_SYS_H
#define LSKEL_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/bpf.h>
#include <lskel/host.h>

/* What libc hides from -std=c11, see <lskel/host.h>. */
#ifdef F_DUPFD_CLOEXEC
#define LSKEL_F_DUPFD_CLOEXEC F_DUPFD_CLOEXEC
#else
#define LSKEL_F_DUPFD_CLOEXEC 1030 /* include/uapi/linux/fcntl.h */
#endif

#if defined(O_CLOEXEC)
#define LSKEL_O_CLOEXEC O_CLOEXEC
#elif defined(__alpha__) || defined(__hppa__)
#define LSKEL_O_CLOEXEC 010000000 /* arch/{alpha,parisc}/include/uapi/asm/fcntl.h */
#elif defined(__sparc__)
#define LSKEL_O_CLOEXEC 0x400000 /* arch/sparc/include/uapi/asm/fcntl.h */
#else
#define LSKEL_O_CLOEXEC 02000000 /* include/uapi/asm-generic/fcntl.h */
#endif

#define LSKEL_MAP_FIXED_NOREPLACE 0x100000 /* Linux 4.17, include/uapi/asm-generic/mman-common.h */

#if defined(MAP_ANONYMOUS)
#define LSKEL_MAP_ANONYMOUS MAP_ANONYMOUS
#elif defined(__mips__)
#define LSKEL_MAP_ANONYMOUS 0x800 /* arch/mips/include/uapi/asm/mman.h */
#else
#define LSKEL_MAP_ANONYMOUS 0x20 /* include/uapi/asm-generic/mman-common.h */
#endif

static inline int lskel_sys_bpf_sized(int cmd, void *attr, __u32 size)
{
	long ret = syscall(__NR_bpf, cmd, attr, size);

	return ret < 0 ? -errno : (int)ret;
}

static inline int lskel_sys_bpf(int cmd, union bpf_attr *attr)
{
	return lskel_sys_bpf_sized(cmd, attr, sizeof(*attr));
}

/*
 * bpf(2) takes an fd of 0 for "none" in places. Returns one that is above 2 for @fd, which may also be an
 * error.
 */
static inline int lskel_above_low_fds(int fd)
{
	int above;

	if (fd < 0 || fd > 2)
		return fd;
	above = fcntl(fd, LSKEL_F_DUPFD_CLOEXEC, 3);
	if (above < 0)
		above = -errno;
	close(fd);
	return above;
}

/*
 * BPF tokens, newer than some <linux/bpf.h> (Linux 6.9): BPF_TOKEN_CREATE, BPF_F_TOKEN_FD, and where union
 * bpf_attr has the fd of one.
 */
#define LSKEL_TOKEN_CREATE    36
#define LSKEL_F_TOKEN_FD      (1U << 16)
#define LSKEL_MAP_TOKEN_FD    76
#define LSKEL_PROG_TOKEN_FD   144
#define LSKEL_BTF_FLAGS	      32
#define LSKEL_BTF_TOKEN_FD    36
#define LSKEL_TOKEN_ATTR_SIZE 152

/* Lets @attr, which has room for it, be executed with a token. Does nothing if @token_fd is 0. */
static inline void lskel_give_token(int cmd, void *attr, int token_fd)
{
	size_t flags, fd;
	__u32 word;

	if (cmd == BPF_MAP_CREATE) {
		flags = offsetof(union bpf_attr, map_flags);
		fd = LSKEL_MAP_TOKEN_FD;
	} else if (cmd == BPF_PROG_LOAD) {
		flags = offsetof(union bpf_attr, prog_flags);
		fd = LSKEL_PROG_TOKEN_FD;
	} else {
		flags = LSKEL_BTF_FLAGS;
		fd = LSKEL_BTF_TOKEN_FD;
	}
	if (!token_fd)
		return;
	memcpy(&word, (char *)attr + flags, sizeof(word));
	word |= LSKEL_F_TOKEN_FD;
	memcpy((char *)attr + flags, &word, sizeof(word));
	memcpy((char *)attr + fd, &token_fd, sizeof(token_fd));
}

/* MAP_CREATE, PROG_LOAD or BTF_LOAD, with a token unless @token_fd is 0. */
static inline int lskel_sys_bpf_token(int cmd, const union bpf_attr *attr, int token_fd)
{
	union {
		union bpf_attr attr;
		char bytes[LSKEL_TOKEN_ATTR_SIZE];
	} large;

	memset(&large, 0, sizeof(large));
	memcpy(&large, attr, sizeof(*attr));
	if (!token_fd)
		return lskel_sys_bpf(cmd, &large.attr);
	lskel_give_token(cmd, &large, token_fd);
	return lskel_sys_bpf_sized(cmd, &large, sizeof(large));
}

static inline __u64 lskel_u64(const void *p)
{
	return (__u64)(unsigned long)p;
}

/* The blob's map: one element of @size bytes that is to be filled by mmap(). */
static inline int lskel_sys_blob_create(__u32 size, int token_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = size;
	attr.max_entries = 1;
	attr.map_flags = BPF_F_MMAPABLE;
	memcpy(attr.map_name, "lskel_blob", sizeof("lskel_blob"));
	return lskel_sys_bpf_token(BPF_MAP_CREATE, &attr, token_fd);
}

static inline int lskel_sys_btf_load(const void *btf, __u32 size, int token_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.btf = lskel_u64(btf);
	attr.btf_size = size;
	return lskel_sys_bpf_token(BPF_BTF_LOAD, &attr, token_fd);
}

/* Returns the fd of a token from the BPF file system that is mounted at @path. */
static inline int lskel_sys_token_create(const char *path)
{
	int fs_fd = open(path, O_RDONLY | LSKEL_O_CLOEXEC), fd;
	union bpf_attr attr;

	if (fs_fd < 0)
		return -errno;
	memset(&attr, 0, sizeof(attr));
	/* token_create: flags, bpffs_fd */
	memcpy((char *)&attr + sizeof(__u32), &fs_fd, sizeof(fs_fd));
	fd = lskel_sys_bpf(LSKEL_TOKEN_CREATE, &attr);
	close(fs_fd);
	return lskel_above_low_fds(fd);
}

/* What the kernel tells of the map, program, link or BTF behind @fd: fills @info, as far as it goes. */
static inline int lskel_sys_obj_info(int fd, void *info, __u32 size)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = size;
	attr.info.info = lskel_u64(info);
	return lskel_sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

/* The same of a program; -EINVAL if @fd is that of something else, of which the kernel tells less. */
static inline int lskel_sys_prog_info(int fd, struct bpf_prog_info *info)
{
	union bpf_attr attr;
	int err;

	memset(info, 0, sizeof(*info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = sizeof(*info);
	attr.info.info = lskel_u64(info);
	err = lskel_sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
	if (!err && attr.info.info_len <= offsetof(struct bpf_prog_info, btf_id))
		err = -EINVAL;
	return err;
}

static inline int lskel_sys_btf_get_fd_by_id(__u32 id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.btf_id = id;
	return lskel_sys_bpf(BPF_BTF_GET_FD_BY_ID, &attr);
}

/* The id of the next BTF above *@id. */
static inline int lskel_sys_btf_next_id(__u32 *id)
{
	union bpf_attr attr;
	int err;

	memset(&attr, 0, sizeof(attr));
	attr.start_id = *id;
	err = lskel_sys_bpf(BPF_BTF_GET_NEXT_ID, &attr);
	*id = attr.next_id;
	return err;
}

static inline int lskel_sys_map_update(int map_fd, const void *key, const void *value)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)map_fd;
	attr.key = lskel_u64(key);
	attr.value = lskel_u64(value);
	return lskel_sys_bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static inline int lskel_sys_map_delete(int map_fd, const void *key)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)map_fd;
	attr.key = lskel_u64(key);
	return lskel_sys_bpf(BPF_MAP_DELETE_ELEM, &attr);
}

/* Runs @prog_fd, a BPF_PROG_TYPE_SYSCALL program without a context. */
static inline int lskel_sys_prog_run(int prog_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = prog_fd;
	return lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
}

static inline int lskel_sys_prog_bind_map(int prog_fd, int map_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_bind_map.prog_fd = prog_fd;
	attr.prog_bind_map.map_fd = map_fd;
	return lskel_sys_bpf(BPF_PROG_BIND_MAP, &attr);
}

static inline int lskel_sys_obj_pin(int fd, const char *path)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.pathname = lskel_u64(path);
	attr.bpf_fd = (__u32)fd;
	return lskel_sys_bpf(BPF_OBJ_PIN, &attr);
}

/* Returns an fd of what is pinned at @path. */
static inline int lskel_sys_obj_get(const char *path)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.pathname = lskel_u64(path);
	return lskel_sys_bpf(BPF_OBJ_GET, &attr);
}

static inline int lskel_sys_map_info(int map_fd, struct bpf_map_info *ret)
{
	union bpf_attr attr;

	memset(ret, 0, sizeof(*ret));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (__u32)map_fd;
	attr.info.info_len = sizeof(*ret);
	attr.info.info = lskel_u64(ret);
	return lskel_sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

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

static inline int lskel_sys_prog_get_fd_by_id(__u32 id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return lskel_sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr);
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

#endif /* LSKEL_SYS_H */
