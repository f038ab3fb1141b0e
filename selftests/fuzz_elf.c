// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Damaged objects neither crash the generator nor make it hang, leak or touch memory that isn't its
 * own: it writes a skeleton, or refuses with a message.
 *
 * Cases have numbers; the seed and a number say all about a case. They run in batches, each in a
 * process of its own that contains the sanitized generator.
 *
 * Environment: FUZZ_SECONDS (default 45), FUZZ_SEED (1), FUZZ_FIRST, the number of the first case (0),
 * FUZZ_BATCH, the cases in one process (50).
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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "cmd.h"
#include "fuzz_mutate.h"
#include "harness.h"
#include "util.h"

#define CASE_SECONDS 5
#define CRASHES	     "build/selftests/crashes"
#define MAX_JOBS     16
#define MAX_FAILURES 20

enum { EXIT_DONE = 70, EXIT_SILENT, EXIT_LEAK, EXIT_SETUP };

/* A batch. What its process writes is in memory that it shares with the parent. */
struct job {
	pid_t pid;
	int log; /* stderr of the last case */
	struct progress {
		unsigned long number; /* of the case that is running */
		unsigned long accepted, refused;
	} * shared;
};

struct fuzz {
	struct seed_object *objects;
	unsigned int object_cnt;
	unsigned long long seed;
	unsigned long batch;
	struct job jobs[MAX_JOBS];
	unsigned long accepted, refused, failed;
};

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=256";
}

static void add_objects(struct fuzz *fuzz, const char *pattern)
{
	glob_t found;

	if (!glob(pattern, 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++) {
			struct seed_object object;

			if (seed_object_read(&object, found.gl_pathv[i]))
				push(fuzz->objects, fuzz->object_cnt) = object;
		}
	globfree(&found);
}

/* The damaged object of case @number, which the caller frees. */
static unsigned char *make_case(const struct fuzz *fuzz, unsigned long number, size_t *ret_size,
				const char **ret_path)
{
	unsigned long long state = fuzz->seed * 0x9e3779b97f4a7c15ULL + (number << 1 | 1);
	const struct seed_object *object;
	unsigned char *data;

	for (int i = 0; i < 8; i++)
		random_below(&state, 1);
	object = &fuzz->objects[random_below(&state, fuzz->object_cnt)];
	data = xcalloc(1, object->size);
	*ret_size = mutate(object, &state, data);
	*ret_path = object->path;
	return data;
}

static void run_case(const struct fuzz *fuzz, struct job *job)
{
	size_t size;
	const char *origin;
	_cleanup_(free_ptr) unsigned char *data =
		make_case(fuzz, job->shared->number, &size, &origin);
	int file = memfd_create("object", MFD_CLOEXEC), status;
	char path[32], *argv[] = { path, "name", "fuzz", NULL };
	struct stat st;

	if (write(file, data, size) != (ssize_t)size || ftruncate(job->log, 0) ||
	    lseek(job->log, 0, SEEK_SET))
		_exit(EXIT_SETUP);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	/* Of CPU time: the machine may be busy. */
	setitimer(ITIMER_PROF, &(struct itimerval){ .it_value.tv_sec = CASE_SECONDS }, NULL);
	status = cmd_gen_skeleton(3, argv);
	setitimer(ITIMER_PROF, &(struct itimerval){}, NULL);
	close(file);
	if (status && (fstat(job->log, &st) || !st.st_size))
		_exit(EXIT_SILENT);
	(*(status ? &job->shared->refused : &job->shared->accepted))++;
}

static void __attribute__((noreturn)) run_batch(const struct fuzz *fuzz, struct job *job)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	dup2(job->log, STDERR_FILENO);
	setrlimit(RLIMIT_CORE, &(struct rlimit){});
	for (unsigned long i = 0; i < fuzz->batch; i++, job->shared->number++)
		run_case(fuzz, job);
	_exit(__lsan_do_recoverable_leak_check() ? EXIT_LEAK : EXIT_DONE);
}

