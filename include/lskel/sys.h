/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the run time enters the kernel's bpf(2), for maps, programs, BTF, pins and tokens; for attaching it does in
 * <lskel/sys_link.h>. Nothing here knows about skeletons.
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

static inline int lskel_sys_prog_get_fd_by_id(__u32 id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return lskel_sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr);
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

#endif /* LSKEL_SYS_H */
