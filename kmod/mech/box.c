// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boxes of NaCl: crypto_box (curve25519xsalsa20poly1305) and crypto_secretbox
 * (xsalsa20poly1305), which differ in where the key comes from. On the wire a
 * box is its tag and the encrypted text (wire page, 5.3 and 5.4).
 */
#include <crypto/algapi.h>
#include <crypto/curve25519.h>
#include <linux/string.h>

#include "common.h"
#include "mech/box.h"

/* Some of the kernel's curves take a scalar as it is: clamped here for all. */
static void zmq_box_clamp(u8 *scalar, const u8 *secret)
{
	memcpy(scalar, secret, CURVE25519_KEY_SIZE);
	curve25519_clamp_secret(scalar);
}

/**
 * zmq_box_public() - the public key to a secret one
 * @public: the public key, ZMQ_BOX_KEY bytes
 * @secret: the secret key
 *
 * Context: process context; slow.
 * Return: false if there is none.
 */
bool zmq_box_public(u8 *public, const u8 *secret)
{
	u8 scalar[CURVE25519_KEY_SIZE];
	bool ok;

	zmq_box_clamp(scalar, secret);
	ok = curve25519_generate_public(public, scalar);
	memzero_explicit(scalar, sizeof(scalar));
	return ok;
}
EXPORT_SYMBOL_KUNIT(zmq_box_public);

/**
 * zmq_box_agree() - the key that two sides have in common
 * @key: the key, ZMQ_BOX_KEY bytes; undefined if there is none
 * @secret: secret key of this side
 * @public: public key of the other
 *
 * Context: process context; slow.
 * Return: false if @public is a point of small order: then the key would not
 * depend on @secret, and anybody had it.
 */
bool zmq_box_agree(u8 *key, const u8 *secret, const u8 *public)
{
	static const u8 zero[ZMQ_HSALSA20_IN];
	u8 scalar[CURVE25519_KEY_SIZE], shared[CURVE25519_KEY_SIZE];
	bool ok;

	zmq_box_clamp(scalar, secret);
	ok = curve25519(shared, scalar, public);
	zmq_hsalsa20(key, shared, zero);
	memzero_explicit(scalar, sizeof(scalar));
	memzero_explicit(shared, sizeof(shared));
	return ok;
}
EXPORT_SYMBOL_KUNIT(zmq_box_agree);

/* The key stream is there; the tag's key is the start of it. */
static void zmq_box_begin_mac(struct zmq_box *b)
{
	u8 once[POLY1305_KEY_SIZE] = {};

	zmq_salsa20_xor(&b->stream, once, once, sizeof(once));
	poly1305_init(&b->mac, once);
	memzero_explicit(once, sizeof(once));
}

/**
 * zmq_box_begin() - begin to seal or to open a box
 * @b: the work
 * @key: ZMQ_BOX_KEY bytes
 * @nonce: ZMQ_BOX_NONCE bytes; no two boxes of a key have the same
 *
 * Context: process context, since the kernel's Poly1305 wants the FPU.
 */
void zmq_box_begin(struct zmq_box *b, const u8 *key, const u8 *nonce)
{
	zmq_xsalsa20_init(&b->stream, key, nonce);
	zmq_box_begin_mac(b);
}
EXPORT_SYMBOL_KUNIT(zmq_box_begin);

/**
 * zmq_box_begin_derived() - the same for many boxes whose nonces begin alike
 * @b: the work
 * @sub: what zmq_hsalsa20() makes of the key and the first ZMQ_HSALSA20_IN bytes of
 *	the nonce
 * @rest: the rest of it, ZMQ_SALSA20_NONCE bytes
 *
 * For a small box that saves a third of the work.
 *
 * Context: as zmq_box_begin().
 */
void zmq_box_begin_derived(struct zmq_box *b, const u8 *sub, const u8 *rest)
{
	zmq_salsa20_init(&b->stream, sub, rest);
	zmq_box_begin_mac(b);
}

