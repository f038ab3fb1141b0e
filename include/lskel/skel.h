/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a generated skeleton is made of: the structures an application sees in it (struct foo) and
 * the constant tables that describe it (struct lskel_info). Declarations only; what is done with
 * them is in <lskel/load.h> and <lskel/attach.h>.
 *
 * Since: lskel 0.1
 */
#ifndef LSKEL_SKEL_H
#define LSKEL_SKEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

/*
 * For the functions that generated headers call, and through them all that is called by nothing else: what runs
 * once, and waits for the kernel, is compiled for size. 40 % less code, and the compiler needs 3/4 of the time.
 */
#define LSKEL_COLD __attribute__((cold))

/*
 * One map of a skeleton: skel->maps.NAME. What follows map_fd is the application's choice between open()
 * and load(); see the functions of libbpf that are named.
 */
struct lskel_map {
	int map_fd;	   /* set by load(), -1 when it is not created; owned by the skeleton */
	__u32 max_entries; /* overrides the object's if not 0: bpf_map__set_max_entries() */
	__u32 value_size;  /* likewise, set by foo__set_value_size(): bpf_map__set_value_size() */
	__u32 ifindex;	   /* of the device that it is offloaded to, or 0: bpf_map__set_ifindex() */
	/*
	 * Of a map to be used instead of a new one, or -1: bpf_map__reuse_fd(). The skeleton has a
	 * duplicate of it, so that it stays the application's.
	 */
	int reuse_fd;
	bool autocreate; /* if false, load() does without it: bpf_map__set_autocreate() */
	/*
	 * Set by load(), for a map with a pin_path: enum lskel_pin. The map that is there is used if it is
	 * such as would be created, or else is an error; if none is there, the new map is pinned after the
	 * load. It stays pinned until somebody unlinks it.
	 */
	__u8 pinned;
	/*
	 * Where it is pinned, or NULL: bpf_map__set_pin_path(). open() sets it as the object has it. The
	 * string stays the application's and must be there until load() is over, and foo__error() after it.
	 */
	const char *pin_path;
	/* Of an arena, after load(): where it is, as programs know it, or NULL; and how long. */
	void *arena;
	size_t arena_len;
};

enum lskel_pin {
	LSKEL_PIN_NONE,
	LSKEL_PIN_FOUND, /* the map was there, with its contents */
	LSKEL_PIN_MADE,	 /* by this load */
};

/* One program of a skeleton: skel->progs.NAME. The same holds for what follows prog_fd. */
struct lskel_prog {
	int prog_fd;	 /* set by load(), -1 when it is not loaded; owned by the skeleton */
	bool autoload;	 /* open() sets it as the object has it: bpf_program__set_autoload() */
	__u32 ifindex;	 /* of the device that it is for, or 0: bpf_program__set_ifindex() */
	__u32 flags;	 /* added to the object's: bpf_program__set_flags() */
	__u32 log_level; /* if not 0, its verifier log goes to log_buf: bpf_program__set_log_buf() */
	__u32 log_size;	 /* bytes */
	char *log_buf;	 /* the application's */
	/*
	 * What it is for, set by foo__PROG__set_target(): bpf_program__set_attach_target(). The fd, of
	 * another program or of a module's BTF, is the skeleton's.
	 */
	int target_fd;
	__u32 target_btf_id;
	bool target_is_found; /* not set but found by load(), which forgets it again */
};

/* See <lskel/attach_kind.h>. */
struct lskel_attach_kind;
struct lskel_where;
struct lskel_link;

/* Where something failed: what lskel_error() makes its message from. */
enum lskel_stage {
	LSKEL_STAGE_NONE,
	LSKEL_STAGE_USE,	 /* wrong use, failure.at is LSKEL_USE_* */
	LSKEL_STAGE_AUTOLOAD,	 /* program number failure.at, which can't be loaded */
	LSKEL_STAGE_TARGET,	 /* the target of program number failure.at */
	LSKEL_STAGE_REUSE,	 /* the application's fd for map number failure.at */
	LSKEL_STAGE_ARENA,	 /* creating arena number failure.at of the maps, or mapping it */
	LSKEL_STAGE_PIN_FIND,	 /* what is pinned where map number failure.at wants to be */
	LSKEL_STAGE_CONFIG_FILE, /* opening the kernel's configuration */
	LSKEL_STAGE_KCONFIG,	 /* the value of kernel configuration number failure.at */
	LSKEL_STAGE_TOKEN,	 /* getting a BPF token */
	LSKEL_STAGE_BLOB,	 /* setting up the map of the blob */
	LSKEL_STAGE_LOADER_BTF,	 /* loading the loader program's BTF */
	LSKEL_STAGE_LOADER_PROG, /* loading the loader program */
	LSKEL_STAGE_LOADER_RUN,	 /* running it, before any operation */
	LSKEL_STAGE_OP,		 /* an operation of the blob, at failure.at */
	LSKEL_STAGE_BIND,	 /* PROG_BIND_MAP, pair number failure.at */
	LSKEL_STAGE_PIN,	 /* pinning map number failure.at */
	LSKEL_STAGE_DATA,	 /* mapping global data, entry number failure.at */
	LSKEL_STAGE_ATTACH,	 /* attaching program number failure.at */
	LSKEL_STAGE_STRUCT_OPS,	 /* preparing struct_ops map number failure.at */
	LSKEL_STAGE_ATTACH_MAP,	 /* attaching it */
	LSKEL_STAGE_DETAIL,	 /* what failure.detail says */
};

