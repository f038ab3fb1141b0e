// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A skeleton uses the form that is relocated for the kernel that runs, and only that; whatever is wrong with a
 * file of the cache, or with who may write to it, the load is the one without. Whatever stands in such a file,
 * it changes nothing but what CO-RE relocations change. That the programs are the same as libbpf's is what the
 * fidelity check says.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <lskel/error.h>
#include <lskel/load.h>

#include "cache_file.h"
#include "harness.h"
#include "info.h"
#include "relocate.h"

#define OBJECT "build/selftests/objects/relocated.bpf.o"

static struct object object;
static struct info info;
static char dir[] = "/tmp/lskel-relocated.XXXXXX";
static char *path; /* of the file in the cache */

static struct bytes file; /* the form as it stands in a file */

static struct lskel_relocated *own_form(void)
{
	return (struct lskel_relocated *)(void *)info.forms.data;
}

/* Loads with the form @want, NULL: with none. */
static void check_load(const char *name, void *skel, const void *want)
{
	struct lskel_ctx *ctx = skel;
	int err = lskel_load(&info.table, skel);

	if (err)
		fail(name, "%s", lskel_error(&info.table, skel));
	else
		check(name, ctx->relocated == want, "another form was used");
	lskel_destroy(&info.table, skel);
}

/* What the kernel would be searched for is known then, and no loader program needed. */
static void check_ids(void)
{
	struct lskel_ctx *ctx = lskel_open(&info.table);
	bool needed;
	int err;

	lskel_choose_relocated(&info.table, ctx);
	needed = lskel_needs_loader(&info.table, ctx);
	err = lskel_load(&info.table, ctx);
	check("a form has the ids of targets", !err && own_form()->id_cnt && !needed, "%s, %u ids",
	      strerror(-err), own_form()->id_cnt);
	lskel_destroy(&info.table, ctx);
	check("one from a file may not have them",
	      lskel_check_relocated(info.table.image, info.hash, own_form(), own_form()->size,
				    own_form()->build_id, own_form()->build_id_len) == -EINVAL,
	      "it may");
}

static void check_choice(void)
{
	struct lskel_relocated_info *relocated = &info.relocated;
	struct lskel_relocated *form = own_form();
	_cleanup_(bytes_free) struct bytes two = {};
	struct lskel_relocated *other;

	check_load("the form for this kernel is used", lskel_open(&info.table), form);

	bytes_add(&two, form, form->size);
	bytes_add(&two, form, form->size);
	other = (void *)two.data;
	other->build_id[0] ^= 1;
	relocated->forms = two.data;
	relocated->forms_size = form->size;
	check_load("a form for another kernel is not", lskel_open(&info.table), NULL);
	relocated->forms_size = two.len;
	check_load("of two, it is the right one", lskel_open(&info.table), two.data + form->size);
	relocated->forms = form;
	relocated->forms_size = form->size;
}

/* Both say the same of a program that reads a field that is not there. */
static void check_poison(void)
{
	_cleanup_(free_ptr) char *error = NULL;

	for (int i = 0; i < 2; i++) {
		const struct lskel_relocated_info *relocated = info.table.relocated;
		void *skel = lskel_open(&info.table);
		int err;

		for (__u32 j = 0; j < info.table.prog_cnt; j++)
			lskel_prog_at(&info.table, skel, j)->autoload =
				!strcmp(info.table.progs[j].name, "poisoned");
		info.table.relocated = i ? relocated : NULL;
		err = lskel_load(&info.table, skel);
		info.table.relocated = relocated;
		if (!i)
			error = xprintf("%d %s", err, lskel_error(&info.table, skel));
		else
			check("a relocation that can't be done is the same error with either form",
			      err && atoi(error) == err &&
				      strstr(error, "failed to load program 'poisoned'") &&
				      strstr(lskel_error(&info.table, skel),
					     "failed to load program 'poisoned'") &&
				      strstr(error,
					     "this kernel has no such type, member or value") &&
				      strstr(lskel_error(&info.table, skel),
					     "this kernel has no such type, member or value"),
			      "'%s' and %d '%s'", error, err, lskel_error(&info.table, skel));
		lskel_destroy(&info.table, skel);
	}
}

