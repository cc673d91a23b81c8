/* SPDX-License-Identifier: GPL-2.0-only */
/* Two sockets, one to meet the other: both are watched. */
#ifndef TESTS_DIFFERENTIAL_ENDS_H
#define TESTS_DIFFERENTIAL_ENDS_H

#include "watch.h"

/**
 * struct ends - both sides of a connection
 * @server: binds
 * @client: connects
 * @ours: monitor of @server
 * @theirs: monitor of @client
 */
struct ends {
	void *server;
	void *client;
	void *ours;
	void *theirs;
};

struct ends ends_new(int server, int client);

/* Messages of all sizes from a DEALER to a ROUTER and back. */
void ends_exchange(struct ends *e);
/* They connect and can talk, and nothing else happens. */
void ends_meet(struct ends *e);
/* They can't: so many events on each side, and no message comes through. */
void ends_refused(struct ends *e, int ours, int theirs);

#endif
