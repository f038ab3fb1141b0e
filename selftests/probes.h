/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * USDT probes as <sys/sdt.h> of systemtap makes them: a nop, and a note that says where it is. Source:
 * https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation
 */
#ifndef LSKEL_SELFTESTS_PROBES_H
#define LSKEL_SELFTESTS_PROBES_H

/* @semaphore: of an unsigned short in section .probes, or "0"; @args: "8@%0 -4@%1", then operands of asm. */
#define PROBE(name, semaphore, args, ...)                                                          \
	__asm__ volatile(                                                                          \
		"990: nop\n"                                                                       \
		".pushsection .note.stapsdt, \"\", \"note\"\n"                                     \
		".balign 4\n"                                                                      \
		".4byte 992f - 991f, 994f - 993f, 3\n"                                             \
		"991: .asciz \"stapsdt\"\n"                                                        \
		"992: .balign 4\n"                                                                 \
		"993: .8byte 990b\n"                                                               \
		".8byte _.stapsdt.base\n"                                                          \
		".8byte " semaphore "\n"                                                           \
		".asciz \"lskel\"\n"                                                               \
		".asciz \"" name "\"\n"                                                            \
		".asciz \"" args "\"\n"                                                            \
		"994: .balign 4\n"                                                                 \
		".popsection\n"                                                                    \
		".ifndef _.stapsdt.base\n"                                                         \
		".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n"        \
		".weak _.stapsdt.base\n"                                                           \
		".hidden _.stapsdt.base\n"                                                         \
		"_.stapsdt.base: .space 1\n"                                                       \
		".size _.stapsdt.base, 1\n"                                                        \
		".popsection\n"                                                                    \
		".endif\n"                                                                         \
		: : __VA_ARGS__ : "memory")

#endif /* LSKEL_SELFTESTS_PROBES_H */
