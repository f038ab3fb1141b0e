// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel says of a loaded program, as text: see fidelity.h. */
#include <errno.h>
#include <string.h>
#include <bpf/bpf.h>

#include "fidelity.h"
#include "util.h"

/* Everything about one program that comes in arrays. */
struct prog_arrays {
	struct bpf_prog_info info; /* points at the others */
	struct bpf_insn *insns;
	__u32 *map_ids;
	void *func_info;
	void *line_info;
};

static __u64 room(void *arrayp, size_t size)
{
	void *p = xcalloc(1, size);

	*(void **)arrayp = p;
	return (__u64)(unsigned long)p;
}

static int get_arrays(struct prog_arrays *arrays, int fd)
{
	struct bpf_prog_info counts = {};
	__u32 len = sizeof(counts);

	if (bpf_prog_get_info_by_fd(fd, &counts, &len))
		return -errno;
	arrays->info = (struct bpf_prog_info){
		.xlated_prog_len = counts.xlated_prog_len,
		.xlated_prog_insns = room(&arrays->insns, counts.xlated_prog_len),
		.nr_map_ids = counts.nr_map_ids,
		.map_ids = room(&arrays->map_ids, counts.nr_map_ids * sizeof(__u32)),
		.nr_func_info = counts.nr_func_info,
		.func_info_rec_size = counts.func_info_rec_size,
		.func_info = room(&arrays->func_info,
				  (size_t)counts.nr_func_info * counts.func_info_rec_size),
		.nr_line_info = counts.nr_line_info,
		.line_info_rec_size = counts.line_info_rec_size,
		.line_info = room(&arrays->line_info,
				  (size_t)counts.nr_line_info * counts.line_info_rec_size),
	};
	len = sizeof(arrays->info);
	return bpf_prog_get_info_by_fd(fd, &arrays->info, &len) ? -errno : 0;
}

static void free_arrays(struct prog_arrays *arrays)
{
	free(arrays->insns);
	free(arrays->map_ids);
	free(arrays->func_info);
	free(arrays->line_info);
}

static bool is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static bool is_map_load(const struct bpf_insn *insn)
{
	return is_wide(insn) &&
	       (insn->src_reg == BPF_PSEUDO_MAP_FD || insn->src_reg == BPF_PSEUDO_MAP_VALUE);
}

/* Memory of the kernel's that is another at each load. What is at the very top are symbols. */
static bool is_kernel_heap(const struct bpf_insn *insn)
{
	__u32 high = insn[1].imm;

	return is_wide(insn) && high >> 16 == 0xffff && high != 0xffffffff;
}

static bool is_kfunc_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL;
}

/* The off of a call of a module's kfunc is an index of the loader's own choice. */
static int visible_off(const struct bpf_insn *insn)
{
	return is_kfunc_call(insn) ? !!insn->off : insn->off;
}

static bool calls_module(const struct prog_arrays *arrays)
{
	for (__u32 i = 0; i < arrays->info.xlated_prog_len / sizeof(struct bpf_insn); i++)
		if (is_kfunc_call(&arrays->insns[i]) && arrays->insns[i].off)
			return true;
	return false;
}

/* Where in an arena a 64-bit load of @insn points at, or -1: every process has it somewhere else. */
static long long arena_offset(const struct fidelity *loaded, const struct bpf_insn *insn)
{
	__u64 value = (__u64)(__u32)insn[1].imm << 32 | (__u32)insn->imm;

	for (__u32 i = 0; i < loaded->map_cnt; i++) {
		__u64 arena = (unsigned long)loaded->maps[i].arena;

		/* Wherever that is, no other 64-bit constant is likely to be within 4 GiB. */
		if (arena && value >= arena && value - arena <= UINT32_MAX)
			return value - arena;
	}
	return -1;
}

static void describe_insns(const struct fidelity *loaded, const struct fidelity_prog *prog,
			   const struct prog_arrays *arrays, FILE *out)
{
	__u32 cnt = arrays->info.xlated_prog_len / sizeof(struct bpf_insn);

	for (__u32 i = 0; i < cnt; i++) {
		const struct bpf_insn *insn = &arrays->insns[i];

		fprintf(out, "program %s insn %u: %02x dst %u src %u off %d ", prog->name, i,
			insn->code, insn->dst_reg, insn->src_reg, visible_off(insn));
		if (is_map_load(insn))
			fprintf(out, "map %s + %d\n", fidelity_map_name(loaded, insn->imm),
				insn[1].imm);
		else if (is_kernel_heap(insn))
			fprintf(out, "kernel memory\n");
		else if (is_wide(insn) && arena_offset(loaded, insn) >= 0)
			fprintf(out, "arena + %lld\n", arena_offset(loaded, insn));
		else if (is_wide(insn))
			fprintf(out, "imm %#x %#x\n", insn->imm, insn[1].imm);
		else
			fprintf(out, "imm %#x\n", insn->imm);
		i += is_wide(insn);
	}
}

