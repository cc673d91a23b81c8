/* SPDX-License-Identifier: GPL-2.0-only */
/* A tcp relay between two sides, to cut a connection at a chosen byte. */
#ifndef TESTS_SYSTEM_RELAY_H
#define TESTS_SYSTEM_RELAY_H

#include <stddef.h>

/**
 * struct relay - where it listens and what it holds
 * @listener: listening socket
 * @to_port: loopback port that connections are passed on to
 * @fds: the connection now held: [0] accepted, [1] made
 */
struct relay {
	int listener;
	int to_port;
	int fds[2];
};

void relay_open(struct relay *relay, int port, int to_port);
/*
 * Relays one connection until @limit bytes went from fds[@from] to the other;
 * then holds still, with the connection open.
 */
void relay_until(struct relay *relay, int from, size_t limit);
/* Relays one connection until a side ends it, then ends it on both. */
void relay_until_end(struct relay *relay);
/* Cuts the connection. */
void relay_cut(struct relay *relay);
/* From now on a child process relays everything, one connection at a time. */
void relay_forever(struct relay *relay);

#endif
