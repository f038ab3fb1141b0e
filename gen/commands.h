/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The commands of bpf(2) that loading and attaching use, as a table: where each field of the attr
 * lies and what it means. The recorder copies by it, the planner and the trace printer read by it;
 * a command that is not in the table is unknown to all of them.
 */
#ifndef LSKEL_GEN_COMMANDS_H
#define LSKEL_GEN_COMMANDS_H

#include <linux/bpf.h>

enum field_kind {
	FIELD_NUM,	/* printed in decimal */
	FIELD_HEX,	/* flags */
	FIELD_MAP_TYPE, /* enums that libbpf has names for */
	FIELD_PROG_TYPE,
	FIELD_ATTACH_TYPE,
	FIELD_FD,	 /* fd of a map, program or BTF: 0 is none */
	FIELD_TARGET_FD, /* the same, but 0 is a good fd only by accident: not looked at */
	FIELD_BTF_ID,	 /* id in the kernel's BTF */
	FIELD_CHARS,	 /* a string inside the attr */
	FIELD_STRING,	 /* pointer to a string */
	FIELD_ARRAY,	 /* pointer to count * element bytes */
	FIELD_INSNS,	 /* the same, instructions */
	FIELD_KEY,	 /* pointer to a key of the map that map_fd names */
	FIELD_VALUE,	 /* and to a value */
	FIELD_HOST,	 /* of the build host (log buffers, kernel version): dropped */
};

struct attr_field {
	const char *name;
	__u16 offset;
	__u16 size;
	enum field_kind kind;
	__u16 count_offset; /* of the field that counts an array's elements */
	__u16 elem_offset;  /* of the field that has the size of one, if elem_size is 0 */
	__u16 elem_size;
};

struct command {
	const char *name; /* without BPF_ */
	enum bpf_cmd cmd;
	const struct attr_field *fields;
	unsigned int field_cnt;
};

/* NULL when @cmd isn't in the table. */
const struct command *command_find(int cmd);

/* Value of a numeric field of @attr. */
__u64 attr_get(const union bpf_attr *attr, const struct attr_field *field);

/* The field called @name, which must be in the table. */
const struct attr_field *command_field(const struct command *command, const char *name);

#endif /* LSKEL_GEN_COMMANDS_H */
