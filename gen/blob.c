// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From the plan to the blob. First what the loader program itself reads and writes (header,
 * operations, FD array, list of pointers, attrs, names), so that its mask need not cover more; behind
 * it what only the kernel reads (instructions, BTF, initial data); last, not stored, what is all zero.
 */
#include <errno.h>
#include <search.h>
#include <string.h>
#include <lskel/blob.h>

#include "blob.h"
#include "record.h"

#define HDR(member) offsetof(struct lskel_blob_hdr, member)

/* Where in the blob a constant is that several pointers share. */
struct constant {
	const void *data;
	__u32 len;
	__u32 offset;
};

struct layout {
	struct blob *blob;
	const struct plan *plan;
	const struct trace *trace;
	__u32 op_off;
	__u32 fd_off;
	__u32 reloc_off;
	__u32 reloc_cnt;
	__u32 *attrs;	 /* offset of each operation's attr */
	__u32 *insns;	 /* and of its instructions, where the loader program writes to them */
	void *constants; /* tsearch() tree */
	__u64 zeros;	 /* bytes behind the image */
};

static int compare_constants(const void *a, const void *b)
{
	const struct constant *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->data, y->data, x->len);
}

static void put32(struct blob *blob, __u32 offset, __u32 value)
{
	memcpy(blob->image.data + offset, &value, sizeof(value));
}

static void put64(struct blob *blob, __u32 offset, __u64 value)
{
	memcpy(blob->image.data + offset, &value, sizeof(value));
}

static __u32 op_offset(const struct layout *layout, __u32 op)
{
	return layout->op_off + op * sizeof(struct lskel_op);
}

static __u32 slot_offset(const struct layout *layout, int slot)
{
	return layout->fd_off + slot * sizeof(__s32);
}

static bool is_find(const struct plan_op *op)
{
	return op->cmd == LSKEL_CMD_FIND_BTF || op->cmd == LSKEL_CMD_FIND_SYM;
}

static void lay_out_symbol(struct layout *layout, __u32 i, const struct plan_symbol *symbol)
{
	struct lskel_symbol head = {
		.kind = symbol->kind,
		.call = symbol->call,
		.offset = symbol->offset,
		.missing = symbol->missing,
	};
	struct bytes *image = &layout->blob->image;

	*(symbol->kind ? &layout->blob->finds_types : &layout->blob->finds_symbols) = true;
	layout->attrs[i] = bytes_add(image, &head, offsetof(struct lskel_symbol, name));
	bytes_add(image, symbol->name, strlen(symbol->name) + 1);
}

/* What the loader program reads or writes of one operation. */
static void lay_out_op(struct layout *layout, __u32 i)
{
	const struct plan_op *op = &layout->plan->ops[i];
	struct bytes *image = &layout->blob->image;

	if (op->cmd == LSKEL_CMD_CLOSE)
		return;
	if (op->again) {
		layout->attrs[i] = layout->attrs[op->again];
		return;
	}
	bytes_align(image, 8);
	if (is_find(op)) {
		lay_out_symbol(layout, i, &layout->plan->symbols[op->symbol]);
		return;
	}
	layout->attrs[i] = bytes_add(image, &op->attr, op->size);
	for (__u32 j = 0; j < op->pointer_cnt; j++) {
		if (!op->pointers[j].patched)
			continue;
		bytes_align(image, 8);
		layout->insns[i] = bytes_add(image, op->pointers[j].data, op->pointers[j].len);
	}
}

/* The part that the loader program works on. */
static void lay_out(struct layout *layout)
{
	const struct plan *plan = layout->plan;
	struct bytes *image = &layout->blob->image;
	__u32 pointers = 0;

	for (__u32 i = 0; i < plan->op_cnt; i++)
		pointers += plan->ops[i].pointer_cnt;

	bytes_add(image, NULL, sizeof(struct lskel_blob_hdr));
	layout->op_off = bytes_add(image, NULL, plan->op_cnt * sizeof(struct lskel_op));
	layout->fd_off = bytes_add(image, NULL, plan->slot_cnt * sizeof(__s32));
	layout->reloc_off = bytes_add(image, NULL, pointers * sizeof(__u32));

	layout->attrs = xcalloc(plan->op_cnt, sizeof(*layout->attrs));
	layout->insns = xcalloc(plan->op_cnt, sizeof(*layout->insns));
	for (__u32 i = 0; i < plan->op_cnt; i++)
		lay_out_op(layout, i);
	bytes_align(image, 8);

	layout->blob->mask = 1;
	while (layout->blob->mask < image->len)
		layout->blob->mask <<= 1;
	layout->blob->mask--;
}

