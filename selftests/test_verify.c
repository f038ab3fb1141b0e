// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * "lskel verify" sees each kind of violation: a blob is read, one thing in it changed, and the verifier has to say
 * what is wrong. The same blobs unchanged are good.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <linux/btf.h>
#include <lskel/open.h>

#include "harness.h"
#include "saved.h"
#include "verify.h"

/* A blob in memory of its own, in which everything may be changed. */
struct victim {
	struct info info;
	struct lskel_info *table;
	char *image;
	struct lskel_blob_hdr *hdr;
	struct lskel_op *ops;
	__u32 *relocs;
	__s32 *slots;
};

static int quiet; /* stderr goes there */

static char *said(void)
{
	static char text[4096];
	ssize_t len = pread(quiet, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	if (ftruncate(quiet, 0) || lseek(quiet, 0, SEEK_SET))
		exit(1);
	return text;
}

static void make_victim(struct victim *victim, const struct bytes *saved)
{
	char *copy = xmemdup(saved->data, saved->len);

	if (saved_read(&victim->info, "victim", copy, saved->len)) {
		fail("a blob is good", "%s", said());
		exit(1);
	}
	victim->table = &victim->info.table;
	victim->image = (char *)victim->table->image;
	victim->hdr = (void *)victim->image;
	victim->ops = (void *)(victim->image + victim->hdr->op_off);
	victim->relocs = (void *)(victim->image + victim->hdr->reloc_off);
	victim->slots = (void *)(victim->image + victim->hdr->fd_off);
}

/* The first operation with that command. */
static struct lskel_op *op(struct victim *v, __u32 cmd)
{
	for (__u32 i = 0; i < v->hdr->op_cnt; i++)
		if (v->ops[i].cmd == cmd)
			return &v->ops[i];
	fprintf(stdout, "not ok - no operation %u\n", cmd);
	exit(1);
}

static union bpf_attr *attr(struct victim *v, __u32 cmd)
{
	return (void *)(v->image + op(v, cmd)->attr);
}

static struct bpf_insn *insns(struct victim *v)
{
	return (void *)(v->image + attr(v, BPF_PROG_LOAD)->insns);
}

static struct lskel_op *copying_op(struct victim *v)
{
	for (__u32 i = 0; i < v->hdr->op_cnt; i++)
		if (v->ops[i].cmd == BPF_MAP_UPDATE_ELEM)
			return &v->ops[i];
	exit(1);
}

#define DAMAGE(name, ...)                                                                          \
	static void name(struct victim *v)                                                         \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
	}

#define PROG(v)	   ((struct lskel_prog_info *)(v)->table->progs)
#define MAP(v)	   ((struct lskel_map_info *)(v)->table->maps)
#define DATA(v)	   ((struct lskel_data_info *)(v)->table->data)
#define BEHIND(v)  ((v)->hdr->size + 8)
#define KFUNC_INSN ((struct bpf_insn){ BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 77 })

DAMAGE(run_programs, op(v, BPF_MAP_FREEZE)->cmd = BPF_PROG_TEST_RUN)
DAMAGE(pin, op(v, BPF_MAP_FREEZE)->cmd = BPF_OBJ_PIN)
DAMAGE(attach_link, op(v, BPF_MAP_FREEZE)->cmd = BPF_LINK_CREATE)
DAMAGE(wrap_command, op(v, BPF_MAP_FREEZE)->cmd = 64 + BPF_MAP_FREEZE)
DAMAGE(attr_behind, op(v, BPF_MAP_CREATE)->attr = BEHIND(v))
DAMAGE(attr_in_ops, op(v, BPF_MAP_CREATE)->attr = v->hdr->op_off)
DAMAGE(attr_odd, op(v, BPF_MAP_CREATE)->attr += 4)
DAMAGE(attr_large, op(v, BPF_MAP_CREATE)->size = 256)
DAMAGE(attr_empty, op(v, BPF_PROG_LOAD)->size = 0)
DAMAGE(result_in_ops, op(v, BPF_MAP_CREATE)->result = v->hdr->op_off + 4)
DAMAGE(result_in_other, op(v, BPF_PROG_LOAD)->result = op(v, BPF_MAP_CREATE)->result)
DAMAGE(result_of_update, op(v, BPF_MAP_UPDATE_ELEM)->result = v->hdr->fd_off)
DAMAGE(go_back, v->ops[2].next[0] = v->hdr->op_off)
DAMAGE(go_nowhere, v->ops[0].next[1] = v->hdr->op_off + 45)
DAMAGE(go_behind, v->ops[0].next[0] = v->hdr->op_off + v->hdr->op_cnt * sizeof(*v->ops))
DAMAGE(copy_to_op,
       copying_op(v)->copy[1] = (typeof(v->ops->copy[1])){ v->hdr->op_off, v->hdr->fd_off })
