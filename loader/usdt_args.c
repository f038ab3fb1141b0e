// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Arguments of USDT probes: "-4@-20(%rbp) 8@%rdi 4@$7", a size (negative: signed) and where the value is, in the words of
 * the architecture's assembler. What libbpf's parse_usdt_arg() understands.
 *
 * Written in the common subset of C and C++: standalone skeletons contain this file.
 */
#include "usdt.h"

/* A register: its names, separated by blanks, and where struct pt_regs has it. */
struct lskel_usdt_reg {
	const char *names;
	__s16 offset;
};

/* How an assembler writes. */
struct lskel_usdt_arch {
	__u32 machine;
	char constant; /* before a constant, or 0 */
	char reg;      /* before a register, or 0 */
	char open; /* before the register of an address: '(' after the offset, or '[' before it */
	char numbered;	   /* registers "r0", "r1", ... or 0 */
	__s16 first, step; /* where struct pt_regs has these */
	__u16 cnt;
	const struct lskel_usdt_reg *regs; /* others, the last without names */
};

/* Offsets: arch/ARCH/include/uapi/asm/ptrace.h. */
static const struct lskel_usdt_reg lskel_x86_64_regs[] = {
	{ "rip eip", 128 },	      { "rax eax ax al", 80 },	    { "rbx ebx bx bl", 40 },
	{ "rcx ecx cx cl", 88 },      { "rdx edx dx dl", 96 },	    { "rsi esi si sil", 104 },
	{ "rdi edi di dil", 112 },    { "rbp ebp bp bpl", 32 },	    { "rsp esp sp spl", 152 },
	{ "r8 r8d r8w r8b", 72 },     { "r9 r9d r9w r9b", 64 },	    { "r10 r10d r10w r10b", 56 },
	{ "r11 r11d r11w r11b", 48 }, { "r12 r12d r12w r12b", 24 }, { "r13 r13d r13w r13b", 16 },
	{ "r14 r14d r14w r14b", 8 },  { "r15 r15d r15w r15b", 0 },  { NULL, 0 },
};

static const struct lskel_usdt_reg lskel_i386_regs[] = {
	{ "rip eip", 48 },	  { "rax eax ax al", 24 },
	{ "rbx ebx bx bl", 0 },	  { "rcx ecx cx cl", 4 },
	{ "rdx edx dx dl", 8 },	  { "rsi esi si sil", 12 },
	{ "rdi edi di dil", 16 }, { "rbp ebp bp bpl", 20 },
	{ "rsp esp sp spl", 60 }, { NULL, 0 },
};

static const struct lskel_usdt_reg lskel_aarch64_regs[] = { { "sp", 248 }, { NULL, 0 } };

static const struct lskel_usdt_reg lskel_arm_regs[] = {
	{ "fp", 44 }, { "ip", 48 }, { "sp", 52 }, { "lr", 56 }, { "pc", 60 }, { NULL, 0 },
};

/* struct user_regs_struct: pc comes first, then x1 and so on. */
static const struct lskel_usdt_reg lskel_riscv_regs[] = {
	{ "ra", 8 },   { "sp", 16 },   { "gp", 24 },   { "tp", 32 },  { "t0", 40 },  { "t1", 48 },
	{ "t2", 56 },  { "s0", 64 },   { "s1", 72 },   { "a0", 80 },  { "a1", 88 },  { "a2", 96 },
	{ "a3", 104 }, { "a4", 112 },  { "a5", 120 },  { "a6", 128 }, { "a7", 136 }, { "s2", 144 },
	{ "s3", 152 }, { "s4", 160 },  { "s5", 168 },  { "s6", 176 }, { "s7", 184 }, { "s8", 192 },
	{ "s9", 200 }, { "s10", 208 }, { "s11", 216 }, { "t3", 224 }, { "t4", 232 }, { "t5", 240 },
	{ "t6", 248 }, { NULL, 0 },
};

static const struct lskel_usdt_reg lskel_no_regs[] = { { NULL, 0 } };

static const struct lskel_usdt_arch lskel_usdt_archs[] = {
	{ EM_X86_64, '$', '%', '(', 0, 0, 0, 0, lskel_x86_64_regs },
	{ EM_386, '$', '%', '(', 0, 0, 0, 0, lskel_i386_regs },
	{ EM_AARCH64, 0, 0, '[', 'x', 0, 8, 31, lskel_aarch64_regs },
	{ EM_ARM, '#', 0, '[', 'r', 0, 4, 11, lskel_arm_regs },
	{ EM_S390, 0, '%', '(', 'r', 16, 8, 16, lskel_no_regs },
	{ EM_RISCV, 0, 0, '(', 0, 0, 0, 0, lskel_riscv_regs },
};

static const char *lskel_skip_blanks(const char *at)
{
	return at + strspn(at, " \t\n");
}

/* The characters below move *@at behind what they understand. */
static int lskel_eat(const char **at, char c)
{
	*at = lskel_skip_blanks(*at);
	if (!c)
		return 1;
	if (**at != c)
		return 0;
	*at = lskel_skip_blanks(*at + 1);
	return 1;
}

