/* SPDX-License-Identifier: GPL-2.0-only */
/* What an option takes: defaults, values, lengths, socket types. */
#ifndef TESTS_DIFFERENTIAL_PROBE_H
#define TESTS_DIFFERENTIAL_PROBE_H

#include <stddef.h>

/* A fresh socket with every default of the library; @type is ZMQ_*. */
void *probe_socket(void *ctx, int type);

/* Sets an int and says what can be read back: "5=5", "-2=EINVAL". */
void probe_int(void *socket, int option, int value);
/* Gets into a buffer of @size bytes; says @what and the length returned or the error. */
void probe_get(void *socket, int option, const char *what, size_t size);
/* Gets text; says @what and it in brackets, a long one as its length. */
void probe_text(void *socket, int option, const char *what);
/* Says which of the twelve stable types take @value. */
void probe_takers(int option, const void *value, size_t len);

/* All of it for an int that can be read: default, @values, lengths, types. */
void probe_int_option(int option, const int *values, size_t count);
/* For one that can not: the same on a socket of @type. */
void probe_flag_option(int type, int option, const int *values, size_t count);

#endif
