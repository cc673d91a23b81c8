/* SPDX-License-Identifier: GPL-2.0-only */
/* What a peer says in a whole session, and what becomes of it in bad hands. */
#ifndef TESTS_SYSTEM_HOSTILE_SESSION_H
#define TESTS_SYSTEM_HOSTILE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HS_BYTES (96 * 1024)
#define HS_PARTS 192
#define HS_GATES 4

/**
 * enum hs_speech - what the peer speaks
 * @HS_NULL: ZMTP 3.1 with mechanism NULL
 * @HS_NULL_30: ZMTP 3.0, so subscriptions are messages
 * @HS_V2: ZMTP 2.0
 * @HS_V1: ZMTP 1.0
 * @HS_PLAIN_CLIENT: ZMTP 3.1 with PLAIN, as the client
 * @HS_PLAIN_SERVER: the same, as the server
 * @HS_CURVE_CLIENT: ZMTP 3.1 with CURVE, as a client without any key: all is
 *	random that should be sealed
 * @HS_CURVE_SERVER: the same, as the server
 * @HS_RAW: no ZMTP
 */
enum hs_speech {
	HS_NULL,
	HS_NULL_30,
	HS_V2,
	HS_V1,
	HS_PLAIN_CLIENT,
	HS_PLAIN_SERVER,
	HS_CURVE_CLIENT,
	HS_CURVE_SERVER,
	HS_RAW,
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

/**
 * struct hs_gate - a peer that keeps to the order waits here
 * @at: bytes of the session that go before
 * @heard: and it has heard more than so many of the other side's
 */
struct hs_gate {
	size_t at;
	size_t heard;
};

/**
 * struct hs_session - the bytes of one connection, and how they are sent
 * @x: state of the random numbers
 * @bytes: what the peer says
 * @len: how many
 * @part: where frames and pieces of the greeting begin; @part[@parts] is @len
 * @parts: how many there are
 * @gate: where to wait
 * @gates: how many
 * @end: how the peer goes
 * @step: bytes of each send, 0 for all at once
 * @pause: pauses of a millisecond between sends
 * @cases: changes that were made
 */
struct hs_session {
	uint64_t x;
	uint8_t bytes[HS_BYTES];
	size_t len;
	size_t part[HS_PARTS + 1];
	unsigned int parts;
	struct hs_gate gate[HS_GATES];
	unsigned int gates;
	enum hs_end end;
	size_t step;
	bool pause;
	unsigned int cases;
};

uint32_t hs_draw(struct hs_session *s);
unsigned int hs_below(struct hs_session *s, unsigned int n);

/*
 * Makes the session of a peer of a socket of @type and spoils it; the same
 * @seed makes the same one.
 */
void hs_make(struct hs_session *s, uint64_t seed, enum hs_speech speech, int type);

#endif