DAMAGE(copy_to_pos, copying_op(v)->copy[1].dst = offsetof(struct lskel_blob_hdr, pos);
       copying_op(v)->copy[1].src = v->hdr->fd_off)
DAMAGE(copy_to_pointer,
       copying_op(v)->copy[1].dst = op(v, BPF_PROG_LOAD)->attr + offsetof(union bpf_attr, insns);
       copying_op(v)->copy[1].src = v->hdr->fd_off)
DAMAGE(copy_fd_to_size, copying_op(v)->copy[1].dst = op(v, BPF_MAP_CREATE)->attr +
						     offsetof(union bpf_attr, value_size);
       copying_op(v)->copy[1].src = op(v, BPF_MAP_CREATE)->result)
DAMAGE(copy_from_data, copying_op(v)->copy[1].dst = op(v, BPF_PROG_LOAD)->attr +
						    offsetof(union bpf_attr, prog_btf_fd);
       copying_op(v)->copy[1].src = v->hdr->reloc_off)
DAMAGE(copy_behind, copying_op(v)->copy[1].dst = BEHIND(v);
       copying_op(v)->copy[1].src = v->hdr->fd_off)
DAMAGE(close_number, struct lskel_op *close = op(v, LSKEL_CMD_CLOSE);
       close->attr = v->hdr->reloc_off)
DAMAGE(close_stdin, v->slots[0] = 0)
DAMAGE(slot_full, v->slots[1] = 7)
DAMAGE(owner, op(v, BPF_MAP_CREATE)->owner = 10000)
DAMAGE(users, op(v, BPF_MAP_CREATE)->owner = LSKEL_OWNER_USERS)
DAMAGE(other_owner, op(v, BPF_PROG_LOAD)->owner++)
DAMAGE(reloc_in_op, v->relocs[0] = v->hdr->op_off)
DAMAGE(reloc_behind, v->relocs[0] = BEHIND(v))
DAMAGE(reloc_odd, v->relocs[0] += 4)
DAMAGE(reloc_twice, v->relocs[1] = v->relocs[0])
DAMAGE(reloc_number, v->relocs[0] = op(v, BPF_MAP_CREATE)->attr)
DAMAGE(address, attr(v, BPF_PROG_LOAD)->log_buf = 0xffff888000000000)
DAMAGE(insns_behind, attr(v, BPF_PROG_LOAD)->insns = BEHIND(v))
DAMAGE(insns_wrap, attr(v, BPF_PROG_LOAD)->insns = -8ULL)
DAMAGE(value_wrap, attr(v, BPF_MAP_UPDATE_ELEM)->value = -8ULL)
DAMAGE(insns_many, attr(v, BPF_PROG_LOAD)->insn_cnt = 1 << 30)
DAMAGE(insns_in_ops, attr(v, BPF_PROG_LOAD)->insns = v->hdr->op_off)
DAMAGE(license_behind, attr(v, BPF_PROG_LOAD)->license = v->hdr->image_size - 1)
DAMAGE(value_behind, attr(v, BPF_MAP_UPDATE_ELEM)->value = v->hdr->size)
DAMAGE(value_ops, attr(v, BPF_MAP_UPDATE_ELEM)->value = v->hdr->op_off)
DAMAGE(key_behind, attr(v, BPF_MAP_UPDATE_ELEM)->key = BEHIND(v))
DAMAGE(fd_array, attr(v, BPF_PROG_LOAD)->fd_array += 4)
DAMAGE(raw_fd, attr(v, BPF_PROG_LOAD)->prog_btf_fd = 5)
DAMAGE(raw_id, attr(v, BPF_PROG_LOAD)->attach_btf_id = 1234)
DAMAGE(raw_inner, attr(v, BPF_MAP_CREATE)->inner_map_fd = 3)
DAMAGE(unknown_field, ((char *)attr(v, BPF_MAP_UPDATE_ELEM))[4] = 1)
DAMAGE(long_name, memset(attr(v, BPF_PROG_LOAD)->prog_name, 'x', 16))
DAMAGE(insn_fd,
       insns(v)[0] = (struct bpf_insn){ BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, 3 };
       insns(v)[1] = (struct bpf_insn){})
