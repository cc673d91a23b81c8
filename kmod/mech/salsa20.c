// SPDX-License-Identifier: GPL-2.0-only
/*
 * Salsa20/20, HSalsa20 and XSalsa20 (D. J. Bernstein, "The Salsa20 family of
 * stream ciphers" and "Extending the Salsa20 nonce").
 *
 * Only additions, rotations and exclusive ors of words, in an order that depends
 * on lengths alone: the time says nothing about keys or text.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "common.h"
#include "compat/compat.h"
#include "mech/salsa20.h"

#define ZMQ_SALSA20_DOUBLE_ROUNDS	10

/* Words of the state that are the block's number. */
#define ZMQ_SALSA20_COUNTER		8

static __always_inline void zmq_salsa20_quarter(u32 *a, u32 *b, u32 *c, u32 *d)
{
	*b ^= rol32(*a + *d, 7);
	*c ^= rol32(*b + *a, 9);
	*d ^= rol32(*c + *b, 13);
	*a ^= rol32(*d + *c, 18);
}

/* Twenty rounds, in place. Indices are constants, so the words are in registers. */
static __always_inline void zmq_salsa20_rounds(u32 *x)
{
	int i;

	for (i = 0; i < ZMQ_SALSA20_DOUBLE_ROUNDS; i++) {
		/* Columns. */
		zmq_salsa20_quarter(&x[0], &x[4], &x[8], &x[12]);
		zmq_salsa20_quarter(&x[5], &x[9], &x[13], &x[1]);
		zmq_salsa20_quarter(&x[10], &x[14], &x[2], &x[6]);
		zmq_salsa20_quarter(&x[15], &x[3], &x[7], &x[11]);
		/* Rows. */
		zmq_salsa20_quarter(&x[0], &x[1], &x[2], &x[3]);
		zmq_salsa20_quarter(&x[5], &x[6], &x[7], &x[4]);
		zmq_salsa20_quarter(&x[10], &x[11], &x[8], &x[9]);
		zmq_salsa20_quarter(&x[15], &x[12], &x[13], &x[14]);
	}
}

/* Constants, key, and 16 bytes that are nonce and counter, or HSalsa20's input. */
static void zmq_salsa20_setup(u32 *x, const u8 *key, const u8 *in)
{
	int i;

	/* "expand 32-byte k", word by word on the diagonal. */
	x[0] = 0x61707865;
	x[5] = 0x3320646e;
	x[10] = 0x79622d32;
	x[15] = 0x6b206574;
	for (i = 0; i < 4; i++) {
		x[1 + i] = get_unaligned_le32(key + 4 * i);
		x[6 + i] = get_unaligned_le32(in + 4 * i);
		x[11 + i] = get_unaligned_le32(key + 16 + 4 * i);
	}
}

/**
 * zmq_hsalsa20() - derive a key
 * @out: the new key, ZMQ_HSALSA20_OUT bytes; may be @key
 * @key: ZMQ_SALSA20_KEY bytes
 * @in: ZMQ_HSALSA20_IN bytes
 *
 * Context: any.
 */
void zmq_hsalsa20(u8 *out, const u8 *key, const u8 *in)
{
	u32 x[ZMQ_SALSA20_WORDS];
	int i;

	zmq_salsa20_setup(x, key, in);
	zmq_salsa20_rounds(x);
	for (i = 0; i < 4; i++) {
		put_unaligned_le32(x[5 * i], out + 4 * i);
		put_unaligned_le32(x[6 + i], out + 16 + 4 * i);
	}
	memzero_explicit(x, sizeof(x));
}
EXPORT_SYMBOL_KUNIT(zmq_hsalsa20);

/**
 * zmq_salsa20_init() - begin a key stream
 * @s: the stream
 * @key: ZMQ_SALSA20_KEY bytes
 * @nonce: ZMQ_SALSA20_NONCE bytes, never used before with this key
 *
 * Context: any.
 */
