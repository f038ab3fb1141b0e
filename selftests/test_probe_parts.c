// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the run time makes of probes without a kernel: arguments of USDT probes of all architectures, patterns, members of zip
 * files, functions of ELF files; and files that are damaged, of which every byte is changed in turn.
 */
#include "../loader/elf_file.h"
#include "../loader/usdt.h"
#include "../loader/zip_file.h"

#include "harness.h"

/* As libbpf's usdt.c has them: type, value, register, index, scale. */
static const struct {
	__u32 machine;
	const char *text;
	int err;
	struct lskel_usdt_arg arg; /* of the first */
	__u32 cnt;
} args[] = {
#define ARG(...)                                                                                   \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
	{ EM_X86_64, "-4@$71", 0, ARG(71, LSKEL_USDT_CONST, 1, 32, 0, 0, 0), 1 },
	{ EM_X86_64, "8@$-9", 0, ARG((__u64)-9, LSKEL_USDT_CONST, 0, 0, 0, 0, 0), 1 },
	{ EM_X86_64, "8@%rdi", 0, ARG(0, LSKEL_USDT_REG, 0, 0, 0, 112, 0), 1 },
	{ EM_X86_64, "-1@%sil", 0, ARG(0, LSKEL_USDT_REG, 1, 56, 0, 104, 0), 1 },
	{ EM_X86_64, "2@%r15w 4@%r8d", 0, ARG(0, LSKEL_USDT_REG, 0, 48, 0, 0, 0), 2 },
	{ EM_X86_64, "-4@-1204(%rbp)", 0, ARG((__u64)-1204, LSKEL_USDT_DEREF, 1, 32, 0, 32, 0), 1 },
	{ EM_X86_64, " 8 @ ( %rsp ) ", 0, ARG(0, LSKEL_USDT_DEREF, 0, 0, 0, 152, 0), 1 },
	{ EM_X86_64, "1@-96(%rbp,%rax,8)", 0, ARG((__u64)-96, LSKEL_USDT_SIB, 0, 56, 3, 32, 80),
	  1 },
	{ EM_X86_64, "1@(%rbp,%rax)", 0, ARG(0, LSKEL_USDT_SIB, 0, 56, 0, 32, 80), 1 },
	{ EM_X86_64, "1@(%rbp,%rax,3)", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "1@(%rbp,%rax,16)", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "4@71", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "4@%xmm0", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "4@rax", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "3@%rax", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "8@value(%rip)", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "8@-4(%rbp", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "8@", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "@%rax", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "8", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_386, "4@8(%esp)", 0, ARG(8, LSKEL_USDT_DEREF, 0, 32, 0, 60, 0), 1 },
	{ EM_AARCH64, "-4@[sp, 96]", 0, ARG(96, LSKEL_USDT_DEREF, 1, 32, 0, 248, 0), 1 },
	{ EM_AARCH64, "-4@[x2]", 0, ARG(0, LSKEL_USDT_DEREF, 1, 32, 0, 16, 0), 1 },
	{ EM_AARCH64, "4@5 8@x30", 0, ARG(5, LSKEL_USDT_CONST, 0, 32, 0, 0, 0), 2 },
	{ EM_AARCH64, "-8@x4", 0, ARG(0, LSKEL_USDT_REG, 1, 0, 0, 32, 0), 1 },
	{ EM_AARCH64, "8@x31", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_ARM, "-4@[fp, #96]", 0, ARG(96, LSKEL_USDT_DEREF, 1, 32, 0, 44, 0), 1 },
	{ EM_ARM, "4@#5", 0, ARG(5, LSKEL_USDT_CONST, 0, 32, 0, 0, 0), 1 },
	{ EM_ARM, "4@r10", 0, ARG(0, LSKEL_USDT_REG, 0, 32, 0, 40, 0), 1 },
	{ EM_S390, "-2@-28(%r15)", 0, ARG((__u64)-28, LSKEL_USDT_DEREF, 1, 48, 0, 136, 0), 1 },
	{ EM_S390, "-8@%r0", 0, ARG(0, LSKEL_USDT_REG, 1, 0, 0, 16, 0), 1 },
	{ EM_S390, "4@71", 0, ARG(71, LSKEL_USDT_CONST, 0, 32, 0, 0, 0), 1 },
	{ EM_S390, "4@%r16", -EINVAL, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_RISCV, "-8@-88(s0)", 0, ARG((__u64)-88, LSKEL_USDT_DEREF, 1, 0, 0, 64, 0), 1 },
	{ EM_RISCV, "4@5", 0, ARG(5, LSKEL_USDT_CONST, 0, 32, 0, 0, 0), 1 },
	{ EM_RISCV, "-8@a1", 0, ARG(0, LSKEL_USDT_REG, 1, 0, 0, 88, 0), 1 },
	{ EM_SPARCV9, "8@%o0", -EOPNOTSUPP, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
	{ EM_X86_64, "", 0, ARG(0, 0, 0, 0, 0, 0, 0), 0 },
};

static bool same_arg(const struct lskel_usdt_arg *a, const struct lskel_usdt_arg *b)
{
	return a->value == b->value && a->type == b->type && a->is_signed == b->is_signed &&
	       a->bitshift == b->bitshift && a->scale_bitshift == b->scale_bitshift &&
	       a->reg == b->reg && a->index == b->index;
}

static void check_args(void)
{
	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
		struct lskel_usdt_spec spec = {};
		const char *bad;
		int err = lskel_usdt_parse(args[i].machine, args[i].text, &spec, &bad);
		const struct lskel_usdt_arg *arg = &spec.args[0];
		char name[96];

		snprintf(name, sizeof(name), "machine %u: '%s'", args[i].machine, args[i].text);
		check(name,
		      err == args[i].err && (err || (spec.cnt == args[i].cnt &&
						     (!spec.cnt || same_arg(arg, &args[i].arg)))),
		      "%d, %u arguments, value %lld type %u signed %u shift %u scale %u reg %d index %d",
		      err, spec.cnt, (long long)arg->value, arg->type, arg->is_signed,
		      arg->bitshift, arg->scale_bitshift, arg->reg, arg->index);
	}
}

