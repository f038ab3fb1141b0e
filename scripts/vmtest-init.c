// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The init of scripts/vmtest's initramfs: mounts what a test wants to see,
 * runs one command, reports its status and powers off. Not a general init:
 * no services, no getty, and it knows vmtest's three serial ports.
 *
 * ttyS0 is the kernel's console, ttyS1 takes the command's output, ttyS3 its
 * status as "exit N". /vmtest holds the work directory and the argument
 * vector, each string ended by a NUL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define CONSOLE_LEVEL	   8 /* klogctl: SYSLOG_ACTION_CONSOLE_LEVEL */
#define WARNINGS_AND_WORSE 5

struct mount_point {
	const char *fs;
	const char *dir;
	const char *options;
	int own; /* only if the archive put nothing there */
};

static const struct mount_point mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "devpts", "/dev/pts" },
	{ "tmpfs", "/dev/shm", "mode=1777" },
	{ "bpf", "/sys/fs/bpf" },
	{ "cgroup2", "/sys/fs/cgroup" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "tracefs", "/sys/kernel/tracing" },
	{ "securityfs", "/sys/kernel/security" },
	{ "tmpfs", "/tmp", "mode=1777", 1 },
	{ "tmpfs", "/run", "mode=755", 1 },
};

static int status_fd = -1;

static void write_all(int fd, const char *buf, size_t len)
{
	ssize_t n;

	for (; len; buf += n, len -= n) {
		n = write(fd, buf, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return;
	}
}

static void __attribute__((noreturn)) finish(int status)
{
	char buf[32];

	if (status_fd >= 0) {
		write_all(status_fd, buf, snprintf(buf, sizeof(buf), "exit %d\n", status));
		tcdrain(status_fd);
	}
	/* qemu -no-reboot ends; a kernel without ACPI can't power off. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void __attribute__((noreturn)) die(const char *what)
{
	dprintf(STDERR_FILENO, "vmtest-init: %s: %s\n", what, strerror(errno));
	finish(125);
}

static int open_serial(const char *path)
{
	struct termios tio;
	int fd;

	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || tcgetattr(fd, &tio))
		return -1;
	cfmakeraw(&tio);
	return tcsetattr(fd, TCSANOW, &tio) ? -1 : fd;
}

/* Returns the number of file systems that could not be mounted. */
static int mount_all(char *failed, size_t size)
{
	size_t i, len = 0;
	int nr = 0;

	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		const struct mount_point *m = &mounts[i];

		if (m->own && rmdir(m->dir) && errno != ENOENT) {
			chmod(m->dir, 01777);
			continue;
		}
		mkdir(m->dir, 0755);
		if (mount(m->fs, m->dir, m->fs, 0, m->options) && len < size) {
			len += snprintf(failed + len, size - len, "vmtest-init: mount %s: %s\n",
					m->dir, strerror(errno));
			nr++;
		}
	}
	return nr;
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		dprintf(STDERR_FILENO, "vmtest-init: lo: %s\n", strerror(errno));
	close(fd);
}

/* Returns the argument vector, the work directory before it. */
static char **read_command(void)
{
	static char buf[1 << 18];
	static char *argv[4096];
	ssize_t n, len = 0;
	size_t i = 0;
	char *p;
	int fd;

	fd = open("/vmtest", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("/vmtest");
	while ((n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0)
		len += n;
	close(fd);
	for (p = buf; p < buf + len; p += strlen(p) + 1) {
		if (i + 1 == ARRAY_SIZE(argv))
			break;
		argv[i++] = p;
	}
	if (i < 2 || p < buf + len || len == sizeof(buf) - 1) {
		errno = E2BIG;
		die("/vmtest");
	}
	return argv;
}

static void __attribute__((noreturn)) run(char **cmd, int out, const sigset_t *mask)
{
	static char *env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root",
		"USER=root",
		"LOGNAME=root",
		"SHELL=/bin/sh",
		"TERM=dumb",
		"LANG=C",
		"VMTEST=1",
		NULL,
	};
	struct rlimit nofile = { 65536, 65536 };

	environ = env;
	setsid();
	sigprocmask(SIG_SETMASK, mask, NULL);
	setrlimit(RLIMIT_NOFILE, &nofile);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (chdir(cmd[0])) {
		dprintf(STDERR_FILENO, "vmtest-init: %s: %s\n", cmd[0], strerror(errno));
		_exit(126);
	}
	execvp(cmd[1], cmd + 1);
	dprintf(STDERR_FILENO, "vmtest-init: %s: %s\n", cmd[1], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Copies what is there; returns 0 at the end of the file. */
static int copy(int in, int out)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		write_all(out, buf, n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

int main(void)
{
	int out, sfd, pipefd[2], status = 0, done = 0;
	char **cmd, failed[1024] = "";
	sigset_t chld, old;
	pid_t pid, child;

	mount_all(failed, sizeof(failed));
	out = open_serial("/dev/ttyS1");
	status_fd = open_serial("/dev/ttyS3");
	if (out < 0 || status_fd < 0)
		die("serial ports");
	dup2(open("/dev/null", O_RDWR | O_CLOEXEC), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	write_all(out, failed, strlen(failed));
	loopback_up();
	sethostname("vmtest", 6);
	cmd = read_command();
	klogctl(CONSOLE_LEVEL, NULL, WARNINGS_AND_WORSE);

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	sfd = signalfd(-1, &chld, SFD_CLOEXEC);
	if (sfd < 0 || pipe2(pipefd, O_CLOEXEC))
		die("pipe");
	fcntl(pipefd[0], F_SETFL, O_NONBLOCK);
	child = fork();
	if (child < 0)
		die("fork");
	if (!child)
		run(cmd, pipefd[1], &old);
	close(pipefd[1]);

	while (!done) {
		struct pollfd fds[] = { { sfd, POLLIN }, { pipefd[0], POLLIN } };
		struct signalfd_siginfo info;
		int st;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		/* Past the end of the file poll() would return at once forever. */
		if (fds[1].revents && pipefd[0] >= 0 && !copy(pipefd[0], out)) {
			close(pipefd[0]);
			pipefd[0] = -1;
		}
		if (!fds[0].revents || read(sfd, &info, sizeof(info)) < 0)
			continue;
		while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
			if (pid != child)
				continue;
			status = WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
			done = 1;
		}
	}
	if (pipefd[0] >= 0)
		copy(pipefd[0], out);
	tcdrain(out);
	finish(status);
}
