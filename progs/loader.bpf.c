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
 * Built with LSKEL_FIND_BTF it can also find BTF types by name, with LSKEL_FIND_SYM symbols, each at the price
 * of a branch;
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

static __always_inline volatile struct lskel_blob_hdr *header(void *blob)
{
	return blob;
}

/*
 * What all offsets are bounded by and added to. They stay in registers: the verifier has to look at a load of
 * each, which takes two instructions, only once.
 */
struct frame {
	char *blob;
	__u64 mask;
};

static __always_inline struct frame get_frame(void)
{
	struct frame frame = { lskel_blob, (__u64)&lskel_mask };

	barrier_var(frame.blob);
	barrier_var(frame.mask);
	return frame;
}

static __always_inline void *at(struct frame frame, __u64 offset)
{
	offset &= frame.mask;
	barrier_var(offset);
	return frame.blob + offset;
}

static __always_inline void put_word(struct frame frame, __u32 offset, __u32 word)
{
	*(__u32 *)at(frame, offset) = word;
}

static __always_inline void copy_word(struct frame frame, __u32 dst, __u32 src)
{
	put_word(frame, dst, *(__u32 *)at(frame, src));
}

/* Linux 6.1 takes only a computed bound as proof that a size is neither 0 nor too large. */
static __always_inline __u64 bounded_size(__u64 size)
{
	size = ((size - 1) & (LSKEL_ATTR_MAX - 1)) + 1;
	barrier_var(size);
	return size;
}

/* 1 if @x is 0, else 0; without a branch. */
static __always_inline __u64 is_zero(__u32 x)
{
	__u64 wide = x;

	barrier_var(wide);
	wide = (wide - 1) >> 63;
	barrier_var(wide);
	return wide;
}

/* Of the pointer that entry @i of the list is the offset of. */
static __always_inline void relocate(struct frame frame, __u32 i)
{
	__u32 *entry = at(frame, header(frame.blob)->reloc_off + i * sizeof(*entry));
	__u64 *pointer = at(frame, *entry);

	*pointer += header(frame.blob)->base;
}

#ifdef LSKEL_FIND_BTF
static __always_inline long find_btf(const struct lskel_symbol *symbol, __u64 size, __u32 *result)
{
	long ret = bpf_btf_find_by_name_kind((char *)symbol->name, size, symbol->kind, 0);
	__s32 fd = ret >> 32;

	result[1] = fd;
	/* All bits of -fd >> 31 are set if the fd is above 0. */
	result[2] = symbol->call | (symbol->offset & (-fd >> 31));
	return ret;
}
#endif

#ifdef LSKEL_FIND_SYM
static __always_inline long find_sym(struct frame frame, const struct lskel_symbol *symbol,
				     __u64 size, __u32 *result)
{
	volatile struct lskel_blob_hdr *hdr = header(frame.blob);
	/* The verifier wants an aligned address, which at() can't promise. */
	long ret = bpf_kallsyms_lookup_name(symbol->name, size, 0, (__u64 *)&hdr->address);

	result[1] = hdr->address;
	result[2] = hdr->address >> 32;
	return ret;
}
#endif

/*
 * Both a command of bpf(2) and LSKEL_CMD_CLOSE, without a branch: closes -1 if it is the former, and asks for a
 * command that there is not if it is the latter, or one that is not allowed. Returns 0 or -EPERM then.
 */
static __always_inline long execute(__u64 cmd, __u32 *attr, __u64 size)
{
	__u64 close = (cmd + 1) / (LSKEL_CMD_CLOSE + 1), allowed = LSKEL_ALLOWED_CMDS >> cmd & 1;
	__u64 fd = *attr;
	long ret;

	barrier_var(close);
	barrier_var(allowed);
	bpf_sys_close((fd - is_zero(fd)) | (close - 1));
	ret = bpf_sys_bpf(cmd | (allowed - 1), attr, size) & (close - 1);
	return ret | ((close | allowed) - 1);
}

static long step(__u32 i, void *ctx __attribute__((unused)))
{
	struct frame frame = get_frame();
	volatile struct lskel_blob_hdr *hdr = header(frame.blob);
	__u32 pos = hdr->pos, *result, failed;
	const struct lskel_op *op;
	__u64 cmd, size, next;
	void *attr;
	long ret;

	if (i < hdr->reloc_cnt) {
		relocate(frame, i);
		return 0;
	}
	op = at(frame, pos);
	copy_word(frame, op->copy[0].dst, op->copy[0].src);
	copy_word(frame, op->copy[1].dst, op->copy[1].src);

	cmd = op->cmd & 63;
	attr = at(frame, op->attr);
	size = bounded_size(op->size);
	result = at(frame, op->result);
#ifdef LSKEL_FIND_BTF
	if (cmd == LSKEL_CMD_FIND_BTF)
		ret = find_btf(attr, size, result);
	else
#endif
#ifdef LSKEL_FIND_SYM
	if (cmd == LSKEL_CMD_FIND_SYM)
		ret = find_sym(frame, attr, size, result);
	else
#endif
		ret = execute(cmd, attr, size);

	*result = ret;
	failed = (__u64)ret >> 63;
	hdr->last[failed & 1] = pos;
	next = op->next[failed & 1];
	hdr->pos = next;
	/* 1, to end the loop, if it is LSKEL_DONE or LSKEL_FAILED. */
	return (next - LSKEL_FAILED - 1) >> 63;
}

SEC("syscall")
int lskel_loader(void *ctx)
{
	/* Through memory a pointer becomes a number, which may be added to anything. */
	header(lskel_blob)->base = (__u64)lskel_blob;
	bpf_loop(header(lskel_blob)->reloc_cnt + header(lskel_blob)->op_cnt, step, NULL, 0);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
