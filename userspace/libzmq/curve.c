// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys for CURVE: pairs of Curve25519, written in Z85. The arithmetic is
 * libsodium's.
 */
#include <string.h>

#include <sodium.h>

#include "api.h"

/* A key as text, without the NUL. */
#define SHIM_KEY_LEN 40

_Static_assert(SHIM_KEY_LEN / 5 * 4 == crypto_box_PUBLICKEYBYTES, "RFC 26");
_Static_assert(SHIM_KEY_LEN / 5 * 4 == crypto_box_SECRETKEYBYTES, "RFC 26");

/* @public and @secret get 40 characters and a NUL each. */
int zmqk_curve_keypair(char *public, char *secret)
{
	uint8_t pk[crypto_box_PUBLICKEYBYTES], sk[crypto_box_SECRETKEYBYTES];

	if (!public || !secret)
		return shim_err(EFAULT);
	if (sodium_init() < 0)
		return shim_err(ENOTSUP);
	crypto_box_keypair(pk, sk);
	zmqk_z85_encode(public, pk, sizeof(pk));
	zmqk_z85_encode(secret, sk, sizeof(sk));
	sodium_memzero(sk, sizeof(sk));
	return 0;
}

/*
 * @public gets 40 characters and a NUL, or is emptied. A key of another length is
 * refused: libzmq's reads or writes what is not its own there.
 */
int zmqk_curve_public(char *public, const char *secret)
{
	uint8_t pk[crypto_box_PUBLICKEYBYTES], sk[crypto_box_SECRETKEYBYTES];
	bool valid;

	if (!public || !secret)
		return shim_err(EFAULT);
	public[0] = '\0';
	if (sodium_init() < 0)
		return shim_err(ENOTSUP);
	valid = strnlen(secret, SHIM_KEY_LEN + 1) == SHIM_KEY_LEN &&
		zmqk_z85_decode(sk, secret);
	if (valid) {
		crypto_scalarmult_base(pk, sk);
		zmqk_z85_encode(public, pk, sizeof(pk));
	}
	sodium_memzero(sk, sizeof(sk));
	return valid ? 0 : shim_err(EINVAL);
}
