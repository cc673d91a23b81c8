/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A conversation of two sockets of any types that may talk (ZMTP 3.1 "Socket types",
 * wire.md section 4), each in a process of its own: messages of all shapes in every
 * direction the pair has, then an orderly close.
 */
#ifndef TESTS_SYSTEM_TALK_H
#define TESTS_SYSTEM_TALK_H

#include "zapi.h"

/**
 * struct tk_pair - two socket types, and who has which part
 * @lead: speaks first
 * @follow: reads first, and answers if it can
 * @lead_binds: the other one connects
 */
struct tk_pair {
	int lead;
	int follow;
	bool lead_binds;
};

/**
 * struct tk_talk - one end of a conversation
 * @chat: a line to the process of the other
 * @s: the socket
 * @me: its type
 * @peer: the other one's
 * @leads: speaks first
 * @binds: the other one connects
 * @both_ways: the follower answers
 * @id: what a ROUTER calls its peer
 * @id_len: bytes of @id, 0: not known yet
 */
struct tk_talk {
	int chat;
	void *s;
	int me;
	int peer;
	bool leads;
	bool binds;
	bool both_ways;
	char id[256];
	int id_len;
};

/* The socket, ready to be bound or connected. @chat: zt_tell() and zt_hear() by this. */
void tk_open(struct tk_talk *t, void *ctx, int chat, const struct tk_pair *pair, bool binds);
/* Is the last message ours? */
bool tk_sends_last(const struct tk_talk *t);
/* The conversation. What was said last may still be on its way. */
void tk_talk(struct tk_talk *t);

#endif
