// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Prints what the benchmark has measured: tables for people, JSON for programs. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static double us_of(const struct object *object, int way)
{
	return object->ways[way].there ? series_median(&object->ways[way].us) : -1;
}

/* How many times longer @a takes than @b, or -1. */
static double ratio(const struct object *object, int a, int b)
{
	double x = us_of(object, a), y = us_of(object, b);

	return x < 0 || y <= 0 ? -1 : x / y;
}

static int is_generated(const struct object *object)
{
	return !strcmp(object->class, "generated");
}

/* Ratios over all objects of @class ("": all but the generated ones), sorted. */
static struct series ratios(const struct bench *bench, const char *class, int a, int b)
{
	struct series all = {};

	for (int i = 0; i < bench->object_cnt; i++) {
		const struct object *object = &bench->objects[i];

		if (*class ? !strcmp(object->class, class) : !is_generated(object))
			series_add(&all, ratio(object, a, b));
	}
	return all;
}

static double worst(const struct series *series)
{
	return series->cnt ? series->values[series->cnt - 1] : -1;
}

/* A number of @width characters, or what stands for one that there is not. */
static void cell(FILE *out, int width, int decimals, double value)
{
	if (value < 0)
		fprintf(out, "%*s", width, "-");
	else
		fprintf(out, "%*.*f", width, decimals, value);
}

static void report_times(const struct bench *bench, FILE *out)
{
	fprintf(out,
		"First load in a fresh process, microseconds, median (best) of %d; ratios of medians\n\n"
		"%-28s %-9s",
		bench->rounds, "object", "class");
	for (int i = 0; i < WAYS; i++)
		fprintf(out, " %16s", way_names[i]);
	fprintf(out, "  lskel/floor libbpf/lskel libbpf/floor gen_loader/lskel\n");
	for (int i = 0; i < bench->object_cnt; i++) {
		const struct object *object = &bench->objects[i];

		fprintf(out, "%-28s %-9s", object->name, object->class);
		for (int way = 0; way < WAYS; way++) {
			cell(out, 9, 0, us_of(object, way));
			if (object->ways[way].there)
				fprintf(out, " (%5.0f)", series_best(&object->ways[way].us));
			else
				fprintf(out, "%8s", "");
		}
		cell(out, 13, 2, ratio(object, LSKEL, FLOOR));
		cell(out, 13, 2, ratio(object, LIBBPF, LSKEL));
		cell(out, 13, 2, ratio(object, LIBBPF, FLOOR));
		cell(out, 17, 2, ratio(object, GEN_LOADER, LSKEL));
		fputc('\n', out);
	}
}

static double again_ratio(const struct object *object)
{
	double us = series_median(&object->ways[LSKEL].again_us), floor = us_of(object, FLOOR);

	return us < 0 || floor <= 0 ? -1 : us / floor;
}

/* Where the kernel remembers the types that CO-RE has to find. */
static void report_again(const struct bench *bench, FILE *out)
{
	fprintf(out,
		"\nThe same again in another process, while the kernel remembers types, microseconds, median\n\n"
		"%-28s %12s %12s %12s\n",
		"object", "lskel", "gen_loader", "lskel/floor");
	for (int i = 0; i < bench->object_cnt; i++) {
		const struct object *object = &bench->objects[i];

		if (!object->ways[LSKEL].again_us.cnt)
			continue;
		fprintf(out, "%-28s", object->name);
		cell(out, 13, 0, series_median(&object->ways[LSKEL].again_us));
		cell(out, 13, 0, series_median(&object->ways[GEN_LOADER].again_us));
		cell(out, 13, 2, again_ratio(object));
		fputc('\n', out);
	}
}

/* Those of a load without the loader program are fewer. */
static const char *const phase_names[] = { "open",	 "look_ahead",	"blob_map",
					   "loader_btf", "loader_prog", "fill",
					   "run",	 "read_back",	"close" };

static double phase_us(const struct object *object, const char *name)
{
	for (int i = 0; i < object->phase_cnt; i++)
		if (!strcmp(object->phases[i].name, name))
			return series_median(&object->phases[i].us);
	return -1;
}

static void report_phases(const struct bench *bench, FILE *out)
{
	const int cnt = sizeof(phase_names) / sizeof(phase_names[0]);

	fprintf(out, "\nPhases of lskel, microseconds, median\n\n%-28s", "object");
	for (int i = 0; i < cnt; i++)
		fprintf(out, " %11s", phase_names[i]);
	fputc('\n', out);
	for (int i = 0; i < bench->object_cnt; i++) {
		const struct object *object = &bench->objects[i];

		if (!object->phase_cnt)
			continue;
		fprintf(out, "%-28s", object->name);
		for (int j = 0; j < cnt; j++)
			cell(out, 12, 1, phase_us(object, phase_names[j]));
		fputc('\n', out);
	}
}