void zmq_salsa20_init(struct zmq_salsa20 *s, const u8 *key, const u8 *nonce)
{
	u8 in[ZMQ_HSALSA20_IN] = {};

	/* The block's number behind it begins at 0. */
	memcpy(in, nonce, ZMQ_SALSA20_NONCE);
	zmq_salsa20_setup(s->state, key, in);
	s->left = 0;
}

/**
 * zmq_xsalsa20_init() - begin a key stream with a longer nonce
 * @s: the stream
 * @key: ZMQ_SALSA20_KEY bytes
 * @nonce: ZMQ_XSALSA20_NONCE bytes, never used before with this key
 *
 * Context: any.
 */
void zmq_xsalsa20_init(struct zmq_salsa20 *s, const u8 *key, const u8 *nonce)
{
	u8 sub[ZMQ_HSALSA20_OUT];

	zmq_hsalsa20(sub, key, nonce);
	zmq_salsa20_init(s, sub, nonce + ZMQ_HSALSA20_IN);
	memzero_explicit(sub, sizeof(sub));
}
EXPORT_SYMBOL_KUNIT(zmq_xsalsa20_init);

/* Words of the next block. */
static __always_inline void zmq_salsa20_next(struct zmq_salsa20 *s, u32 *x)
{
	int i;

	memcpy(x, s->state, sizeof(s->state));
	zmq_salsa20_rounds(x);
	for (i = 0; i < ZMQ_SALSA20_WORDS; i++)
		x[i] += s->state[i];
	if (!++s->state[ZMQ_SALSA20_COUNTER])
		s->state[ZMQ_SALSA20_COUNTER + 1]++;
}

/* A run of whole blocks, straight from the words; returns how many bytes. */
static size_t zmq_salsa20_blocks(struct zmq_salsa20 *s, u8 *dst, const u8 *src,
				 size_t len)
{
	u32 x[ZMQ_SALSA20_WORDS];
	size_t at;
	int i;

	for (at = 0; len - at >= ZMQ_SALSA20_BLOCK; at += ZMQ_SALSA20_BLOCK) {
		zmq_salsa20_next(s, x);
		for (i = 0; i < ZMQ_SALSA20_WORDS; i++)
			put_unaligned_le32(x[i] ^ get_unaligned_le32(src + at + 4 * i),
					   dst + at + 4 * i);
	}
	memzero_explicit(x, sizeof(x));
	return at;
}

/* The next block into @block, to be used in pieces. */
static void zmq_salsa20_refill(struct zmq_salsa20 *s)
{
	u32 x[ZMQ_SALSA20_WORDS];
	int i;

	zmq_salsa20_next(s, x);
	for (i = 0; i < ZMQ_SALSA20_WORDS; i++)
		put_unaligned_le32(x[i], s->block + 4 * i);
	s->left = ZMQ_SALSA20_BLOCK;
	memzero_explicit(x, sizeof(x));
}

/* Up to the end of @block; returns how many bytes. */
static size_t zmq_salsa20_rest(struct zmq_salsa20 *s, u8 *dst, const u8 *src,
			       size_t len)
{
	const u8 *k = s->block + ZMQ_SALSA20_BLOCK - s->left;
	size_t n = min_t(size_t, len, s->left), i;

	for (i = 0; i < n; i++)
		dst[i] = src[i] ^ k[i];
	s->left -= n;
	return n;
}

/**
 * zmq_salsa20_xor() - encrypt or decrypt the next bytes
 * @s: the stream; goes on where the last call ended, at any byte
 * @dst: where they go; @src itself, or before it, even where the two overlap
 * @src: the bytes
 * @len: how many
 *
 * Context: any.
 */
void zmq_salsa20_xor(struct zmq_salsa20 *s, u8 *dst, const u8 *src, size_t len)
{
	size_t n = zmq_salsa20_rest(s, dst, src, len);

	n += zmq_salsa20_blocks(s, dst + n, src + n, len - n);
	if (n == len)
		return;
	zmq_salsa20_refill(s);
	zmq_salsa20_rest(s, dst + n, src + n, len - n);
}
EXPORT_SYMBOL_KUNIT(zmq_salsa20_xor);
