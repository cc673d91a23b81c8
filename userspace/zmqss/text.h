/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for people: strings that others have chosen, and sizes. */
#ifndef ZMQSS_TEXT_H
#define ZMQSS_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest text of @len bytes, with its NUL. */
#define ZSS_ESCAPED(len)	(4 * (len) + 1)
/* Room for a size. */
#define ZSS_SIZE_MAX		16

/*
 * All that is not printable ASCII, and the quote, becomes \xNN, and a backslash two: no
 * program and no peer writes to somebody's terminal what it likes. Cut where
 * there is no room. Returns @buf.
 */
char *zss_text_escape(char *buf, size_t size, const char *p, size_t len);
/* 999, 1.2K, 34M... */
char *zss_text_size(char *buf, uint64_t bytes);

#endif