/* @strings: words 1 and 2 of a record are strings of this BTF; or NULL. */
static void describe_records(const struct fidelity_prog *prog, const char *what,
			     const void *records, __u32 cnt, __u32 size, const struct btf *strings,
			     FILE *out)
{
	fprintf(out, "program %s has %u records of %s with %u bytes\n", prog->name, cnt, what,
		size);
	for (__u32 i = 0; i < cnt; i++) {
		const __u32 *word = (const void *)((const char *)records + (size_t)i * size);

		fprintf(out, "program %s %s %u:", prog->name, what, i);
		for (__u32 j = 0; j < size / sizeof(*word); j++)
			if (strings && (j == 1 || j == 2))
				fprintf(out, " '%s'", btf__name_by_offset(strings, word[j]) ?: "?");
			else
				fprintf(out, " %u", word[j]);
		fputc('\n', out);
	}
}

static void describe_maps(const struct fidelity *loaded, const struct fidelity_prog *prog,
			  const struct prog_arrays *arrays, FILE *out)
{
	__u32 cnt = arrays->info.nr_map_ids;
	_cleanup_(free_ptr) char **names = xcalloc(cnt, sizeof(*names));

	for (__u32 i = 0; i < cnt; i++)
		names[i] = xstrdup(fidelity_map_name(loaded, arrays->map_ids[i]));
	qsort(names, cnt, sizeof(*names), fidelity_compare_strings);
	fprintf(out, "program %s holds %u maps:", prog->name, cnt);
	for (__u32 i = 0; i < cnt; i++) {
		fprintf(out, " %s", names[i]);
		free(names[i]);
	}
	fputc('\n', out);
}

/*
 * The tag is a checksum of the instructions as they were given, in which the way to name a map (fd
 * or index) shows, and the index of a module: the same in both only if there is none.
 */
static void describe_tag(const struct fidelity_prog *prog, const struct prog_arrays *arrays,
			 FILE *out)
{
	const bool same = !arrays->info.nr_map_ids && !calls_module(arrays);

	fprintf(out, "program %s tag ", prog->name);
	for (size_t i = 0; i < BPF_TAG_SIZE && same; i++)
		fprintf(out, "%02x", arrays->info.tag[i]);
	fputc('\n', out);
}

/* Of all functions of a program. */
static const char *function_types(const struct btf *btf, const struct prog_arrays *arrays)
{
	const __u32 cnt = arrays->info.nr_func_info, size = arrays->info.func_info_rec_size;
	_cleanup_(free_ptr) __u32 *ids = xcalloc(cnt, sizeof(*ids));

	for (__u32 i = 0; i < cnt; i++) {
		const struct bpf_func_info *func =
			(const void *)((const char *)arrays->func_info + (size_t)i * size);

		ids[i] = func->type_id;
	}
	return fidelity_types(btf, ids, cnt);
}

void fidelity_describe_prog(const struct fidelity *loaded, const struct fidelity_prog *prog,
			    FILE *out)
{
	struct prog_arrays arrays = {};
	const struct bpf_prog_info *info = &arrays.info;
	struct btf *btf;
	int err;

	if (prog->fd < 0) {
		fprintf(out, "program %s is not loaded\n", prog->name);
		return;
	}
	err = get_arrays(&arrays, prog->fd);
	if (err) {
		fprintf(out, "program %s gives no information (errno %d)\n", prog->name, -err);
		free_arrays(&arrays);
		return;
	}
	btf = fidelity_btf(info->btf_id);
	fprintf(out, "program %s is '%s', type %u, flags %#x, expected attach type %u\n",
		prog->name, info->name, info->type, prog->flags, prog->attach_type);
	fprintf(out, "program %s GPL %u, ifindex %u, attach BTF %u id %u\n", prog->name,
		info->gpl_compatible, info->ifindex, info->attach_btf_obj_id, info->attach_btf_id);
	fprintf(out, "program %s functions %u, BTF %s\n", prog->name, info->nr_jited_func_lens,
		function_types(btf, &arrays));
	describe_tag(prog, &arrays, out);
	fidelity_fdinfo("program", prog->name, prog->fd, out);
	describe_maps(loaded, prog, &arrays, out);
	describe_insns(loaded, prog, &arrays, out);
	describe_records(prog, "func_info", arrays.func_info, info->nr_func_info,
			 info->func_info_rec_size, NULL, out);
	describe_records(prog, "line_info", arrays.line_info, info->nr_line_info,
			 info->line_info_rec_size, btf, out);
	btf__free(btf);
	free_arrays(&arrays);
}
