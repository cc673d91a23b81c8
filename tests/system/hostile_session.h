/* SPDX-License-Identifier: GPL-2.0-only */
/* What a peer says in a whole session, and what becomes of it in bad hands. */
#ifndef TESTS_SYSTEM_HOSTILE_SESSION_H
#define TESTS_SYSTEM_HOSTILE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curve_peer.h"

#define HS_BYTES (96 * 1024)
#define HS_PARTS 192
#define HS_GATES 4
/* The longest body of a frame, before it is spoilt. */
#define HS_LONGEST (12 * 1024)
/* What messages begin with, and a number of eight hexadecimal digits. */
#define HS_MARK "session "

/**
 * enum hs_speech - what the peer speaks
 * @HS_NULL: ZMTP 3.1 with mechanism NULL
 * @HS_NULL_30: ZMTP 3.0, so subscriptions are messages
 * @HS_PLAIN_CLIENT: ZMTP 3.1 with PLAIN, as the client
 * @HS_PLAIN_SERVER: the same, as the server
 * @HS_CURVE_CLIENT: ZMTP 3.1 with CURVE, as a client that knows the server's key
 * @HS_CURVE_SERVER: the same, as that server
 * @HS_V2: ZMTP 2.0
 * @HS_V1: ZMTP 1.0
 * @HS_RAW: no ZMTP
 */
enum hs_speech {
	HS_NULL,
	HS_NULL_30,
	HS_PLAIN_CLIENT,
	HS_PLAIN_SERVER,
	HS_CURVE_CLIENT,
	HS_CURVE_SERVER,
	HS_V2,
	HS_V1,
	HS_RAW,
};

/**
 * enum hs_aim - what of a session is spoilt
 * @HS_ANYWHERE: whatever comes; all but CURVE, where most of it would be the end
 * @HS_KEYLESS: all is random that should be sealed
 * @HS_GREETING: the greeting
 * @HS_HELLO: HELLO, with a good box or without
 * @HS_WELCOME: the same of WELCOME
 * @HS_INITIATE: bytes of INITIATE, its cookie or nonce
 * @HS_VOUCH: the client's key, the vouch or what is in it, in a good INITIATE
 * @HS_METADATA: metadata, in a good INITIATE or READY
 * @HS_READY: bytes of READY, its nonce, or ERROR instead
 * @HS_OUTSIDE: messages: flags, nonces, bytes of what is sealed, the order
 * @HS_INSIDE: messages: what is in good boxes
 * @HS_AIMS: how many there are
 */
enum hs_aim {
	HS_ANYWHERE,
	HS_KEYLESS,
	HS_GREETING,
	HS_HELLO,
	HS_WELCOME,
	HS_INITIATE,
	HS_VOUCH,
	HS_METADATA,
	HS_READY,
	HS_OUTSIDE,
	HS_INSIDE,
	HS_AIMS
};

/**
 * enum hs_end - how the peer goes
 * @HS_CLOSE: at once
 * @HS_HALF: it sends no more, and waits for the other side
 * @HS_RESET: with a reset
 * @HS_SILENT: it says nothing and stays
 * @HS_END_NR: how many ways there are
 */
enum hs_end {
	HS_CLOSE,
	HS_HALF,
	HS_RESET,
	HS_SILENT,
	HS_END_NR
};

/* What was heard of the other side: bits of hs_ear.heard. */
enum hs_heard {
	HS_HEARD_VERSION = 1,	/* more than a signature */
	HS_HEARD_GREETING = 2,
	HS_HEARD_HELLO = 4,
	HS_HEARD_WELCOME = 8,
	HS_HEARD_INITIATE = 16,
	HS_HEARD_READY = 32,
	HS_HEARD_ERROR = 64,
	HS_HEARD_TRAFFIC = 128,	/* any other frame */
};

/**
 * struct hs_ear - what the other side says
 * @frames: it speaks ZMTP 3: there are frames behind the greeting
 * @heard: bits of enum hs_heard
 * @bytes: all that was heard
 * @head: the head of a frame
 * @have: bytes of it
 * @left: bytes of the body that are to come
 * @got: bytes of @body
 * @body: the start of the last frame's body
 */
struct hs_ear {
	bool frames;
	unsigned int heard;
	size_t bytes;
	uint8_t head[9];
	unsigned int have;
	uint64_t left;
	size_t got;
	uint8_t body[CP_HELLO];
};

/**
 * struct hs_gate - a peer that keeps to the order waits here
 * @at: bytes of the session that go before
 * @heard: and it has heard this
 */
struct hs_gate {
	size_t at;
	enum hs_heard heard;
};

/**
 * struct hs_session - the bytes of one connection, and how they are sent
 * @x: state of the random numbers
 * @speech: what the peer speaks
 * @type: of the socket that it speaks to
 * @number: in the marks of messages
 * @aim: what is spoilt
 * @target: where that begins
 * @side: keys of CURVE
 * @nonce: the last one used
 * @open: what comes next depends on what the other side says: hs_go_on()
 * @sealed: frames are sealed from now on
 * @bytes: what the peer says
 * @len: how many
 * @part: where frames and pieces of the greeting begin; @part[@parts] is @len
 * @parts: how many there are
 * @first: the first that may not be on its way yet
 * @gate: where to wait
 * @gates: how many
 * @patience: how long to wait there, in milliseconds
 * @end: how the peer goes
 * @step: bytes of each send, 0 for all at once
 * @pause: pauses between sends, for a while
 * @cases: changes that were made
 */
struct hs_session {
	uint64_t x;
	enum hs_speech speech;
	int type;
	uint32_t number;
	enum hs_aim aim;
	size_t target;
	struct cp_side side;
	uint64_t nonce;
	bool open;
	bool sealed;
	uint8_t bytes[HS_BYTES];
	size_t len;
	size_t part[HS_PARTS + 1];
	unsigned int parts;
	unsigned int first;
	struct hs_gate gate[HS_GATES];
	unsigned int gates;
	unsigned int patience;
	enum hs_end end;
	size_t step;
	bool pause;
	unsigned int cases;
};

/*
 * Makes the session of a peer of a socket of @type and spoils it. The same @seed makes
 * the same one, but for keys, and @number in what it says.
 */
void hs_make(struct hs_session *s, uint64_t seed, enum hs_speech speech, int type,
	     uint32_t number);
/* All was said, and the session is open: adds what follows; false if the other side is to speak. */
bool hs_go_on(struct hs_session *s, const struct hs_ear *ear);

/* Nothing was heard so far of a peer that speaks so; and so many bytes. */
void hs_ear_open(struct hs_ear *ear, enum hs_speech speech);
void hs_listen(struct hs_ear *ear, const uint8_t *p, size_t n);

#endif
