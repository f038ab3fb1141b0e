/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the parts of lskel_error() share: loader/error.c makes the message, verifier.c reads the verifier's
 * log, advice.c knows ways out that depend on the machine. Not for applications.
 */
#ifndef LSKEL_LOADER_MESSAGE_H
#define LSKEL_LOADER_MESSAGE_H

#include <lskel/load.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LSKEL_API
#define LSKEL_API
#endif

/* A message in the making. */
struct lskel_text {
	char *at; /* where the next character goes */
	size_t left;
};

/* What does not fit is cut off. */
LSKEL_API void lskel_print(struct lskel_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A function that the verifier says is not to be called. */
struct lskel_bad_call {
	__u32 id;	  /* BPF_FUNC_*, or a number that stands for something else */
	const char *name; /* as the kernel has it, not terminated; NULL: it does not know it */
	int len;
};

/* Finds the last of these in @log. Returns whether there is one. */
LSKEL_API int lskel_find_bad_call(const char *log, struct lskel_bad_call *ret);

/*
 * A line for what @log, of the PROG_LOAD @op, ends with: source file, line and column, what is wrong in words; and
 * the source. Prints nothing if @log has no such end. Returns a way out, or NULL.
 */
LSKEL_API const char *lskel_print_verdict(struct lskel_text *text, const struct lskel_info *info,
					  const struct lskel_op *op, const char *log);

/* Prints the way out of what is noted in @skel, a line that begins "\nhint: ", if one is known. */
LSKEL_API void lskel_print_advice(struct lskel_text *text, const struct lskel_info *info,
				  void *skel, const char *log);

#ifdef __cplusplus
}
#endif

#endif /* LSKEL_LOADER_MESSAGE_H */
