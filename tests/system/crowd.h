/* SPDX-License-Identifier: GPL-2.0-only */
/* A crowd of peers that connect and never complete their handshake. */
#ifndef TESTS_SYSTEM_CROWD_H
#define TESTS_SYSTEM_CROWD_H

#include <pthread.h>

#include "lib.h"

/**
 * struct crowd - half-open connections
 * @hello: NULL; or all are of one kind: a greeting for the mechanism CURVE, and then this
 *	HELLO (200 bytes)
 * @fds: their descriptors; kinds take turns: silent, half a greeting, a whole one,
 *	a greeting byte by byte
 * @count: how many
 * @drip: sends those bytes
 * @stop: @drip is to end
 */
struct crowd {
	const uint8_t *hello;
	int *fds;
	unsigned int count;
	pthread_t drip;
	bool stop;
};

/*
 * @count connections to @port of 127.0.0.1, from 127.0.0.@first on, @each of one address.
 * All were accepted when it returns.
 */
void crowd_come(struct crowd *crowd, int port, unsigned int count, unsigned int first,
		unsigned int each);

/* How many still stand? Reads away what has come. */
unsigned int crowd_standing(const struct crowd *crowd);

/* How many have so many bytes to be read? Only before crowd_standing(). */
unsigned int crowd_answered(const struct crowd *crowd, int bytes);

/* All that are left go. */
void crowd_go(struct crowd *crowd);

/* Connections that a storm holds; older ones it closes itself. */
#define STORM 200

/**
 * struct storm - half-open connections that come as fast as they can
 * @thread: makes them
 * @port: where they go to
 * @count: how many there were
 * @stop: @thread is to end
 */
struct storm {
	pthread_t thread;
	int port;
	unsigned int count;
	bool stop;
};

/* From 127.0.0.1 to @port of it, each with half a greeting. */
void storm_begin(struct storm *storm, int port);

/* Returns how many there were. */
unsigned int storm_end(struct storm *storm);

#endif
