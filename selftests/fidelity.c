// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loads objects once through libbpf, once through a skeleton and, where there is anything to do ahead of the load, once
 * through a skeleton that was relocated before; and compares what the kernel says then: see fidelity.h. Never
 * attaches.
 *
 * usage: fidelity [--each] [--tsv] [--dump DIR] [OBJECT]...
 *
 * Without an OBJECT: those in the folder "objects" where the program lies. --each: also each program
 * alone, whether it is off (SEC("?...")) or not. --tsv: instead of test results, prints lines "object
 * class errno-of-libbpf errno-of-lskel detail". --dump: leaves descriptions and messages of both ways
 * in DIR.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fidelity.h"
#include "harness.h"
#include "own_bpffs.h"
#include "util.h"

/*
 * Seconds for libbpf: a program of a million instructions takes its time, in an emulated machine above
 * all. The skeleton gets twice as many, since it is not to seem slow where libbpf only just made it.
 */
#define TIMEOUT 120

/* Lines of a difference, and characters of one, that are shown. */
#define DIFF_LINES 10
#define LINE_MAX   160

/* What one of the two processes left. */
struct report {
	enum fidelity_result result;
	int err;
	char *text; /* the description */
	char *messages;
};

typedef void load_func(const char *path, const char *name, FILE *out);

static bool tsv;
static const char *dump_dir;
static bool each;

static char *read_all(int fd)
{
	struct bytes all = {};
	char buf[65536];
	ssize_t len;

	lseek(fd, 0, SEEK_SET);
	while ((len = read(fd, buf, sizeof(buf))) > 0)
		bytes_add(&all, buf, len);
	bytes_add(&all, "", 1);
	return all.data;
}

static void run_child(load_func *load, const char *path, const char *name, int out_fd, int err_fd)
{
	FILE *out = fdopen(out_fd, "w");

	alarm(load == fidelity_by_libbpf ? TIMEOUT : 2 * TIMEOUT);
	dup2(err_fd, STDERR_FILENO);
	if (own_bpffs())
		complain("can't mount a BPF file system: %s", strerror(errno));
	load(path, name, out);
	fclose(out);
	exit(0);
}

/* Runs @load in a process of its own, since libbpf remembers which kernel it has seen. */
static struct report run(load_func *load, const char *path, const char *name)
{
	int out_fd = memfd_create("report", MFD_CLOEXEC);
	int err_fd = memfd_create("messages", MFD_CLOEXEC);
	struct report report = {};
	int status = -1, head = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		run_child(load, path, name, out_fd, err_fd);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		complain("fork: %s", strerror(errno));
	report.text = read_all(out_fd);
	report.messages = read_all(err_fd);
	if (!status)
		sscanf(report.text, FIDELITY_HEAD "%n", (int *)&report.result, &report.err, &head);
	else
		report.err = status;
	memmove(report.text, report.text + head, strlen(report.text + head) + 1);
	close(out_fd);
	close(err_fd);
	return report;
}

static void free_report(struct report *report)
{
	free(report->text);
	free(report->messages);
}

static size_t line_len(const char *line)
{
	return strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
	line += line_len(line);
	return *line ? line + 1 : line;
}

/* Prints lines that differ at the same place, as many as fit. */
static void print_difference(const char *a, const char *b)
{
	for (int lines = 0; lines < DIFF_LINES && (*a || *b); a = next_line(a), b = next_line(b)) {
		size_t len_a = line_len(a), len_b = line_len(b);

		if (len_a == len_b && !memcmp(a, b, len_a))
			continue;
		printf("# libbpf: %.*s\n", (int)(len_a < LINE_MAX ? len_a : LINE_MAX), a);
		printf("# lskel:  %.*s\n", (int)(len_b < LINE_MAX ? len_b : LINE_MAX), b);
		lines += 2;
	}
}

static void dump(const char *name, const char *who, const char *text)
{
	_cleanup_(free_ptr) char *path = xprintf("%s/%s.%s", dump_dir, name, who);
	_cleanup_(close_file) FILE *out = fopen(path, "we");

	if (out)
		fputs(text, out);
}

