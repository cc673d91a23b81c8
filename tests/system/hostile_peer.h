/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections in bad hands: hostile's peers. */
#ifndef TESTS_SYSTEM_HOSTILE_PEER_H
#define TESTS_SYSTEM_HOSTILE_PEER_H

#include "hostile_scene.h"
#include "hostile_session.h"

#define PEERS 128

/**
 * struct peer - a connection
 * @fd: its descriptor, -1 if there is none
 * @c: whom it speaks to
 * @s: what it says
 * @ear: what it has heard
 * @sent: bytes of @s that were sent
 * @gate: the next gate
 * @began: when that began
 * @until: when it does not wait any longer
 * @ending: all was said
 * @spoken_to: the other side has said something, or has gone
 */
struct peer {
	int fd;
	struct scene *c;
	struct hs_session s;
	struct hs_ear ear;
	size_t sent;
	unsigned int gate;
	int64_t began;
	int64_t until;
	bool ending;
	bool spoken_to;
};

/* There are none; then how they are told that they are spoken to is opened, or closed. */
void peers_open(void);
void peers_close(void);
/* Waits until one of them is spoken to, a millisecond at most. */
void peers_wait(void);

/* One that has a connection, and leads session number @number of the socket. */
void peer_begin(struct peer *p, struct scene *c, int fd, uint64_t seed, enum hs_speech speech,
		uint32_t number);
/* Says what it can say now; the connection may end with that. */
void peer_go_on(struct peer *p);

extern struct peer peers[PEERS];
/* Changes of all their sessions. */
extern unsigned long peer_cases;

#endif
