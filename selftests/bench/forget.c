// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Makes the kernel forget what its CO-RE has found: it remembers, across processes, the candidates for 31 names of
 * types, one for each remainder of the name's hash (kernel/bpf/btf.c: vmlinux_cand_cache, hash_cands()).
 * A program with relocations of 31 types that there are not takes all places, as a boot would empty them.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/bpf.h>
#include <linux/btf.h>

#define PLACES	 31 /* VMLINUX_CAND_CACHE_SIZE */
#define NAME_LEN 4

#define TYPE(kind, vlen) ((kind) << 24 | (vlen))

enum { INT_ID = 1, PROTO_ID, FUNC_ID, FIRST_ID };

/* "", "int", "0", and names of NAME_LEN with their NULs. */
#define FIXED_STRINGS "\0int\0000"

static struct {
	struct btf_header hdr;
	struct btf_type int_type;
	__u32 int_data;
	struct btf_type proto, func;
	struct btf_type types[PLACES];
	char strings[sizeof(FIXED_STRINGS) + PLACES * (NAME_LEN + 1)];
} __attribute__((packed)) btf;

static __u32 rol(__u32 word, int shift)
{
	return word << shift | word >> (32 - shift);
}

/* jhash() of the kernel's linux/jhash.h, of four bytes. */
static __u32 hash(const char name[NAME_LEN])
{
	__u32 a = 0xdeadbeef + NAME_LEN, b = a, c = a, word;

	memcpy(&word, name, sizeof(word));
	a += word;
	c = (c ^ b) - rol(b, 14);
	a = (a ^ c) - rol(c, 11);
	b = (b ^ a) - rol(a, 25);
	c = (c ^ b) - rol(b, 16);
	a = (a ^ c) - rol(c, 4);
	b = (b ^ a) - rol(a, 14);
	return (c ^ b) - rol(b, 24);
}

static void put_type(__u32 place, const char name[NAME_LEN])
{
	__u32 offset = sizeof(FIXED_STRINGS) + place * (NAME_LEN + 1);

	memcpy(btf.strings + offset, name, NAME_LEN);
	btf.types[place] = (struct btf_type){
		.name_off = offset,
		.info = TYPE(BTF_KIND_STRUCT, 0),
	};
}

static void make_btf(void)
{
	__u32 taken = 0;

	btf.hdr = (struct btf_header){
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(btf.hdr),
		.type_len = sizeof(btf) - sizeof(btf.hdr) - sizeof(btf.strings),
		.str_off = sizeof(btf) - sizeof(btf.hdr) - sizeof(btf.strings),
		.str_len = sizeof(btf.strings),
	};
	btf.int_type = (struct btf_type){ 1, TYPE(BTF_KIND_INT, 0), { 4 } };
	btf.int_data = BTF_INT_SIGNED << 24 | 32;
	btf.proto = (struct btf_type){ 0, TYPE(BTF_KIND_FUNC_PROTO, 0), { INT_ID } };
	btf.func = (struct btf_type){ 1, TYPE(BTF_KIND_FUNC, 0), { PROTO_ID } };
	memcpy(btf.strings, FIXED_STRINGS, sizeof(FIXED_STRINGS));
	for (int i = 0; i < 1000 && taken != (1U << PLACES) - 1; i++) {
		char name[NAME_LEN + 1];
		__u32 place;

		snprintf(name, sizeof(name), "_%03d", i);
		place = hash(name) % PLACES;
		if (!(taken & 1U << place))
			put_type(place, name);
		taken |= 1U << place;
	}
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

int main(void)
{
	struct bpf_func_info func = { .type_id = FUNC_ID };
	struct bpf_core_relo relos[PLACES];
	struct bpf_insn insns[PLACES + 1];
	union bpf_attr attr = {
		.btf = (__u64)(unsigned long)&btf,
		.btf_size = sizeof(btf),
	};
	int btf_fd;

	make_btf();
	btf_fd = bpf(BPF_BTF_LOAD, &attr);
	for (int i = 0; i < PLACES; i++) {
		insns[i] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 };
		relos[i] = (struct bpf_core_relo){
			.insn_off = i * sizeof(*insns),
			.type_id = FIRST_ID + i,
			.access_str_off = sizeof("\0int"),
			.kind = BPF_CORE_TYPE_EXISTS,
		};
	}
	insns[PLACES] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	attr = (union bpf_attr){
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (__u64)(unsigned long)insns,
		.insn_cnt = PLACES + 1,
		.license = (__u64)(unsigned long)"GPL",
		.prog_btf_fd = btf_fd,
		.func_info = (__u64)(unsigned long)&func,
		.func_info_cnt = 1,
		.func_info_rec_size = sizeof(func),
		.core_relos = (__u64)(unsigned long)relos,
		.core_relo_cnt = PLACES,
		.core_relo_rec_size = sizeof(*relos),
	};
	if (btf_fd < 0 || bpf(BPF_PROG_LOAD, &attr) < 0) {
		perror("forget");
		return 1;
	}
	return 0;
}
