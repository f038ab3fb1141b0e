// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Damaged blobs and headers neither crash their readers nor make them hang, leak or touch memory that isn't their
 * own, also with a digest that fits. What is read nevertheless is looked at, opened and written as what it is.
 *
 * Runs in batches, each in a process of its own that contains the sanitized readers. The seed and the number of a
 * case say all about it. Environment: FUZZ_SECONDS (default 20), FUZZ_SEED (1), FUZZ_CASE: only that one, with its
 * messages.
 */
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sanitizer/lsan_interface.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "contents.h"
#include "fuzz_mutate.h"
#include "harness.h"
#include "header.h"
#include "saved.h"
#include "sha256.h"
#include "skeleton.h"
#include <lskel/load.h>

#define BATCH	     200
#define CASE_SECONDS 10

struct seed {
	struct bytes bytes;
	bool is_header;
};

static struct seed *seeds;
static unsigned int seed_cnt;

/* What the process of a batch tells. */
static struct progress {
	unsigned long number, accepted, refused;
} * shared;

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1:allocator_may_return_null=1";
}

static void add_header(const struct info *info, enum skeleton_form form)
{
	struct seed seed = { .is_header = true };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	skeleton_write(info, form, out);
	fclose(out);
	bytes_add(&seed.bytes, text, len);
	free(text);
	push(seeds, seed_cnt) = seed;
}

static void add_object(const char *path)
{
	struct object object;
	struct info info = {};
	struct seed seed = {};

	if (!object_load(&object, path, "fuzz") && !info_make(&info, &object)) {
		saved_write(&info, &seed.bytes);
		push(seeds, seed_cnt) = seed;
		add_header(&info, SKELETON_PLAIN);
	}
	info_free(&info);
	object_free(&object);
}

static __u32 odd_word(unsigned long long *state)
{
	static const __u32 words[] = { 0,    1,		 8,	     44,	 80,
				       4096, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff };

	return words[random_below(state, ARRAY_SIZE(words))];
}

/* A header's bytes are text: of what stands there already. */
static void damage(unsigned char *data, size_t len, bool is_header, unsigned long long *state)
{
	for (unsigned int n = 1 + random_below(state, 4); n > 0; n--) {
		size_t at = random_below(state, len), from = random_below(state, len);
		size_t cnt = 1 + random_below(state, 16);
		__u32 word = odd_word(state);

		if (at + cnt > len || from + cnt > len || len < 16)
			continue;
		switch (random_below(state, is_header ? 3 : 4)) {
		case 0:
			data[at] = is_header ? data[from] : random_below(state, 256);
			break;
		case 1:
			memmove(data + at, data + from, cnt);
			break;
		case 2:
			data[at] ^= 1U << random_below(state, 7);
			break;
		default:
			memcpy(data + at / 4 * 4, &word, at + 4 > len ? 0 : sizeof(word));
		}
	}
}

/* Does with @info all that commands do, but for loading. */
static void use(const struct info *info)
{
	struct contents contents;
	void *skel;

	contents_make(&contents, info);
	contents_free(&contents);
	skel = lskel_open(&info->table);
	if (skel)
		lskel_destroy(&info->table, skel);
}

static void run_case(unsigned long number, unsigned long long seed_number)
{
	unsigned long long state = seed_number * 0x9e3779b97f4a7c15ULL + (number << 1 | 1);
	const struct seed *seed;
	struct info info = {};
	unsigned char *data;
	size_t len;
	int err;

	for (int i = 0; i < 8; i++)
		random_below(&state, 1);
	seed = &seeds[random_below(&state, seed_cnt)];
	len = seed->bytes.len;
	data = xmemdup(seed->bytes.data, len);
	damage(data, len, seed->is_header, &state);
	if (!seed->is_header && random_below(&state, 8))
		sha256(data, len - SHA256_SIZE, data + len - SHA256_SIZE);
	setitimer(ITIMER_PROF, &(struct itimerval){ .it_value.tv_sec = CASE_SECONDS }, NULL);
	if (seed->is_header) {
		err = header_read(&info, "case", (char *)data, len);
		free(data);
	} else if (saved_is(data, len)) {
		err = saved_read(&info, "case", data, len);
	} else {
		err = -1;
		free(data);
	}
	if (!err)
		use(&info);
	info_free(&info);
	setitimer(ITIMER_PROF, &(struct itimerval){}, NULL);
	(*(err ? &shared->refused : &shared->accepted))++;
}

static void run_batch(unsigned long first, unsigned long long seed_number)
{
	int null = open("/dev/null", O_WRONLY), status;
	pid_t pid;

	shared->number = first;
	pid = fork();
	if (!pid) {
		dup2(null, STDERR_FILENO);
		for (; shared->number < first + BATCH; shared->number++)
			run_case(shared->number, seed_number);
		_exit(__lsan_do_recoverable_leak_check() ? 2 : 0);
	}
	close(null);
	if (waitpid(pid, &status, 0) < 0 || status)
		fail("damaged blobs and headers do no harm", "status 0x%x (seed %llu, case %lu)",
		     status, seed_number, shared->number);
}

int main(void)
{
	const char *seconds = getenv("FUZZ_SECONDS"), *seed = getenv("FUZZ_SEED");
	const char *only = getenv("FUZZ_CASE");
	_cleanup_(free_ptr) char *summary = NULL;
	glob_t found;
	time_t end;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (!glob("build/selftests/*.bpf.o", 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_object(found.gl_pathv[i]);
	globfree(&found);
	if (!check("there are objects to begin with", seed_cnt, "none"))
		return 1;
	if (only) {
		run_case(strtoul(only, NULL, 0), seed ? strtoull(seed, NULL, 0) : 1);
		return harness_status();
	}
	end = time(NULL) + (seconds ? atol(seconds) : 20);
	for (unsigned long i = 0; (!i || time(NULL) < end) && harness_failures < 5; i += BATCH)
		run_batch(i, seed ? strtoull(seed, NULL, 0) : 1);
	summary = xprintf("damaged blobs and headers do no harm: %lu read, %lu refused",
			  shared->accepted, shared->refused);
	check(summary, !harness_failures && shared->accepted && shared->refused, "%d failures",
	      harness_failures);
	for (unsigned int i = 0; i < seed_cnt; i++)
		bytes_free(&seeds[i].bytes);
	free(seeds);
	return harness_status();
}
