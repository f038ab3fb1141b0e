// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lskel_error(): turns a struct lskel_failure into a message. It reads what failed from the blob's
 * constant image; nothing is prepared for it while a load goes well.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include <lskel/load.h>
#include <lskel/error.h>

#include "hint.h"
#include "message.h"
#include "names.h"

/* Lines of the verifier's log that a message shows. */
#define LOG_LINES 12

/* The slot that is at @offset of the blob, or LSKEL_NOT_LOADED. */
static __u32 lskel_slot(const struct lskel_info *info, __u32 offset)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);

	if (offset < hdr->fd_off || offset >= hdr->fd_off + hdr->fd_cnt * sizeof(int))
		return LSKEL_NOT_LOADED;
	return (offset - hdr->fd_off) / (__u32)sizeof(int);
}

static const char *lskel_map_of_slot(const struct lskel_info *info, __u32 slot)
{
	__u32 i;

	for (i = 0; i < info->map_cnt; i++)
		if (info->maps[i].slot == slot)
			return info->maps[i].name;
	return NULL;
}

/* The program that an operation is for, or NULL. */
static const struct lskel_prog_info *lskel_prog_of_op(const struct lskel_info *info,
						      const struct lskel_op *op)
{
	if (op->owner <= info->map_cnt || op->owner == LSKEL_OWNER_USERS)
		return NULL;
	return &info->progs[op->owner - info->map_cnt - 1];
}

static void lskel_print_prog(struct lskel_text *text, const struct lskel_prog_info *prog)
{
	lskel_print(text, "program '%s' (SEC(\"%s\"))", prog->name, prog->section);
}

/* Does to which map: the map is where the operation's result goes or where its map_fd comes from. */
static void lskel_print_map_op(struct lskel_text *text, const struct lskel_info *info,
			       const char *verb, __u32 fd_offset, const union bpf_attr *created)
{
	const char *name = lskel_map_of_slot(info, lskel_slot(info, fd_offset));

	if (name)
		lskel_print(text, "%s map '%s'", verb, name);
	else if (created)
		lskel_print(text, "%s the template '%s' of an inner map", verb, created->map_name);
	else
		lskel_print(text, "%s a map", verb);
	if (!created)
		return;
	if (lskel_map_type_name(created->map_type))
		lskel_print(text, " (%s", lskel_map_type_name(created->map_type));
	else
		lskel_print(text, " (type %u", created->map_type);
	lskel_print(text, ", key %u bytes, value %u bytes, max_entries %u)", created->key_size,
		    created->value_size, created->max_entries);
}

/* Of the programs that are wanted, the first that copies the result of search @find: it is its target. */
static const struct lskel_prog_info *lskel_prog_of_target(const struct lskel_info *info, void *skel,
							  const struct lskel_op *find)
{
	const struct lskel_blob_hdr *hdr = lskel_image_hdr(info);
	const struct lskel_op *ops = (const struct lskel_op *)lskel_image_at(info, hdr->op_off);
	__u32 i;

	for (i = 0; find->owner == LSKEL_OWNER_USERS && i < hdr->op_cnt; i++) {
		const struct lskel_prog_info *prog = lskel_prog_of_op(info, &ops[i]);

		if (prog && ops[i].copy[0].src == find->result &&
		    lskel_at(struct lskel_prog, skel, prog->desc)->autoload)
			return prog;
	}
	return NULL;
}

static void lskel_print_find(struct lskel_text *text, const struct lskel_info *info, void *skel,
			     const struct lskel_op *op)
{
	const struct lskel_symbol *symbol =
		(const struct lskel_symbol *)lskel_image_at(info, op->attr);
	const struct lskel_prog_info *prog = lskel_prog_of_target(info, skel, op);

	lskel_print(text, "find '%s'", symbol->name);
	if (prog) {
		lskel_print(text, ", the target of ");
		lskel_print_prog(text, prog);
		lskel_print(text, ",");
	}
	lskel_print(text, op->cmd == LSKEL_CMD_FIND_BTF ? " in the kernel's BTF" :
							  " among the kernel's symbols");
}

