// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The benchmark: loads each object in each way again and again, one way after the other, each time in a new
 * process, so that what else the machine does meets all of them alike.
 *
 * usage: bench [--rounds N] [--json FILE] [--lskel FILE] [--compile COMMAND] [--empty FOLDER] [--crowd N]
 *	  [--loader FILE] [--forget FILE] CLASS:FOLDER...
 *
 * FOLDER is what selftests/bench/build made of an object. COMMAND compiles an application; @ in it is FOLDER,
 * also that of --empty, an application without a skeleton. --forget: see forget.c.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>

#include "bench.h"

/* Objects that many load at once: so many of those with CO-RE relocations, and of the others. */
#define CROWDS_OF_EACH 1

const char *const way_names[WAYS] = { "floor", "ready", "lskel", "libbpf", "gen_loader" };

static const char *lskel = "build/lskel";
static const char *compile;
static const char *empty;
static const char *forget;

static const char *in_folder(const struct object *object, const char *file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", object->folder, file);
	return path;
}

static const char *way_path(const struct object *object, int way)
{
	return in_folder(object, way_names[way]);
}

static long file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

/* What the process before has left is taken down by the kernel at its leisure. */
static void let_settle(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

/* Whether what CO-RE in the kernel has found for others matters. */
static int kernel_relocates(const struct object *object, int way)
{
	return forget && !strcmp(object->class, "core") && (way == LSKEL || way == GEN_LOADER);
}

static void make_forget(void)
{
	char *argv[] = { (char *)forget, NULL };

	if (measure_command(argv) < 0) {
		fprintf(stderr, "%s fails\n", forget);
		exit(1);
	}
}

static void measure_way(struct object *object, int i)
{
	struct way *way = &object->ways[i];
	struct answer answer;

	if (kernel_relocates(object, i))
		make_forget();
	let_settle();
	if (measure_load(way_path(object, i), NULL, NULL, &answer)) {
		way->there = 0;
		return;
	}
	series_add(&way->us, answer.us);
	if (answer.peak_kib > way->peak_kib)
		way->peak_kib = answer.peak_kib;
	if (!kernel_relocates(object, i))
		return;
	let_settle();
	if (!measure_load(way_path(object, i), NULL, NULL, &answer))
		series_add(&way->again_us, answer.us);
}

static void measure_phases(struct object *object)
{
	struct answer answer;

	if (kernel_relocates(object, LSKEL))
		make_forget();
	if (measure_load(way_path(object, LSKEL), "--phases", NULL, &answer))
		return;
	for (int i = 0; i < answer.phase_cnt; i++) {
		strcpy(object->phases[i].name, answer.phases[i].name);
		series_add(&object->phases[i].us, series_best(&answer.phases[i].us));
		free(answer.phases[i].us.values);
	}
	object->phase_cnt = answer.phase_cnt;
}

static void measure_generation(struct object *object)
{
	char *path = strdup(in_folder(object, "object.bpf.o"));
	char *argv[] = { (char *)lskel, "gen", "skeleton", path, "name", "bench", NULL };

	series_add(&object->generate_us, measure_command(argv));
	free(path);
}

/* Compiles FOLDER's application. No shell, which would be measured as well. */
static double measure_compilation(const char *folder)
{
	char *words = strdup(compile), *argv[64] = {}, *at;
	int cnt = 0;
	double us;

	for (char *word = strtok(words, " "); word && cnt < 63; word = strtok(NULL, " ")) {
		at = strchr(word, '@');
		if (!at) {
			argv[cnt++] = strdup(word);
			continue;
		}
		argv[cnt] = calloc(1, strlen(word) + strlen(folder) + 1);
		sprintf(argv[cnt++], "%.*s%s%s", (int)(at - word), word, folder, at + 1);
	}
	us = measure_command(argv);
	while (cnt)
		free(argv[--cnt]);
	free(words);
	return us;
}

static void look_at(struct object *object)
{
	for (int i = 0; i < WAYS; i++) {
		struct way *way = &object->ways[i];

		way->exe_bytes = file_size(way_path(object, i));
		way->there = way->exe_bytes > 0;
		if (way->there)
			way->syscalls = measure_syscalls(way_path(object, i));
	}
	object->header_bytes = file_size(in_folder(object, "lskel.h"));
}

static void measure_round(struct bench *bench, int round)
{
	for (int i = 0; i < bench->object_cnt; i++) {
		struct object *object = &bench->objects[i];

		for (int j = 0; j < WAYS; j++) {
			int way = (j + round) % WAYS;

			if (object->ways[way].there)
				measure_way(object, way);
		}
		if (object->ways[LSKEL].there)
			measure_phases(object);
		if (object->header_bytes > 0)
			measure_generation(object);
	}
	fprintf(stderr, "\rround %d of %d ", round + 1, bench->rounds);
}

/* Takes long, and hardly varies. */
static void measure_compilations(struct bench *bench)
{
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < bench->object_cnt; i++)
			if (bench->objects[i].ways[LSKEL].there)
				series_add(&bench->objects[i].compile_us,
					   measure_compilation(bench->objects[i].folder));
		if (empty)
			series_add(&bench->empty_compile_us, measure_compilation(empty));
	}
}