static int lskel_eat_number(const char **at, long *ret)
{
	char *end;

	*at = lskel_skip_blanks(*at);
	*ret = strtol(*at, &end, 10);
	if (end == *at)
		return 0;
	*at = end;
	return 1;
}

/* Whether @name of @len bytes is one of @names. */
static int lskel_is_one_of(const char *names, const char *name, size_t len)
{
	while (*names) {
		size_t this_len = strcspn(names, " ");

		if (this_len == len && !memcmp(names, name, len))
			return 1;
		names += this_len;
		names += *names == ' ';
	}
	return 0;
}

/* A register becomes its offset in struct pt_regs. */
static int lskel_eat_reg(const struct lskel_usdt_arch *arch, const char **at, __s16 *ret)
{
	const struct lskel_usdt_reg *reg;
	size_t len;
	char *end;
	long i;

	if (!lskel_eat(at, arch->reg))
		return 0;
	len = strspn(*at, "abcdefghijklmnopqrstuvwxyz0123456789");
	if (len > 1 && **at == arch->numbered && (*at)[1] >= '0' && (*at)[1] <= '9') {
		i = strtol(*at + 1, &end, 10);
		if (end != *at + len || i >= arch->cnt)
			return 0;
		*ret = (__s16)(arch->first + i * arch->step);
		*at += len;
		return 1;
	}
	for (reg = arch->regs; reg->names; reg++)
		if (len && lskel_is_one_of(reg->names, *at, len)) {
			*ret = reg->offset;
			*at += len;
			return 1;
		}
	return 0;
}

/* Behind '(': a register, and maybe an index with a scale; behind '[': a register, and maybe an offset. */
static int lskel_eat_address(const struct lskel_usdt_arch *arch, const char **at,
			     struct lskel_usdt_arg *ret)
{
	long number = 1;

	ret->type = LSKEL_USDT_DEREF;
	if (!lskel_eat_reg(arch, at, &ret->reg))
		return 0;
	if (arch->open == '[') {
		if (lskel_eat(at, ',')) {
			if (!lskel_eat(at, arch->constant) || !lskel_eat_number(at, &number))
				return 0;
			ret->value = (__u64)number;
		}
		return lskel_eat(at, ']');
	}
	if (arch->constant == '$' && lskel_eat(at, ',')) { /* x86 */
		ret->type = LSKEL_USDT_SIB;
		if (!lskel_eat_reg(arch, at, &ret->index) ||
		    (lskel_eat(at, ',') && !lskel_eat_number(at, &number)))
			return 0;
		while (1L << ret->scale_bitshift < number && ret->scale_bitshift < 3)
			ret->scale_bitshift++;
		if (1L << ret->scale_bitshift != number)
			return 0;
	}
	return lskel_eat(at, ')');
}

/* Where the value is. */
static int lskel_eat_place(const struct lskel_usdt_arch *arch, const char **at,
			   struct lskel_usdt_arg *ret)
{
	long number = 0;
	int has_number;

	if (arch->constant && **at == arch->constant) {
		ret->type = LSKEL_USDT_CONST;
		if (!lskel_eat(at, arch->constant) || !lskel_eat_number(at, &number))
			return 0;
		ret->value = (__u64)number;
		return 1;
	}
	if (arch->open == '[' && lskel_eat(at, '['))
		return lskel_eat_address(arch, at, ret);
	has_number = lskel_eat_number(at, &number);
	ret->value = (__u64)number;
	/* Only x86 has addresses without an offset. */
	if (arch->open == '(' && (has_number || arch->constant) && lskel_eat(at, '('))
		return lskel_eat_address(arch, at, ret);
	if (has_number) {
		ret->type = LSKEL_USDT_CONST;
		return !arch->constant;
	}
	ret->type = LSKEL_USDT_REG;
	return lskel_eat_reg(arch, at, &ret->reg);
}

static int lskel_eat_arg(const struct lskel_usdt_arch *arch, const char **at,
			 struct lskel_usdt_arg *ret)
{
	long size;

	memset(ret, 0, sizeof(*ret));
	if (!lskel_eat_number(at, &size) || !lskel_eat(at, '@'))
		return 0;
	ret->is_signed = size < 0;
	if (size < 0)
		size = -size;
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return 0;
	ret->bitshift = (__u8)(64 - size * 8);
	return lskel_eat_place(arch, at, ret);
}

LSKEL_API int lskel_usdt_parse(__u32 machine, const char *text, struct lskel_usdt_spec *ret,
			       const char **bad)
{
	const struct lskel_usdt_arch *arch = NULL;
	size_t i;

	for (i = 0; i < sizeof(lskel_usdt_archs) / sizeof(lskel_usdt_archs[0]); i++)
		if (lskel_usdt_archs[i].machine == machine)
			arch = &lskel_usdt_archs[i];
	ret->text = text;
	ret->cnt = 0;
	*bad = text;
	if (!arch)
		return -EOPNOTSUPP;
	for (text = lskel_skip_blanks(text); *text; text = lskel_skip_blanks(text)) {
		*bad = text;
		if (ret->cnt == LSKEL_USDT_ARGS)
			return -E2BIG;
		if (!lskel_eat_arg(arch, &text, &ret->args[ret->cnt++]))
			return -EINVAL;
	}
	return 0;
}
