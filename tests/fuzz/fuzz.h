/* SPDX-License-Identifier: GPL-2.0-only */
/* What all fuzz targets share: their input, and how they complain. */
#ifndef ZF_FUZZ_H
#define ZF_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What must hold for any input. The input that led here is kept by the driver. */
#define zf_check(condition)							\
	do {									\
		if (condition)							\
			break;							\
		fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,		\
			__LINE__, #condition);					\
		abort();							\
	} while (0)

/**
 * struct zf_input - what is left of the fuzzer's bytes
 * @p: the next one
 * @left: how many
 *
 * A target takes what decides how it calls from the front; the rest is what the
 * peer or the user has written. Behind the end there are zeros.
 */
struct zf_input {
	const uint8_t *p;
	size_t left;
};

static inline uint8_t zf_byte(struct zf_input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

static inline uint64_t zf_number(struct zf_input *in, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | zf_byte(in);
	return v;
}

/**
 * zf_copy() - bytes in a block of their own
 * @p: the bytes
 * @n: how many
 *
 * Return: the copy, to be given to zf_drop(). Whoever reads or writes behind
 * its end is caught by AddressSanitizer, also where @n is 0.
 */
static inline uint8_t *zf_copy(const void *p, size_t n)
{
	uint8_t *block = malloc(n + 1);

	if (!block)
		abort();
	if (n)
		memcpy(block + 1, p, n);
	return block + 1;
}

/**
 * zf_room() - room for bytes in a block of its own
 * @n: how many
 *
 * Return: the room, to be given to zf_drop().
 */
static inline uint8_t *zf_room(size_t n)
{
	uint8_t *block = malloc(n + 1);

	if (!block)
		abort();
	memset(block, 0xa5, n + 1);
	return block + 1;
}

static inline void zf_drop(const void *p)
{
	free((uint8_t *)p - 1);
}

/* Takes up to @n bytes as a copy of their own; @len is set to how many. */
static inline uint8_t *zf_take(struct zf_input *in, size_t n, size_t *len)
{
	uint8_t *copy;

	*len = n < in->left ? n : in->left;
	copy = zf_copy(in->p, *len);
	in->p += *len;
	in->left -= *len;
	return copy;
}

/* Is [p, p + len) a part of [all, all + n)? */
static inline bool zf_within(const void *p, size_t len, const void *all, size_t n)
{
	uintptr_t from = (uintptr_t)p, whole = (uintptr_t)all;

	return from >= whole && from - whole <= n && len <= n - (from - whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* ZF_FUZZ_H */
