/* SPDX-License-Identifier: GPL-2.0-only */
/* Boxes of NaCl: who has the key can read them, and tell that they are whole. */
#ifndef _ZMQ_MECH_BOX_H
#define _ZMQ_MECH_BOX_H

#include <crypto/poly1305.h>

#include "mech/salsa20.h"

#define ZMQ_BOX_KEY	ZMQ_SALSA20_KEY
#define ZMQ_BOX_NONCE	ZMQ_XSALSA20_NONCE
#define ZMQ_BOX_TAG	POLY1305_DIGEST_SIZE

/**
 * struct zmq_box - a box being sealed or opened, piece by piece
 * @stream: encrypts
 * @mac: sums up what is encrypted
 *
 * On the stack of who works on it; zmq_box_finish() and zmq_box_check() wipe it.
 */
struct zmq_box {
	struct zmq_salsa20 stream;
	struct poly1305_desc_ctx mac;
};

bool zmq_box_public(u8 *public, const u8 *secret);
bool zmq_box_agree(u8 *key, const u8 *secret, const u8 *public);

void zmq_box_begin(struct zmq_box *b, const u8 *key, const u8 *nonce);
void zmq_box_begin_derived(struct zmq_box *b, const u8 *sub, const u8 *rest);
void zmq_box_encrypt(struct zmq_box *b, u8 *dst, const u8 *src, size_t len);
void zmq_box_decrypt(struct zmq_box *b, u8 *dst, const u8 *src, size_t len);
void zmq_box_finish(struct zmq_box *b, u8 *tag);
bool zmq_box_check(struct zmq_box *b, const u8 *tag);

void zmq_box_seal(u8 *box, const u8 *text, size_t len, const u8 *key,
		  const u8 *nonce);
bool zmq_box_open(u8 *text, const u8 *box, size_t len, const u8 *key,
		  const u8 *nonce);

#endif /* _ZMQ_MECH_BOX_H */