static void lskel_print_op(struct lskel_text *text, const struct lskel_info *info, void *skel,
			   __u32 at)
{
	const struct lskel_op *op = (const struct lskel_op *)lskel_image_at(info, at);
	const union bpf_attr *attr = (const union bpf_attr *)lskel_image_at(info, op->attr);
	const struct lskel_prog_info *prog;

	switch (op->cmd) {
	case BPF_MAP_CREATE:
		lskel_print_map_op(text, info, "create", op->result, attr);
		break;
	case BPF_MAP_UPDATE_ELEM:
		lskel_print_map_op(text, info, "fill", op->copy[0].src, NULL);
		break;
	case BPF_MAP_FREEZE:
		lskel_print_map_op(text, info, "freeze", op->copy[0].src, NULL);
		break;
	case BPF_PROG_LOAD:
		prog = lskel_prog_of_op(info, op);
		lskel_print(text, "load ");
		if (prog)
			lskel_print_prog(text, prog);
		break;
	case BPF_BTF_LOAD:
		lskel_print(text, "load the object's BTF");
		break;
	case LSKEL_CMD_FIND_BTF:
	case LSKEL_CMD_FIND_SYM:
		lskel_print_find(text, info, skel, op);
		break;
	default:
		lskel_print(text, "execute command %u", op->cmd);
	}
}

/* What was being done, to be read after "failed to". */
static void lskel_print_stage(struct lskel_text *text, const struct lskel_info *info, void *skel)
{
	const struct lskel_failure *failure = &((struct lskel_ctx *)skel)->failure;
	__u32 at = failure->at;

	switch (failure->stage) {
	case LSKEL_STAGE_USE:
		lskel_print(text, "%s",
			    at == LSKEL_USE_LOAD   ? "load: it is loaded already" :
			    at == LSKEL_USE_ATTACH ? "attach: it is not loaded" :
			    at == LSKEL_USE_AGAIN  ? "attach: the program is attached already" :
						     "attach: the program is not loaded");
		break;
	case LSKEL_STAGE_AUTOLOAD:
	case LSKEL_STAGE_TARGET:
		lskel_print(text, "load ");
		lskel_print_prog(text, &info->progs[at]);
		break;
	case LSKEL_STAGE_ARENA:
		lskel_print(text, "create the arena '%s'", info->maps[at].name);
		break;
	case LSKEL_STAGE_REUSE:
		lskel_print(text, "duplicate reuse_fd of map '%s'", info->maps[at].name);
		break;
	case LSKEL_STAGE_PIN_FIND:
		lskel_print(text, "use what is pinned at '%s' as map '%s'",
			    lskel_map_at(info, skel, at)->pin_path, info->maps[at].name);
		if (failure->differs)
			lskel_print(text, ": its %s is %llu, not %llu", failure->differs,
				    (unsigned long long)failure->found,
				    (unsigned long long)failure->wanted);
		break;
	case LSKEL_STAGE_CONFIG_FILE:
		lskel_print(text, "open the configuration of the kernel");
		break;
	case LSKEL_STAGE_KCONFIG:
		lskel_print(text, "find the value of '%s' in the configuration of the kernel",
			    info->kconfigs[at].name);
		break;
	case LSKEL_STAGE_TOKEN:
		lskel_print(text, "get a BPF token from '%s'",
			    lskel_token_path((struct lskel_ctx *)skel));
		break;
	case LSKEL_STAGE_BLOB:
		lskel_print(text, "set up %s (%u bytes)",
			    lskel_needs_loader(info, skel) ? "the loader program's map" :
							     "memory for the load",
			    lskel_image_hdr(info)->size);
		break;
	case LSKEL_STAGE_LOADER_BTF:
		lskel_print(text, "load the loader program's BTF");
		break;
	case LSKEL_STAGE_LOADER_PROG:
		lskel_print(text, "load the loader program");
		break;
	case LSKEL_STAGE_LOADER_RUN:
		lskel_print(text, "run the loader program");
		break;
	case LSKEL_STAGE_OP:
		lskel_print_op(text, info, skel, at);
		break;
	case LSKEL_STAGE_BIND:
		lskel_print(text, "bind map '%s' to ", info->maps[info->binds[at].map].name);
		lskel_print_prog(text, &info->progs[info->binds[at].prog]);
		break;
	case LSKEL_STAGE_PIN:
		lskel_print(text, "pin map '%s' at '%s'", info->maps[at].name,
			    lskel_map_at(info, skel, at)->pin_path);
		break;
	case LSKEL_STAGE_DATA:
		lskel_print(text, "map the data of '%s' into memory",
			    info->maps[info->data[at].map].name);
		break;
	case LSKEL_STAGE_ATTACH:
		lskel_print(text, "attach ");
		lskel_print_prog(text, &info->progs[at]);
		if (failure->detail)
			lskel_print(text, ": %s", failure->detail);
		break;
	case LSKEL_STAGE_STRUCT_OPS:
		lskel_print(text, "fit struct_ops map '%s' to the kernel",
			    info->maps[info->struct_ops[at].map].name);
		break;
	case LSKEL_STAGE_ATTACH_MAP:
		lskel_print(text, "attach struct_ops map '%s' (struct %s)",
			    info->maps[info->struct_ops[at].map].name, info->struct_ops[at].type);
		break;
	case LSKEL_STAGE_DETAIL:
		lskel_print(text, "%s", failure->detail ? failure->detail : "do it");
		break;
	case LSKEL_STAGE_NONE:
		break;
	}
}

