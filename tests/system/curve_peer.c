// SPDX-License-Identifier: GPL-2.0-only
/* A peer of CURVE that seals and opens with libsodium. */
#include <endian.h>
#include <sodium.h>
#include <string.h>

#include "curve_peer.h"
#include "nsec.h"

#define NONCE crypto_box_NONCEBYTES

_Static_assert(CP_KEY == crypto_box_PUBLICKEYBYTES && CP_KEY == crypto_box_SECRETKEYBYTES &&
	       CP_KEY == crypto_box_BEFORENMBYTES && CP_TAG == crypto_box_MACBYTES,
	       "sizes of crypto_box");

/* --- nonces and boxes -------------------------------------------------------- */

/* 16 bytes of text and a number, which also goes to @wire. */
static void short_nonce(uint8_t *nonce, const char *text, uint64_t number, uint8_t *wire)
{
	number = htobe64(number);
	memcpy(nonce, text, 16);
	memcpy(nonce + 16, &number, 8);
	memcpy(wire, &number, 8);
}

/* 8 bytes of text and what is in @wire. */
static void long_nonce(uint8_t *nonce, const char *text, const uint8_t *wire)
{
	memcpy(nonce, text, 8);
	memcpy(nonce + 8, wire, 16);
}

static void seal(uint8_t *box, const uint8_t *text, size_t len, const uint8_t *nonce,
		 const uint8_t *key)
{
	zt_eq(crypto_box_easy_afternm(box, text, len, nonce, key), 0);
}

/* @name, the number, a box: what most commands are. */
static size_t numbered(uint8_t *body, const char *name, const char *nonce_text, uint64_t number,
		       const uint8_t *text, size_t len, const uint8_t *key)
{
	size_t at = strlen(name);
	uint8_t nonce[NONCE];

	memcpy(body, name, at);
	short_nonce(nonce, nonce_text, number, body + at);
	seal(body + at + 8, text, len, nonce, key);
	return at + 8 + CP_TAG + len;
}

/* --- a client ------------------------------------------------------------------ */

void cp_client(struct cp_side *c)
{
	zt_check(sodium_init() >= 0);
	memset(c, 0, sizeof(*c));
	nz_curve_keys(c->s, NULL);
	crypto_box_keypair(c->pk, c->sk);
	crypto_box_keypair(c->tpk, c->tsk);
	zt_eq(crypto_box_beforenm(c->hello, c->s, c->tsk), 0);
}

size_t cp_hello(const struct cp_side *c, uint8_t *body, uint64_t number)
{
	static const uint8_t zeros[64];
	uint8_t nonce[NONCE];

	memset(body, 0, CP_HELLO);
	memcpy(body, "\5HELLO\1", 7);
	memcpy(body + CP_HELLO_OFF_KEY, c->tpk, CP_KEY);
	short_nonce(nonce, "CurveZMQHELLO---", number, body + CP_HELLO_OFF_KEY + CP_KEY);
	seal(body + CP_HELLO_OFF_KEY + CP_KEY + 8, zeros, sizeof(zeros), nonce, c->hello);
	return CP_HELLO;
}

bool cp_take_welcome(struct cp_side *c, const uint8_t *body)
{
	uint8_t text[CP_WELCOME_TEXT], nonce[NONCE];

	if (memcmp(body, "\7WELCOME", 8))
		return false;
	long_nonce(nonce, "WELCOME-", body + 8);
	if (crypto_box_open_easy_afternm(text, body + 24, CP_WELCOME - 24, nonce, c->hello))
		return false;
	memcpy(c->peer, text, CP_KEY);
	memcpy(c->cookie, text + CP_KEY, CP_COOKIE);
	return !crypto_box_beforenm(c->key, c->peer, c->tsk);
}

void cp_vouch_text(const struct cp_side *c, uint8_t *text)
{
	memcpy(text, c->tpk, CP_KEY);
	memcpy(text + CP_KEY, c->s, CP_KEY);
}

void cp_vouch(const struct cp_side *c, uint8_t *vouch, const uint8_t *text)
{
	uint8_t nonce[NONCE];

	randombytes_buf(vouch, 16);
	long_nonce(nonce, "VOUCH---", vouch);
	zt_eq(crypto_box_easy(vouch + 16, text, CP_VOUCH_TEXT, nonce, c->peer, c->sk), 0);
}

size_t cp_initiate(const struct cp_side *c, uint8_t *body, uint64_t number, const uint8_t *text,
		   size_t len)
{
	uint8_t nonce[NONCE];

	memcpy(body, "\10INITIATE", CP_INITIATE_OFF_COOKIE);
	memcpy(body + CP_INITIATE_OFF_COOKIE, c->cookie, CP_COOKIE);
	short_nonce(nonce, "CurveZMQINITIATE", number, body + CP_INITIATE_OFF_BOX - 8);
	seal(body + CP_INITIATE_OFF_BOX, text, len, nonce, c->key);
	return CP_INITIATE(len);
}

/* --- a server --------------------------------------------------------------------- */

void cp_server(struct cp_side *c)
{
	zt_check(sodium_init() >= 0);
	memset(c, 0, sizeof(*c));
	c->server = true;
	nz_curve_keys(c->s, c->sk);
	memcpy(c->pk, c->s, CP_KEY);
	crypto_box_keypair(c->tpk, c->tsk);
}

bool cp_take_hello(struct cp_side *c, const uint8_t *body)
{
	const uint8_t *number = body + CP_HELLO_OFF_KEY + CP_KEY;
	uint8_t text[64], nonce[NONCE];

	if (memcmp(body, "\5HELLO", 6))
		return false;
	memcpy(c->peer, body + CP_HELLO_OFF_KEY, CP_KEY);
	memcpy(nonce, "CurveZMQHELLO---", 16);
	memcpy(nonce + 16, number, 8);
	return !crypto_box_beforenm(c->hello, c->peer, c->sk) &&
	       !crypto_box_open_easy_afternm(text, number + 8, CP_TAG + sizeof(text), nonce,
					     c->hello) &&
	       !crypto_box_beforenm(c->key, c->peer, c->tsk);
}

void cp_welcome_text(const struct cp_side *c, uint8_t *text)
{
	memcpy(text, c->tpk, CP_KEY);
	randombytes_buf(text + CP_KEY, CP_COOKIE);
}

size_t cp_welcome(const struct cp_side *c, uint8_t *body, const uint8_t *text)
{
	uint8_t nonce[NONCE];

	memcpy(body, "\7WELCOME", 8);
	randombytes_buf(body + 8, 16);
	long_nonce(nonce, "WELCOME-", body + 8);
	seal(body + 24, text, CP_WELCOME_TEXT, nonce, c->hello);
	return CP_WELCOME;
}

size_t cp_ready(const struct cp_side *c, uint8_t *body, uint64_t number, const uint8_t *text,
		size_t len)
{
	return numbered(body, "\5READY", "CurveZMQREADY---", number, text, len, c->key);
}

/* --- both ----------------------------------------------------------------------------- */

size_t cp_message(const struct cp_side *c, uint8_t *body, uint64_t number, const uint8_t *text,
		  size_t len)
{
	return numbered(body, "\7MESSAGE", c->server ? "CurveZMQMESSAGES" : "CurveZMQMESSAGEC",
			number, text, len, c->key);
}