static int use(void **skel)
{
	*skel = lskel_open(&info.table);
	return lskel_use_cache(&info.table, *skel, dir);
}

static void check_ignored(const char *what, int want)
{
	_cleanup_(free_ptr) char *name = xprintf("cache: %s is ignored", what);
	_cleanup_(free_ptr) char *loads = xprintf("and the load is as without %s", what);
	void *skel;
	int err = use(&skel);

	if (!check(name, err == want && errno == -want, "%d and not %d", err, want)) {
		lskel_destroy(&info.table, skel);
		return;
	}
	/* Without those in the skeleton. */
	info.relocated.forms_size = 0;
	check_load(loads, skel, NULL);
	info.relocated.forms_size = own_form()->size;
}

static void check_cache(void)
{
	const struct lskel_relocated *form;
	void *skel;
	int err = use(&skel);

	form = err ? NULL : ((struct lskel_ctx *)skel)->cache;
	check("cache: a form is taken from a file", !err, "%s", strerror(-err));
	check_load("cache: it is used", skel, form);
}

/* A file that is right, then something about it is not. */
static void restore(void)
{
	unlink(path);
	cache_file_write(dir, path, &file);
}

static void check_trust(void)
{
	_cleanup_(free_ptr) char *real = xprintf("%s/real", dir);

	chmod(path, 0664);
	check_ignored("a file that its group may write to", -EPERM);
	chmod(path, 0646);
	check_ignored("a file that all may write to", -EPERM);
	chmod(path, 0644);
	chmod(dir, 01777);
	check_ignored("a directory that all may write to", -EPERM);
	chmod(dir, 0775);
	check_ignored("a directory that its group may write to", -EPERM);
	chmod(dir, 0755);
	if (geteuid()) {
		skip("cache: a file of somebody else's is ignored", "not root");
	} else {
		chown(path, 12345, 0);
		check_ignored("a file of somebody else's", -EPERM);
		chown(path, 0, 0);
		chown(dir, 12345, 0);
		check_ignored("a directory of somebody else's", -EPERM);
		chown(dir, 0, 0);
	}
	rename(path, real);
	symlink(real, path);
	check_ignored("a symbolic link", -EPERM);
	unlink(path);
	unlink(real);
	mkfifo(path, 0644);
	check_ignored("a FIFO", -EPERM);
	unlink(path);
	mkdir(path, 0755);
	check_ignored("a directory in place of a file", -EPERM);
	rmdir(path);
	check_ignored("a file that is not there", -ENOENT);
	restore();
}

/* Checks @len bytes that end where memory ends. */
static int check_bytes(const void *bytes, size_t len)
{
	static char *end;

	if (!end) {
		end = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);
		end += 1 << 20;
		mprotect(end, 1 << 20, PROT_NONE);
	}
	memcpy(end - len, bytes, len);
	return lskel_check_relocated(info.table.image, info.relocated.hash, end - len, len,
				     own_form()->build_id, own_form()->build_id_len);
}

static void check_damage(void)
{
	_cleanup_(bytes_free) struct bytes copy = {};
	size_t len = file.len, taken = 0;

	bytes_add(&copy, file.data, len);
	check("a form is what it should be", !check_bytes(copy.data, len), "it is refused");
	for (size_t i = 0; i < len; i += 8)
		taken += !check_bytes(copy.data, i);
	check("a form that is cut short is refused", !taken, "%zu are not", taken);
	taken = 0;
	for (size_t bit = 0; bit < len * 8; bit++) {
		copy.data[bit / 8] ^= 1 << bit % 8;
		taken += !check_bytes(copy.data, len);
		copy.data[bit / 8] ^= 1 << bit % 8;
	}
	check("a form with a flipped bit is refused", !taken, "%zu are not", taken);
}

static void note_word(char *may, __u32 at, __u32 len)
{
	memset(may + at, 1, len);
}

/*
 * Which bytes of the image a CO-RE relocation may change: instructions with one, and the number of relocations,
 * and these if some are left.
 */