/* failure.at for LSKEL_STAGE_USE. */
enum {
	LSKEL_USE_LOAD,	    /* load() of a loaded skeleton */
	LSKEL_USE_ATTACH,   /* attach() of one that is not loaded */
	LSKEL_USE_AGAIN,    /* attach() of a program that is attached */
	LSKEL_USE_UNLOADED, /* attach_to() of a program that is not loaded */
};

struct lskel_failure {
	enum lskel_stage stage;
	int err;  /* negative errno */
	__u32 at; /* which one, see the stage */
	/* Of a pinned map that can't be used: what differs, or NULL; what that is and what it has to be. */
	const char *differs;
	__u64 found, wanted;
	char *log;    /* the verifier's log, or NULL */
	char *detail; /* of an attachment: what of it failed, or NULL */
	bool by_rule; /* -EPERM that no capability helps against: what detail says */
	const struct lskel_attach_kind *kind; /* of an attachment: how it was tried */
	char *message; /* what lskel_error() says, if that is known, or NULL */
};

struct lskel_info;

/* What is known of a search of the kernel before the replay: from a form, or from the run time's own search. */
struct lskel_found {
	__u32 id; /* in its BTF; or 0: not known, LSKEL_FOUND_NONE: it is missing */
	int fd;	  /* of a module's BTF, or 0: vmlinux. One fd may be in several places. */
};

#define LSKEL_FOUND_NONE (~0U)

/* The head of every skeleton: skel->ctx. */
struct lskel_ctx {
	/*
	 * Verifier log, as for struct bpf_loader_ctx: set all three before load() to have the
	 * programs' logs in a buffer of yours. Otherwise load() fetches the log of a program that
	 * was refused by itself.
	 */
	__u32 log_level;
	__u32 log_size; /* bytes */
	__u64 log_buf;	/* address of the buffer */
	int loaded;
	char *pin_paths; /* of foo__set_pin_root() */
	/*
	 * Where a BPF file system is mounted that delegates BPF to this user namespace (Linux 6.9), to load with
	 * a BPF token: bpf_token_path of struct bpf_object_open_opts. If NULL, it is the environment's
	 * LIBBPF_BPF_TOKEN_PATH. If that isn't there either, the first try is without a token, and only when
	 * the kernel says -EPERM, one is taken from /sys/fs/bpf. If "", there is never a token.
	 */
	const char *token_path;
	int token_fd; /* after load(), of the token or 0; owned by the skeleton */
	/*
	 * Replay in the kernel, by the loader program, even if nothing has to be searched for there. Otherwise
	 * load() makes the same calls of bpf(2) itself then, in the same order, which is faster.
	 */
	bool in_kernel;
	struct lskel_failure failure;
	/* While the blob is replayed, where it is mapped, else NULL: for another thread to see how far that is. */
	const char *replaying;
	struct lskel_link *links;	     /* the last one first */
	bool uprobe_multi;		     /* USDT programs are loaded for links of that kind */
	void *usdt;			     /* what loader/attach_usdt.c knows, from malloc() */
	struct lskel_struct_ops *struct_ops; /* what loader/struct_ops.c knows of the target */
	/*
	 * After load(): the form of the skeleton that was used, which is CO-RE-relocated for this kernel, or NULL:
	 * the kernel relocated. See <lskel/relocated.h>.
	 */
	const struct lskel_relocated *relocated;
	void *cache; /* that form, if foo__use_cache() has read it; owned by the skeleton */
	const struct lskel_layout *layout; /* that is part of that form, or NULL */
	struct lskel_found *found; /* during load(), for each operation, or NULL; from calloc() */
	/* Set by foo__set_value_size(), see <lskel/resize.h>. */
	__u32 (*resize_btf)(const struct lskel_info *info, void *skel, char *blob, __u32 behind);
	/* While load() looks ahead, the kernel's BTF if somebody needs it: loader/kernel_btf.h. */
	struct lskel_kernel_btf *kernel;
	void (*drop_kernel)(struct lskel_ctx *ctx);
};

