/* SPDX-License-Identifier: GPL-2.0-only */
/* How far hostile's sessions have come. */
#ifndef TESTS_SYSTEM_HOSTILE_TALLY_H
#define TESTS_SYSTEM_HOSTILE_TALLY_H

#include "hostile_scene.h"
#include "hostile_session.h"

/* Sockets that are told apart: those that listen, that connect, and the same without ZMTP. */
#define TALLIES 4
#define TALLY_WORDS 8

/**
 * struct tally - sessions of such sockets
 * @sessions: all
 * @heard: for each bit of enum hs_heard, those that have heard it
 * @delivered: those of which a message was read
 * @aimed: for each aim, those that had it
 * @reached: and those where what was spoilt was sent, and what goes before had worked
 */
struct tally {
	unsigned long sessions;
	unsigned long heard[TALLY_WORDS];
	unsigned long delivered;
	unsigned long aimed[HS_AIMS];
	unsigned long reached[HS_AIMS];
};

/* A session has sent @sent bytes and will send no more. */
void tally_session(const struct scene *c, const struct hs_session *s, const struct hs_ear *ear,
		   size_t sent);
/* What was delivered is known later: of all sessions of the socket since the last call. */
void tally_delivered(struct scene *c);
/*
 * Prints all; with many sessions, fails where none has reached what it was aimed at, or
 * delivered a message, unless none can: they are @strangers to sockets with ZMTP.
 */
void tally_report(bool strangers);

/* Connections that ended for each reason since the first call: that prints nothing. */
void tally_reasons(void);

#endif
