// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/loader.h. */
#include "loader.h"
#include "util.h"

/* Made by mkloader: struct loader loader_plain and loader_lookup. */
#include "loader_plain.h"
#include "loader_lookup.h"

const struct loader *loader_choose(bool finds_symbols)
{
	return finds_symbols ? &loader_lookup : &loader_plain;
}

struct bpf_insn *loader_link(const struct loader *loader, __u32 mask)
{
	struct bpf_insn *insns;

	insns = xmemdup(loader->insns, loader->insn_cnt * sizeof(*insns));
	for (__u32 i = 0; i < loader->mask_use_cnt; i++) {
		struct bpf_insn *use = &insns[loader->mask_uses[i]];

		use[0].imm = mask;
		use[1].imm = 0;
	}
	return insns;
}
