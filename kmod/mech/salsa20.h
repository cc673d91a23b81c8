/* SPDX-License-Identifier: GPL-2.0-only */
/* Salsa20, of which the kernel has none: the stream cipher in CURVE's boxes. */
#ifndef _ZMQ_MECH_SALSA20_H
#define _ZMQ_MECH_SALSA20_H

#include <linux/types.h>

#define ZMQ_SALSA20_KEY		32
#define ZMQ_SALSA20_BLOCK	64
#define ZMQ_SALSA20_WORDS	(ZMQ_SALSA20_BLOCK / 4)
#define ZMQ_HSALSA20_IN		16
#define ZMQ_HSALSA20_OUT	32
#define ZMQ_SALSA20_NONCE	8
#define ZMQ_XSALSA20_NONCE	(ZMQ_HSALSA20_IN + ZMQ_SALSA20_NONCE)

/**
 * struct zmq_salsa20 - a key stream, and where it stands
 * @state: constants, key, nonce and number of the next block
 * @block: the last block, of which the end is unused
 * @left: how many bytes are; 0..63
 *
 * Who has one wipes it in the end. Pure state: no lock of its own.
 */
struct zmq_salsa20 {
	u32 state[ZMQ_SALSA20_WORDS];
	u8 block[ZMQ_SALSA20_BLOCK];
	u8 left;
};

void zmq_hsalsa20(u8 *out, const u8 *key, const u8 *in);
void zmq_salsa20_init(struct zmq_salsa20 *s, const u8 *key, const u8 *nonce);
void zmq_xsalsa20_init(struct zmq_salsa20 *s, const u8 *key, const u8 *nonce);
void zmq_salsa20_xor(struct zmq_salsa20 *s, u8 *dst, const u8 *src, size_t len);

#endif /* _ZMQ_MECH_SALSA20_H */