/* Stores the constant that @pointer points at, unless it is there already. */
static __u32 put_constant(struct layout *layout, const struct plan_pointer *pointer)
{
	struct constant *constant = xcalloc(1, sizeof(*constant)), **found;

	*constant = (struct constant){ pointer->data, pointer->len, 0 };
	found = tsearch(constant, &layout->constants, compare_constants);
	if (*found != constant) {
		free(constant);
		return (*found)->offset;
	}
	bytes_align(&layout->blob->image, 8);
	constant->offset = bytes_add(&layout->blob->image, pointer->data, pointer->len);
	return constant->offset;
}

static void put_pointer(struct layout *layout, __u32 field, __u32 target)
{
	put64(layout->blob, field, target);
	put32(layout->blob, layout->reloc_off + layout->reloc_cnt++ * sizeof(__u32), field);
}

static bool is_initial_value(const struct plan_op *op, const struct plan_pointer *pointer)
{
	return op->cmd == BPF_MAP_UPDATE_ELEM && pointer->slot == NO_SLOT &&
	       pointer->field == offsetof(union bpf_attr, value);
}

static bool is_in_zeros(const struct plan_op *op, const struct plan_pointer *pointer)
{
	return is_initial_value(op, pointer) && all_zero(pointer->data, pointer->len);
}

static void put_op_pointers(struct layout *layout, __u32 i)
{
	const struct plan_op *op = &layout->plan->ops[i];
	struct bytes *image = &layout->blob->image;

	for (__u32 j = 0; j < op->pointer_cnt; j++) {
		const struct plan_pointer *pointer = &op->pointers[j];
		__u32 field = layout->attrs[i] + pointer->field, target;

		if (is_in_zeros(op, pointer))
			continue;
		if (pointer->patched) {
			target = layout->insns[i];
		} else if (pointer->fd_array) {
			target = layout->fd_off;
		} else if (pointer->slot != NO_SLOT) {
			target = slot_offset(layout, pointer->slot);
		} else if (pointer->shared) {
			target = put_constant(layout, pointer);
		} else {
			bytes_align(image, 8);
			target = bytes_add(image, pointer->data, pointer->len);
		}
		if (is_initial_value(op, pointer))
			layout->blob->kobjs[op->kobj].value = target;
		put_pointer(layout, field, target);
	}
}

static void put_values(struct layout *layout)
{
	const struct plan *plan = layout->plan;
	struct bytes *image = &layout->blob->image;

	for (__u32 i = 0; i < plan->value_cnt; i++) {
		const struct plan_value *value = &plan->values[i];

		bytes_align(image, 8);
		layout->blob->kobjs[value->kobj].value = bytes_add(image, value->data, value->len);
	}
}

static void put_olds(struct layout *layout)
{
	const struct plan *plan = layout->plan;

	layout->blob->olds = xcalloc(plan->old_cnt, sizeof(*layout->blob->olds));
	for (__u32 i = 0; i < plan->old_cnt; i++) {
		const struct plan_old *old = &plan->olds[i];
		struct plan_pointer pointer = { .data = old->data, .len = old->len };

		layout->blob->olds[i] = (struct blob_old){
			.pointer = layout->attrs[old->op] + old->field,
			.target = put_constant(layout, &pointer),
			.len = old->len,
		};
	}
}

/* Initial data that is all zero takes its place behind everything that is stored. */
static int put_zeros(struct layout *layout, __u64 *ret_size)
{
	__u64 size = layout->blob->image.len;

	for (__u32 i = 0; i < layout->plan->op_cnt; i++) {
		const struct plan_op *op = &layout->plan->ops[i];

		for (__u32 j = 0; j < op->pointer_cnt; j++) {
			const struct plan_pointer *pointer = &op->pointers[j];

			if (!is_in_zeros(op, pointer))
				continue;
			size = (size + 7) & ~7ULL;
			if (size <= INT32_MAX) {
				layout->blob->kobjs[op->kobj].value = size;
				put_pointer(layout, layout->attrs[i] + pointer->field, size);
			}
			size += pointer->len;
		}
	}
	if (size < (__u64)layout->blob->mask + 1 + LSKEL_BLOB_SLACK)
		size = (__u64)layout->blob->mask + 1 + LSKEL_BLOB_SLACK;
	*ret_size = (size + 7) & ~7ULL;
	return *ret_size > INT32_MAX ? -EFBIG : 0;
}

