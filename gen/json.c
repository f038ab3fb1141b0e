// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Implementation of gen/json.h. */
#include <stddef.h>

#include "json.h"

/* Bytes of the UTF-8 character at @s, or 0: it is none. */
static int utf8_len(const unsigned char *s)
{
	int len = *s < 0x80		   ? 1 :
		  *s >= 0xc2 && *s <= 0xdf ? 2 :
		  *s >= 0xe0 && *s <= 0xef ? 3 :
		  *s >= 0xf0 && *s <= 0xf4 ? 4 :
					     0;

	for (int i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Too long for what they say, surrogates, beyond U+10FFFF. */
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

void json_quote(FILE *out, const char *s)
{
	fputc('"', out);
	while (*s) {
		int len = utf8_len((const unsigned char *)s);

		if (!len)
			fputs("\\ufffd", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if ((unsigned char)*s < ' ' || *s == 127)
			fprintf(out, "\\u%04x", *s);
		else
			fwrite(s, 1, len, out);
		s += len ? len : 1;
	}
	fputc('"', out);
}

static void new_line(struct json *json)
{
	if (!json->pretty)
		return;
	fputc('\n', json->out);
	for (int i = 0; i < json->depth; i++)
		fputs("    ", json->out);
}

/* What comes before a value. */
static void begin(struct json *json, const char *name)
{
	if (json->filled)
		fputc(',', json->out);
	if (json->depth)
		new_line(json);
	json->filled = true;
	if (!name)
		return;
	json_quote(json->out, name);
	fputs(json->pretty ? ": " : ":", json->out);
}

void json_open(struct json *json, const char *name, char bracket)
{
	begin(json, name);
	fputc(bracket, json->out);
	json->depth++;
	json->filled = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->filled)
		new_line(json);
	json->filled = true;
	fputc(bracket, json->out);
	if (!json->depth)
		fputc('\n', json->out);
}

void json_string(struct json *json, const char *name, const char *value)
{
	begin(json, name);
	if (value)
		json_quote(json->out, value);
	else
		fputs("null", json->out);
}

void json_number(struct json *json, const char *name, unsigned long long value)
{
	begin(json, name);
	fprintf(json->out, "%llu", value);
}

void json_bool(struct json *json, const char *name, bool value)
{
	begin(json, name);
	fputs(value ? "true" : "false", json->out);
}
