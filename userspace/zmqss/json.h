/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON to the standard output. */
#ifndef ZMQSS_JSON_H
#define ZMQSS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Each takes the name of the member, NULL where there is none: at the top and
 * in arrays. Commas are put where they belong.
 */
void zss_json_object(const char *name);
void zss_json_object_end(void);
void zss_json_array(const char *name);
void zss_json_array_end(void);
void zss_json_u64(const char *name, uint64_t n);
void zss_json_s64(const char *name, int64_t n);
void zss_json_bool(const char *name, bool yes);
/* Bytes that are no UTF-8 become U+FFFD. Nothing at all for NULL. */
void zss_json_text(const char *name, const char *text);
/* Two hexadecimal digits for each byte. */
void zss_json_hex(const char *name, const char *p, size_t len);
/* The end of a line, and of what is printed at the top. */
void zss_json_end(void);

#endif