static void measure_one_crowd(struct bench *bench, const struct object *object, int cnt)
{
	struct crowd crowd = { .object = object, .cnt = cnt };
	char number[16];

	snprintf(number, sizeof(number), "%d", cnt);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < WAYS; i++) {
			struct answer answer;

			if (!object->ways[i].there)
				continue;
			series_add(&crowd.processes_us[i], measure_crowd(way_path(object, i), cnt));
			/* Its memory is that of one load only. */
			if (i == FLOOR || i == GEN_LOADER)
				continue;
			if (!measure_load(way_path(object, i), "--threads", number, &answer))
				series_add(&crowd.threads_us[i], answer.us);
		}
	}
	bench->crowds = realloc(bench->crowds, (bench->crowd_cnt + 1) * sizeof(crowd));
	bench->crowds[bench->crowd_cnt++] = crowd;
}

static void measure_crowds(struct bench *bench, int cnt)
{
	int of_each[2] = {};

	for (int i = 0; i < bench->object_cnt && cnt; i++) {
		const struct object *object = &bench->objects[i];

		if (of_each[!strcmp(object->class, "core")]++ < CROWDS_OF_EACH)
			measure_one_crowd(bench, object, cnt);
	}
}

static void take_loader(void *ctx, const char *text)
{
	struct bench *bench = ctx;
	struct loader *loader = &bench->loaders[bench->loader_cnt];

	if (bench->loader_cnt < 8 &&
	    sscanf(text, "%31s %lf %lf %d %d %d", loader->name, &loader->us, &loader->ratio,
		   &loader->insns, &loader->processed, &loader->states) == 6)
		bench->loader_cnt++;
}

static void add_object(struct bench *bench, char *arg)
{
	char *colon = strchr(arg, ':'), *slash;

	if (!colon)
		return;
	*colon = '\0';
	slash = strrchr(colon + 1, '/');
	bench->objects = realloc(bench->objects, (bench->object_cnt + 1) * sizeof(struct object));
	bench->objects[bench->object_cnt++] = (struct object){
		.name = slash ? slash + 1 : colon + 1,
		.class = arg,
		.folder = colon + 1,
	};
}

int main(int argc, char **argv)
{
	const char *json = NULL, *loader = NULL;
	struct bench bench = { .rounds = 15 };
	int crowd = 0;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strncmp(argv[i], "--", 2)) {
			add_object(&bench, argv[i]);
			continue;
		}
		if (!strcmp(argv[i], "--rounds"))
			bench.rounds = atoi(value);
		else if (!strcmp(argv[i], "--json"))
			json = value;
		else if (!strcmp(argv[i], "--lskel"))
			lskel = value;
		else if (!strcmp(argv[i], "--compile"))
			compile = value;
		else if (!strcmp(argv[i], "--empty"))
			empty = value;
		else if (!strcmp(argv[i], "--crowd"))
			crowd = atoi(value);
		else if (!strcmp(argv[i], "--loader"))
			loader = value;
		else if (!strcmp(argv[i], "--forget"))
			forget = value;
		i++;
	}
	for (int i = 0; i < bench.object_cnt; i++)
		look_at(&bench.objects[i]);
	if (loader && measure_lines(loader, take_loader, &bench))
		fprintf(stderr, "%s fails\n", loader);
	for (int round = 0; round < bench.rounds; round++)
		measure_round(&bench, round);
	if (compile)
		measure_compilations(&bench);
	measure_crowds(&bench, crowd);
	fputc('\r', stderr);
	report_text(&bench, stdout);
	if (json) {
		FILE *out = fopen(json, "we");

		if (!out) {
			perror(json);
			return 1;
		}
		report_json(&bench, out);
		fclose(out);
	}
	return 0;
}