DAMAGE(insn_slot,
       insns(v)[0] = (struct bpf_insn){ BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_IDX, 0, 9999 };
       insns(v)[1] = (struct bpf_insn){})
DAMAGE(insn_half, insns(v)[attr(v, BPF_PROG_LOAD)->insn_cnt - 1].code = BPF_LD | BPF_IMM | BPF_DW)
DAMAGE(insn_id, insns(v)[0] = KFUNC_INSN)
DAMAGE(no_header, v->info.image_len = 79)
DAMAGE(magic, v->hdr->magic++)
DAMAGE(version, v->hdr->version++)
DAMAGE(mask_no_power, v->hdr->mask--)
DAMAGE(mask_other, v->hdr->mask = v->hdr->mask << 1 | 1; v->hdr->size += v->hdr->mask + 1)
DAMAGE(small, v->hdr->size = v->hdr->image_size - 8)
DAMAGE(huge, v->hdr->size = 0x80000000)
DAMAGE(image_size, v->hdr->image_size += 8)
DAMAGE(op_off, v->hdr->op_off += 4)
DAMAGE(many_ops, v->hdr->op_cnt = 0x20000000)
DAMAGE(many_slots, v->hdr->fd_cnt = 0x40000000)
DAMAGE(many_relocs, v->hdr->reloc_cnt = 0x40000000)
DAMAGE(pos, v->hdr->pos += sizeof(*v->ops))
DAMAGE(base, v->hdr->base = 1)
DAMAGE(loader_insn, ((struct bpf_insn *)v->table->insns)[3].imm ^= 1)
DAMAGE(loader_short, v->table->insn_cnt--)
DAMAGE(loader_btf, ((char *)v->table->btf)[40] ^= 1)
DAMAGE(loader_info, v->table->func_info_cnt--)
DAMAGE(map_slot, MAP(v)[0].slot = 1)
DAMAGE(map_attr, MAP(v)[0].attr = MAP(v)[1].attr)
DAMAGE(map_name, MAP(v)[0].name = "../../etc/passwd")
DAMAGE(map_flags, MAP(v)[0].flags = 1 << 20)
DAMAGE(prog_slot, PROG(v)[0].slot = 100000)
DAMAGE(prog_attr, PROG(v)[0].attr += 8)
DAMAGE(prog_missing, PROG(v)[0].attr = PROG(v)[0].slot = LSKEL_NOT_LOADED)
DAMAGE(prog_name, PROG(v)[0].name = "..")
DAMAGE(prog_escape, PROG(v)[0].section = "\033[2J")
DAMAGE(data_behind, DATA(v)[0].value = v->hdr->size)
DAMAGE(data_in_ops, DATA(v)[0].value = v->hdr->op_off)
DAMAGE(data_size, DATA(v)[0].size += 4096)
DAMAGE(data_map, DATA(v)[0].map = v->table->map_cnt)
DAMAGE(data_twice, DATA(v)[1] = DATA(v)[0])
DAMAGE(skeleton_name, v->table->name = "x; system(\"true\")")

