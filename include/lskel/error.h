/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Messages a person can act on. Implemented in liblskel.a, because an application that prints
 * nothing needs none of it. Internal: applications call foo__error().
 */
#ifndef LSKEL_ERROR_H
#define LSKEL_ERROR_H

#include <lskel/skel.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/*
 * Says what the last load or attach of @skel failed at: the operation, the program or map it was
 * for, the errno in words; where a program was refused, the source line and the reason in words; a way out, if
 * one is known (a capability, the kernel's version, a limit); the end of the verifier's log. Several lines
 * without a newline at the end; "no error" after success.
 *
 * @info: the tables of the skeleton. Generated headers have foo__error(skel) for this.
 *
 * Returns a string that belongs to @skel and lives until the next load, attach or destroy. Never
 * NULL. The log itself is at skel->ctx.failure.log, or in the application's own buffer.
 */
LSKEL_API const char *lskel_error(const struct lskel_info *info, void *skel);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_ERROR_H */
