/* SPDX-License-Identifier: GPL-2.0-only */
/* Which sockets and events are wanted. */
#ifndef ZMQSS_FILTER_H
#define ZMQSS_FILTER_H

#include "model.h"

/**
 * struct zss_filter - conditions, of which all have to hold
 * @id: number of the socket, 0 for any
 * @pid: process that made it, 0 for any
 * @uid: owner, if @by_uid
 * @by_uid: @uid counts
 * @types: a bit for each type, 0 for any
 * @endpoint: part of an endpoint, or of an address of a peer; NULL for any
 * @state: of the socket or of one of its peers; NULL for any
 */
struct zss_filter {
	uint64_t id;
	uint32_t pid;
	uint32_t uid;
	bool by_uid;
	uint32_t types;
	const char *endpoint;
	const char *state;
};

/* They end the program with a message if there is no such type, user, state. */
void zss_filter_type(struct zss_filter *f, const char *name);
void zss_filter_user(struct zss_filter *f, const char *name);
void zss_filter_state(struct zss_filter *f, const char *name);

bool zss_filter_socket(const struct zss_filter *f, const struct zss_socket *s);
/* What an event says of its socket; no pid, no state. */
bool zss_filter_event(const struct zss_filter *f, uint64_t id, uint32_t type, uint32_t uid,
		      const char *local, const char *remote);

#endif
