// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Functions of executables and libraries are found where libbpf finds them: the kernel tells where a link of each is, or
 * neither finds any. And programs run there. For vmtest kernels only; before Linux 6.6, kernels don't tell.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attach_uprobes.lskel.h"
#include "progs/attach_uprobes.h"

#include "harness.h"

#define LIB	"build/selftests/libtraced.so"
#define STATIC	"build/selftests/test_attach_uprobes"
#define ARCHIVE "/tmp/traced.apk"

static const struct {
	const char *path, *func;
	bool neither; /* finds it */
} functions[] = {
	{ .path = "libc.so.6", .func = "malloc" },
	{ .path = "libc.so.6", .func = "getppid" },
	{ .path = "libc.so.6", .func = "pthread_create" },
	{ .path = "libc.so.6", .func = "pthread_create@GLIBC_2.34" },
	{ .path = "libc.so.6", .func = "pthread_create@@GLIBC_2.34" },
	{ .path = "libc.so.6", .func = "pthread_create@GLIBC_2.2.5" },
	{ .path = "libc.so.6", .func = "pthread_create@GLIBC_1", .neither = true },
	{ .path = "libc.so.6", .func = "posix_spawn@GLIBC_2.2.5" },
	{ .path = "libc.so.6", .func = "posix_spawn@GLIBC_2.15" },
	{ .path = "libc.so.6", .func = "posix_spawn", .neither = true }, /* two */
	{ .path = "libc.so.6", .func = "mall", .neither = true },
	{ .path = "libc.so.6", .func = "malloc_no_such", .neither = true },
	{ .path = "libno_such.so", .func = "malloc", .neither = true },
	{ .path = "no_such_command", .func = "main", .neither = true },
	{ .path = "/proc/self/exe", .func = "main" },
	{ .path = "/proc/self/exe", .func = "traced_here" },
	{ .path = STATIC, .func = "main" },
	{ .path = STATIC, .func = "traced_one" },
	{ .path = STATIC, .func = "traced_nop" },
	{ .path = STATIC, .func = "malloc" },
	{ .path = STATIC, .func = "memcpy", .neither = true },	       /* IFUNC */
	{ .path = STATIC, .func = "traced_counter", .neither = true }, /* no function */
	{ .path = "libtraced.so", .func = "traced_only" },
	{ .path = LIB, .func = "traced_only" },
	{ .path = LIB, .func = "traced_alias" },
	{ .path = LIB, .func = "traced_weak" },
	{ .path = LIB, .func = "traced@TRACED_1" },
	{ .path = LIB, .func = "traced@TRACED_2" },
	{ .path = LIB, .func = "traced@@TRACED_2" },
	{ .path = LIB, .func = "traced@TRACED_3", .neither = true },
	{ .path = LIB, .func = "traced_only@TRACED_1" },
	{ .path = LIB, .func = "traced_only@TRACED_2", .neither = true },
	{ .path = LIB, .func = "traced", .neither = true }, /* two */
	{ .path = LIB, .func = "traced_old" },
	{ .path = LIB, .func = "twin", .neither = true }, /* two */
	{ .path = LIB, .func = "traced_part" },
	{ .path = LIB, .func = "", .neither = true },
	{ .path = ARCHIVE "!/lib/libtraced.so", .func = "traced_only" },
	{ .path = ARCHIVE "!/lib/libtraced.so", .func = "traced@TRACED_1" },
	{ .path = ARCHIVE "!/lib/libtraced.so", .func = "no_such", .neither = true },
	{ .path = ARCHIVE "!/lib/compressed.so", .func = "traced_only", .neither = true },
	{ .path = ARCHIVE "!/lib/no_such.so", .func = "traced_only", .neither = true },
	{ .path = LIB "!/lib/libtraced.so", .func = "traced_only", .neither = true },
	{ .path = "/dev/null", .func = "main", .neither = true },
	{ .path = "selftests/run", .func = "main", .neither = true },
};