/* The first CO-RE relocation, and its accessor in the object's BTF. */
static struct bpf_core_relo *relo(struct victim *v)
{
	for (__u32 i = 0; i < v->hdr->op_cnt; i++) {
		union bpf_attr *load = (void *)(v->image + v->ops[i].attr);

		if (v->ops[i].cmd == BPF_PROG_LOAD && load->core_relo_cnt)
			return (void *)(v->image + load->core_relos);
	}
	printf("not ok - no CO-RE relocation\n");
	exit(1);
}

static char *accessor(struct victim *v)
{
	struct btf_header *btf = (void *)(v->image + attr(v, BPF_BTF_LOAD)->btf);

	return (char *)btf + btf->hdr_len + btf->str_off + relo(v)->access_str_off;
}

DAMAGE(core_negative, accessor(v)[0] = '-')
DAMAGE(core_string, relo(v)->access_str_off = 0x7fffffff)
DAMAGE(core_insn, relo(v)->insn_off = 0x7ffffff8)

static const struct violation {
	const char *name;
	void (*damage)(struct victim *v);
	const char *says;
} violations[] = {
#define V(damage, says)                                                                            \
	{                                                                                          \
#damage, damage, says                                                              \
	}
	V(run_programs, "(PROG_TEST_RUN): command 10 is not allowed"),
	V(pin, "command 6 is not allowed"),
	V(attach_link, "command 28 is not allowed"),
	V(wrap_command, "command 86 is not allowed"),
	V(attr_behind, "is not one"),
	V(attr_in_ops, "overlaps"),
	V(attr_odd, "is not one"),
	V(attr_large, "is not one"),
	V(attr_empty, "is not one"),
	V(result_in_ops, "no slot"),
	V(result_in_other, "for something else"),
	V(result_of_update, "its result goes to"),
	V(go_back, "no later operation"),
	V(go_nowhere, "no later operation"),
	V(go_behind, "no later operation"),
	V(copy_to_op, "where nothing may be changed"),
	V(copy_to_pos, "where nothing may be changed"),
	V(copy_to_pointer, "where nothing may be changed"),
	V(copy_fd_to_size, "where it does not belong"),
	V(copy_from_data, "which is no slot"),
	V(copy_behind, "not below the mask"),
	V(close_number, "no operation has opened"),
	V(close_stdin, "is not empty before it"),
	V(slot_full, "is not empty before it"),
	V(owner, "which is not there"),
	V(users, "only searches"),
	V(other_owner, "is not what the operation"),
	V(reloc_in_op, "is in no attr"),
	V(reloc_behind, "is in no attr"),
	V(reloc_odd, "is in no attr"),
	V(reloc_twice, "is in no attr"),
	V(reloc_number, "there is no pointer"),
	V(address, "of some process or kernel"),
	V(insns_behind, "points behind the blob"),
	V(insns_wrap, "points behind the blob"),
	V(value_wrap, "points behind the blob"),
	V(insns_many, "not inside the blob"),
	V(insns_in_ops, "overlaps"),
	V(license_behind, "license"),
	V(value_behind, "not inside the blob"),
	V(value_ops, "overlaps"),
	V(key_behind, "points behind the blob"),
	V(fd_array, "fd_array is not the blob's"),
	V(raw_fd, "'prog_btf_fd' is 5"),
	V(raw_id, "'attach_btf_id' is 1234"),
	V(raw_inner, "'inner_map_fd' is 3"),
	V(unknown_field, "unknown field"),
	V(long_name, "is no name"),
	V(insn_fd, "refers to an fd (3)"),
	V(insn_slot, "which is no map"),
	V(insn_half, "only half"),
	V(insn_id, "function's id"),
	V(no_header, "the blob has 79 bytes"),
	V(magic, "does not begin like one"),
	V(version, "version"),
	V(mask_no_power, "not those of one"),
	V(mask_other, "loader program is not"),
	V(small, "not those of one"),
	V(huge, "not those of one"),
	V(image_size, "bytes, not"),
	V(op_off, "behind the header"),
	V(many_ops, "behind the header"),
	V(many_slots, "behind the header"),
	V(many_relocs, "behind the header"),
	V(pos, "before a replay"),
	V(base, "before a replay"),
	V(loader_insn, "loader program is not"),
	V(loader_short, "loader program is not"),
	V(loader_btf, "BTF or func_info"),
	V(loader_info, "BTF or func_info"),
	V(map_slot, "is not what the operation"),
	V(map_attr, "is not what the operation"),
	V(map_name, "no proper name"),
	V(map_flags, "unknown flags"),
	V(prog_slot, "is not what the operation"),
	V(prog_attr, "is not what the operation"),
	V(prog_missing, "is not what the operation"),
	V(prog_name, "no proper name"),
	V(prog_escape, "no proper name"),
	V(data_behind, "not inside the blob"),
	V(data_in_ops, "not the one that it is filled with"),
	V(data_size, "not inside the blob"),
	V(data_map, "is of no map"),
	V(data_twice, "twice"),
	V(core_negative, "malformed accessors"),
	V(core_string, "malformed accessors"),
	V(core_insn, "CO-RE relocations are malformed"),
	V(skeleton_name, "no C identifier"),
};