static void check_globs(void)
{
	static const struct {
		const char *name, *pattern;
		int fits;
	} table[] = {
		{ "", "", 1 },		 { "", "*", 1 },	   { "a", "", 0 },
		{ "", "?", 0 },		 { "abc", "abc", 1 },	   { "abc", "ab", 0 },
		{ "ab", "abc", 0 },	 { "abc", "a?c", 1 },	   { "abc", "*", 1 },
		{ "abc", "*c", 1 },	 { "abc", "a*", 1 },	   { "abc", "a**c", 1 },
		{ "abcabd", "*ab?", 1 }, { "abcabd", "*abc", 0 },  { "aab", "*a*b", 1 },
		{ "abab", "a*ab*?", 0 }, { "ababx", "a*ab*?", 1 },
	};
	char name[64];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(name, sizeof(name), "'%s' and '%s'", table[i].name, table[i].pattern);
		check(name, lskel_glob(table[i].name, table[i].pattern) == table[i].fits, "%d",
		      !table[i].fits);
	}
}

/* A zip file with members "a" ("hello", stored) and "b" (said to be compressed), and a comment. */
static size_t make_zip(unsigned char *zip)
{
	static const unsigned char head[30] = { 'P', 'K', 3, 4, [26] = 1, [28] = 4 };
	static const unsigned char entry[46] = { 'P', 'K', 1, 2, [20] = 5, [28] = 1 };
	static const unsigned char end[22] = { 'P', 'K', 5, 6, [10] = 2, [16] = 80, [20] = 3 };
	size_t at = 0;

	for (int i = 0; i < 2; i++) {
		memcpy(zip + at, head, sizeof(head));
		memcpy(zip + at + 30, i ? "bXXXX" : "aXXXX", 5); /* name, extra field */
		memcpy(zip + at + 35, "hello", 5);
		at += 40;
	}
	for (int i = 0; i < 2; i++) {
		memcpy(zip + at, entry, sizeof(entry));
		zip[at + 10] = i ? 8 : 0;
		zip[at + 42] = i ? 40 : 0;
		zip[at + 46] = i ? 'b' : 'a';
		at += 47;
	}
	memcpy(zip + at, end, sizeof(end));
	memcpy(zip + at + 22, "hey", 3);
	return at + 25;
}

