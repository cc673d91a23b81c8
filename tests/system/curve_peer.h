/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A peer of CURVE that seals and opens with libsodium (wire page, 5.3). It does what a
 * peer has to do; who calls it may hand in other texts, or spoil what comes out. Names
 * as in RFC 26: S, S' and C, C' are the keys of server and client, for long and of one
 * connection.
 */
#ifndef TESTS_SYSTEM_CURVE_PEER_H
#define TESTS_SYSTEM_CURVE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CP_KEY 32
#define CP_TAG 16
#define CP_COOKIE 96
#define CP_VOUCH 96

/* Bytes of commands with their names: with a text of so many bytes. */
#define CP_HELLO 200
#define CP_WELCOME 168
#define CP_INITIATE(text) (113 + CP_TAG + (text))
#define CP_READY(text) (14 + CP_TAG + (text))
#define CP_MESSAGE(text) (16 + CP_TAG + (text))

/* Bytes of texts: S' and the cookie; C' and S; C and the vouch, and metadata behind. */
#define CP_WELCOME_TEXT (CP_KEY + CP_COOKIE)
#define CP_VOUCH_TEXT (2 * CP_KEY)
#define CP_INITIATE_TEXT (CP_KEY + CP_VOUCH)

/* Where things stand in bodies of commands. */
#define CP_HELLO_OFF_KEY 80
#define CP_INITIATE_OFF_COOKIE 9
#define CP_INITIATE_OFF_BOX 113

/**
 * struct cp_side - the keys of one side of a connection
 * @server: it is the server
 * @s: S; its owner is that of nz_curve_server()
 * @pk: C or S
 * @sk: the secret key to it
 * @tpk: C' or S'
 * @tsk: the secret key to it
 * @hello: what HELLO and WELCOME are sealed with; a server's once it has HELLO
 * @peer: S' or C' of the other side, once it has said it
 * @cookie: a client's, once it has WELCOME
 * @key: what the rest is sealed with, once @peer is known
 */
struct cp_side {
	bool server;
	uint8_t s[CP_KEY];
	uint8_t pk[CP_KEY], sk[CP_KEY];
	uint8_t tpk[CP_KEY], tsk[CP_KEY];
	uint8_t hello[CP_KEY];
	uint8_t peer[CP_KEY];
	uint8_t cookie[CP_COOKIE];
	uint8_t key[CP_KEY];
};

/*
 * A client of any key, and the server, that of nsec.c, with new keys for a connection.
 * Nothing forbids to use them for many: a copy for each of them saves time.
 */
void cp_client(struct cp_side *c);
void cp_server(struct cp_side *c);

/* What a client says; @number is the nonce's. They return the bytes of the body. */
size_t cp_hello(const struct cp_side *c, uint8_t *body, uint64_t number);
size_t cp_initiate(const struct cp_side *c, uint8_t *body, uint64_t number, const uint8_t *text,
		   size_t len);
/* The text of a good vouch, and a vouch of a text: CP_VOUCH_TEXT and CP_VOUCH bytes. */
void cp_vouch_text(const struct cp_side *c, uint8_t *text);
void cp_vouch(const struct cp_side *c, uint8_t *vouch, const uint8_t *text);
/* Learns what is in WELCOME, CP_WELCOME bytes; false if it does not open. */
bool cp_take_welcome(struct cp_side *c, const uint8_t *body);

/* What a server says: a good text of WELCOME, with any cookie, and commands. */
void cp_welcome_text(const struct cp_side *c, uint8_t *text);
size_t cp_welcome(const struct cp_side *c, uint8_t *body, const uint8_t *text);
size_t cp_ready(const struct cp_side *c, uint8_t *body, uint64_t number, const uint8_t *text,
		size_t len);
/* Learns what is in HELLO, CP_HELLO bytes; false if it does not open. */
bool cp_take_hello(struct cp_side *c, const uint8_t *body);

/* What both say: @text begins with the flags inside. */
size_t cp_message(const struct cp_side *c, uint8_t *body, uint64_t number, const uint8_t *text,
		  size_t len);

#endif