static void report_sizes(const struct bench *bench, FILE *out)
{
	fprintf(out,
		"\nSystem calls, peak memory (KiB), static stripped executable (KiB); of lskel: header "
		"(bytes), its compilation and generation (ms, best)\n\n%-28s",
		"object");
	for (int i = 0; i < WAYS; i++)
		fprintf(out, " %20s", way_names[i]);
	fprintf(out, "   header compile generate\n");
	for (int i = 0; i < bench->object_cnt; i++) {
		const struct object *object = &bench->objects[i];

		fprintf(out, "%-28s", object->name);
		for (int j = 0; j < WAYS; j++) {
			const struct way *way = &object->ways[j];

			if (way->there)
				fprintf(out, " %6d %6ld %6ld", way->syscalls, way->peak_kib,
					way->exe_bytes / 1024);
			else
				fprintf(out, " %20s", "-");
		}
		cell(out, 9, 0, object->header_bytes);
		cell(out, 8, 0, series_best(&object->compile_us) / 1e3);
		cell(out, 9, 1, series_best(&object->generate_us) / 1e3);
		fputc('\n', out);
	}
	fprintf(out, "An application that only includes <lskel/lskel.h> compiles in %.0f ms.\n",
		series_best(&bench->empty_compile_us) / 1e3);
}

static void report_loaders(const struct bench *bench, FILE *out)
{
	fprintf(out, "\nThe loader program alone, best of many\n\n%-12s %8s %6s %6s %10s %7s\n",
		"program", "us", "ratio", "insns", "processed", "states");
	for (int i = 0; i < bench->loader_cnt; i++) {
		const struct loader *loader = &bench->loaders[i];

		fprintf(out, "%-12s %8.1f %6.1f %6d %10d %7d\n", loader->name, loader->us,
			loader->ratio, loader->insns, loader->processed, loader->states);
	}
}

static void report_crowds(const struct bench *bench, FILE *out)
{
	for (int i = 0; i < bench->crowd_cnt; i++) {
		const struct crowd *crowd = &bench->crowds[i];

		fprintf(out, "\n%d loads of %s at once, loads a second (best)\n", crowd->cnt,
			crowd->object->name);
		for (int way = 0; way < WAYS; way++) {
			double processes = series_best(&crowd->processes_us[way]);
			double threads = series_best(&crowd->threads_us[way]);

			if (!crowd->processes_us[way].cnt)
				continue;
			fprintf(out, "%-12s processes", way_names[way]);
			cell(out, 8, 0, processes > 0 ? crowd->cnt / processes * 1e6 : -1);
			fprintf(out, "   threads");
			cell(out, 8, 0, threads > 0 ? crowd->cnt / threads * 1e6 : -1);
			fputc('\n', out);
		}
	}
}

/* The number of programs of a generated object is its name's end. */
static double time_per_program(const struct bench *bench, int progs)
{
	for (int i = 0; i < bench->object_cnt; i++) {
		const char *digits = strrchr(bench->objects[i].name, '_');

		if (is_generated(&bench->objects[i]) && digits && atoi(digits + 1) == progs)
			return us_of(&bench->objects[i], LSKEL) / progs;
	}
	return -1;
}

static double slowest_generation(const struct bench *bench)
{
	double max = -1;

	for (int i = 0; i < bench->object_cnt; i++)
		if (!is_generated(&bench->objects[i]) &&
		    series_best(&bench->objects[i].generate_us) > max)
			max = series_best(&bench->objects[i].generate_us);
	return max / 1e3;
}

static double linearity(const struct bench *bench)
{
	double few = time_per_program(bench, 10), many = time_per_program(bench, 1000);

	return few > 0 && many > 0 ? many / few : -1;
}

static void report_ratios(const struct bench *bench, FILE *out)
{
	struct series floor = ratios(bench, "", LSKEL, FLOOR);
	struct series ready = ratios(bench, "", READY, FLOOR);
	struct series core_floor = ratios(bench, "core", LSKEL, FLOOR);
	struct series core = ratios(bench, "core", LIBBPF, LSKEL);
	struct series all = ratios(bench, "", LIBBPF, LSKEL);
	struct series peer = ratios(bench, "", GEN_LOADER, LSKEL);
	struct series again = {};

	for (int i = 0; i < bench->object_cnt; i++)
		series_add(&again, again_ratio(&bench->objects[i]));
	fprintf(out,
		"\nratios: lskel/floor median %.2f worst %.2f (CO-RE tools: median %.2f, again %.2f)",
		series_median(&floor), worst(&floor), series_median(&core_floor),
		series_median(&again));
	if (ready.cnt)
		fprintf(out, "; ready/floor median %.2f worst %.2f", series_median(&ready),
			worst(&ready));
	fprintf(out,
		"; libbpf/lskel CO-RE tools median %.2f least %.2f, all median %.2f least %.2f"
		"; gen_loader/lskel median %.2f least %.2f"
		"; per program 1000/10 %.2f; slowest generation %.0f ms\n",
		series_median(&core), series_best(&core), series_median(&all), series_best(&all),
		series_median(&peer), series_best(&peer), linearity(bench),
		slowest_generation(bench));
}

