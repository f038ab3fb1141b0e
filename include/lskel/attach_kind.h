/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a kind of attaching is, and the words of the application for it: where a program is attached, and the
 * link that comes of it. A kind is a row of data with one function; those that need nothing but the kernel
 * are in <lskel/attach.h>, others in headers and files of liblskel.a of their own, so that who has no such
 * program links nothing of them. Which kind a program is of, the generator knows (gen/attach_kinds.c).
 *
 * Since: lskel 0.2
 */
#ifndef LSKEL_ATTACH_KIND_H
#define LSKEL_ATTACH_KIND_H

#include <lskel/skel.h>

/*
 * Where a program is attached. A kind looks at the members that are its own, see the header that has it, and
 * takes 0 for "not given". Everything that is pointed at need not outlive the call.
 */
struct lskel_where {
	/* Function, "category:name" of a tracepoint, "provider:name" of USDT, or a pattern of functions. */
	const char *func;
	const char *path; /* executable or library that the function is in */
	__u64 offset;	  /* in bytes: from the function, or in the file if there is none */
	__u64 ref_ctr;	  /* offset in the file of a USDT semaphore */
	int pid;	  /* the process, or 0: all */
	/* Of kinds that attach to many functions at once, in place of func and offset; each @cnt or NULL. */
	const char *const *funcs;
	const __u64 *offsets; /* or addresses */
	const __u64 *ref_ctrs;
	const __u64 *cookies;
	__u32 cnt;
	__u64 cookie; /* what bpf_get_attach_cookie() gives the program */
	/* A cgroup, map, socket, network namespace, perf event, device or program; stays the caller's. */
	int fd;
	__u32 ifindex;	   /* a network device */
	__u32 attach_type; /* enum bpf_attach_type, for programs whose section leaves that open */
	__u32 flags;	   /* of the kind */
	int replace_fd; /* a program that is attached there, and that this one takes the place of */
	/* Among others in the same place: before or after a program or link, see the kind. */
	int relative_fd;
	__u32 relative_id;
	__u64 revision; /* that the list of others must have */
	/* Traffic control filters. */
	__u32 parent;
	__u32 handle;
	__u32 priority;
	/* Netfilter: NFPROTO_*, NF_INET_*; its priority is signed. */
	__u32 family;
	__u32 hook;
	__s32 order;
	/* Iterators: union bpf_iter_link_info, of so many bytes. */
	const void *iter;
	__u32 iter_len;
};

/* where.flags of kprobes and uprobes: when the function returns, as by SEC("kretprobe") and SEC("uretprobe"). */
#define LSKEL_AT_RETURN 1

/* A program attached in one place. Belongs to its skeleton until it is detached or disowned. */
struct lskel_link {
	struct lskel_link *next; /* of the same skeleton, attached before */
	__u32 prog;		 /* number of the program */
	int fd; /* of the BPF link, above 2; or 0: it is attached in an older way */
	bool attached_by_section; /* by attach(): its fd is in skel->links */
	__u32 more_fds;		  /* BPF links besides @fd that it consists of, which undo closes */
	/* Takes back what closing @fd does not; NULL: nothing to do. */
	void (*undo)(struct lskel_link *link);
	int target_fd; /* own duplicates, closed after undo, or 0 */
	int prog_fd;
	int replaced_fd; /* the program whose place it took */
	__u32 attach_type;
	__u32 flags;
	void *data; /* for undo: whatever else the kind keeps, of malloc(); freed after it */
};

/* One call of a kind's function. */
struct lskel_attaching {
	const struct lskel_info *info;
	void *skel;
	__u32 prog; /* number of the program */
	int prog_fd;
	const struct lskel_where *where;
	const struct lskel_attach_kind *kind;
};

struct lskel_attach_kind {
	const char *name; /* for messages: "kprobe" */
	__u32 since;	  /* the first Linux that has it: LSKEL_LINUX(major, minor) */
	/*
	 * Attaches: sets link->fd, or link->undo with what it needs, or both. Returns 0, or a negative errno with
	 * nothing left behind; lskel_attach_fail() notes a message. @link is zeroed but for its number.
	 */
	int (*attach)(const struct lskel_attaching *at, struct lskel_link *link);
};

/* A version of Linux is a number: of versions, the larger is the newer. */
#define LSKEL_LINUX(major, minor) ((major) << 16 | (minor) << 8)
#define LSKEL_LINUX_MAJOR(linux)  ((linux) >> 16)
#define LSKEL_LINUX_MINOR(linux)  ((linux) >> 8 & 255)

#endif /* LSKEL_ATTACH_KIND_H */
