// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loads objects once through libbpf, once through a skeleton and, where there is anything to do ahead of the load, once
 * through a skeleton that was relocated before; and compares what the kernel says then: see fidelity.h. In a machine
 * of scripts/vmtest, and nowhere else, it also attaches what is loaded, and compares that.
 *
 * usage: fidelity [--each] [--tsv] [--attach] [--dump DIR] [OBJECT]...
 *
 * Without an OBJECT: those in the folder "objects" where the program lies. --each: also each program
 * alone, whether it is off (SEC("?...")) or not. --tsv: instead of test results, prints lines "object
 * class errno-of-libbpf errno-of-lskel detail", and where it attaches " class errno errno" of that.
 * --attach: fails where it does not. --dump: leaves descriptions and messages of both ways in DIR.
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

typedef void load_func(const char *path, const char *name, FILE *out);

bool fidelity_attaches;

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

/* Objects name programs of the kernel's selftests by "./urandom_read" and the like. */
static void go_to_kernel_programs(void)
{
	char self[4096] = {};
	_cleanup_(free_ptr) char *dir = NULL;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		complain("/proc/self/exe: %s", strerror(errno));
	dir = xprintf("%s/kernel-programs", dirname(self));
	if (chdir(dir))
		complain("%s: %s", dir, strerror(errno));
}

static void run_child(load_func *load, const char *path, const char *name, int out_fd, int err_fd)
{
	FILE *out = fdopen(out_fd, "w");

	alarm(load == fidelity_by_libbpf ? TIMEOUT : 2 * TIMEOUT);
	/* The relocated form differs in what is loaded only. */
	fidelity_attaches = fidelity_attaches && load != fidelity_by_relocated;
	dup2(err_fd, STDERR_FILENO);
	if (own_bpffs())
		complain("can't mount a BPF file system: %s", strerror(errno));
	path = realpath(path, NULL) ?: path;
	if (fidelity_attaches)
		go_to_kernel_programs();
	load(path, name, out);
	fclose(out);
	exit(0);
}

/* What was attached is reported behind what was loaded. */
static void split_attached(struct fidelity_report *report)
{
	char *line = strstr(report->text, "\nattached with errno ");
	int head = 0;

	if (!line)
		return;
	if (sscanf(line + 1, FIDELITY_ATTACH_HEAD "%n", &report->attach_err, &report->attach_cnt,
		   &head) == 2 &&
	    head)
		report->attached = line + 1 + head;
	line[1] = '\0';
}

/* Runs @load in a process of its own, since libbpf remembers which kernel it has seen. */
static struct fidelity_report run(load_func *load, const char *path, const char *name)
{
	int out_fd = memfd_create("report", MFD_CLOEXEC);
	int err_fd = memfd_create("messages", MFD_CLOEXEC);
	struct fidelity_report report = {};
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
	split_attached(&report);
	close(out_fd);
	close(err_fd);
	return report;
}

static void free_report(struct fidelity_report *report)
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

static void report_tap(const char *name, const char *class, const struct fidelity_report *libbpf,
		       const struct fidelity_report *lskel, const char *detail)
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

static void report_attach_tap(const char *name, const char *class,
			      const struct fidelity_report *libbpf,
			      const struct fidelity_report *lskel, const char *detail)
{
	_cleanup_(free_ptr) char *test = xprintf("fidelity %s attaches", name);
	_cleanup_(free_ptr) char *alike = xprintf("fidelity %s attaches, or fails alike (%s)", name,
						  strerror(lskel->attach_err));

	if (!strcmp(class, "same")) {
		pass(test);
	} else if (!strcmp(class, "fails-alike")) {
		pass(alike);
	} else if (!strcmp(class, "differs")) {
		fail(test, "the kernel shows a difference: %.500s", detail);
		print_difference(libbpf->attached, lskel->attached);
	} else if (strcmp(class, "nothing") != 0 && strcmp(class, "not-loaded") != 0) {
		fail(test, "%s: libbpf's errno is %d, lskel's %d: %.500s", class,
		     libbpf->attach_err, lskel->attach_err, detail);
	}
}