static const struct {
	const char *path, *pattern;
} patterns[] = {
	{ LIB, "traced_*" },
	{ LIB, "t*" },
	{ LIB, "traced_o?ly" },
	{ LIB, "no*" },
	{ STATIC, "traced_*" },
	{ STATIC, "*alloc*" },
	{ "libc.so.6", "pthread_cond_*" },
	{ "libc.so.6", "get?id" },
	{ "/proc/self/exe", "*here" },
};

/* Writes @number as a zip file has it. */
static void put(FILE *file, unsigned long number, int bytes)
{
	for (; bytes--; number >>= 8)
		fputc((int)(number & 255), file);
}

/* What the headers of a member have in common; @method: 0, or 8 for what claims to be compressed. */
static void put_member(FILE *file, int method, unsigned long len, const char *name)
{
	put(file, 10, 2); /* version */
	put(file, 0, 2);
	put(file, (unsigned long)method, 2);
	put(file, 0, 8); /* time, checksum */
	put(file, len, 4);
	put(file, len, 4);
	put(file, strlen(name), 2);
	put(file, 0, 2);
}

/* An archive that has the library twice, once said to be compressed. */
static void make_archive(void)
{
	static const char *const names[] = { "lib/libtraced.so", "lib/compressed.so" };
	FILE *from = fopen(LIB, "re"), *file = fopen(ARCHIVE, "we");
	static char library[1 << 20];
	size_t len = fread(library, 1, sizeof(library), from);
	unsigned long starts[2], directory;

	for (int i = 0; i < 2; i++) {
		starts[i] = (unsigned long)ftell(file);
		fwrite("PK\3\4", 1, 4, file);
		put_member(file, i ? 8 : 0, len, names[i]);
		fputs(names[i], file);
		fwrite(library, 1, len, file);
	}
	directory = (unsigned long)ftell(file);
	for (int i = 0; i < 2; i++) {
		fwrite("PK\1\2\12\0", 1, 6, file);
		put_member(file, i ? 8 : 0, len, names[i]);
		put(file, 0, 10); /* comment, disk, attributes */
		put(file, starts[i], 4);
		fputs(names[i], file);
	}
	fwrite("PK\5\6", 1, 4, file);
	put(file, 0, 4);
	put(file, 2, 2);
	put(file, 2, 2);
	put(file, (unsigned long)ftell(file) - 12 - directory, 4);
	put(file, directory, 4);
	put(file, 0, 2);
	fclose(file);
	fclose(from);
}

int traced_here(void);

__attribute__((noinline)) int traced_here(void)
{
	__asm__ volatile("" ::: "memory");
	return 1;
}

static int no_print(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* The offset that a link of a uprobe is at, or 0: the kernel doesn't tell. */
static __u64 link_offset(int fd)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len) ||
	    info.perf_event.type != BPF_PERF_EVENT_UPROBE)
		return 0;
	return info.perf_event.uprobe.offset;
}

static void compare_function(struct attach_uprobes *skel, const struct bpf_program *prog, int i)
{
	struct lskel_where where = { .path = functions[i].path, .func = functions[i].func };
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = where.func);
	struct lskel_link *ours = attach_uprobes__on_any__attach_to(skel, &where);
	struct bpf_link *theirs = bpf_program__attach_uprobe_opts(prog, -1, where.path, 0, &opts);
	__u64 our_offset = ours ? link_offset(ours->fd) : 0;
	__u64 their_offset = theirs ? link_offset(bpf_link__fd(theirs)) : 0;
	char name[128];

	snprintf(name, sizeof(name), "'%s' of %s is where libbpf finds it", where.func, where.path);
	if (functions[i].neither)
		snprintf(name, sizeof(name), "'%s' of %s is not found, nor by libbpf", where.func,
			 where.path);
	check(name, !ours == !theirs && !ours == functions[i].neither && our_offset == their_offset,
	      "0x%llx, not 0x%llx: %s", our_offset, their_offset, attach_uprobes__error(skel));
	if (lskel_running_linux() >= LSKEL_LINUX(6, 6) && ours && !our_offset)
		fail(name, "the kernel does not tell where");
	bpf_link__destroy(theirs);
	lskel_link_detach(skel, ours);
}

#define OFFSETS 4096

