// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's Curve25519 and Poly1305, by libsodium: what is tested is how the
 * module uses them.
 */
#include <sodium.h>

#include "kernel.h"

_Static_assert(sizeof(struct poly1305_desc_ctx) >= sizeof(crypto_onetimeauth_state),
	       "libsodium's state fits");

/**
 * curve25519_clamp_secret() - as the kernel's
 * @secret: the scalar
 */
void curve25519_clamp_secret(u8 *secret)
{
	secret[0] &= 248;
	secret[31] = (secret[31] & 127) | 64;
}

/**
 * curve25519() - multiply a point
 * @out: the product
 * @secret: the scalar
 * @point: the point
 *
 * Return: false if the product is zero.
 */
bool curve25519(u8 *out, const u8 *secret, const u8 *point)
{
	return !crypto_scalarmult_curve25519(out, secret, point);
}

/**
 * curve25519_generate_public() - multiply the base point
 * @public: the product
 * @secret: the scalar
 *
 * Return: true.
 */
bool curve25519_generate_public(u8 *public, const u8 *secret)
{
	return !crypto_scalarmult_curve25519_base(public, secret);
}

/**
 * poly1305_init() - begin a tag
 * @c: the work
 * @key: its key
 */
void poly1305_init(struct poly1305_desc_ctx *c, const u8 *key)
{
	crypto_onetimeauth_init((crypto_onetimeauth_state *)c, key);
}

/**
 * poly1305_update() - more bytes
 * @c: the work
 * @p: the bytes
 * @n: how many
 */
void poly1305_update(struct poly1305_desc_ctx *c, const u8 *p, unsigned int n)
{
	crypto_onetimeauth_update((crypto_onetimeauth_state *)c, p, n);
}

/**
 * poly1305_final() - the tag
 * @c: the work
 * @tag: where to
 */
void poly1305_final(struct poly1305_desc_ctx *c, u8 *tag)
{
	crypto_onetimeauth_final((crypto_onetimeauth_state *)c, tag);
}