static char *may_change(void)
{
	const char *image = info.table.image;
	char *may = xcalloc(lskel_image_hdr(&info.table)->image_size, 1);
	const struct lskel_op *ops = (const void *)(image + lskel_image_hdr(&info.table)->op_off);

	for (__u32 i = 0; i < lskel_image_hdr(&info.table)->op_cnt; i++) {
		const union bpf_attr *attr = (const void *)(image + ops[i].attr);
		const struct bpf_core_relo *relos;

		if (ops[i].cmd != BPF_PROG_LOAD ||
		    ops[i].size <= offsetof(union bpf_attr, core_relo_rec_size))
			continue;
		note_word(may, ops[i].attr + offsetof(union bpf_attr, core_relo_cnt), 4);
		note_word(may, attr->core_relos, attr->core_relo_cnt * sizeof(*relos));
		relos = (const void *)(image + attr->core_relos);
		for (__u32 j = 0; j < attr->core_relo_cnt; j++) {
			const struct bpf_insn *insn =
				(const void *)(image + attr->insns + relos[j].insn_off);
			bool wide = insn->code == (BPF_LD | BPF_IMM | BPF_DW);

			note_word(may, attr->insns + relos[j].insn_off, wide ? 16 : 8);
		}
	}
	return may;
}

/* What a hostile form makes of the blob. Returns whether all of it may be. */
static bool is_harmless(const struct lskel_relocated *form, const char *may)
{
	const size_t size = lskel_image_hdr(&info.table)->image_size;
	_cleanup_(free_ptr) char *blob = xmemdup(info.table.image, size);
	struct lskel_ctx ctx = { .relocated = form };
	bool harmless = true;

	lskel_apply_relocated(&info.table, &ctx, blob);
	for (size_t i = 0; i < size; i++)
		if (blob[i] != ((const char *)info.table.image)[i] && !may[i])
			harmless = false;
	return harmless;
}

/* Forms that somebody made who knows how: the checksum is right. */
static void check_hostile(void)
{
	const size_t len = file.len;
	_cleanup_(bytes_free) struct bytes copy = {};
	_cleanup_(free_ptr) char *may = may_change();
	struct lskel_relocated *form;
	size_t taken = 0, harm = 0, head = 0;

	srand(1);
	bytes_add(&copy, file.data, len);
	form = (void *)copy.data;
	for (int i = 0; i < 200000; i++) {
		size_t at = rand() % len;

		memcpy(copy.data, file.data, len);
		for (int j = rand() % 3; j >= 0; j--, at = rand() % len)
			copy.data[at] = rand() % 3 ? rand() : copy.data[rand() % len];
		form->checksum = form->size == len ? lskel_relocated_checksum(form) : 0;
		if (check_bytes(copy.data, len))
			continue;
		taken++;
		head += !!memcmp(copy.data, file.data, sizeof(*form)) &&
			(memcmp(form, file.data, offsetof(struct lskel_relocated, checksum)) ||
			 memcmp(form->hash,
				((const struct lskel_relocated *)(void *)file.data)->hash,
				sizeof(*form) - offsetof(struct lskel_relocated, hash)));
		harm += !is_harmless(form, may);
	}
	check("hostile forms are taken only with the head that is right", taken && !head,
	      "%zu of %zu are", head, taken);
	check("and change nothing but what CO-RE may", !harm, "%zu of %zu do", harm, taken);
}

