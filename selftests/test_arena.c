// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An arena is one memory for programs and the application: its variables have their initial values, those
 * of the application if it changed them, and its size. Without variables, it is at the address that the
 * object says. One that is pinned keeps its contents. Where the kernel has no arenas (before Linux 6.9), the error says what can't be created.
 */
#include "arena.lskel.h"
#include "arena_fixed.lskel.h"
#include "arena_plain.lskel.h"

#include "footprint.h"
#include "harness.h"
#include "own_bpffs.h"

static int run(int prog_fd)
{
	union bpf_attr attr = {};
	int err;

	attr.test.prog_fd = (__u32)prog_fd;
	err = lskel_sys_bpf(BPF_PROG_TEST_RUN, &attr);
	return err ?: (int)attr.test.retval;
}

static bool has_arenas(void)
{
	union bpf_attr attr = {};
	int fd;

	attr.map_type = 33; /* BPF_MAP_TYPE_ARENA */
	attr.max_entries = 1;
	attr.map_flags = BPF_F_MMAPABLE;
	fd = lskel_sys_bpf(BPF_MAP_CREATE, &attr);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void variables_are_shared(void)
{
	struct arena *skel = arena__open();
	int result;

	check("variables have their initial values",
	      skel->arena->counter == 5 && !strcmp(skel->arena->text, "as compiled"), "%ld '%s'",
	      skel->arena->counter, skel->arena->text);
	skel->arena->counter = 10;
	if (!check("load", !arena__load(skel), "%s", arena__error(skel)))
		return;
	check("they are in the arena after load", (void *)skel->arena == skel->maps.arena.arena,
	      "%p", (void *)skel->arena);
	check("and keep what the application set",
	      skel->arena->counter == 10 && !strcmp(skel->arena->text, "as compiled"), "%ld '%s'",
	      skel->arena->counter, skel->arena->text);
	result = run(skel->progs.counts.prog_fd);
	check("a program sees it", result == 11, "%d", result);
	check("the application sees what the program does", skel->arena->counter == 11, "%ld",
	      skel->arena->counter);
	arena__destroy(skel);
}

static void size_can_be_chosen(void)
{
	struct arena *skel = arena__open();
	int err = arena__set_value_size(skel, &skel->maps.arena, 100);

	check("an arena has no value size", err == -EINVAL, "%d", err);
	skel->maps.arena.max_entries = 100;
	if (check("max_entries", !arena__load(skel), "%s", arena__error(skel)))
		check("is its size in pages",
		      skel->maps.arena.arena_len == 100UL * lskel_page_size(), "%zu",
		      skel->maps.arena.arena_len);
	arena__destroy(skel);
}

/* What fails after the arena was mapped leaves the skeleton as it was. */
static void can_be_loaded_again(void)
{
	struct arena *skel = arena__open();
	int err;

	skel->progs.counts.ifindex = 12345;
	skel->arena->counter = 20;
	err = arena__load(skel);
	check("a load that fails", err < 0 && !skel->maps.arena.arena, "%d, %p", err,
	      skel->maps.arena.arena);
	skel->progs.counts.ifindex = 0;
	if (check("can be tried again", !arena__load(skel), "%s", arena__error(skel)))
		check("with the same values", run(skel->progs.counts.prog_fd) == 21, "%ld",
		      skel->arena->counter);
	arena__destroy(skel);
}

static void address_is_the_object_s(void)
{
	struct arena_plain *skel = arena_plain__open_and_load();
	long *counter;

	if (!check("an arena without variables", skel, "%s", strerror(errno)))
		return;
	counter = skel->maps.memory.arena;
	check("is where the object says", (unsigned long)counter == 1UL << 44, "%p",
	      (void *)counter);
	*counter = 30;
	check("and shared", run(skel->progs.counts.prog_fd) == 31 && *counter == 31, "%ld",
	      *counter);
	arena_plain__destroy(skel);
}

static struct arena_fixed *load_pinned(int reuse_fd)
{
	struct arena_fixed *skel = arena_fixed__open();

	skel->maps.arena.pin_path = reuse_fd < 0 ? BPFFS "/lskel_arena" : NULL;
	skel->maps.arena.reuse_fd = reuse_fd;
	if (check(reuse_fd < 0 ? "an arena that is pinned" : "one that is given",
		  !arena_fixed__load(skel), "%s", arena_fixed__error(skel)))
		return skel;
	arena_fixed__destroy(skel);
	return NULL;
}

static void contents_stay_with_the_pin(void)
{
	struct arena_fixed *first = load_pinned(-1), *second, *same;

	if (!first)
		return;
	first->arena->counter = 40;
	arena_fixed__destroy(first);

	second = load_pinned(-1);
	if (!second)
		return;
	check("shows its contents",
	      second->maps.arena.pinned == LSKEL_PIN_FOUND && second->arena->counter == 40, "%ld",
	      second->arena->counter);
	check("which programs use", run(second->progs.counts.prog_fd) == 41, "%ld",
	      second->arena->counter);

	same = load_pinned(second->maps.arena.map_fd);
	check("twice in a process it is mapped once", same && !same->maps.arena.arena, "%p",
	      same ? same->maps.arena.arena : NULL);
	arena_fixed__destroy(same);
	check("and stays so", second->arena->counter == 41, "%ld", second->arena->counter);
	arena_fixed__destroy(second);
	unlink(BPFFS "/lskel_arena");
}

static void is_refused_by_name(void)
{
	struct arena *skel = arena__open();
	int err = arena__load(skel);

	check("a kernel without arenas",
	      err == -EINVAL && strstr(arena__error(skel), "create the arena 'memory'"), "%d: %s",
	      err, arena__error(skel));
	arena__destroy(skel);
}

int main(void)
{
	static struct footprint before;
	const char *left;

	footprint_take(&before);
	if (has_arenas()) {
		variables_are_shared();
		size_can_be_chosen();
		can_be_loaded_again();
		address_is_the_object_s();
		if (check("a BPF file system", !own_bpffs(), "%m"))
			contents_stay_with_the_pin();
	} else {
		is_refused_by_name();
	}
	left = footprint_left(&before, &arena__info);
	check("nothing is left", !left, "%s", left);
	return harness_status();
}