/* Of a program that uses a map that is not created, the verifier knows a number only. */
static int lskel_print_poisoned_map(struct lskel_text *text, const struct lskel_info *info,
				    const char *log)
{
	struct lskel_bad_call call;

	if (!log || !lskel_find_bad_call(log, &call) || call.id < LSKEL_POISON_MAP ||
	    call.id - LSKEL_POISON_MAP >= info->map_cnt)
		return 0;
	lskel_print(text, "\nhint: it uses map '%s', which is not created (autocreate)",
		    info->maps[call.id - LSKEL_POISON_MAP].name);
	return 1;
}

/* The last lines of @log, each after "  | ". */
static void lskel_print_log(struct lskel_text *text, const char *log)
{
	const char *end = log + strlen(log), *start;
	int lines = 0;

	while (end > log && end[-1] == '\n')
		end--;
	for (start = end; start > log; start--)
		if (start[-1] == '\n' && ++lines == LOG_LINES)
			break;
	if (start == end)
		return;
	lskel_print(text, "\nthe verifier says%s:", start > log ? ", at the end of its log" : "");
	while (start < end) {
		const char *line_end = (const char *)memchr(start, '\n', (size_t)(end - start));

		if (!line_end)
			line_end = end;
		lskel_print(text, "\n  | %.*s", (int)(line_end - start), start);
		start = line_end + 1;
	}
}

/* Of a kind of attaching that the kernel does not have yet. */
static void lskel_print_too_old(struct lskel_text *text, const struct lskel_attach_kind *kind)
{
	__u32 running = lskel_running_linux();

	if (kind && running && running < kind->since)
		lskel_print(text, "\nhint: %s needs Linux %u.%u, this is %u.%u", kind->name,
			    LSKEL_LINUX_MAJOR(kind->since), LSKEL_LINUX_MINOR(kind->since),
			    LSKEL_LINUX_MAJOR(running), LSKEL_LINUX_MINOR(running));
}

/* The way out: @verdict is what the verifier's log suggests. */
static void lskel_print_hint(struct lskel_text *text, const struct lskel_info *info, void *skel,
			     const char *log, const char *verdict)
{
	const char *const start = text->at, *hint;

	if (lskel_print_poisoned_map(text, info, log))
		return;
	lskel_print_too_old(text, ((struct lskel_ctx *)skel)->failure.kind);
	hint = lskel_hint(info, skel);
	if (!hint && text->at == start) {
		lskel_print_advice(text, info, skel, log);
		hint = text->at == start ? verdict : NULL;
	}
	if (hint)
		lskel_print(text, "\nhint: %s", hint);
}

static void lskel_print_failure(struct lskel_text *text, const struct lskel_info *info, void *skel)
{
	const struct lskel_ctx *ctx = (const struct lskel_ctx *)skel;
	const struct lskel_failure *failure = &ctx->failure;
	const struct lskel_op *op = lskel_failed_op(info, ctx);
	const char *log = failure->log, *verdict = NULL;

	if (!log)
		log = lskel_own_log(info, skel);
	lskel_print(text, "%s: failed to ", info->name);
	lskel_print_stage(text, info, skel);
	lskel_print(text, ": %s", lskel_reason(info, failure));
	if (log && op && op->cmd == BPF_PROG_LOAD)
		verdict = lskel_print_verdict(text, info, op, log);
	lskel_print_hint(text, info, skel, log, verdict);
	if (log)
		lskel_print_log(text, log);
}

LSKEL_API const char *lskel_error(const struct lskel_info *info, void *skel)
{
	struct lskel_ctx *ctx = (struct lskel_ctx *)skel;
	const size_t size = 8192;
	struct lskel_text text;

	if (!ctx->failure.err)
		return "no error";
	if (!ctx->failure.message) {
		ctx->failure.message = (char *)malloc(size);
		if (!ctx->failure.message)
			return strerror(-ctx->failure.err);
		text.at = ctx->failure.message;
		text.left = size;
		lskel_print_failure(&text, info, skel);
	}
	return ctx->failure.message;
}
