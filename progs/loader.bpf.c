// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The loader program: executes the operations of a blob (include/lskel/blob.h) inside one
 * BPF_PROG_TEST_RUN. It is the same for every object; what is to be done is data.
 *
 * It is loaded once for each skeleton that starts, so its verification is what a user waits for.
 * Verification time follows the number of states the verifier explores, and those come from branches
 * and call sites: hence offsets are bounded by a mask and not by a comparison, success or failure
 * selects an array element and not a branch, and where to go on is data (struct lskel_op).
 *
 * Built with LSKEL_LOOKUP it can also find BTF types by name, at the price of two more branches;
 * the generator takes the variant that the blob needs.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <lskel/blob.h>

/*
 * The blob's map. Its size here is of no importance: the program is linked to a map at least as
 * large as the mask and the largest access behind it.
 */
char lskel_blob[1 << 16] SEC(".data.blob") __attribute__((aligned(8)));

/* "Address": the mask of the blob. The generator links it, see gen/loader_link.c. */
extern const void lskel_mask __ksym;

#define HDR ((volatile struct lskel_blob_hdr *)lskel_blob)

static __always_inline void *at(__u64 offset)
{
	offset &= (__u64)&lskel_mask;
	barrier_var(offset);
	return lskel_blob + offset;
}

static __always_inline void put_word(__u32 offset, __u32 word)
{
	*(__u32 *)at(offset) = word;
}

static __always_inline void copy_word(__u32 dst, __u32 src)
{
	put_word(dst, *(__u32 *)at(src));
}

/* Linux 6.1 takes only a computed bound as proof that a size is neither 0 nor too large. */
static __always_inline __u64 bounded_size(__u64 size)
{
	size = ((size - 1) & (LSKEL_ATTR_MAX - 1)) + 1;
	barrier_var(size);
	return size;
}

/* 0 is no fd of ours: closes -1 in its place, without a branch. */
static __always_inline void close_fd(__u32 fd)
{
	bpf_sys_close(fd - ((~fd & (fd - 1)) >> 31));
}

static long relocate(__u32 i, void *ctx)
{
	__u32 *entry = at(HDR->reloc_off + i * sizeof(*entry));
	__u64 *pointer = at(*entry);

	*pointer += HDR->base;
	return 0;
}

#ifdef LSKEL_LOOKUP
static __always_inline long find_btf(const struct lskel_op *op)
{
	struct lskel_symbol *symbol = at(op->attr);
	long ret;
	__s32 fd;

	ret = bpf_btf_find_by_name_kind(symbol->name, bounded_size(op->size), symbol->kind, 0);
	fd = ret >> 32;
	put_word(op->result + 4, fd);
	/* All bits of -fd >> 31 are set if the fd is above 0. */
	put_word(op->result + 8, symbol->call | (symbol->offset & (-fd >> 31)));
	return ret;
}

static __always_inline long find_sym(const struct lskel_op *op)
{
	struct lskel_symbol *symbol = at(op->attr);
	long ret;

	/* The verifier wants an aligned address, which at() can't promise. */
	ret = bpf_kallsyms_lookup_name(symbol->name, bounded_size(op->size), 0,
				       (__u64 *)&HDR->address);
	put_word(op->result + 4, HDR->address);
	put_word(op->result + 8, HDR->address >> 32);
	return ret;
}
#endif

static long step(__u32 i, void *ctx __attribute__((unused)))
{
	__u32 pos = HDR->pos;
	struct lskel_op *op = at(pos);
	__u64 cmd = op->cmd & 63;
	long ret = -1; /* -EPERM */
	__u32 failed;

	copy_word(op->copy[0].dst, op->copy[0].src);
	copy_word(op->copy[1].dst, op->copy[1].src);

	if (cmd == LSKEL_CMD_CLOSE) {
		close_fd(*(__u32 *)at(op->attr));
		ret = 0;
#ifdef LSKEL_LOOKUP
	} else if (cmd == LSKEL_CMD_FIND_BTF) {
		ret = find_btf(op);
	} else if (cmd == LSKEL_CMD_FIND_SYM) {
		ret = find_sym(op);
#endif
	} else if (LSKEL_ALLOWED_CMDS >> cmd & 1) {
		ret = bpf_sys_bpf(cmd, at(op->attr), bounded_size(op->size));
	}

	put_word(op->result, ret);
	failed = (__u64)ret >> 63;
	HDR->last[failed & 1] = pos;
	pos = op->next[failed & 1];
	HDR->pos = pos;
	return pos <= LSKEL_FAILED;
}

SEC("syscall")
int lskel_loader(void *ctx)
{
	/* Through memory a pointer becomes a number, which may be added to anything. */
	HDR->base = (__u64)lskel_blob;
	bpf_loop(HDR->reloc_cnt, relocate, NULL, 0);
	bpf_loop(HDR->op_cnt, step, NULL, 0);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