/* What CO-RE can't make of an instruction is refused. */
static void check_insns(void)
{
	static const struct {
		const char *what;
		struct bpf_insn old, insn;
		bool may;
	} table[] = {
#define LOAD(size, dst, src, off, imm) { BPF_LDX | BPF_MEM | (size), dst, src, off, imm }
		{ "another offset", LOAD(BPF_W, 1, 2, 4, 0), LOAD(BPF_W, 1, 2, 8, 0), true },
		{ "another size", LOAD(BPF_W, 1, 2, 4, 0), LOAD(BPF_DW, 1, 2, 8, 0), true },
		{ "another source", LOAD(BPF_W, 1, 2, 4, 0), LOAD(BPF_W, 1, 3, 8, 0), false },
		{ "another register", LOAD(BPF_W, 1, 2, 4, 0), LOAD(BPF_W, 3, 2, 8, 0), false },
		{ "a load with imm", LOAD(BPF_W, 1, 2, 4, 0), LOAD(BPF_W, 1, 2, 8, 1), false },
		{ "another class",
		  LOAD(BPF_W, 1, 2, 4, 0),
		  { BPF_STX | BPF_MEM, 1, 2, 4, 0 },
		  false },
		{ "another mode", LOAD(BPF_W, 1, 2, 4, 0), { BPF_LDX | 0xc0, 1, 2, 4, 0 }, false },
		{ "the poison",
		  LOAD(BPF_W, 1, 2, 4, 0),
		  { BPF_JMP | BPF_CALL, 0, 0, 0, 0xbad2310 },
		  true },
		{ "any call", LOAD(BPF_W, 1, 2, 4, 0), { BPF_JMP | BPF_CALL, 0, 0, 0, 1 }, false },
		{ "another constant", { 0xb7, 1, 0, 0, 1 }, { 0xb7, 1, 0, 0, 2 }, true },
		{ "an assignment with off", { 0xb7, 1, 0, 0, 1 }, { 0xb7, 1, 0, 8, 1 }, false },
		{ "another operation", { 0xb7, 1, 0, 0, 1 }, { 0x07, 1, 0, 0, 1 }, false },
		{ "a jump", { 0x05, 0, 0, 1, 0 }, { 0x05, 0, 0, 2, 0 }, false },
		{ "a map", { 0x18, 1, 0, 0, 1 }, { 0x18, 1, 5, 0, 1 }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(free_ptr) char *name = xprintf(
			"CO-RE %s make %s of it", table[i].may ? "can" : "can't", table[i].what);
		const struct bpf_insn old[2] = { table[i].old }, insn[2] = { table[i].insn };
		__u32 cnt = old->code == 0x18 ? 2 : 1;

		check(name, !!lskel_may_relocate(old, insn, cnt) == table[i].may, "it is not so");
	}
}

static void check_build_id(void)
{
	static const char notes[] = "\4\0\0\0\3\0\0\0\1\0\0\0Xen\0abc\0" /* padded */
				    "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\1\2\3\4";
	__u8 id[LSKEL_BUILD_ID_MAX];
	__u32 found = 0;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return;
	check("the build id is found among notes",
	      lskel_find_build_id(notes, sizeof(notes) - 1, id) == 4 && !memcmp(id, "\1\2\3\4", 4),
	      "it is not");
	for (size_t len = 0; len < sizeof(notes) - 1; len++)
		found += lskel_find_build_id(notes, len, id);
	check("but not among notes that are cut short", !found, "%u bytes are", found);
	check("this kernel has one", lskel_running_build_id(id), "it has none");
}

int main(void)
{
	char *kernel = RUNNING_KERNEL;
	struct target_kernel running = {};
	int err;

	check_build_id();
	check_insns();
	err = object_load(&object, OBJECT, NULL) ?: info_make(&info, &object);
	err = err ?: info_relocate(&info, &kernel, 1, true);
	if (!check("an object is relocated for this kernel", !err && info.forms.len, "it is not"))
		return harness_status();
	err = target_kernel_open(&running, RUNNING_KERNEL) ?:
		      relocate("file", info.table.image, info.blob.image.len, &running, false,
			       &file);
	if (!check("and for a file", !err, "%s", strerror(-err)))
		return harness_status();
	check_damage();
	check_hostile();
	check_ids();
	check_choice();
	check_poison();
	if (check("a directory is made", mkdtemp(dir) && !chmod(dir, 0755), "it is not")) {
		path = cache_file_path(dir, info.hash, &running);
		restore();
		check_cache();
		check_trust();
		unlink(path);
		rmdir(dir);
		free(path);
	}
	target_kernel_close(&running);
	bytes_free(&file);
	info_free(&info);
	object_free(&object);
	return harness_status();
}