static void dump_report(const char *name, const char *who, const struct fidelity_report *report)
{
	_cleanup_(free_ptr) char *messages = xprintf("%s.messages", who);
	_cleanup_(free_ptr) char *attached = xprintf("%s.attached", who);

	dump(name, who, report->text);
	dump(name, messages, report->messages);
	if (report->attached)
		dump(name, attached, report->attached);
}

static void report_load(const char *name, const char *class, const struct fidelity_report *libbpf,
			const struct fidelity_report *lskel)
{
	const char *attach_class = fidelity_classify_attach(libbpf, lskel);
	bool libbpf_speaks = libbpf->result != FIDELITY_LOADED && lskel->result == FIDELITY_LOADED;
	_cleanup_(free_ptr) char *detail =
		flatten(libbpf_speaks ? libbpf->messages : lskel->messages);

	if (tsv) {
		printf("%s\t%s\t%d\t%d\t%.1000s", name, class, libbpf->err, lskel->err, detail);
		if (fidelity_attaches)
			printf("\t%s\t%d\t%d", attach_class, libbpf->attach_err, lskel->attach_err);
		putchar('\n');
	} else {
		report_tap(name, class, libbpf, lskel, detail);
		if (fidelity_attaches)
			report_attach_tap(name, attach_class, libbpf, lskel, detail);
	}
	/* The next object may be the one that stops the machine. */
	fflush(stdout);
	if (dump_dir)
		dump_report(name, "lskel", lskel);
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
			   const struct fidelity_report *libbpf)
{
	_cleanup_(free_ptr) char *other = xprintf("%s, relocated", name);
	struct fidelity_report lskel = run(fidelity_by_lskel, path, object_name);
	struct fidelity_report relocated = { .result = FIDELITY_NOTHING };
	const char *class = fidelity_classify(libbpf, &lskel), *class_relocated = NULL;

	if (lskel.result != FIDELITY_REFUSED)
		relocated = run(fidelity_by_relocated, path, object_name);
	if (relocated.result != FIDELITY_NOTHING)
		class_relocated = fidelity_classify(libbpf, &relocated);
	if (!tsv || !class_relocated || is_alike(class_relocated) || !is_alike(class))
		report_load(name, class, libbpf, &lskel);
	else
		report_load(name, class_relocated, libbpf,
			    &(struct fidelity_report){
				    relocated.result, relocated.err, relocated.text, lskel.attached,
				    lskel.attach_err, lskel.attach_cnt, relocated.messages });
	if (!tsv && class_relocated)
		report_load(other, class_relocated, libbpf, &relocated);
	free_report(&lskel);
	free_report(&relocated);
}

static void check_load(const char *path, const char *object_name, const char *name)
{
	struct fidelity_report libbpf = run(fidelity_by_libbpf, path, object_name);
	struct fidelity_report none = { .text = "", .messages = "" };

	if (fidelity_too_slow(&libbpf))
		report_load(name, fidelity_classify(&libbpf, &none), &libbpf, &none);
	else
		check_skeleton(path, object_name, name, &libbpf);
	if (dump_dir)
		dump_report(name, "libbpf", &libbpf);
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
	bool must_attach = false;
	int i = 1;

	/* What init reads there. */
	fidelity_attaches = !access("/vmtest", F_OK);
	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--each"))
			each = true;
		else if (!strcmp(argv[i], "--tsv"))
			tsv = true;
		else if (!strcmp(argv[i], "--dump") && i + 1 < argc)
			dump_dir = argv[++i];
		else if (!strcmp(argv[i], "--attach"))
			must_attach = true;
	}
	if (must_attach && !fidelity_attaches) {
		fputs("fidelity: --attach is for machines of scripts/vmtest only\n", stderr);
		return 2;
	}
	if (i == argc)
		check_folder(dirname(argv[0]));
	for (; i < argc; i++)
		check_object(argv[i]);
	return harness_status();
}