/* In memory that ends where the file does, so that a read beyond it is a crash. */
static void *at_the_end(size_t len)
{
	size_t pages = (len + 4095) / 4096;
	char *memory = mmap(NULL, (pages + 1) * 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(memory + pages * 4096, 4096, PROT_NONE);
	return memory + pages * 4096 - len;
}

static void check_zip(void)
{
	unsigned char made[256], *zip;
	struct lskel_zip_member found;
	size_t len = make_zip(made);
	int err;

	zip = at_the_end(len);
	memcpy(zip, made, len);
	err = lskel_zip_find(zip, len, "a", &found);
	check("a member of a zip file is found",
	      !err && found.len == 5 && !memcmp(zip + found.offset, "hello", 5), "%d", err);
	err = lskel_zip_find(zip, len, "b", &found);
	check("a compressed one is refused", err == -EOPNOTSUPP, "%d", err);
	err = lskel_zip_find(zip, len, "c", &found);
	check("one that is not there is not found", err == -ENOENT, "%d", err);
	for (size_t i = 0; i < len; i++)
		for (int value = 0; value < 256; value++) {
			zip[i] = (unsigned char)value;
			if (!lskel_zip_find(zip, len, "a", &found) &&
			    (found.offset > len || found.len > len - found.offset))
				fail("a damaged zip file", "byte %zu is %d", i, value);
			zip[i] = made[i];
		}
	for (size_t i = 0; i < len; i++)
		lskel_zip_find(zip + i, len - i, "a", &found);
	pass("damaged zip files are read within their bounds");
}

/* What a kind would be called with. */
static struct lskel_ctx ctx;
static struct lskel_where where;
static const struct lskel_attaching at = { .skel = &ctx, .where = &where };

static void find_all(const char *path)
{
	struct lskel_numbers numbers = {};
	static const char *const names[] = { "traced_only", "main" };
	struct lskel_usdt usdt = {};
	struct lskel_elf elf;
	__u64 offset;

	where.path = path;
	if (!lskel_elf_open(&at, &elf, 1)) {
		lskel_elf_find(&at, &elf, "traced@TRACED_2", &offset);
		lskel_elf_find_pattern(&at, &elf, "*", &numbers);
		numbers.cnt = 0;
		lskel_elf_find_names(&at, &elf, names, 2, &numbers);
		lskel_usdt_find(&at, &elf, "lskel", "lib", &usdt);
	}
	lskel_usdt_free(&usdt);
	free(numbers.at);
	lskel_elf_close(&elf);
}

static void check_elf(const char *path)
{
	struct lskel_usdt usdt = {};
	struct lskel_elf elf;

	where.path = path;
	if (check("a library is opened", !lskel_elf_open(&at, &elf, 1), "%s", ctx.failure.detail))
		check("it has the probe at two places, of different arguments",
		      !lskel_usdt_find(&at, &elf, "lskel", "lib", &usdt) && usdt.place_cnt == 2 &&
			      usdt.spec_cnt == 2 && usdt.places[0].spec == 0 &&
			      usdt.places[1].spec == 1 && usdt.specs[0].cnt == 2 &&
			      usdt.specs[1].cnt == 1,
		      "%u places, %u kinds of arguments: %s", usdt.place_cnt, usdt.spec_cnt,
		      ctx.failure.detail);
	lskel_usdt_free(&usdt);
	lskel_elf_close(&elf);
}

/* Of a copy of @path, bytes at the ends, and some others, are changed in turn; and it is cut short. */
static void damage_elf(const char *path)
{
	char copy[] = "/tmp/probe-parts-XXXXXX";
	static unsigned char bytes[1 << 20];
	int from = open(path, O_RDONLY), fd = mkstemp(copy);
	ssize_t len = read(from, bytes, sizeof(bytes));
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	int trials = 0;

	if (len <= 0 || write(fd, bytes, (size_t)len) != len)
		fail("damaged ELF files", "%s: %s", path, strerror(errno));
	for (ssize_t i = 0; i < len; i += i < 2048 || i > len - 4096 ? 1 : 37)
		for (size_t v = 0; v < sizeof(values); v++) {
			pwrite(fd, &values[v], 1, i);
			find_all(copy);
			pwrite(fd, &bytes[i], 1, i);
			trials++;
		}
	for (ssize_t i = len; i > 0; i -= 97) {
		if (ftruncate(fd, i))
			break;
		find_all(copy);
		trials++;
	}
	unlink(copy);
	close(fd);
	close(from);
	check("damaged ELF files are no crash", trials > 1000, "only %d", trials);
	free(ctx.failure.detail);
}

int main(void)
{
	check_args();
	check_globs();
	check_zip();
	check_elf("build/selftests/libtraced.so");
	damage_elf("build/selftests/libtraced.so");
	return harness_status();
}
