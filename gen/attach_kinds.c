// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of gen/attach_kinds.h. */
#include <errno.h>
#include <string.h>
#include <lskel/attach_net.h>

#include "attach_kinds.h"
#include "util.h"

/* "raw_tp/NAME" */
static int parse_name(const struct bpf_program *prog, const char *target, struct lskel_where *where)
{
	(void)prog;
	where->func = target && *target ? xstrdup(target) : NULL;
	return 0;
}

#define KIND(kind) &lskel_kind_##kind, "lskel_kind_" #kind

static const struct attach_kind kinds[] = {
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, ANY_ATTACH_TYPE, NULL, KIND(raw_tp), PART_CORE,
	  parse_name },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, ANY_ATTACH_TYPE, NULL, KIND(raw_tp), PART_CORE,
	  parse_name },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, NULL, KIND(iter), PART_CORE, NULL },
	{ BPF_PROG_TYPE_TRACING, ANY_ATTACH_TYPE, NULL, KIND(trace), PART_CORE, NULL },
	{ BPF_PROG_TYPE_EXT, ANY_ATTACH_TYPE, NULL, KIND(trace), PART_CORE, NULL },
	{ BPF_PROG_TYPE_LSM, BPF_LSM_MAC, NULL, KIND(trace), PART_CORE, NULL },
	{ BPF_PROG_TYPE_XDP, BPF_XDP, NULL, KIND(xdp), PART_NET, NULL },
};

static bool is_section(const char *section, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(section, name, len) && (!section[len] || section[len] == '/');
}

const struct attach_kind *attach_kind_of(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);
	const int attach_type = bpf_program__expected_attach_type(prog);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == bpf_program__type(prog) &&
		    (kinds[i].attach_type == ANY_ATTACH_TYPE ||
		     kinds[i].attach_type == attach_type) &&
		    (!kinds[i].section || is_section(section, kinds[i].section)))
			return &kinds[i];
	return NULL;
}

/* libbpf attaches it, the run time can't; of no program by itself. */
static const struct attach_kind unknown = {
	.kind = &lskel_kind_unknown,
	.ident = "lskel_kind_unknown",
};

const struct attach_kind *attach_kind_find(const char *ident)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].ident, ident))
			return &kinds[i];
	return strcmp(unknown.ident, ident) ? NULL : &unknown;
}

const char *attach_kind_ident(const struct lskel_attach_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].ident;
	return kind == unknown.kind ? unknown.ident : NULL;
}

void where_free(struct lskel_where *where)
{
	free((char *)where->func);
	free((char *)where->path);
}
