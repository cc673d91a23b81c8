// SPDX-License-Identifier: GPL-2.0-only
/* JSON to the standard output (RFC 8259). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

/* Is something there already that a comma has to follow? */
static bool filled;

static void zss_json_byte(unsigned char c)
{
	if (c == '"' || c == '\\')
		printf("\\%c", c);
	else if (c < ' ' || c == 0x7f)
		printf("\\u%04x", c);
	else
		putchar(c);
}

/*
 * Bytes of the UTF-8 character at @p, or 0: too long a form, a surrogate,
 * above U+10FFFF, cut short, or no beginning of one (RFC 3629).
 */
static size_t zss_utf8(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char first, last, low, high, len;
	} forms[] = {
		{ 0x00, 0x7f, 0, 0, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (*p < forms[i].first || *p > forms[i].last)
			continue;
		if (left < forms[i].len)
			return 0;
		if (forms[i].len > 1 && (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		for (k = 2; k < forms[i].len; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

static void zss_json_string(const char *text)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + strlen(text);

	putchar('"');
	while (p < end) {
		size_t n = zss_utf8(p, end - p);

		if (n == 1)
			zss_json_byte(*p);
		else if (n)
			fwrite(p, n, 1, stdout);
		else
			fputs("\\ufffd", stdout);
		p += n ? n : 1;
	}
	putchar('"');
}

static void zss_json_begin(const char *name)
{
	if (filled)
		putchar(',');
	filled = true;
	if (name) {
		zss_json_string(name);
		putchar(':');
	}
}

void zss_json_object(const char *name)
{
	zss_json_begin(name);
	putchar('{');
	filled = false;
}

void zss_json_object_end(void)
{
	putchar('}');
	filled = true;
}

void zss_json_array(const char *name)
{
	zss_json_begin(name);
	putchar('[');
	filled = false;
}

void zss_json_array_end(void)
{
	putchar(']');
	filled = true;
}

void zss_json_u64(const char *name, uint64_t n)
{
	zss_json_begin(name);
	printf("%" PRIu64, n);
}

void zss_json_s64(const char *name, int64_t n)
{
	zss_json_begin(name);
	printf("%" PRId64, n);
}

void zss_json_bool(const char *name, bool yes)
{
	zss_json_begin(name);
	fputs(yes ? "true" : "false", stdout);
}

void zss_json_text(const char *name, const char *text)
{
	if (!text)
		return;
	zss_json_begin(name);
	zss_json_string(text);
}

void zss_json_hex(const char *name, const char *p, size_t len)
{
	size_t i;

	zss_json_begin(name);
	putchar('"');
	for (i = 0; i < len; i++)
		printf("%02x", (unsigned char)p[i]);
	putchar('"');
}

void zss_json_end(void)
{
	putchar('\n');
	filled = false;
}
