// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaches what is loaded, in either way, and says what the kernel has then, as text: see fidelity.h. What a
 * link looks like is in fidelity_link.c.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <lskel/attach.h>
#include <lskel/error.h>
#include <lskel/open.h>
#include <lskel/struct_ops.h>

#include "fidelity.h"
#include "util.h"

/* struct bpf_struct_ops_common_value of the kernel, before the map's value. */
struct struct_ops_state {
	__u32 refcnt;
	__u32 state;
};

static bool is_of(const struct fidelity *loaded, const struct bpf_link_info *info)
{
	if (info->type == BPF_LINK_TYPE_STRUCT_OPS) {
		for (__u32 i = 0; i < loaded->map_cnt; i++)
			if (loaded->maps[i].id == info->struct_ops.map_id)
				return true;
		return false;
	}
	for (__u32 i = 0; i < loaded->prog_cnt; i++)
		if (loaded->progs[i].fd >= 0 && loaded->progs[i].id == info->prog_id)
			return true;
	return false;
}

static int print_sorted(char **lines, __u32 cnt, FILE *out)
{
	if (cnt)
		qsort(lines, cnt, sizeof(*lines), fidelity_compare_strings);
	for (__u32 i = 0; i < cnt; i++) {
		fputs(lines[i], out);
		free(lines[i]);
	}
	free(lines);
	return (int)cnt;
}

/* All links that the kernel has of these programs and maps, whoever holds them. Returns how many. */
static int describe_links(const struct fidelity *loaded, FILE *out)
{
	char **lines = NULL;
	__u32 id = 0, cnt = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = {};
		__u32 len = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd >= 0 && !bpf_link_get_info_by_fd(fd, &info, &len) && is_of(loaded, &info))
			push(lines, cnt) = fidelity_link_text(loaded, fd, &info);
		if (fd >= 0)
			close(fd);
	}
	return print_sorted(lines, cnt, out);
}

/* struct_ops maps that are in use without a link. Returns how many. */
static int describe_struct_ops(const struct fidelity *loaded, FILE *out)
{
	int cnt = 0;

	for (__u32 i = 0; i < loaded->map_cnt; i++) {
		struct bpf_map_info info = {};
		struct struct_ops_state *state;
		__u32 len = sizeof(info), key = 0;

		if (bpf_map_get_info_by_fd(loaded->maps[i].fd, &info, &len) ||
		    info.type != BPF_MAP_TYPE_STRUCT_OPS || info.map_flags & BPF_F_LINK)
			continue;
		state = xcalloc(1, info.value_size);
		if (!bpf_map_lookup_elem(loaded->maps[i].fd, &key, state) && state->state == 1) {
			fprintf(out, "map %s is registered\n", loaded->maps[i].name);
			cnt++;
		}
		free(state);
	}
	return cnt;
}

static int describe(const struct fidelity *loaded, FILE *out)
{
	return describe_links(loaded, out) + describe_struct_ops(loaded, out);
}

static void detach(const struct fidelity *loaded, const struct fidelity_attacher *attacher,
		   FILE *out)
{
	attacher->detach(attacher);
	if (describe(loaded, out))
		fprintf(out, "the above is left after detaching\n");
}

/*
 * Programs of selftests/progs/sections.bpf.c that are attached otherwise on purpose: libbpf 1.5 knows SEC("usdt.s/...") but
 * fails to attach it (its attach_usdt() expects "usdt/"); lskel-attach(7) says what lskel does.
 */
static bool is_attached_otherwise(const char *prog)
{
	return !strcmp(prog, "on_usdt_s") || !strcmp(prog, "on_usdt_s_bare");
}

static void attach_one(const struct fidelity *loaded, const struct fidelity_attacher *attacher,
		       bool is_map, __u32 i, FILE *out)
{
	int err;

	if ((is_map ? loaded->maps[i].fd : loaded->progs[i].fd) < 0)
		return;
	if (!is_map && is_attached_otherwise(loaded->progs[i].name))
		return;
	err = attacher->attach_one(attacher, is_map, i);
	fprintf(out, "%s %s alone: %s\n", is_map ? "map" : "program",
		is_map ? loaded->maps[i].name : loaded->progs[i].name,
		err ? strerror(-err) : "no error");
	if (err)
		fprintf(stderr, "%s\n", attacher->error(attacher));
	describe(loaded, out);
	detach(loaded, attacher, out);
}

