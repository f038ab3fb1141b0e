/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An application of the benchmark: loads one object in one way, and tells how long that took. What is
 * common to all ways is in app.c; each way is a file app_WAY.c. The object comes into the executable when it
 * is compiled, as with any skeleton: BENCH_DIR is the folder of what was made of it.
 */
#ifndef LSKEL_BENCH_APP_H
#define LSKEL_BENCH_APP_H

#include <linux/types.h>

/* What can be done before anybody waits. */
void app_prepare(void);

/* From nothing to a loaded object, with global data in memory. Returns it, or NULL after a message. */
void *app_load(void);
void app_unload(void *loaded);

/* Where the time goes: called by app_load(), costs nothing unless asked for. Ends phase @name. */
void app_phase(const char *name);

/* The bytes of the file BENCH_DIR/@file, in section @section, as @name and @name_end. */
#define APP_INCLUDE_BYTES(name, file, section)                                                     \
	__asm__(".pushsection " section ",\"aw\",@progbits\n"                                      \
		".balign 4096\n" #name ":\n.incbin \"" BENCH_DIR "/" file "\"\n" #name "_end:\n"   \
		".byte 0\n.popsection\n");                                                         \
	extern char name[], name##_end[]

#endif /* LSKEL_BENCH_APP_H */
