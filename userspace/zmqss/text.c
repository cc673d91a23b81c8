// SPDX-License-Identifier: GPL-2.0-only
/* Text for people: strings that others have chosen, and sizes. */
#include <stdio.h>

#include "text.h"

char *zss_text_escape(char *buf, size_t size, const char *p, size_t len)
{
	char *to = buf;
	size_t i;

	for (i = 0; i < len && to + 5 <= buf + size; i++) {
		unsigned char c = p[i];

		if (c == '\\')
			to += sprintf(to, "\\\\");
		else if (c >= ' ' && c < 0x7f && c != '"')
			*to++ = c;
		else
			to += sprintf(to, "\\x%02x", c);
	}
	*to = 0;
	return buf;
}

char *zss_text_size(char *buf, uint64_t bytes)
{
	static const char units[] = "BKMGTPE";
	double n = bytes;
	int i = 0;

	while (n >= 999.5) {
		n /= 1024;
		i++;
	}
	snprintf(buf, ZSS_SIZE_MAX, i && n < 9.95 ? "%.1f%c" : "%.0f%c", n, units[i]);
	return buf;
}