static void check_violation(const struct bytes *saved, const struct violation *violation)
{
	char name[128];
	struct victim victim;
	int err;

	snprintf(name, sizeof(name), "violation '%s' is seen", violation->name);
	make_victim(&victim, saved);
	said();
	violation->damage(&victim);
	err = verify(&victim.info, "victim");
	check(name, err, "the verifier has nothing against it");
	if (err) {
		const char *text = said();

		if (!strstr(text, violation->says))
			fail(name, "it says: %s", text);
	}
	info_free(&victim.info);
}

/* Whatever happens to one byte of the file, it is refused: the digest sees it. */
static void check_bytes(const struct bytes *saved)
{
	unsigned int accepted = 0;

	for (size_t i = 0; i < saved->len; i += 1 + saved->len / 997) {
		char *copy = xmemdup(saved->data, saved->len);
		struct info info = {};

		copy[i] ^= 0x20;
		accepted += !saved_read(&info, "victim", copy, saved->len);
		info_free(&info);
	}
	check("a file with another byte is refused", !accepted, "%u were read", accepted);
	said();
}

static void check_lengths(const struct bytes *saved)
{
	unsigned int accepted = 0;

	for (size_t len = 8; len < saved->len; len += 1 + len / 50) {
		char *copy = xmemdup(saved->data, len);
		struct info info = {};

		accepted += !saved_read(&info, "victim", copy, len);
		info_free(&info);
	}
	check("a file that is cut short is refused", !accepted, "%u were read", accepted);
	said();
}

int main(void)
{
	struct bytes saved = {};
	struct object object;
	struct info info;

	quiet = memfd_create("stderr", 0);
	dup2(quiet, STDERR_FILENO);
	if (object_load(&object, "build/selftests/rich.bpf.o", "rich") ||
	    info_make(&info, &object)) {
		fail("an object to damage", "%s", said());
		return 1;
	}
	check("what lskel makes is good", !verify(&info, "rich"), "%s", said());
	saved_write(&info, &saved);
	for (size_t i = 0; i < ARRAY_SIZE(violations); i++)
		check_violation(&saved, &violations[i]);
	check_bytes(&saved);
	check_lengths(&saved);
	info_free(&info);
	object_free(&object);
	bytes_free(&saved);
	return harness_status();
}