void report_text(const struct bench *bench, FILE *out)
{
	report_times(bench, out);
	report_again(bench, out);
	report_phases(bench, out);
	report_sizes(bench, out);
	report_loaders(bench, out);
	report_crowds(bench, out);
	report_ratios(bench, out);
}

static void json_series(const char *name, const struct series *series, FILE *out)
{
	fprintf(out, "\"%s\": ", name);
	if (series->cnt)
		fprintf(out, "{ \"median\": %.1f, \"best\": %.1f, \"count\": %d }",
			series_median(series), series_best(series), series->cnt);
	else
		fprintf(out, "null");
}

static void json_object(const struct object *object, FILE *out)
{
	const char *comma = "";

	fprintf(out,
		"    {\n      \"name\": \"%s\", \"class\": \"%s\", \"header_bytes\": %ld,\n      ",
		object->name, object->class, object->header_bytes);
	json_series("generate_us", &object->generate_us, out);
	fprintf(out, ",\n      ");
	json_series("compile_us", &object->compile_us, out);
	fprintf(out, ",\n      \"ways\": {");
	for (int i = 0; i < WAYS; i++) {
		const struct way *way = &object->ways[i];

		if (!way->there)
			continue;
		fprintf(out, "%s\n        \"%s\": { ", comma, way_names[i]);
		json_series("us", &way->us, out);
		fprintf(out, ", ");
		json_series("again_us", &way->again_us, out);
		fprintf(out, ", \"syscalls\": %d, \"peak_kib\": %ld, \"executable_bytes\": %ld }",
			way->syscalls, way->peak_kib, way->exe_bytes);
		comma = ",";
	}
	fprintf(out, "\n      },\n      \"lskel_phases\": {");
	comma = "";
	for (int i = 0; i < object->phase_cnt; i++) {
		fprintf(out, "%s\n        ", comma);
		json_series(object->phases[i].name, &object->phases[i].us, out);
		comma = ",";
	}
	fprintf(out, "\n      }\n    }");
}

static void json_crowd(const struct crowd *crowd, FILE *out)
{
	const char *comma = "";

	fprintf(out, "    { \"object\": \"%s\", \"loads\": %d, \"ways\": {", crowd->object->name,
		crowd->cnt);
	for (int i = 0; i < WAYS; i++) {
		if (!crowd->processes_us[i].cnt)
			continue;
		fprintf(out, "%s\n        \"%s\": { ", comma, way_names[i]);
		json_series("processes_us", &crowd->processes_us[i], out);
		fprintf(out, ", ");
		json_series("threads_us", &crowd->threads_us[i], out);
		fprintf(out, " }");
		comma = ",";
	}
	fprintf(out, "\n      }\n    }");
}

void report_json(const struct bench *bench, FILE *out)
{
	fprintf(out, "{\n  \"rounds\": %d,\n  ", bench->rounds);
	json_series("empty_compile_us", &bench->empty_compile_us, out);
	fprintf(out, ",\n  \"objects\": [\n");
	for (int i = 0; i < bench->object_cnt; i++) {
		json_object(&bench->objects[i], out);
		fprintf(out, "%s\n", i + 1 < bench->object_cnt ? "," : "");
	}
	fprintf(out, "  ],\n  \"loader_program\": [\n");
	for (int i = 0; i < bench->loader_cnt; i++) {
		const struct loader *loader = &bench->loaders[i];

		fprintf(out,
			"    { \"name\": \"%s\", \"us\": %.1f, \"ratio\": %.2f, \"insns\": %d, "
			"\"processed\": %d, \"states\": %d }%s\n",
			loader->name, loader->us, loader->ratio, loader->insns, loader->processed,
			loader->states, i + 1 < bench->loader_cnt ? "," : "");
	}
	fprintf(out, "  ],\n  \"at_once\": [\n");
	for (int i = 0; i < bench->crowd_cnt; i++) {
		json_crowd(&bench->crowds[i], out);
		fprintf(out, "%s\n", i + 1 < bench->crowd_cnt ? "," : "");
	}
	fprintf(out, "  ]\n}\n");
}