/* What the kernel tells of a link of many: how many, and their offsets in the order in which it has them. */
static __u32 link_offsets(int fd, __u64 ret[OFFSETS])
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	info.uprobe_multi.offsets = (__u64)(unsigned long)ret;
	info.uprobe_multi.count = OFFSETS;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return 0;
	return info.uprobe_multi.count;
}

static void compare_pattern(struct attach_uprobes *skel, const struct bpf_program *prog, int i)
{
	struct lskel_where where = { .path = patterns[i].path, .func = patterns[i].pattern };
	static __u64 our_offsets[OFFSETS], their_offsets[OFFSETS];
	struct lskel_link *ours = attach_uprobes__on_multi_any__attach_to(skel, &where);
	struct bpf_link *theirs =
		bpf_program__attach_uprobe_multi(prog, -1, where.path, where.func, NULL);
	__u32 our_cnt = ours ? link_offsets(ours->fd, our_offsets) : 0;
	__u32 their_cnt = theirs ? link_offsets(bpf_link__fd(theirs), their_offsets) : 0;
	char name[128];

	snprintf(name, sizeof(name), "'%s' of %s are the %u that libbpf finds", where.func,
		 where.path, their_cnt);
	check(name,
	      !ours == !theirs && our_cnt == their_cnt && !ours == !our_cnt &&
		      !memcmp(our_offsets, their_offsets, our_cnt * sizeof(*our_offsets)),
	      "%u: %s", our_cnt, attach_uprobes__error(skel));
	bpf_link__destroy(theirs);
	lskel_link_detach(skel, ours);
}

/* libbpf has PLT entries of other libraries' functions for functions, at offsets that are none. */
static void functions_of_others(struct attach_uprobes *skel)
{
	struct lskel_where where = { .path = LIB, .func = "getpid" };
	struct lskel_link *link = attach_uprobes__on_any__attach_to(skel, &where);

	check("a function that a library only calls is not found",
	      !link && errno == ENOENT &&
		      strstr(attach_uprobes__error(skel), "has no function 'getpid'"),
	      "%s", attach_uprobes__error(skel));
	lskel_link_detach(skel, link);
}

static void runs_in(struct attach_uprobes *skel, const char *path, const char *func,
		    int (*call)(void))
{
	struct lskel_where where = { .path = path, .func = func };
	struct lskel_link *link = attach_uprobes__on_any__attach_to(skel, &where);
	volatile __u64 *hits = &skel->bss->hits[UPROBE_ANY];
	char name[128];

	*hits = 0;
	call();
	snprintf(name, sizeof(name), "'%s' of %s runs the program", func, path);
	check(name, link && *hits == 1, "%llu times: %s", *hits, attach_uprobes__error(skel));
	lskel_link_detach(skel, link);
}

int main(void)
{
	bool multi = lskel_running_linux() >= LSKEL_LINUX(6, 8);
	struct attach_uprobes *skel = attach_uprobes__open();
	struct bpf_object *object;

	libbpf_set_print(no_print);
	make_archive();
	setenv("LD_LIBRARY_PATH", "build/selftests", 1);
	skel->rodata->tgid = (__u32)getpid();
	skel->progs.on_multi_any.autoload = multi;
	object = bpf_object__open("build/selftests/attach_uprobes.bpf.o");
	if (object)
		bpf_program__set_autoload(bpf_object__find_program_by_name(object, "on_multi_any"),
					  multi);
	if (!check("both load the programs",
		   object && !bpf_object__load(object) && !attach_uprobes__load(skel), "%s",
		   attach_uprobes__error(skel)))
		return 1;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		compare_function(skel, bpf_object__find_program_by_name(object, "on_any"), (int)i);
	for (size_t i = 0; multi && i < sizeof(patterns) / sizeof(patterns[0]); i++)
		compare_pattern(skel, bpf_object__find_program_by_name(object, "on_multi_any"),
				(int)i);
	if (!multi)
		skip("patterns", "the kernel does not tell what they are");
	functions_of_others(skel);
	runs_in(skel, "libc.so.6", "getppid", getppid);
	runs_in(skel, "/proc/self/exe", "traced_here", traced_here);
	attach_uprobes__destroy(skel);
	bpf_object__close(object);
	return harness_status();
}
