/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing JSON: commas, line breaks and quotes are looked after. */
#ifndef LSKEL_GEN_JSON_H
#define LSKEL_GEN_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool pretty;
	int depth;
	bool filled; /* something stands in the object or array that is open */
};

/* @name: of the member that it is; NULL in an array, and of the outermost. */
void json_open(struct json *json, const char *name, char bracket);	  /* '{' or '[' */
void json_close(struct json *json, char bracket);			  /* '}' or ']' */
void json_string(struct json *json, const char *name, const char *value); /* NULL: null */
void json_number(struct json *json, const char *name, unsigned long long value);
void json_bool(struct json *json, const char *name, bool value);

/* @s as a JSON string; bytes that are no UTF-8 become U+FFFD. */
void json_quote(FILE *out, const char *s);

#endif /* LSKEL_GEN_JSON_H */
