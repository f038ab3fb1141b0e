// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the kernel's selftests trace in /proc/self/exe: functions and USDT probes of their own executable (test_progs), of
 * the same names and, for probes, with as many places and kinds of arguments. In the fidelity check both ways
 * find them in its executable. Nothing calls these.
 */
#define _SDT_HAS_SEMAPHORES 1
#include <sdt.h>

/* Global, and kept. A function has room for an offset of one byte. */
#define TRACED(name)                                                                               \
	void name(void);                                                                           \
	__attribute__((noinline)) void name(void)                                                  \
	{                                                                                          \
		__asm__ volatile("nop; nop");                                                      \
	}

TRACED(uprobe_trigger)
TRACED(uprobe_trigger_body)
TRACED(trigger_func2)
TRACED(trigger_func3)
TRACED(autoattach_trigger_func)
TRACED(uretprobe_regs_trigger)
TRACED(target_1)
TRACED(target_2)
TRACED(target_3)
TRACED(uprobe_multi_func_1)
TRACED(uprobe_multi_func_2)
TRACED(uprobe_multi_func_3)

#define SEMAPHORE(name) unsigned short name##_semaphore __attribute__((section(".probes"), used))

SEMAPHORE(uretprobe_stack_target);
SEMAPHORE(test_usdt3);
SEMAPHORE(test_usdt12);
SEMAPHORE(test_usdt_100);

void target_4(void);
__attribute__((noinline)) void target_4(void)
{
	__asm__ volatile(
		"nop"); /* the kernel takes one counter for a place: none where the function starts */
	STAP_PROBE(uretprobe_stack, target);
}

static volatile int idx = 2;
static volatile unsigned long long big = 0xfedcba9876543210ULL;
static volatile short shorts[] = { -1, -2, -3, -4 };

/* Constants, registers, memory at an address, with an index, of each size. */
static inline __attribute__((always_inline)) void usdt_args(int x,
							    const volatile signed char *bytes)
{
	long y = 42;

	STAP_PROBE3(test, usdt3, x, y, &big);
	STAP_PROBE12(test, usdt12, x, x + 1, y, x + y, 5, y / 7, big, &big, -9, shorts[x],
		     shorts[idx], bytes[3]);
}

void usdt_traced(int x, const volatile signed char *bytes);
void usdt_traced(int x, const volatile signed char *bytes)
{
	usdt_args(1, bytes);
	usdt_args(2, bytes);
	usdt_args(x, bytes);
}

/* A hundred places whose arguments differ. */
#define USDT_10(x)                                                                                 \
	do {                                                                                       \
		STAP_PROBE1(test, usdt_100, (x) + 0);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 1);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 2);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 3);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 4);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 5);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 6);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 7);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 8);                                              \
		STAP_PROBE1(test, usdt_100, (x) + 9);                                              \
	} while (0)

void usdt_100_traced(void);
void usdt_100_traced(void)
{
	USDT_10(0);
	USDT_10(10);
	USDT_10(20);
	USDT_10(30);
	USDT_10(40);
	USDT_10(50);
	USDT_10(60);
	USDT_10(70);
	USDT_10(80);
	USDT_10(90);
}
