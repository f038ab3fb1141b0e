// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The main program of all applications of the benchmark, see app.h.
 *
 * usage: APP [--phases | --count | --threads N | --warm N]
 *
 * Prints lines "what number": "ns" for the first load in this process, "hwm" KiB of memory that it had at
 * most, with --warm "warm" for the best of N more loads. --phases: also "phase NAME ns". --count: enters the
 * kernel with MARK before and after the load, for somebody who counts. --threads: N loads at once, each in
 * a thread; "ns" is from the start of the first until the end of the last.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "app.h"
#include "mark.h"

#define PHASES 16

static int with_phases;
static struct phase {
	const char *name;
	__u64 end;
} phases[PHASES];
static int phase_cnt;
static pthread_barrier_t start;

static __u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

void app_phase(const char *name)
{
	if (with_phases && phase_cnt < PHASES)
		phases[phase_cnt++] = (struct phase){ name, now() };
}

/* getrusage() would also tell of the process before exec(). */
static long peak_memory(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[128];
	long kib = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

static void *load_in_thread(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&start);
	return app_load();
}

static int load_in_threads(int cnt)
{
	pthread_t *threads = calloc(cnt, sizeof(*threads));
	int failures = 0;
	__u64 began;

	pthread_barrier_init(&start, NULL, cnt + 1);
	for (int i = 0; i < cnt; i++)
		if (pthread_create(&threads[i], NULL, load_in_thread, NULL))
			return 1;
	began = now();
	pthread_barrier_wait(&start);
	for (int i = 0; i < cnt; i++) {
		void *loaded;

		pthread_join(threads[i], &loaded);
		failures += !loaded;
	}
	printf("ns %llu\nfailures %d\n", now() - began, failures);
	return failures;
}

static void print_phases(__u64 began)
{
	for (int i = 0; i < phase_cnt; i++) {
		printf("phase %s %llu\n", phases[i].name, phases[i].end - began);
		began = phases[i].end;
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int cnt = argc > 2 ? atoi(argv[2]) : 0, count = !strcmp(mode, "--count");
	struct rlimit limit;
	__u64 began, ns, warm = 0;
	long memory;
	void *loaded;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	with_phases = !strcmp(mode, "--phases");
	app_prepare();
	if (!strcmp(mode, "--threads"))
		return load_in_threads(cnt);

	if (count)
		syscall(MARK, MARK_ARG);
	began = now();
	loaded = app_load();
	ns = now() - began;
	if (count)
		syscall(MARK, MARK_ARG);
	if (!loaded)
		return 1;
	memory = peak_memory();
	printf("ns %llu\nhwm %ld\n", ns, memory);
	print_phases(began);
	app_unload(loaded);
	for (int i = 0; i < cnt && !strcmp(mode, "--warm"); i++) {
		began = now();
		loaded = app_load();
		ns = now() - began;
		if (!loaded)
			return 1;
		app_unload(loaded);
		if (!warm || ns < warm)
			warm = ns;
	}
	if (warm)
		printf("warm %llu\n", warm);
	return 0;
}
