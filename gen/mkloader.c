// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Build tool, not part of lskel: turns the compiled loader program into constant tables. It uses the
 * generator's own recorder: the program is what libbpf would have loaded, and its extern symbol gets
 * a known "address" from the pretend kernel, so that its uses can be told.
 *
 * usage: mkloader FILE NAME > HEADER
 */
#include <errno.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "record.h"
#include "util.h"

#define MASK_ADDRESS 0x4c534b454c4d4153ULL

static void print_words(const char *type, const char *name, const char *part, const void *data,
			size_t len)
{
	const __u32 *words = data;

	printf("static const %s %s_%s[] __attribute__((aligned(8))) = {", type, name, part);
	for (size_t i = 0; i < len / sizeof(*words); i++)
		printf("%s0x%08x,", i % 8 ? " " : "\n\t", words[i]);
	printf("\n};\n\n");
}

/* BTF with nothing but the functions of @func_info, whose type ids become those of the new BTF. */
static struct btf *minimal_btf(const struct btf *full, struct bpf_func_info *func_info, __u32 cnt)
{
	struct btf *btf = btf__new_empty();
	int proto;

	btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, 1);
	for (__u32 i = 0; i < cnt; i++) {
		const struct btf_type *t = btf__type_by_id(full, func_info[i].type_id);
		const char *name = btf__str_by_offset(full, t->name_off);
		int id = btf__add_func(btf, name, i ? BTF_FUNC_STATIC : BTF_FUNC_GLOBAL, proto);

		if (id < 0)
			return NULL;
		func_info[i].type_id = id;
	}
	return btf;
}

/* The blob is entry 0 of the FD array. Collects the instructions that load the mask. */
static __u32 prepare_insns(struct bpf_insn *insns, __u32 cnt, __u32 *mask_uses)
{
	__u32 uses = 0;

	for (__u32 i = 0; i < cnt; i++) {
		struct bpf_insn *insn = &insns[i];

		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insn_is_map_load(insn)) {
			insn->src_reg = BPF_PSEUDO_MAP_IDX_VALUE;
			insn->imm = 0;
		} else if (((__u64)(__u32)insn[1].imm << 32 | (__u32)insn->imm) == MASK_ADDRESS) {
			mask_uses[uses++] = i;
		}
		i++;
	}
	return uses;
}

static int print_loader(const struct call *call, const struct btf *full, const char *name)
{
	struct arg *insns = call_arg(call, "insns"), *func_info = call_arg(call, "func_info");
	__u32 insn_cnt = insns->len / sizeof(struct bpf_insn), uses, btf_size;
	__u32 func_cnt = func_info->len / sizeof(struct bpf_func_info);
	__u32 *mask_uses = xcalloc(insn_cnt, sizeof(*mask_uses));
	struct btf *btf;
	const void *raw;

	uses = prepare_insns(insns->data, insn_cnt, mask_uses);
	btf = minimal_btf(full, func_info->data, func_cnt);
	raw = btf ? btf__raw_data(btf, &btf_size) : NULL;
	if (!raw || !uses)
		return -EINVAL;

	printf("/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n"
	       "/* Made by mkloader from progs/loader.bpf.c. */\n\n");
	print_words("__u32", name, "insns", insns->data, insns->len);
	print_words("__u32", name, "mask_uses", mask_uses, uses * sizeof(*mask_uses));
	print_words("__u32", name, "func_info", func_info->data, func_info->len);
	printf("static const unsigned char %s_btf[] __attribute__((aligned(8))) = {", name);
	for (__u32 i = 0; i < btf_size; i++)
		printf("%s0x%02x,", i % 16 ? " " : "\n\t", ((const unsigned char *)raw)[i]);
	printf("\n};\n\nstatic const struct loader %s = {\n", name);
	printf("\t(const void *)%s_insns, %u,\n", name, insn_cnt);
	printf("\t%s_mask_uses, %u,\n", name, uses);
	printf("\t%s_btf, %u,\n", name, btf_size);
	printf("\t(const void *)%s_func_info, %u,\n};\n", name, func_cnt);
	btf__free(btf);
	free(mask_uses);
	return 0;
}

static int convert(const char *path, const char *name)
{
	char *kallsyms = xprintf("%llx T lskel_mask\n", MASK_ADDRESS);
	struct bpf_object *bpf;
	struct trace trace = {};
	int err, kobj;

	bpf = bpf_object__open_file(path, NULL);
	if (!bpf)
		return -errno;
	record_start(&trace);
	pretend_kallsyms(kallsyms);
	err = bpf_object__load(bpf);
	kobj = err ? NO_KOBJ :
		     record_kobj(&trace, bpf_program__fd(bpf_object__next_program(bpf, NULL)));
	record_stop();
	if (!err)
		err = kobj == NO_KOBJ ? -ENOENT :
					print_loader(&trace.calls[trace.kobjs[kobj].creator],
						     bpf_object__btf(bpf), name);
	bpf_object__close(bpf);
	trace_free(&trace);
	free(kallsyms);
	return err;
}

int main(int argc, char **argv)
{
	int err;

	if (argc != 3) {
		fprintf(stderr, "usage: mkloader FILE NAME\n");
		return 1;
	}
	err = convert(argv[1], argv[2]);
	if (err)
		fprintf(stderr, "mkloader: %s: %s\n", argv[1], strerror(-err));
	return err ? 1 : 0;
}