/* Iterators of cgroups and of maps, of each of the object's, which the application has to name. */
static void attach_iter(const struct fidelity *loaded, const struct fidelity_attacher *attacher,
			__u32 i, const char *name, union bpf_iter_link_info *of, FILE *out)
{
	int err = attacher->attach_iter(attacher, i, of);

	fprintf(out, "program %s of %s: %s\n", loaded->progs[i].name, name,
		err ? strerror(-err) : "no error");
	describe(loaded, out);
	detach(loaded, attacher, out);
}

static void attach_iters(const struct fidelity *loaded, const struct fidelity_attacher *attacher,
			 __u32 i, FILE *out)
{
	union bpf_iter_link_info of = { .cgroup.order = BPF_CGROUP_ITER_DESCENDANTS_PRE };

	if (loaded->progs[i].fd < 0 || strncmp(loaded->progs[i].section, "iter", strlen("iter")))
		return;
	if (strstr(loaded->progs[i].section, "/cgroup")) {
		attach_iter(loaded, attacher, i, "cgroups", &of, out);
		return;
	}
	for (__u32 j = 0; fidelity_iterates_map(loaded->progs[i].section) && j < loaded->map_cnt;
	     j++) {
		memset(&of, 0, sizeof(of));
		of.map.map_fd = loaded->maps[j].fd;
		attach_iter(loaded, attacher, i, loaded->maps[j].name, &of, out);
	}
}

void fidelity_attach(const struct fidelity *loaded, const struct fidelity_attacher *attacher,
		     FILE *out)
{
	int err = attacher->attach(attacher);
	_cleanup_(free_ptr) char *set = NULL;
	size_t len;
	FILE *text = open_memstream(&set, &len);
	int cnt;

	/* What was attached before a failure lskel takes back, and libbpf leaves to the application. */
	if (err) {
		fprintf(stderr, "%s\n", attacher->error(attacher));
		attacher->detach(attacher);
	}
	cnt = describe(loaded, text);
	fclose(text);
	fprintf(out, FIDELITY_ATTACH_HEAD "%s", -err, cnt, set);
	detach(loaded, attacher, out);
	if (!err)
		return;
	/* The first failure hides how the others fare. */
	for (__u32 i = 0; i < loaded->prog_cnt; i++)
		attach_one(loaded, attacher, false, i, out);
	for (__u32 i = 0; i < loaded->map_cnt; i++)
		attach_one(loaded, attacher, true, i, out);
	for (__u32 i = 0; i < loaded->prog_cnt; i++)
		attach_iters(loaded, attacher, i, out);
}

/* A libbpf skeleton of an object that was opened without one. */
struct libbpf_attacher {
	struct fidelity_attacher attacher;
	struct bpf_object_skeleton skeleton;
	struct bpf_program **progs;
	struct bpf_map **maps;
	struct bpf_link **links; /* of programs, then of maps */
};

static struct libbpf_attacher *libbpf_of(const struct fidelity_attacher *attacher)
{
	return (struct libbpf_attacher *)attacher;
}

static int libbpf_attach(const struct fidelity_attacher *attacher)
{
	return bpf_object__attach_skeleton(&libbpf_of(attacher)->skeleton);
}

static int libbpf_attach_one(const struct fidelity_attacher *attacher, bool is_map, __u32 i)
{
	struct bpf_object_skeleton one = libbpf_of(attacher)->skeleton;

	one.prog_cnt = !is_map;
	one.map_cnt = is_map;
	one.progs += is_map ? 0 : i;
	one.maps += is_map ? i : 0;
	return bpf_object__attach_skeleton(&one);
}

static int libbpf_attach_iter(const struct fidelity_attacher *attacher, __u32 i,
			      union bpf_iter_link_info *of)
{
	const struct bpf_prog_skeleton *prog = &libbpf_of(attacher)->skeleton.progs[i];
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = of, .link_info_len = sizeof(*of));

	*prog->link = bpf_program__attach_iter(*prog->prog, &opts);
	return *prog->link ? 0 : -errno;
}

static void libbpf_detach(const struct fidelity_attacher *attacher)
{
	bpf_object__detach_skeleton(&libbpf_of(attacher)->skeleton);
}

/* It has said so. */
static const char *libbpf_error(const struct fidelity_attacher *attacher)
{
	(void)attacher;
	return "";
}

