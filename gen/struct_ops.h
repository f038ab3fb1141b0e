/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The struct_ops maps of an object: kernel structs that are filled in by the application, with programs
 * as members. How such a struct looks is decided on the target, so what the object says of it is
 * collected here, and the recording is only there for the calls that make its map and its programs.
 */
#ifndef LSKEL_GEN_STRUCT_OPS_H
#define LSKEL_GEN_STRUCT_OPS_H

#include <bpf/libbpf.h>
#include <lskel/skel.h>

#include "image.h"

struct struct_ops_map {
	__u32 map; /* index among the object's maps */
	bool link; /* SEC(".struct_ops.link"): attached by a link */
	const struct btf_type *type;
	char *type_name; /* of the kernel's struct: without flavor */
	char *value;	 /* in which pointers are 0 */
	struct lskel_struct_ops_member *members;
	__u32 member_cnt;
};

struct struct_ops {
	struct struct_ops_map *maps;
	__u32 cnt;
};

/*
 * Collects the struct_ops maps of the object, which libbpf has opened and not changed since. Names belong
 * to @bpf. Returns 0, or a negative errno after a message. Free in either case.
 */
int struct_ops_collect(struct struct_ops *ops, const struct bpf_object *bpf, const char *path);
void struct_ops_free(struct struct_ops *ops);

/*
 * Prepares @bpf, which has been opened, and the pretend kernel so that libbpf's load creates all these
 * maps and loads all programs that are made for some.
 */
void struct_ops_record(struct bpf_object *bpf);

/*
 * Refuses types of struct_ops maps that libbpf reads beyond the end of. Returns 0, or -EINVAL after a
 * message.
 */
int struct_ops_check(const struct image *image);

#endif /* LSKEL_GEN_STRUCT_OPS_H */
