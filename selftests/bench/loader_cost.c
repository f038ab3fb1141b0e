// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the loader program costs by itself: best of many loads, next to the smallest program of its type.
 * Prints lines "name microseconds ratio instructions processed states".
 */
#include <time.h>

#include "bare.lskel.h"
#include "progs/ksym_results.h"
#include "ksym_addr.lskel.h"
#include "rich.lskel.h"

#define LOADS	  400
#define LOG_STATS 4 /* BPF_LOG_STATS of the kernel's bpf_verifier.h */

static bool with_statistics;
static char log_text[65536];

long __real_syscall(long number, long cmd, long address, long size);
long __wrap_syscall(long number, long cmd, long address, long size);

/* The linker sends the run time's bpf(2) here. */
long __wrap_syscall(long number, long cmd, long address, long size)
{
	union bpf_attr *attr = (void *)address;

	if (with_statistics && cmd == BPF_PROG_LOAD) {
		attr->log_level = LOG_STATS;
		attr->log_size = sizeof(log_text);
		attr->log_buf = lskel_u64(log_text);
	}
	return __real_syscall(number, cmd, address, size);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int load_smallest(const struct lskel_info *info, struct lskel_replay *replay)
{
	struct bpf_insn insns[2] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	(void)info;
	(void)replay;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SYSCALL;
	attr.prog_flags = BPF_F_SLEEPABLE;
	attr.insns = lskel_u64(insns);
	attr.insn_cnt = 2;
	attr.license = lskel_u64("GPL");
	return lskel_sys_bpf(BPF_PROG_LOAD, &attr);
}

static int load_loader(const struct lskel_info *info, struct lskel_replay *replay)
{
	return lskel_load_loader(info, replay, 0);
}

static void once(int (*load)(const struct lskel_info *info, struct lskel_replay *replay),
		 const struct lskel_info *info, struct lskel_replay *replay, double *best)
{
	double began = now_us(), us;
	int fd = load(info, replay);

	us = now_us() - began;
	if (fd < 0) {
		fprintf(stderr, "%s\n", strerror(-fd));
		exit(1);
	}
	close(fd);
	if (!*best || us < *best)
		*best = us;
}

static int statistic(const char *word)
{
	const char *at = strstr(log_text, word);

	return at ? atoi(at + strlen(word)) : -1;
}

static void print_statistics(const struct lskel_info *info, struct lskel_replay *replay)
{
	with_statistics = true;
	close(lskel_load_loader(info, replay, 0));
	with_statistics = false;
	printf(" %u %d %d\n", info->insn_cnt, statistic("processed "), statistic("total_states "));
}

int main(void)
{
	static const struct lskel_info *const infos[] = { &bare__info, &rich__info,
							  &ksym_addr__info };
	static const char *const names[] = { "plain", "types", "symbols" };
	struct lskel_replay replays[3];
	double smallest = 0, best[3] = { 0, 0, 0 };

	for (int i = 0; i < 3; i++) {
		replays[i] = (struct lskel_replay){ .size = lskel_image_hdr(infos[i])->size };
		replays[i].map_fd = lskel_sys_blob_create(replays[i].size, 0);
		replays[i].btf_fd = lskel_sys_btf_load(infos[i]->btf, infos[i]->btf_size, 0);
	}
	for (int round = 0; round < LOADS; round++) {
		once(load_smallest, NULL, NULL, &smallest);
		for (int i = 0; i < 3; i++)
			once(load_loader, infos[i], &replays[i], &best[i]);
	}
	printf("smallest %.1f 1.0 2 2 0\n", smallest);
	for (int i = 0; i < 3; i++) {
		printf("%s %.1f %.1f", names[i], best[i], best[i] / smallest);
		print_statistics(infos[i], &replays[i]);
	}
	return 0;
}
