// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/loader.h. */
#include "loader.h"
#include "util.h"

/* Made by mkloader: struct loader loader_plain, loader_types, loader_symbols. */
#include "loader_plain.h"
#include "loader_types.h"
#include "loader_symbols.h"

const struct loader *loader_choose(bool finds_types, bool finds_symbols)
{
	if (finds_symbols)
		return &loader_symbols;
	return finds_types ? &loader_types : &loader_plain;
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
