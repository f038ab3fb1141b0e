// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A skeleton of "lskel gen skeleton --no-line-info" is smaller and loads the same programs, but without line_info:
 * CO-RE relocations are done, and the kernel's BTF of a program has the name of its function.
 */
#include "rich.lskel.h"
#include "rich_no_lines.lskel.h"

#include "footprint.h"
#include "harness.h"

#define PROGS 16

/* What the kernel says of a loaded program. */
struct told {
	char name[BPF_OBJ_NAME_LEN];
	__u32 insns_len, funcs, lines;
	bool named; /* BTF has the function under the program's name */
};

static bool is_named(const struct bpf_prog_info *prog, __u32 type_id)
{
	struct bpf_btf_info btf = {};
	bool named;
	char *data;
	int fd = lskel_sys_btf_get_fd_by_id(prog->btf_id);

	if (fd < 0 || object_info(fd, &btf, sizeof(btf)))
		return false;
	data = calloc(1, btf.btf_size);
	btf = (struct bpf_btf_info){ .btf = lskel_u64(data), .btf_size = btf.btf_size };
	named = !object_info(fd, &btf, sizeof(btf)) &&
		lskel_find_in_btf(data, btf.btf_size, prog->name, 12 /* BTF_KIND_FUNC */) ==
			(int)type_id;
	free(data);
	close(fd);
	return named;
}

static int ask(int fd, struct told *told)
{
	struct bpf_func_info funcs[64] = {};
	struct bpf_prog_info prog = {};

	if (object_info(fd, &prog, sizeof(prog)))
		return -1;
	memcpy(told->name, prog.name, sizeof(told->name));
	told->insns_len = prog.xlated_prog_len;
	told->funcs = prog.nr_func_info;
	told->lines = prog.nr_line_info;
	prog = (struct bpf_prog_info){
		.nr_func_info = told->funcs,
		.func_info_rec_size = sizeof(*funcs),
		.func_info = lskel_u64(funcs),
	};
	if (told->funcs > 64 || object_info(fd, &prog, sizeof(prog)))
		return -1;
	told->named = is_named(&prog, funcs[0].type_id);
	return 0;
}

/* Loads the skeleton and asks for each program. Returns whether that can be done. */
static bool load(const struct lskel_info *info, struct told told[PROGS])
{
	void *skel = lskel_open(info);
	bool good = skel && !lskel_load(info, skel);

	if (!good)
		fail(info->name, "%s", skel ? lskel_error(info, skel) : strerror(errno));
	for (__u32 i = 0; i < info->prog_cnt && good; i++) {
		int fd = lskel_prog_at(info, skel, i)->prog_fd;

		if (fd >= 0 && ask(fd, &told[i])) {
			fail(info->name, "%s: %s", info->progs[i].name, strerror(errno));
			good = false;
		}
	}
	lskel_destroy(info, skel);
	return good;
}

int main(void)
{
	const struct lskel_info *lines = &rich__info, *none = &rich_no_lines__info;
	static struct told with[PROGS], without[PROGS];
	static struct footprint before;
	const char *left, *wrong = NULL;

	footprint_take(&before);
	check("the blob is smaller",
	      lskel_image_hdr(none)->image_size < lskel_image_hdr(lines)->image_size,
	      "%u and %u bytes", lskel_image_hdr(none)->image_size,
	      lskel_image_hdr(lines)->image_size);
	if (none->prog_cnt > PROGS || none->prog_cnt != lines->prog_cnt)
		fail("programs", "%u and %u", none->prog_cnt, lines->prog_cnt);
	else if (load(lines, with) && load(none, without)) {
		for (__u32 i = 0; i < none->prog_cnt && !wrong; i++) {
			if (with[i].insns_len != without[i].insns_len ||
			    strcmp(with[i].name, without[i].name) ||
			    with[i].funcs != without[i].funcs || without[i].lines ||
			    with[i].named != without[i].named ||
			    (with[i].funcs && (!with[i].lines || !with[i].named)))
				wrong = none->progs[i].name;
		}
		check("programs are the same without line_info", !wrong, "%s", wrong);
	}
	left = footprint_left(&before, none);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