void fidelity_attach_by_libbpf(struct bpf_object *object, const struct fidelity *loaded, FILE *out)
{
	struct libbpf_attacher way = { .attacher = { libbpf_attach, libbpf_attach_one,
						     libbpf_attach_iter, libbpf_detach,
						     libbpf_error } };
	_cleanup_(free_ptr) struct bpf_prog_skeleton *progs =
		xcalloc(loaded->prog_cnt + 1, sizeof(*progs));
	_cleanup_(free_ptr) struct bpf_map_skeleton *maps =
		xcalloc(loaded->map_cnt + 1, sizeof(*maps));
	_cleanup_(free_ptr) struct bpf_program **prog_ptrs =
		xcalloc(loaded->prog_cnt + 1, sizeof(*prog_ptrs));
	_cleanup_(free_ptr) struct bpf_map **map_ptrs =
		xcalloc(loaded->map_cnt + 1, sizeof(*map_ptrs));
	_cleanup_(free_ptr) struct bpf_link **links =
		xcalloc(loaded->prog_cnt + loaded->map_cnt + 1, sizeof(*links));
	struct bpf_program *prog;
	struct bpf_map *map;
	__u32 i = 0, j = 0;

	bpf_object__for_each_program(prog, object) {
		prog_ptrs[i] = prog;
		progs[i] = (struct bpf_prog_skeleton){ bpf_program__name(prog), &prog_ptrs[i],
						       &links[i] };
		i++;
	}
	bpf_object__for_each_map(map, object) {
		map_ptrs[j] = map;
		maps[j] = (struct bpf_map_skeleton){ .name = bpf_map__name(map),
						     .map = &map_ptrs[j],
						     .link = &links[i + j] };
		j++;
	}
	way.skeleton = (struct bpf_object_skeleton){
		.sz = sizeof(way.skeleton),
		.prog_cnt = i,
		.prog_skel_sz = sizeof(*progs),
		.progs = progs,
		.map_cnt = j,
		.map_skel_sz = sizeof(*maps),
		.maps = maps,
	};
	fidelity_attach(loaded, &way.attacher, out);
}

struct lskel_attacher {
	struct fidelity_attacher attacher;
	const struct lskel_info *info;
	void *skel;
};

static const struct lskel_attacher *lskel_of(const struct fidelity_attacher *attacher)
{
	return (const struct lskel_attacher *)attacher;
}

/* What a generated foo__attach() calls. */
static int lskel_attach_all(const struct fidelity_attacher *attacher)
{
	return lskel_attach(lskel_of(attacher)->info, lskel_of(attacher)->skel);
}

static int lskel_attach_one(const struct fidelity_attacher *attacher, bool is_map, __u32 i)
{
	const struct lskel_info *info = lskel_of(attacher)->info;
	void *skel = lskel_of(attacher)->skel;
	int fd = 0;

	if (!is_map)
		fd = lskel_attach_prog(info, skel, i);
	for (__u32 j = 0; is_map && j < info->struct_ops_cnt; j++)
		if (info->struct_ops[j].map == i)
			fd = lskel_struct_ops_attach_map(info, skel, j);
	return fd < 0 ? fd : 0;
}

static int lskel_attach_iter_of(const struct fidelity_attacher *attacher, __u32 i,
				union bpf_iter_link_info *of)
{
	const struct lskel_where where = { .iter = of, .iter_len = sizeof(*of) };

	return lskel_attach_to(lskel_of(attacher)->info, lskel_of(attacher)->skel, i,
			       &lskel_kind_iter, &where) ?
		       0 :
		       -errno;
}

static void lskel_detach_all(const struct fidelity_attacher *attacher)
{
	lskel_detach(lskel_of(attacher)->info, lskel_of(attacher)->skel);
}

static const char *lskel_attach_error(const struct fidelity_attacher *attacher)
{
	return lskel_error(lskel_of(attacher)->info, lskel_of(attacher)->skel);
}

void fidelity_attach_by_lskel(const struct lskel_info *info, void *skel,
			      const struct fidelity *loaded, FILE *out)
{
	struct lskel_attacher way = { { lskel_attach_all, lskel_attach_one, lskel_attach_iter_of,
					lskel_detach_all, lskel_attach_error },
				      info,
				      skel };

	fidelity_attach(loaded, &way.attacher, out);
}
