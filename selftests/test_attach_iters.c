// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Iterators of one map, task or cgroup, and cookies of programs that are no probes. For vmtest kernels only.
 */
#include <sys/stat.h>

#include "attach_iters.lskel.h"

#include "attach_trial.h"

/* Reads at most @cnt numbers of the iterator. Returns how many there are. */
static int read_iterator(const struct lskel_link *link, __u64 *ret, size_t cnt)
{
	union bpf_attr attr = {};
	ssize_t len, all = 0;
	int fd;

	attr.iter_create.link_fd = (__u32)link->fd;
	fd = lskel_sys_bpf(BPF_ITER_CREATE, &attr);
	while ((len = read(fd, (char *)ret + all, cnt * sizeof(*ret) - (size_t)all)) > 0)
		all += len;
	close(fd);
	return (int)((size_t)all / sizeof(*ret));
}

static void map_elements(struct attach_iters *skel)
{
	union bpf_iter_link_info info = {};
	struct lskel_where where = { .iter = &info, .iter_len = sizeof(info) };
	struct lskel_link *link;
	__u64 found[8] = {};
	int cnt = 0;

	for (__u32 i = 0; i < 3; i++)
		lskel_sys_map_update(skel->maps.numbers.map_fd, &i, &(__u64){ 10 + i });
	info.map.map_fd = (__u32)skel->maps.numbers.map_fd;
	link = attach_iters__on_map__attach_to(skel, &where);
	if (check("an iterator of a map is attached", link, "%s", attach_iters__error(skel)))
		cnt = read_iterator(link, found, 8);
	check("it gives the map's elements",
	      cnt == 3 && found[0] == 10 && found[1] == 11 && found[2] == 12, "%d", cnt);
	lskel_link_detach(skel, link);
	link = attach_iters__on_map__attach_to(skel, &(struct lskel_where){});
	check("without a map it is refused", !link && errno == EBADF, "errno %d", errno);
}

static void one_task(struct attach_iters *skel)
{
	union bpf_iter_link_info info = {};
	struct lskel_where where = { .iter = &info, .iter_len = sizeof(info) };
	struct lskel_link *link;
	__u64 found[8] = {};
	int cnt = 0;

	info.task.tid = (__u32)getpid();
	link = attach_iters__on_task__attach_to(skel, &where);
	if (check("an iterator of a task is attached", link, "%s", attach_iters__error(skel)))
		cnt = read_iterator(link, found, 8);
	check("it gives that task", cnt == 1 && found[0] == (__u64)getpid(), "%d, %llu", cnt,
	      found[0]);
	lskel_link_detach(skel, link);
	link = attach_iters__on_task__attach_to(skel, &(struct lskel_where){});
	if (link)
		cnt = read_iterator(link, found, 8);
	check("without a task it gives all", link && cnt > 1, "%d", cnt);
	lskel_link_detach(skel, link);
}

static void one_cgroup(struct attach_iters *skel)
{
	union bpf_iter_link_info info = {};
	struct lskel_where where = { .iter = &info, .iter_len = sizeof(info) };
	int fd = open("/sys/fs/cgroup", O_RDONLY), cnt = 0;
	struct lskel_link *link;
	__u64 found[8] = {};
	struct stat st;

	fstat(fd, &st);
	info.cgroup.order = BPF_CGROUP_ITER_SELF_ONLY;
	info.cgroup.cgroup_fd = (__u32)fd;
	link = attach_iters__on_cgroup__attach_to(skel, &where);
	if (check("an iterator of a cgroup is attached", link, "%s", attach_iters__error(skel)))
		cnt = read_iterator(link, found, 8);
	check("it gives that cgroup", cnt == 1 && found[0] == st.st_ino, "%d, %llu", cnt, found[0]);
	lskel_link_detach(skel, link);
	close(fd);
}

static void ask_for_session(void)
{
	getsid(getppid() ?: 1);
}

static void ask_for_group(void)
{
	getpgid(getppid() ?: 1);
}

static void call_kernel(void)
{
	getppid();
}

#define TO(prog)                                                                                   \
	static struct lskel_link *to_##prog(void *skel, const struct lskel_where *where)           \
	{                                                                                          \
		return attach_iters__##prog##__attach_to(skel, where);                             \
	}

TO(on_lsm)
TO(on_fmod_ret)
TO(on_raw_tp)
TO(on_tp_btf)
TO(on_plain_raw_tp)
TO(on_plain_tp_btf)

static bool bpf_lsm_is_active(void)
{
	char list[256] = {};
	int fd = open("/sys/kernel/security/lsm", O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);

	close(fd);
	return len > 0 && strstr(list, "bpf");
}

