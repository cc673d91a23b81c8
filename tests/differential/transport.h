/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Behaviours that are the same on every transport: a group is one table of them, each
 * runs over tcp, ipc and inproc, and has one transcript for the three.
 */
#ifndef TESTS_DIFFERENTIAL_TRANSPORT_H
#define TESTS_DIFFERENTIAL_TRANSPORT_H

#include "diff.h"

/**
 * struct transport_row - a behaviour on every transport
 * @name: without the transport's, which is added to it
 * @rule: as in struct zd_behaviour
 * @run: says the transcript; binds by these functions
 * @want: the transcript
 */
struct transport_row {
	const char *name;
	const char *rule;
	void (*run)(void);
	const char *want;
};

/* main() of such a group. */
int transport_main(int argc, char **argv, const struct transport_row *rows, size_t count);

/* "tcp", "ipc" or "inproc": what this process is about, and how to leave that. */
const char *transport_name(void);
void transport_choose(const char *name);

/* Binds where nobody is; the result, LAST_ENDPOINT, stays valid. */
const char *transport_bind(void *socket);
/* Connects the second to a new endpoint of the first. */
void transport_couple(void *binder, void *connector);
/* A new socket that is bound, and another that is connected to it. */
void *transport_pair(int binder, int connector, void **other);
/* A socket of @type that is connected to @count new ones of @peer, in this order. */
void *transport_fan(int type, int peer, void **peers, int count);

#endif
