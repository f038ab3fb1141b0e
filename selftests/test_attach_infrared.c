// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs for an infrared device run when it hears something, all of them, and no longer than they are attached. Debian's
 * kernels have no such programs (CONFIG_BPF_LIRC_MODE2), and the error says so; that of the kernel's selftests has them, and a
 * device that hears what it sends. For vmtest kernels only.
 */
#include <fcntl.h>
#include <linux/lirc.h>

#include "infrared.lskel.h"

#include "attach_failures.h"

#define DEVICE	"/dev/lirc0"
#define WAIT_MS 60000

static struct infrared *skel;
static int device;

static const char *message(void)
{
	return infrared__error(skel);
}

static struct lskel_link *attach_to(void *unused, const struct lskel_where *where)
{
	(void)unused;
	return infrared__on_infrared__attach_to(skel, where);
}

static struct lskel_link *other_attach_to(const struct lskel_where *where)
{
	return infrared__on_infrared_other__attach_to(skel, where);
}

/* A pulse of @length us. Whether the device has sent it; it hears it in a thread of the kernel's. */
static bool send_pulse(unsigned int length)
{
	if (write(device, &length, sizeof(length)) == sizeof(length))
		return true;
	fail("a pulse is sent", "%s", strerror(errno));
	return false;
}

/* What the device hears, those who read it are told as well, and after the programs. */
static bool is_heard(unsigned int length)
{
	unsigned int sample = 0;

	for (int ms = 0; ms < WAIT_MS; ms++) {
		while (read(device, &sample, sizeof(sample)) == sizeof(sample))
			if (LIRC_IS_PULSE(sample) && LIRC_VALUE(sample) == length)
				return true;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return false;
}

/* How many pulses the programs hear of one of @length. */
static void hear(unsigned int length, __u32 *ret, __u32 *ret_other)
{
	__u32 before = skel->bss->pulses, before_other = skel->bss->other_pulses;

	if (!send_pulse(length) || !is_heard(length))
		fail("a pulse is heard", "%u us", length);
	*ret = skel->bss->pulses - before;
	*ret_other = skel->bss->other_pulses - before_other;
}

static bool hears(unsigned int length, __u32 expected, __u32 expected_other)
{
	__u32 heard, other;

	hear(length, &heard, &other);
	return heard == expected && other == expected_other;
}

static __u64 pulses(void *unused)
{
	__u32 heard, other;

	(void)unused;
	hear(500, &heard, &other);
	return heard;
}

static void refused(const char *name, int fd, int err, const char *text)
{
	struct lskel_link *link = attach_to(skel, &(struct lskel_where){ .fd = fd });

	check(name, !link && errno == err && strstr(message(), text), "%s: %s", strerror(errno),
	      message());
}

static void attach_and_detach(void)
{
	const struct lskel_where here = { .fd = device };
	struct lskel_link *link, *other;

	check("attach() leaves them alone",
	      !infrared__attach(skel) && !skel->ctx.links && hears(510, 0, 0), "%s", message());
	link = attach_to(skel, &here);
	check("a program hears what the device hears", link && hears(520, 1, 0), "%s", message());
	check("as long as it was", skel->bss->last == 520, "%u us", skel->bss->last);
	refused("it can't be there twice", device, EEXIST, "'on_infrared'");
	other = other_attach_to(&here);
	check("another one as well", other && hears(530, 1, 1), "%s", message());
	check("detached, it does not", (infrared__link_detach(skel, link), hears(540, 0, 1)), "%s",
	      message());
	check("nor does the other, after detach()", (infrared__detach(skel), hears(550, 0, 0)),
	      "it does");
	link = attach_to(skel, &here);
	check("given up, it stays",
	      link && !infrared__link_disown(skel, link) &&
		      (infrared__detach(skel), hears(560, 1, 0)),
	      "%s", message());
}

static void infrared(void)
{
	int null = open("/dev/null", O_RDWR);
	struct infrared *given_up;

	skel = infrared__open_and_load();
	if (!check("load", skel, "%s", strerror(errno)))
		return;
	check_each_call("each call fails", &infrared__info, skel, attach_to,
			&(struct lskel_where){ .fd = device }, pulses);
	refused("it needs a device", 0, EINVAL, "set where.fd, of an infrared device");
	refused("which the null device is not", null, EINVAL, "'on_infrared'");
	attach_and_detach();
	given_up = skel;
	skel = infrared__open_and_load();
	check("what was given up does not keep another from coming",
	      attach_to(skel, &(struct lskel_where){ .fd = device }) && hears(570, 1, 0), "%s",
	      message());
	infrared__destroy(skel);
	skel = given_up;
	check("destroy() takes away its own", hears(580, 1, 0), "it does not");
	infrared__destroy(skel);
	close(null);
}

/* The words for a kernel that has none of it. */
static void without_infrared(void)
{
	int err;

	skel = infrared__open();
	err = infrared__load(skel);
	check("without infrared, the load fails at it",
	      err == -EINVAL && strstr(message(), "'on_infrared'"), "%d: %s", err, message());
	check("and says what the kernel was built without",
	      strstr(message(), "CONFIG_BPF_LIRC_MODE2"), "%s", message());
	infrared__destroy(skel);
	skip("programs for infrared devices run", "this kernel has none");
}

int main(void)
{
	static struct footprint before;
	const char *left;

	device = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	footprint_take(&before);
	if (device < 0 && errno == ENOENT)
		without_infrared();
	else if (device < 0)
		fail("open " DEVICE, "%s", strerror(errno));
	else
		infrared();
	left = fds_left(&before);
	check("destroy() leaves nothing", !left, "%s", left);
	return harness_status();
}