/* Bits of lskel_map_info.flags: what can be known on the target only. */
enum {
	LSKEL_MAP_CPUS = 1,  /* max_entries is the number of possible CPUs */
	LSKEL_MAP_PAGES = 2, /* max_entries is a power of two of pages */
	LSKEL_MAP_OFF = 4,   /* not created unless the application says so */
	LSKEL_MAP_ARENA = 8, /* mapped before programs are loaded */
};

struct lskel_map_info {
	const char *name;
	__u32 desc;	      /* offset of the struct lskel_map in the skeleton */
	__u32 slot;	      /* index in the blob's fd array */
	__u32 attr;	      /* offset of the MAP_CREATE attr in the blob */
	__u32 flags;	      /* LSKEL_MAP_* */
	const char *pin_path; /* of LIBBPF_PIN_BY_NAME, or NULL */
};

/* Bits of lskel_prog_info.flags. */
enum {
	LSKEL_PROG_USDT = 1, /* expected_attach_type is uprobe_multi, if the kernel has that */
	LSKEL_PROG_OFF = 2,  /* SEC("?..."): not loaded unless the application says so */
	LSKEL_PROG_STRUCT_OPS = 4, /* of a struct_ops map, which decides about its target */
	LSKEL_PROG_TARGET = 8,	   /* has no target unless the application names one */
	LSKEL_PROG_MODULE = 16,	   /* its target is looked for by lskel_info.find_targets */
};

/* lskel_prog_info.slot and .attr of a program of SEC("?...") that libbpf can't load. */
#define LSKEL_NOT_LOADED (~0U)

struct lskel_prog_info {
	const char *name;
	const char *section; /* as in the object */
	__u32 desc;	     /* offset of the struct lskel_prog in the skeleton */
	__u32 link;	     /* offset of the link's fd in the skeleton */
	__u32 slot;	     /* index in the blob's fd array */
	__u32 attr;	     /* offset of the PROG_LOAD attr in the blob */
	__u32 flags;	     /* LSKEL_PROG_* */
	__u32 attach_type;   /* enum bpf_attach_type of its links */
	/* How and where attach() attaches it; NULL: its section does not say where, attach() leaves it alone. */
	const struct lskel_attach_kind *kind;
	const struct lskel_where *where;
};

/* Global data that the application can reach: skel->bss and its like. */
struct lskel_data_info {
	__u32 map;	/* index in lskel_info.maps */
	__u32 pointer;	/* offset of the pointer in the skeleton */
	__u32 value;	/* offset of the initial value in the blob */
	__u32 size;	/* of the value */
	__u32 readonly; /* to programs, and so after load() to the application */
};

/* A map that a program holds without using it in an instruction (PROG_BIND_MAP). */
struct lskel_bind_info {
	__u32 prog; /* indexes in lskel_info.progs and .maps */
	__u32 map;
};

/*
 * On kernels that don't know of the tag "arg:ctx" (before 6.8), libbpf gives functions that have it the
 * types that these understand. With such a program refused, the run time tries the object's BTF and
 * func_info in that form.
 */
struct lskel_old_info {
	__u32 pointer;	/* offset in the blob of the pointer to one of these */
	__u32 target;	/* what it points at then */
	__u32 btf_size; /* if it is BTF: its attr's btf_size then */
};

/* How the value of a kernel configuration variable is stored. */
enum lskel_kconfig_type {
	LSKEL_KCONFIG_BOOL,
	LSKEL_KCONFIG_TRISTATE, /* enum libbpf_tristate: no, yes, module */
	LSKEL_KCONFIG_CHAR,
	LSKEL_KCONFIG_INT,
	LSKEL_KCONFIG_STRING,
};

/* A __kconfig extern: decided on the target, by lskel_info.resolve_kconfig. */
struct lskel_kconfig_info {
	const char *name;
	__u32 offset; /* in the data of the .kconfig map */
	__u32 size;
	__u16 type; /* enum lskel_kconfig_type */
	__u8 is_signed;
	__u8 is_weak;
};

/*
 * A kernel symbol that the object declares with a type (kfunc, variable): lskel_info.find_externs compares that
 * with the type that the target has.
 */
struct lskel_extern_info {
	const char *name;  /* as declared, so that of a kfunc it may have a ___flavor */
	const char *types; /* its type, see <lskel/extern_types.h> */
	const char *words; /* the same for people */
	__u32 op;	   /* offset of the search in the blob */
	__u32 weak;	   /* does without a kfunc that has another type */
};