/* Messages as one line. */
static char *flatten(const char *messages)
{
	char *line = xstrdup(messages);

	for (char *p = line; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = ' ';
	for (size_t len = strlen(line); len && line[len - 1] == ' ';)
		line[--len] = '\0';
	return line;
}

/* What stands in @messages between @before and the next quote: libbpf or lskel names a program. */
static char *quoted(const char *messages, const char *before, const char *after)
{
	for (const char *p = messages; (p = strstr(p, before)); p++) {
		const char *start = p + strlen(before), *end = strchr(start, '\'');

		if (end && !strncmp(end, after, strlen(after)))
			return strndup(start, end - start);
	}
	return NULL;
}

static bool same_program(const struct report *libbpf, const struct report *lskel)
{
	_cleanup_(free_ptr) char *a =
		quoted(libbpf->messages, "prog '", "': BPF program load failed");
	_cleanup_(free_ptr) char *b = quoted(lskel->messages, "failed to load program '", "' (SEC");

	return !a || !b || !strcmp(a, b);
}

/* A function of the kernel that isn't there is ESRCH to libbpf, which looks for it by itself. */
static bool same_errno(const struct report *libbpf, const struct report *lskel)
{
	if (libbpf->err == lskel->err)
		return true;
	return libbpf->err == ESRCH && lskel->err == ENOENT &&
	       strstr(lskel->messages, ": failed to find '");
}

static bool too_slow(const struct report *libbpf)
{
	return libbpf->result == FIDELITY_CRASHED && libbpf->err == SIGALRM;
}

/*
 * The generator refuses what it has no means for, which is nothing to compare, and what libbpf
 * refuses without the kernel.
 */
static const char *classify_refused(const struct report *libbpf, const struct report *lskel)
{
	if (libbpf->result == FIDELITY_LOADED)
		return "refused";
	if (!strstr(lskel->messages, ": libbpf can't "))
		return "refused-and-fails";
	return libbpf->err == lskel->err ? "fails-alike" : "fails-otherwise";
}

static const char *classify(const struct report *libbpf, const struct report *lskel)
{
	if (libbpf->result == FIDELITY_CRASHED)
		return too_slow(libbpf) ? "too-slow" : "libbpf-crashes";
	switch (lskel->result) {
	case FIDELITY_CRASHED:
		return "lskel-crashes";
	case FIDELITY_REFUSED:
		return classify_refused(libbpf, lskel);
	case FIDELITY_LEAKED:
		return "leaks";
	case FIDELITY_FAILED:
		if (libbpf->result == FIDELITY_LOADED)
			return "lskel-fails";
		if (!same_errno(libbpf, lskel) || !same_program(libbpf, lskel))
			return "fails-otherwise";
		return "fails-alike";
	default:
		if (libbpf->result != FIDELITY_LOADED)
			return "libbpf-fails";
		return strcmp(libbpf->text, lskel->text) ? "differs" : "same";
	}
}

static void report_tap(const char *name, const char *class, const struct report *libbpf,
		       const struct report *lskel, const char *detail)
{
	_cleanup_(free_ptr) char *test = xprintf("fidelity %s", name);
	_cleanup_(free_ptr) char *alike =
		xprintf("fidelity %s fails alike (%s)", name, strerror(lskel->err));

	if (!strcmp(class, "same")) {
		pass(test);
	} else if (!strcmp(class, "fails-alike")) {
		pass(alike);
	} else if (!strncmp(class, "refused", strlen("refused"))) {
		skip(test, "generator refuses: %.200s", detail);
	} else if (!strcmp(class, "too-slow")) {
		skip(test, "libbpf needs more than %d s", TIMEOUT);
	} else if (!strcmp(class, "differs")) {
		fail(test, "the kernel shows a difference");
		print_difference(libbpf->text, lskel->text);
	} else if (!strcmp(class, "fails-otherwise")) {
		fail(test, "libbpf fails with errno %d, lskel with %d: %.500s", libbpf->err,
		     lskel->err, detail);
	} else {
		fail(test, "%s (errno %d): %.500s", class, libbpf->err ?: lskel->err, detail);
	}
}

/* "dir/my-prog.bpf.o" is my_prog. */
static char *name_of_path(const char *path)
{
	const char *base = strrchr(path, '/');
	char *name = xprintf("%s", base ? base + 1 : path);

	name[strcspn(name, ".")] = '\0';
	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

static void report_load(const char *name, const char *class, const struct report *libbpf,
			const struct report *lskel)
{
	bool libbpf_speaks = libbpf->result != FIDELITY_LOADED && lskel->result == FIDELITY_LOADED;
	_cleanup_(free_ptr) char *detail =
		flatten(libbpf_speaks ? libbpf->messages : lskel->messages);

	if (tsv)
		printf("%s\t%s\t%d\t%d\t%.1000s\n", name, class, libbpf->err, lskel->err, detail);
	else
		report_tap(name, class, libbpf, lskel, detail);
	/* The next object may be the one that stops the machine. */
	fflush(stdout);
	if (dump_dir) {
		dump(name, "lskel", lskel->text);
		dump(name, "lskel.messages", lskel->messages);
	}
}

static bool is_alike(const char *class)
{
	return !strcmp(class, "same") || !strcmp(class, "fails-alike");
}

/*
 * Compares both forms of the skeleton with libbpf's load. Among lines, an object has but one: of the form
 * that is relocated ahead of the load only if the other one is no failure.
 */
static void check_skeleton(const char *path, const char *object_name, const char *name,
			   const struct report *libbpf)
{
	_cleanup_(free_ptr) char *other = xprintf("%s, relocated", name);
	struct report lskel = run(fidelity_by_lskel, path, object_name);
	struct report relocated = { .result = FIDELITY_NOTHING };
	const char *class = classify(libbpf, &lskel), *class_relocated = NULL;

	if (lskel.result != FIDELITY_REFUSED)
		relocated = run(fidelity_by_relocated, path, object_name);
	if (relocated.result != FIDELITY_NOTHING)
		class_relocated = classify(libbpf, &relocated);
	if (!tsv || !class_relocated || is_alike(class_relocated) || !is_alike(class))
		report_load(name, class, libbpf, &lskel);
	else
		report_load(name, class_relocated, libbpf, &relocated);
	if (!tsv && class_relocated)
		report_load(other, class_relocated, libbpf, &relocated);
	free_report(&lskel);
	free_report(&relocated);
}

static void check_load(const char *path, const char *object_name, const char *name)
{
	struct report libbpf = run(fidelity_by_libbpf, path, object_name);
	struct report none = { .text = "", .messages = "" };

	if (too_slow(&libbpf))
		report_load(name, classify(&libbpf, &none), &libbpf, &none);
	else
		check_skeleton(path, object_name, name, &libbpf);
	if (dump_dir) {
		dump(name, "libbpf", libbpf.text);
		dump(name, "libbpf.messages", libbpf.messages);
	}
	free_report(&libbpf);
}

static void check_object(const char *path)
{
	_cleanup_(free_ptr) char *name = name_of_path(path);
	int cnt;

	fidelity_open_target(path, name);
	check_load(path, name, name);
	cnt = each ? fidelity_program_cnt(path) : 0;
	for (fidelity_only = 0; fidelity_only < cnt; fidelity_only++) {
		_cleanup_(free_ptr) char *load = xprintf("%s/%d", name, fidelity_only);

		check_load(path, name, load);
	}
	fidelity_only = -1;
	fidelity_close_target();
}

static void check_folder(const char *program_dir)
{
	_cleanup_(free_ptr) char *pattern = xprintf("%s/objects/*.o", program_dir);
	glob_t found;

	if (glob(pattern, 0, NULL, &found)) {
		fail("fidelity", "no objects are %s", pattern);
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_object(found.gl_pathv[i]);
	globfree(&found);
}

int main(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--each"))
			each = true;
		else if (!strcmp(argv[i], "--tsv"))
			tsv = true;
		else if (!strcmp(argv[i], "--dump") && i + 1 < argc)
			dump_dir = argv[++i];
	}
	if (i == argc)
		check_folder(dirname(argv[0]));
	for (; i < argc; i++)
		check_object(argv[i]);
	return harness_status();
}
