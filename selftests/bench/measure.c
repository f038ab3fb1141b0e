// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs applications and takes down what they tell, see bench.h. */
#include <fcntl.h>
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "bench.h"
#include "mark.h"

extern char **environ;

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Kept sorted. */
void series_add(struct series *series, double value)
{
	if (value < 0)
		return;
	series->values = realloc(series->values, (series->cnt + 1) * sizeof(value));
	if (!series->values)
		abort();
	series->values[series->cnt++] = value;
	qsort(series->values, series->cnt, sizeof(value), compare_doubles);
}

double series_best(const struct series *series)
{
	return series->cnt ? series->values[0] : -1;
}

double series_median(const struct series *series)
{
	return series->cnt ? series->values[series->cnt / 2] : -1;
}

/*
 * Starts @argv with its output going to @out, or nowhere, and (if that is allowed) before whatever else the
 * machine has to do. posix_spawn() copies no page tables.
 */
static pid_t start(char *const argv[], int out)
{
	const struct sched_param priority = { .sched_priority = 1 };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	pid_t pid;
	int err;

	posix_spawnattr_init(&attr);
	posix_spawnattr_setschedpolicy(&attr, SCHED_FIFO);
	posix_spawnattr_setschedparam(&attr, &priority);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSCHEDULER);

	posix_spawn_file_actions_init(&actions);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, argv[0], &actions, &attr, argv, environ);
	if (err == EPERM)
		err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err ? -1 : pid;
}

static int finish(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

static int run_lines(char *const argv[], void (*line)(void *ctx, const char *text), void *ctx)
{
	char text[256];
	int fds[2];
	FILE *in;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = start(argv, fds[1]);
	close(fds[1]);
	in = fdopen(fds[0], "r");
	while (in && fgets(text, sizeof(text), in))
		line(ctx, text);
	fclose(in);
	return finish(pid);
}

int measure_lines(const char *path, void (*line)(void *ctx, const char *text), void *ctx)
{
	char *argv[] = { (char *)path, NULL };

	return run_lines(argv, line, ctx);
}

static void take_line(void *ctx, const char *text)
{
	struct answer *answer = ctx;
	double ns;
	long kib;

	if (sscanf(text, "ns %lf", &ns) == 1)
		answer->us = ns / 1e3;
	if (sscanf(text, "hwm %ld", &kib) == 1)
		answer->peak_kib = kib;
	if (!strncmp(text, "phase ", 6) && answer->phase_cnt < PHASES) {
		struct phase *phase = &answer->phases[answer->phase_cnt];

		if (sscanf(text, "phase %31s %lf", phase->name, &ns) == 2) {
			series_add(&phase->us, ns / 1e3);
			answer->phase_cnt++;
		}
	}
}

int measure_load(const char *path, const char *mode, const char *arg, struct answer *ret)
{
	char *argv[] = { (char *)path, (char *)mode, (char *)arg, NULL };
	int err;

	*ret = (struct answer){ .us = -1 };
	err = run_lines(argv, take_line, ret);
	return err || ret->us < 0 ? -1 : 0;
}

double measure_command(char *const argv[])
{
	double began = now_us();

	return finish(start(argv, -1)) ? -1 : now_us() - began;
}

double measure_crowd(const char *path, int cnt)
{
	char *argv[] = { (char *)path, NULL };
	pid_t *pids = calloc(cnt, sizeof(*pids));
	double began = now_us();
	int failures = 0;

	for (int i = 0; i < cnt; i++)
		pids[i] = start(argv, -1);
	for (int i = 0; i < cnt; i++)
		failures += !!finish(pids[i]);
	free(pids);
	return failures ? -1 : now_us() - began;
}

/* Whether the stopped process @pid is at a mark. */
static int at_mark(pid_t pid)
{
	struct __ptrace_syscall_info info = {};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return -1;
	return info.entry.nr == MARK && info.entry.args[0] == MARK_ARG;
}

/* Stops at each entry and exit until @pid ends; counts entries between marks. */
static int count_entries(pid_t pid)
{
	int status, marks = 0, cnt = 0;

	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			int mark = at_mark(pid);

			marks += mark == 1;
			cnt += mark == 0 && marks == 1;
		} else {
			ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
		}
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
	}
	return marks == 2 ? cnt : -1;
}

int measure_syscalls(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execl(path, path, "--count", NULL);
		_exit(1);
	}
	return pid < 0 ? -1 : count_entries(pid);
}