/* A member of a struct_ops map, as the object declares it. */
struct lskel_struct_ops_member {
	const char *name;
	__u32 offset; /* in the struct that the application sees */
	__u32 size;
	__u32 kind; /* BTF_KIND_*, behind typedefs */
	__u32 prog; /* index in lskel_info.progs of the program that it is set to, or LSKEL_NO_PROG */
};

/* lskel_struct_ops_member.prog of a member that is no program, or of one that is not set. */
#define LSKEL_NO_PROG (~0U)

/* A struct_ops map: skel->struct_ops.NAME is a pointer to what of it the application may set. */
struct lskel_struct_ops_info {
	__u32 map;	   /* index in lskel_info.maps */
	__u32 pointer;	   /* offset of the pointer in the skeleton */
	__u32 link;	   /* offset of the link's fd in the skeleton */
	__u32 by_link;	   /* attached by a link: SEC(".struct_ops.link") */
	const char *type;  /* the kernel's struct */
	const void *value; /* initial; programs are NULL in it */
	__u32 size;
	const struct lskel_struct_ops_member *members;
	__u32 member_cnt;
};

/* The functions of <lskel/struct_ops.h>: who has no struct_ops maps links nothing of these. */
struct lskel_struct_ops_calls {
	int (*open)(const struct lskel_info *info, void *skel);
	int (*prepare)(const struct lskel_info *info, void *skel);
	void (*fill)(const struct lskel_info *info, void *skel, char *blob);
	void (*finish)(const struct lskel_info *info, void *skel);
	int (*attach)(const struct lskel_info *info, void *skel);
	void (*detach)(const struct lskel_info *info, void *skel);
	void (*close)(const struct lskel_info *info, void *skel);
};

/* The types of a struct_ops map in the BTF of vmlinux. */
struct lskel_layout_ids {
	__u32 value; /* of "struct bpf_struct_ops_NAME"; 0: it is not there, or not known */
	__u32 type;  /* of "struct NAME" */
};

/*
 * What a form for one kernel has of its struct_ops. Behind it are as many struct lskel_layout_ids as there are
 * struct_ops maps, and then BTF, of @btf_size bytes: these structs, under ids of its own, with all members; of the types
 * of these only what loader/struct_ops_layout.c looks at.
 */
struct lskel_layout {
	__u32 btf_size;
	__u32 cnt; /* as lskel_info.struct_ops_cnt */
};

/* Of skeletons that were generated with --btf or --cache. Others link nothing of <lskel/relocated.h>. */
struct lskel_relocated_info {
	const void *hash;  /* 32 bytes: the SHA-256 of the stored image */
	const void *forms; /* struct lskel_relocated, one behind the other */
	__u32 forms_size;  /* bytes */
	void (*choose)(const struct lskel_info *info, void *skel);
	void (*apply)(const struct lskel_info *info, void *skel, char *blob);
};

struct lskel_info {
	const char *name;
	__u32 skel_size;

	const void *image; /* struct lskel_blob_hdr and what follows */

	const void *insns; /* the loader program, linked to this blob */
	__u32 insn_cnt;
	const void *btf;
	__u32 btf_size;
	const void *func_info;
	__u32 func_info_cnt;

	const struct lskel_map_info *maps;
	__u32 map_cnt;
	const struct lskel_prog_info *progs;
	__u32 prog_cnt;
	const struct lskel_data_info *data;
	__u32 data_cnt;
	const struct lskel_bind_info *binds;
	__u32 bind_cnt;
	const struct lskel_old_info *olds;
	__u32 old_cnt;
	const struct lskel_kconfig_info *kconfigs;
	__u32 kconfig_cnt;
	__u32 kconfig_data; /* index of the .kconfig map in data */
	/* See <lskel/kconfig.h>; NULL when there are none. */
	int (*resolve_kconfig)(const struct lskel_info *info, void *skel);
	const struct lskel_struct_ops_info *struct_ops;
	__u32 struct_ops_cnt;
	const struct lskel_struct_ops_calls *struct_ops_calls; /* NULL when there are none */
	/* See <lskel/target.h>; NULL when no program has LSKEL_PROG_MODULE. */
	int (*find_targets)(const struct lskel_info *info, void *skel);
	const struct lskel_extern_info *externs;
	__u32 extern_cnt;
	/* See <lskel/extern_types.h>; NULL when there are none. */
	int (*find_externs)(const struct lskel_info *info, void *skel);
	const struct lskel_relocated_info *relocated; /* or NULL */
};

#endif /* LSKEL_SKEL_H */
