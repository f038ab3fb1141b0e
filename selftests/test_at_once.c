// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * 200 skeletons load at once, in threads of one process and in processes: all of them load, nothing is shared
 * (each has maps and programs of its own, and its own data), and nothing is left. With the loader program
 * and without.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "rich.lskel.h"
#include "settings.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "run_packet.h"

#define LOADS	   200
#define IDS	   64 /* of one load: more than rich has */
#define PACKET_LEN 50 /* what programs see of run_on_packet(): without the Ethernet header */

/* What one load has made. In memory that processes share. */
struct outcome {
	char wrong[256]; /* empty: nothing */
	__u32 ids[IDS];	 /* of maps, then with the top bit set of programs */
	__u32 id_cnt;
};

struct shared {
	pthread_barrier_t start;  /* all begin to load */
	pthread_barrier_t loaded; /* all are loaded */
	struct outcome outcomes[LOADS];
};

static struct shared *shared;
static const struct lskel_info *loaded_info;

/* Variables of both objects: a factor of its own for each load. */
static void set_factor(void *skel, int factor)
{
	if (loaded_info == &rich__info)
		((struct rich *)skel)->rodata->factor = factor;
	else
		((struct settings *)skel)->rodata->factor = factor;
}

static int factor_of(const void *skel)
{
	return loaded_info == &rich__info ? ((const struct rich *)skel)->rodata->factor :
					    ((const struct settings *)skel)->rodata->factor;
}

static void note_ids(void *skel, struct outcome *outcome)
{
	const struct lskel_info *info = loaded_info;

	for (__u32 i = 0; i < info->map_cnt; i++) {
		struct bpf_map_info map = {};

		if (object_info(lskel_map_at(info, skel, i)->map_fd, &map, sizeof(map)) ||
		    strncmp(map.name, info->maps[i].name, sizeof(map.name) - 1))
			snprintf(outcome->wrong, sizeof(outcome->wrong), "map %s is '%s'",
				 info->maps[i].name, map.name);
		outcome->ids[outcome->id_cnt++] = map.id;
	}
	for (__u32 i = 0; i < info->prog_cnt; i++) {
		struct bpf_prog_info prog = {};
		int fd = lskel_prog_at(info, skel, i)->prog_fd;

		if (fd < 0)
			continue;
		if (object_info(fd, &prog, sizeof(prog)) ||
		    strncmp(prog.name, info->progs[i].name, sizeof(prog.name) - 1))
			snprintf(outcome->wrong, sizeof(outcome->wrong), "program %s is '%s'",
				 info->progs[i].name, prog.name);
		outcome->ids[outcome->id_cnt++] = prog.id | 1U << 31;
	}
}

/* The program of settings computes with its own factor and counts in its own .bss. */
static void run_program(struct settings *skel, int factor, struct outcome *outcome)
{
	int wanted = PACKET_LEN * factor + skel->data->offset + skel->data_step->step;
	int got = run_on_packet(skel->progs.compute.prog_fd);

	if (got != wanted || skel->bss->result != wanted || skel->bss->runs != 1)
		snprintf(outcome->wrong, sizeof(outcome->wrong),
			 "its program returns %d, not %d, and has run %llu times", got, wanted,
			 skel->bss->runs);
}

/* Load number @number. */
static void load_one(int number)
{
	struct outcome *outcome = &shared->outcomes[number];
	void *skel = lskel_open(loaded_info);
	int factor = number + 1;

	if (skel)
		set_factor(skel, factor);
	pthread_barrier_wait(&shared->start);
	if (!skel || lskel_load(loaded_info, skel))
		snprintf(outcome->wrong, sizeof(outcome->wrong), "%s",
			 skel ? lskel_error(loaded_info, skel) : strerror(errno));
	pthread_barrier_wait(&shared->loaded);
	if (!*outcome->wrong) {
		note_ids(skel, outcome);
		if (factor_of(skel) != factor)
			snprintf(outcome->wrong, sizeof(outcome->wrong), "has the factor %d",
				 factor_of(skel));
		if (loaded_info == &settings__info)
			run_program(skel, factor, outcome);
	}
	/* Before anything goes away, whose id could be used again. */
	pthread_barrier_wait(&shared->loaded);
	lskel_destroy(loaded_info, skel);
}

static void *load_in_thread(void *number)
{
	load_one((int)(long)number);
	return NULL;
}

static void load_in_threads(void)
{
	static pthread_t threads[LOADS];

	for (long i = 0; i < LOADS; i++)
		if (pthread_create(&threads[i], NULL, load_in_thread, (void *)i))
			abort();
	for (int i = 0; i < LOADS; i++)
		pthread_join(threads[i], NULL);
}

static void load_in_processes(void)
{
	static pid_t pids[LOADS];

	fflush(NULL);
	for (int i = 0; i < LOADS; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			abort();
		if (!pids[i]) {
			load_one(i);
			_exit(0);
		}
	}
	for (int i = 0; i < LOADS; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			snprintf(shared->outcomes[i].wrong, sizeof(shared->outcomes[i].wrong),
				 "its process ended with 0x%x", status);
	}
}

static int compare_ids(const void *a, const void *b)
{
	__u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return x < y ? -1 : x > y;
}

/* The number of ids that two loads have. */
static __u32 shared_ids(void)
{
	static __u32 all[LOADS * IDS];
	__u32 cnt = 0, same = 0;

	for (int i = 0; i < LOADS; i++)
		for (__u32 j = 0; j < shared->outcomes[i].id_cnt; j++)
			all[cnt++] = shared->outcomes[i].ids[j];
	qsort(all, cnt, sizeof(*all), compare_ids);
	for (__u32 i = 1; i < cnt; i++)
		same += all[i] == all[i - 1];
	printf("# %s: %u maps and programs\n", loaded_info->name, cnt);
	return cnt ? same : ~0U;
}

static void init_barriers(void)
{
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->start, &attr, LOADS);
	pthread_barrier_init(&shared->loaded, &attr, LOADS);
}

static void check_loads(const struct lskel_info *info, const char *where, void (*load)(void))
{
	static struct footprint before;
	const char *wrong = NULL, *left;
	char name[128];
	__u32 same;

	loaded_info = info;
	memset(shared, 0, sizeof(*shared));
	init_barriers();
	footprint_take(&before);
	load();
	for (int i = 0; i < LOADS && !wrong; i++)
		if (*shared->outcomes[i].wrong)
			wrong = shared->outcomes[i].wrong;
	snprintf(name, sizeof(name), "%s: %d loads at once in %s", info->name, LOADS, where);
	check(name, !wrong, "%s", wrong);
	same = shared_ids();
	snprintf(name, sizeof(name), "%s: in %s, each has its own maps and programs", info->name,
		 where);
	check(name, !same, "%u are shared", same);
	left = footprint_left(&before, info);
	snprintf(name, sizeof(name), "%s: in %s, they leave nothing", info->name, where);
	check(name, !left, "%s", left);
}

int main(void)
{
	static const struct lskel_info *const infos[] = { &settings__info, &rich__info };
	struct rlimit limit = { 16384, 16384 };

	setrlimit(RLIMIT_NOFILE, &limit);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | LSKEL_MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	for (int i = 0; i < 2; i++) {
		check_loads(infos[i], "threads", load_in_threads);
		check_loads(infos[i], "processes", load_in_processes);
	}
	return harness_status();
}
