// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Not a test: reads JSON (RFC 8259) on stdin and prints each string that is the value of a "cmd", one a
 * line. Exits with 1 and the offset of the fault if it is not JSON.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 24];
static const char *at = text;

static bool value(bool is_cmd);

static void skip_blanks(void)
{
	at += strspn(at, " \t\r\n");
}

static bool take(char c)
{
	skip_blanks();
	if (*at != c)
		return false;
	at++;
	return true;
}

static bool word(const char *expected)
{
	size_t len = strlen(expected);

	if (strncmp(at, expected, len))
		return false;
	at += len;
	return true;
}

static bool digits(void)
{
	const char *start = at;

	while (isdigit((unsigned char)*at))
		at++;
	return at > start;
}

static bool number(void)
{
	if (*at == '-')
		at++;
	if (*at == '0')
		at++;
	else if (!digits())
		return false;
	if (*at == '.' && (at++, !digits()))
		return false;
	if (*at != 'e' && *at != 'E')
		return true;
	at++;
	if (*at == '+' || *at == '-')
		at++;
	return digits();
}

static bool escape(void)
{
	if (*at != 'u')
		return *at && strchr("\"\\/bfnrt", *at++);
	at++;
	for (int i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)*at++))
			return false;
	return true;
}

/* Stores where the string starts; it ends at the quote before @at. */
static bool string(const char **start)
{
	if (!take('"'))
		return false;
	*start = at;
	while (*at != '"') {
		if ((unsigned char)*at < ' ')
			return false;
		if (*at++ == '\\' && !escape())
			return false;
	}
	at++;
	return true;
}

static bool object(void)
{
	const char *key;

	if (take('}'))
		return true;
	do {
		skip_blanks();
		if (!string(&key) || !take(':') || !value(!strncmp(key, "cmd\"", 4)))
			return false;
	} while (take(','));
	return take('}');
}

static bool array(void)
{
	if (take(']'))
		return true;
	do {
		if (!value(false))
			return false;
	} while (take(','));
	return take(']');
}

static bool value(bool is_cmd)
{
	const char *start;

	skip_blanks();
	switch (*at) {
	case '{':
		at++;
		return object();
	case '[':
		at++;
		return array();
	case '"':
		if (!string(&start))
			return false;
		if (is_cmd)
			printf("%.*s\n", (int)(at - 1 - start), start);
		return true;
	default:
		return word("true") || word("false") || word("null") || number();
	}
}

int main(void)
{
	size_t len = fread(text, 1, sizeof(text) - 1, stdin);
	bool valid = value(false);

	skip_blanks();
	if (valid && at == text + len)
		return 0;
	fprintf(stderr, "not JSON at offset %td: %.40s\n", at - text, at);
	return 1;
}
