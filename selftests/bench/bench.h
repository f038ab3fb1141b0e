/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The benchmark's nouns: objects, the ways to load them, and what was measured. bench.c decides what is
 * measured when, measure.c runs applications, report.c prints.
 */
#ifndef LSKEL_BENCH_BENCH_H
#define LSKEL_BENCH_BENCH_H

#include <stdio.h>

enum { FLOOR, READY, LSKEL, LIBBPF, GEN_LOADER, WAYS };
extern const char *const way_names[WAYS];

#define PHASES 16

/* Times in microseconds; -1: could not be measured. */
struct series {
	double *values;
	int cnt;
};

struct phase {
	char name[32];
	struct series us;
};

struct way {
	int there;
	struct series us; /* first load in a fresh process */
	struct series again_us; /* and right after another; CO-RE by the kernel only */
	long peak_kib;
	int syscalls;
	long exe_bytes;
};

struct object {
	const char *name;
	const char *class; /* what it is, for people; "core": a tool with CO-RE relocations */
	const char *folder;
	struct way ways[WAYS];
	struct phase phases[PHASES]; /* of lskel */
	int phase_cnt;
	long header_bytes;
	struct series generate_us;
	struct series compile_us;
};

/* Many loads at once of one object. */
struct crowd {
	const struct object *object;
	int cnt;
	struct series processes_us[WAYS]; /* until the last has loaded and ended */
	struct series threads_us[WAYS];
};

/* The loader program alone, see loader_cost.c. */
struct loader {
	char name[32];
	double us, ratio;
	int insns, processed, states;
};

struct bench {
	struct object *objects;
	int object_cnt;
	struct crowd *crowds;
	int crowd_cnt;
	struct loader loaders[8];
	int loader_cnt;
	struct series empty_compile_us; /* an application that includes <lskel/lskel.h> only */
	int rounds;
};

void series_add(struct series *series, double value);
double series_best(const struct series *series);
double series_median(const struct series *series);

/* What an application of the benchmark tells, see app.c. */
struct answer {
	double us;
	long peak_kib;
	struct phase phases[PHASES];
	int phase_cnt;
};

/* Runs @path with up to two arguments. Returns 0, or -1 if it fails. */
int measure_load(const char *path, const char *mode, const char *arg, struct answer *ret);

/* The number of system calls between the marks of @path --count, or -1. */
int measure_syscalls(const char *path);

/* Runs @argv without output. Returns the microseconds that it took, or -1 if it fails. */
double measure_command(char *const argv[]);

/* Runs @cnt of @path at once. Returns the microseconds until the last has ended, or -1. */
double measure_crowd(const char *path, int cnt);

/* Runs @path and has @line called for each line that it prints. */
int measure_lines(const char *path, void (*line)(void *ctx, const char *text), void *ctx);

void report_text(const struct bench *bench, FILE *out);
void report_json(const struct bench *bench, FILE *out);

#endif /* LSKEL_BENCH_BENCH_H */