static __u32 copy_target(const struct layout *layout, const struct plan_copy *copy)
{
	__u32 op;

	if (copy->to_slot)
		return slot_offset(layout, copy->offset);
	op = layout->plan->op_of_call[copy->call - layout->trace->calls];
	return (copy->insns ? layout->insns : layout->attrs)[op] + copy->offset;
}

static void put_op(struct layout *layout, __u32 i)
{
	const struct plan *plan = layout->plan;
	const struct plan_op *op = &plan->ops[i];
	struct lskel_op out = {
		.cmd = op->cmd,
		.attr = layout->attrs[i],
		.size = op->size,
		.result = op->slot == NO_SLOT ? HDR(status) : slot_offset(layout, op->slot),
		.copy = { { HDR(sink), HDR(sink) }, { HDR(sink), HDR(sink) } },
		.next = { op_offset(layout, i + 1), op_offset(layout, plan->fail) },
		.owner = op->owner,
	};

	for (__u32 j = 0; j < op->copy_cnt; j++) {
		const struct plan_copy *copy = &op->copies[j];

		out.copy[j].dst = copy_target(layout, copy);
		out.copy[j].src = slot_offset(layout, copy->slot);
	}
	if (is_find(op)) {
		out.size = strlen(plan->symbols[op->symbol].name) + 1;
	} else if (op->cmd == LSKEL_CMD_CLOSE) {
		out.attr = op->slot == NO_SLOT ? HDR(sink) : slot_offset(layout, op->slot);
		out.size = 1;
		out.result = HDR(sink);
	}
	if (op->then)
		out.next[0] = op_offset(layout, op->then);
	if (op->otherwise)
		out.next[1] = op_offset(layout, op->otherwise);
	if (i + 1 == plan->fail)
		out.next[0] = LSKEL_DONE;
	if (i + 1 == plan->op_cnt)
		out.next[0] = LSKEL_FAILED;
	if (i >= plan->work_cnt)
		out.next[1] = out.next[0];
	memcpy(layout->blob->image.data + op_offset(layout, i), &out, sizeof(out));
}

static void put_header(struct layout *layout, __u32 size)
{
	const struct plan *plan = layout->plan;
	struct lskel_blob_hdr hdr = {
		.magic = LSKEL_BLOB_MAGIC,
		.version = LSKEL_BLOB_VERSION,
		.hdr_size = sizeof(hdr),
		.size = size,
		.image_size = layout->blob->image.len,
		.mask = layout->blob->mask,
		.op_off = layout->op_off,
		.op_cnt = plan->op_cnt,
		.reloc_off = layout->reloc_off,
		.reloc_cnt = layout->reloc_cnt,
		.fd_off = layout->fd_off,
		.fd_cnt = plan->slot_cnt,
		.pos = plan->op_cnt ? layout->op_off : LSKEL_DONE,
	};

	memcpy(layout->blob->image.data, &hdr, sizeof(hdr));
}

int blob_make(struct blob *blob, const struct plan *plan, const struct trace *trace)
{
	struct layout layout = { .blob = blob, .plan = plan, .trace = trace };
	__u64 size;
	int err;

	*blob = (struct blob){ .kobjs = xcalloc(trace->kobj_cnt, sizeof(*blob->kobjs)) };
	lay_out(&layout);
	for (__u32 i = 0; i < plan->op_cnt; i++)
		put_op_pointers(&layout, i);
	put_values(&layout);
	put_olds(&layout);
	bytes_align(&blob->image, 8);
	err = put_zeros(&layout, &size);
	if (err) {
		complain("the blob would be larger than 2 GiB (%llu bytes)", size);
		goto out;
	}
	for (__u32 i = 0; i < plan->slot_cnt; i++)
		put32(blob, slot_offset(&layout, i), plan->slot_init[i]);
	for (__u32 i = 0; i < plan->op_cnt; i++) {
		const struct plan_op *op = &plan->ops[i];

		put_op(&layout, i);
		if (op->cmd == BPF_MAP_CREATE || op->cmd == BPF_PROG_LOAD)
			blob->kobjs[op->kobj].attr = layout.attrs[i];
	}
	put_header(&layout, size);
out:
	tdestroy(layout.constants, free);
	free(layout.attrs);
	free(layout.insns);
	return err;
}

void blob_free(struct blob *blob)
{
	bytes_free(&blob->image);
	free(blob->kobjs);
	free(blob->olds);
	*blob = (struct blob){};
}