/**
 * zmq_box_encrypt() - the next bytes of a box that is sealed
 * @b: the work
 * @dst: where the encrypted bytes go; may be @src
 * @src: the bytes
 * @len: how many, at most UINT_MAX
 *
 * Context: as zmq_box_begin().
 */
void zmq_box_encrypt(struct zmq_box *b, u8 *dst, const u8 *src, size_t len)
{
	zmq_salsa20_xor(&b->stream, dst, src, len);
	poly1305_update(&b->mac, dst, len);
}
EXPORT_SYMBOL_KUNIT(zmq_box_encrypt);

/**
 * zmq_box_decrypt() - the next bytes of a box that is opened
 * @b: the work
 * @dst: where the text goes, not to be trusted before zmq_box_check(); @src, or
 *	before it
 * @src: the encrypted bytes
 * @len: how many, at most UINT_MAX
 *
 * Context: as zmq_box_begin().
 */
void zmq_box_decrypt(struct zmq_box *b, u8 *dst, const u8 *src, size_t len)
{
	poly1305_update(&b->mac, src, len);
	zmq_salsa20_xor(&b->stream, dst, src, len);
}
EXPORT_SYMBOL_KUNIT(zmq_box_decrypt);

/**
 * zmq_box_finish() - a box is sealed
 * @b: the work, wiped
 * @tag: ZMQ_BOX_TAG bytes
 *
 * Context: as zmq_box_begin().
 */
void zmq_box_finish(struct zmq_box *b, u8 *tag)
{
	poly1305_final(&b->mac, tag);
	memzero_explicit(b, sizeof(*b));
}
EXPORT_SYMBOL_KUNIT(zmq_box_finish);

/**
 * zmq_box_check() - was all that was opened sealed with this key?
 * @b: the work, wiped
 * @tag: what the box says, ZMQ_BOX_TAG bytes
 *
 * Context: as zmq_box_begin().
 * Return: false if the text must not be used.
 */
bool zmq_box_check(struct zmq_box *b, const u8 *tag)
{
	u8 own[ZMQ_BOX_TAG];
	bool ok;

	zmq_box_finish(b, own);
	ok = !crypto_memneq(own, tag, sizeof(own));
	memzero_explicit(own, sizeof(own));
	return ok;
}
EXPORT_SYMBOL_KUNIT(zmq_box_check);

/**
 * zmq_box_seal() - seal a box in one piece
 * @box: tag and encrypted text, ZMQ_BOX_TAG + @len bytes; not over @text, unless
 *	@text is where the encrypted text goes
 * @text: what is in it
 * @len: bytes of @text
 * @key: as zmq_box_begin()
 * @nonce: as zmq_box_begin()
 *
 * Context: as zmq_box_begin().
 */
void zmq_box_seal(u8 *box, const u8 *text, size_t len, const u8 *key,
		  const u8 *nonce)
{
	struct zmq_box b;

	zmq_box_begin(&b, key, nonce);
	zmq_box_encrypt(&b, box + ZMQ_BOX_TAG, text, len);
	zmq_box_finish(&b, box);
}
EXPORT_SYMBOL_KUNIT(zmq_box_seal);

/**
 * zmq_box_open() - open a box in one piece
 * @text: what was in it, @len less ZMQ_BOX_TAG bytes; all zero if it does not
 *	open
 * @box: tag and encrypted text
 * @len: bytes of @box, at least ZMQ_BOX_TAG
 * @key: as zmq_box_begin()
 * @nonce: as zmq_box_begin()
 *
 * Context: as zmq_box_begin().
 * Return: false if it was not sealed with this key and nonce.
 */
bool zmq_box_open(u8 *text, const u8 *box, size_t len, const u8 *key,
		  const u8 *nonce)
{
	struct zmq_box b;

	len -= ZMQ_BOX_TAG;
	zmq_box_begin(&b, key, nonce);
	zmq_box_decrypt(&b, text, box + ZMQ_BOX_TAG, len);
	if (zmq_box_check(&b, box))
		return true;
	memzero_explicit(text, len);
	return false;
}
EXPORT_SYMBOL_KUNIT(zmq_box_open);