static void cookies(struct attach_iters *skel, bool raw_tp_has_them)
{
	const struct attach_counts counts = { skel->bss->hits, skel->bss->cookies };
	const struct attach_trial lsm = { "lsm",	   to_on_lsm, {},
					  ask_for_session, .slot = 0, .once = true };
	const struct attach_trial fmod_ret = { "fmod_ret",    to_on_fmod_ret, {},
					       ask_for_group, .slot = 1,      .once = true };
	const struct attach_trial raw_tp = {
		"raw_tp", to_on_raw_tp, { .func = "sys_enter" }, call_kernel, .slot = 2
	};
	const struct attach_trial tp_btf = { "tp_btf", to_on_tp_btf, {}, call_kernel, .slot = 3 };

	if (bpf_lsm_is_active())
		run_attach_trial(&lsm, &attach_iters__info, skel, &counts);
	else
		skip("lsm", "the kernel runs without the BPF LSM");
	run_attach_trial(&fmod_ret, &attach_iters__info, skel, &counts);
	if (raw_tp_has_them) {
		run_attach_trial(&raw_tp, &attach_iters__info, skel, &counts);
		run_attach_trial(&tp_btf, &attach_iters__info, skel, &counts);
	}
}

/* An old kernel would ignore the cookie of a BTF tracepoint, and fail for another. */
static void no_cookies(struct attach_iters *skel)
{
	struct lskel_where where = { .func = "sys_enter", .cookie = 1 };
	static const char says[] = "a cookie of a raw tracepoint needs Linux 6.10";
	struct lskel_link *link;

	link = to_on_plain_raw_tp(skel, &where);
	check("a cookie of a raw tracepoint is refused",
	      !link && errno == EINVAL && strstr(attach_iters__error(skel), says), "%s",
	      attach_iters__error(skel));
	link = to_on_plain_tp_btf(skel, &where);
	check("and of a BTF tracepoint",
	      !link && errno == EINVAL && strstr(attach_iters__error(skel), says), "%s",
	      attach_iters__error(skel));
}

/* The program that a link has, by its id; or 0. */
static __u32 program_of(int fd)
{
	struct bpf_link_info info = {};

	return object_info(fd, &info, sizeof(info)) ? 0 : info.prog_id;
}

/* What attach() has attached can be changed where the kernel can. */
static void update(struct attach_iters *skel)
{
	struct attach_iters *other = attach_iters__open_and_load();
	int fd = attach_iters__on_task__attach(skel), err, new_fd;
	struct bpf_prog_info info = {};

	if (!check("an iterator is attached by its section", other && fd > 2, "%s",
		   attach_iters__error(skel)))
		return;
	new_fd = other->progs.on_task.prog_fd;
	object_info(new_fd, &info, sizeof(info));
	err = attach_iters__update(skel, &skel->links.on_task_fd, new_fd);
	check("another program takes its place", !err && info.id && program_of(fd) == info.id, "%s",
	      attach_iters__error(skel));
	attach_iters__on_plain_raw_tp__attach(skel);
	err = attach_iters__update(skel, &skel->links.on_plain_raw_tp_fd,
				   other->progs.on_plain_raw_tp.prog_fd);
	check("not that of a tracepoint",
	      err == -EINVAL && strstr(attach_iters__error(skel), "'on_plain_raw_tp'") &&
		      strstr(attach_iters__error(skel), "the update of its link"),
	      "%d: %s", err, attach_iters__error(skel));
	attach_iters__detach(skel);
	attach_iters__destroy(other);
}

int main(void)
{
	bool new_kernel = lskel_running_linux() >= LSKEL_LINUX(6, 10);
	static struct footprint before;
	struct attach_iters *skel;
	struct lskel_link *link;
	const char *left;

	footprint_take(&before);
	skel = attach_iters__open();
	skel->rodata->tgid = (__u32)getpid();
	skel->progs.on_raw_tp.autoload = skel->progs.on_tp_btf.autoload = new_kernel;
	if (!check("programs are loaded", !attach_iters__load(skel), "%s",
		   attach_iters__error(skel)))
		return 1;
	map_elements(skel);
	one_task(skel);
	one_cgroup(skel);
	cookies(skel, new_kernel);
	if (!new_kernel)
		no_cookies(skel);
	update(skel);
	link = to_on_plain_raw_tp(skel, &(struct lskel_where){ .func = "no_such" });
	check("no such raw tracepoint",
	      !link && errno == ENOENT && strstr(attach_iters__error(skel), "tracepoint 'no_such'"),
	      "%s", attach_iters__error(skel));
	attach_iters__destroy(skel);
	left = footprint_left(&before, &attach_iters__info);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