static void start(const struct fuzz *fuzz, struct job *job, unsigned long number)
{
	if (!job->shared) {
		job->log = memfd_create("log", MFD_CLOEXEC);
		job->shared = mmap(NULL, sizeof(*job->shared), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	}
	*job->shared = (struct progress){ .number = number };
	job->pid = fork();
	if (!job->pid)
		run_batch(fuzz, job);
}

/*
 * Why a batch ended, or NULL when all is well: also when memory ran out, which ends the process, and
 * with it the batch.
 */
static const char *verdict(int status, const char *log)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGPROF ? "hangs" : strsignal(WTERMSIG(status));
	switch (WEXITSTATUS(status)) {
	case EXIT_DONE:
		return NULL;
	case EXIT_SILENT:
		return "refused without a message";
	case EXIT_LEAK:
		return "memory leaks in this batch";
	}
	return strstr(log, "lskel: out of memory") ? NULL : "an unexpected exit";
}

static void save(const struct fuzz *fuzz, unsigned long number, const char *why, const char *log)
{
	_cleanup_(free_ptr) char *base = xprintf(CRASHES "/%llu-%lu", fuzz->seed, number);
	_cleanup_(free_ptr) char *object_path = xprintf("%s.o", base);
	_cleanup_(free_ptr) char *log_path = xprintf("%s.log", base);
	size_t size;
	const char *origin;
	_cleanup_(free_ptr) unsigned char *data = make_case(fuzz, number, &size, &origin);
	FILE *file = fopen(object_path, "we");

	if (file) {
		fwrite(data, 1, size, file);
		fclose(file);
	}
	file = fopen(log_path, "we");
	if (file) {
		fputs(log, file);
		fclose(file);
	}
	fail("a damaged object is refused", "%s (seed %llu case %lu of %s: %s)", why, fuzz->seed,
	     number, origin, object_path);
}

static void finish(struct fuzz *fuzz, struct job *job, int status)
{
	static char log[65536];
	ssize_t len = pread(job->log, log, sizeof(log) - 1, 0);
	const char *why;

	log[len > 0 ? len : 0] = '\0';
	why = verdict(status, log);
	job->pid = 0;
	fuzz->accepted += job->shared->accepted;
	fuzz->refused += job->shared->refused;
	if (why) {
		fuzz->failed++;
		save(fuzz, job->shared->number, why, log);
	}
}

/* Waits for one batch to end. */
static void collect(struct fuzz *fuzz)
{
	int status;
	pid_t pid = wait(&status);

	for (int i = 0; i < MAX_JOBS; i++)
		if (pid > 0 && fuzz->jobs[i].pid == pid)
			finish(fuzz, &fuzz->jobs[i], status);
}

static unsigned long number_from(const char *variable, unsigned long otherwise)
{
	const char *value = getenv(variable);

	return value ? strtoul(value, NULL, 0) : otherwise;
}

static void fuzz_run(struct fuzz *fuzz, unsigned long number, time_t end)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	while (time(NULL) < end && fuzz->failed < MAX_FAILURES) {
		for (int i = 0; i < cpus && i < MAX_JOBS; i++) {
			if (fuzz->jobs[i].pid)
				continue;
			start(fuzz, &fuzz->jobs[i], number);
			number += fuzz->batch;
		}
		collect(fuzz);
	}
	for (int i = 0; i < MAX_JOBS; i++)
		if (fuzz->jobs[i].pid)
			collect(fuzz);
}

int main(void)
{
	struct fuzz fuzz = {
		.seed = number_from("FUZZ_SEED", 1),
		.batch = number_from("FUZZ_BATCH", 50),
	};
	_cleanup_(free_ptr) char *summary = NULL;

	add_objects(&fuzz, "build/selftests/fixtures/*.bpf.o");
	add_objects(&fuzz, "build/selftests/*.bpf.o");
	add_objects(&fuzz, "/usr/lib/*/bpf/xdp*.o");
	if (!fuzz.object_cnt) {
		skip("damaged objects are refused", "no objects to damage");
		return harness_status();
	}
	mkdir(CRASHES, 0777);
	fuzz_run(&fuzz, number_from("FUZZ_FIRST", 0),
		 time(NULL) + (time_t)number_from("FUZZ_SECONDS", 45));

	summary = xprintf("damaged objects do no harm: %lu skeletons, %lu refusals", fuzz.accepted,
			  fuzz.refused);
	check(summary, !fuzz.failed && fuzz.accepted && fuzz.refused, "%lu failures", fuzz.failed);
	for (unsigned int i = 0; i < fuzz.object_cnt; i++)
		seed_object_free(&fuzz.objects[i]);
	free(fuzz.objects);
	return harness_status();
}
